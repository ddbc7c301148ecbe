"""Who was told of what: pure, from what stood before and what is wrong now to what is to be told.

Each address has a book of its own, so that one that fails is told later, and the others are told nothing
twice. A book is kept in the store: a restart tells nothing twice and loses nothing.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum, auto

from syncd.service.alerts.alert import Alert
from syncd.service.alerts.catalogue import Level

_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
SETTLED = 5 * _MINUTE
"""What is gone for so long is over; until then it may come back without a word."""
BRIEF = 15 * _MINUTE
"""What nobody could be told of in time is still told afterwards, unless it was shorter than this."""
_REPEATS = (_DAY, 7 * _DAY)
_MOST = 8
"""Alerts in one message; the others come with the next one."""
_LONGEST_GAP = 16
_LONGEST_PAUSE = 60
_ORDER = (Level.FAILURE, Level.WARNING, Level.INFO, Level.SUCCESS)


class Change(Enum):
    """Why something is told."""

    NEW = auto()
    MORE = auto()
    STILL = auto()
    OVER = auto()
    PASSED = auto()
    """It came and went, and nobody could be told meanwhile."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of one alert. `told_size` sinks with the alert, so that each growth counts."""

    title: str
    level: Level
    since: datetime
    gone_at: datetime | None = None
    told_at: datetime | None = None
    told_size: int = 0
    told_stage: int = 0
    times: int = 0


@dataclass(frozen=True, slots=True)
class Book:
    """What one address was told. `sent` has the messages of the last hour, `failures` those lost since."""

    entries: Mapping[str, Entry] = field(default_factory=dict)
    sent: tuple[datetime, ...] = ()
    failures: int = 0
    retry_at: datetime | None = None
    summed_up_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to be told; `alert` is None where it is not wrong any more, since `until`."""

    key: str
    change: Change
    entry: Entry
    alert: Alert | None
    until: datetime

    @property
    def level(self) -> Level:
        """How bad it is; that something is over is good."""
        return Level.SUCCESS if self.alert is None else self.alert.level


def observed(book: Book, alerts: Mapping[str, Alert], now: datetime) -> Book:
    """The book after a look at what is wrong now; nothing is told by it."""
    book = _by_this_clock(book, now)
    entries = {key: _gone(entry, now) for key, entry in book.entries.items() if key not in alerts}
    entries = {key: entry for key, entry in entries.items() if not _forgettable(entry)}
    for key, alert in alerts.items():
        known = book.entries.get(key)
        entries[key] = _there(known, alert) if known else Entry(alert.title, alert.level, now)
    return replace(book, entries=entries)


def forgotten(book: Book, shops: Iterable[str]) -> Book:
    """The book without the alerts of other shops than these: nobody watches those any more."""
    kept = {"", *shops}
    return replace(
        book, entries={key: entry for key, entry in book.entries.items() if key.split(":")[1] in kept}
    )


def notices(book: Book, alerts: Mapping[str, Alert], now: datetime) -> tuple[Notice, ...]:
    """What is to be told now, the worst first; empty while the address must be left alone."""
    if not _may_send(book, now):
        return ()
    wanted = sorted(_wanted(book, alerts, now), key=lambda notice: _ORDER.index(notice.level))
    return tuple(wanted[:_MOST])


def told(book: Book, of: Iterable[Notice], now: datetime) -> Book:
    """The book after these were delivered."""
    entries = dict(book.entries)
    for notice in of:
        alert, entry = notice.alert, notice.entry
        if alert is None:
            del entries[notice.key]
            continue
        entries[notice.key] = replace(
            entry,
            told_at=now,
            told_size=alert.size,
            told_stage=alert.stage,
            times=entry.times + (notice.change is not Change.MORE),
        )
    return replace(book, entries=entries, sent=(*book.sent, now), failures=0, retry_at=None)


def failed(book: Book, now: datetime) -> Book:
    """The book after a message was not delivered: it is tried again, ever more slowly."""
    pause = min(2**book.failures, _LONGEST_PAUSE) * _MINUTE
    return replace(book, failures=min(book.failures + 1, 10), retry_at=now + pause)


def _may_send(book: Book, now: datetime) -> bool:
    """The more messages there were within the hour, the longer is the gap to the next one."""
    if book.retry_at and now < book.retry_at:
        return False
    recent = [at for at in book.sent if now - at < _HOUR]
    if not recent:
        return True
    gap: int = min(2 ** (len(recent) - 1), _LONGEST_GAP)
    return now - recent[-1] >= gap * _MINUTE


def _wanted(book: Book, alerts: Mapping[str, Alert], now: datetime) -> Iterator[Notice]:
    for key, entry in book.entries.items():
        alert = alerts.get(key)
        change = _change(entry, alert, now) if alert else _end(entry, now)
        if change:
            yield Notice(key, change, entry, alert, entry.gone_at or now)


def _change(entry: Entry, alert: Alert, now: datetime) -> Change | None:
    if entry.told_at is None:
        return Change.NEW
    ago = now - entry.told_at
    if alert.stage > entry.told_stage:
        return Change.MORE
    if alert.size > entry.told_size and ago >= (_HOUR if alert.size >= 2 * entry.told_size else _DAY):
        return Change.MORE
    if ago >= _REPEATS[min(entry.times, len(_REPEATS)) - 1]:
        return Change.STILL
    return None


def _end(entry: Entry, now: datetime) -> Change | None:
    if entry.gone_at is None or now - entry.gone_at < SETTLED:
        return None
    return Change.OVER if entry.told_at else Change.PASSED


def _there(entry: Entry, alert: Alert) -> Entry:
    return replace(
        entry,
        title=alert.title,
        level=alert.level,
        gone_at=None,
        told_size=min(entry.told_size, alert.size),
        told_stage=min(entry.told_stage, alert.stage),
    )


def _gone(entry: Entry, now: datetime) -> Entry:
    return entry if entry.gone_at else replace(entry, gone_at=now)


def _forgettable(entry: Entry) -> bool:
    """Nobody was told of it, and it was too short to be told of afterwards."""
    return entry.told_at is None and entry.gone_at is not None and entry.gone_at - entry.since < BRIEF


def _by_this_clock(book: Book, now: datetime) -> Book:
    """Times that a clock set back has made future ones are now; messages of more than an hour ago go."""

    def past(at: datetime | None) -> datetime | None:
        return min(at, now) if at else None

    entries = {
        key: replace(
            entry, since=min(entry.since, now), gone_at=past(entry.gone_at), told_at=past(entry.told_at)
        )
        for key, entry in book.entries.items()
    }
    sent = tuple(min(at, now) for at in book.sent if now - at < _HOUR)
    soon = now + _LONGEST_PAUSE * _MINUTE
    retry_at = min(book.retry_at, soon) if book.retry_at else None
    return replace(book, entries=entries, sent=sent, retry_at=retry_at, summed_up_at=past(book.summed_up_at))
