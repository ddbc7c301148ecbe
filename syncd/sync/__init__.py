"""The shell around the rules: poll, gather, decide, apply."""
