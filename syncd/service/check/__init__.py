"""Whether all is as it must be: this machine, both sides, how they go together. Nothing is written there."""
