"""The rules: from what is known of a case to the plan for it. Pure, and the only place that decides."""
