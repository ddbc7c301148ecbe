"""Times as people say them."""

from datetime import datetime, timedelta

_UNITS = ((86_400, "days"), (3600, "h"), (60, "min"))
_FROM = 2
"""A unit is used from so many of it on: 90 minutes say more than 1 hour."""


def lasting(span: timedelta) -> str:
    """How long something lasts, in one unit: `12 s`, `90 min`, `30 h`, `14 days`."""
    seconds = max(0, int(span.total_seconds()))
    for size, unit in _UNITS:
        if seconds >= size * _FROM:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def ago(at: datetime | None, now: datetime) -> str:
    """When something was: `12 s ago`, `never`; what a clock set back has put into the future is now."""
    return f"{lasting(now - at)} ago" if at else "never"


def until(at: datetime, now: datetime) -> str:
    """When something ends: `in 14 days`, `12 s ago`."""
    return f"in {lasting(at - now)}" if at > now else ago(at, now)
