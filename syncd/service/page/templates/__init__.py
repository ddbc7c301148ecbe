"""The templates of the status page."""
