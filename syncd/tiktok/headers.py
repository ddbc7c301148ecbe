"""What the headers of an answer tell about time."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from syncd.http import Answer

_DAY = 86400.0


def pause_of(answer: Answer, now: datetime) -> float:
    """The pause that `Retry-After` asks for, in seconds; 0 where it asks for none."""
    text = answer.headers.get("retry-after", "").strip()
    if text.replace(".", "", 1).isdecimal():
        return min(float(text), _DAY)
    moment = _date(text)
    return min(max(0.0, (moment - now).total_seconds()), _DAY) if moment else 0.0


def ahead_of(answer: Answer, now: datetime) -> float | None:
    """How far `now` is ahead of the server's `Date`, in seconds; None where it sent none."""
    moment = _date(answer.headers.get("date", ""))
    return (now - moment).total_seconds() if moment else None


def _date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
