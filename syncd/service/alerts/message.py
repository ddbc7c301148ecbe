"""What is sent: a short subject that stays the same, and plain text that reads well anywhere."""

import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version

from syncd.service.alerts.alert import Alert
from syncd.service.alerts.book import Change, Notice
from syncd.service.alerts.catalogue import Level
from syncd.service.alerts.words import minute, shortened
from syncd.service.words import lasting

_LINE = 500
"""Characters of one line; an alert has a handful of lines, a message a handful of alerts."""


@dataclass(frozen=True, slots=True)
class Message:
    """A subject, plain text, and how bad it is at worst."""

    title: str
    body: str
    level: Level


def message_of(notices: Sequence[Notice], now: datetime) -> Message:
    """One message for all of these, the worst first."""
    parts = ["\n".join(_lines(notice)) for notice in notices]
    return Message(_title(notices), "\n\n".join([*parts, signature(now)]), notices[0].level)


def signature(now: datetime) -> str:
    """The last line of every message: who sent it, and when."""
    return f"syncd {version('syncd')} on {platform.node() or 'this machine'}, {minute(now)}"


def lines_of(alert: Alert) -> Iterator[str]:
    """What happened, to which cases, and what to do."""
    yield shortened(alert.what, _LINE)
    for detail in alert.details:
        yield f"- {shortened(detail, _LINE)}"
    if alert.hint:
        yield f"What to do: {shortened(alert.hint, _LINE)}"


def _title(notices: Sequence[Notice]) -> str:
    if len(notices) == 1:
        return f"syncd: {_heading(notices[0])}"
    over = sum(notice.alert is None for notice in notices)
    wrong = len(notices) - over
    parts = ([f"{wrong} alert{'s' * (wrong > 1)}"] if wrong else []) + ([f"{over} over"] if over else [])
    shops = sorted({shop for notice in notices if (shop := notice.key.split(":")[1])})
    return f"syncd: {', '.join(parts)}" + (f" ({', '.join(shops)})" if shops else "")


def _heading(notice: Notice) -> str:
    return f"over: {notice.entry.title}" if notice.alert is None else notice.entry.title


def _lines(notice: Notice) -> Iterator[str]:
    yield _heading(notice)
    entry = notice.entry
    if notice.change is Change.OVER:
        yield f"It is over; it lasted {lasting(notice.until - entry.since)}, since {minute(entry.since)}."
    if notice.change is Change.PASSED:
        yield f"It was so from {minute(entry.since)} to {minute(notice.until)}, and is over."
    if notice.alert is None:
        return
    yield from lines_of(notice.alert)
    if notice.change is not Change.NEW:
        yield f"This began {minute(entry.since)}."
