"""The daily summary: what was refunded, and what waits, shop by shop."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from syncd.config.settings import Settings
from syncd.service.alerts.catalogue import Level
from syncd.service.alerts.message import Message, signature
from syncd.service.alerts.words import minute
from syncd.store.store import Store
from syncd.store.tallies import Tallies, Tally, Waiting

_DAY = timedelta(days=1)


def is_due(at: str, last: datetime, now: datetime) -> bool:
    """Whether the time of day `at` (`HH:MM`, UTC) has come since the last summary."""
    today = datetime.combine(now.date(), time.fromisoformat(at), now.tzinfo)
    return last < (today if today <= now else today - _DAY)


def summary(store: Store, settings: Settings, since: datetime, now: datetime) -> Message:
    """What was done since then, and what stands now."""
    parts = [
        "\n".join(_lines(store, name, since) if shop.sync.enabled else [f"{name}: switched off"])
        for name, shop in settings.shops.items()
    ]
    body = "\n\n".join([f"Since {minute(since)}:", *parts, signature(now)])
    return Message("syncd: daily summary", body, Level.INFO)


def _lines(store: Store, name: str, since: datetime) -> Iterator[str]:
    tallies = Tallies(store.database, name)
    refunded = tallies.refunded_since(since)
    yield f"{name}: {_counted(refunded.count, 'refund')}{_money(refunded)}"
    held = tallies.held()
    if held:
        reasons = ", ".join(f"{reason} {tally.count}" for reason, tally in held.items())
        yield f"- held: {sum(tally.count for tally in held.values())} ({reasons})"
    yield from _waits("to be written", tallies.backlog())
    yield from _waits("units to inspect", tallies.to_inspect())
    good = store.shops.progress(name).last_good_poll
    yield f"- last good poll: {minute(good) if good else 'never'}"


def _waits(what: str, waiting: Waiting) -> Iterator[str]:
    if waiting.count:
        oldest = f", the oldest since {minute(waiting.since)}" if waiting.since else ""
        yield f"- {what}: {_counted(waiting.count, 'case')}{oldest}"


def _money(tally: Tally) -> str:
    return "".join(f", {money}" for money in tally.money)


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
