"""What fails for a while: told at first, now and then while it lasts, and when it is over."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(slots=True)
class Outage:
    """One thing that fails. `fresh` are the faults that were not told yet, `remind` says: tell it again."""

    since: float
    told_at: float
    lasted: float = 0.0
    times: int = 0
    fresh: frozenset[str] = frozenset()
    remind: bool = False
    known: set[str] = field(default_factory=set)


class Outages:
    """Everything that fails now, by its key. Times are monotonic seconds."""

    def __init__(self, remind_every: timedelta) -> None:
        self._every = remind_every.total_seconds()
        self._open: dict[Hashable, Outage] = {}

    def failed(self, key: Hashable, faults: Iterable[str], now: float) -> Outage:
        """It failed (again), for these reasons: what is to be told of it now."""
        outage = self._open.setdefault(key, Outage(since=now, told_at=now))
        outage.times += 1
        outage.lasted = now - outage.since
        outage.fresh = frozenset(faults) - outage.known
        outage.known |= outage.fresh
        outage.remind = not outage.fresh and now - outage.told_at >= self._every
        if outage.fresh or outage.remind:
            outage.told_at = now
        return outage

    def over(self, key: Hashable, now: float) -> Outage | None:
        """It works: how long it had failed and how often; None if it had not."""
        outage = self._open.pop(key, None)
        if outage:
            outage.lasted = now - outage.since
        return outage
