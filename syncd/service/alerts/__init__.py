"""Alerts: what is wrong right now, who was told of it already, and the telling."""
