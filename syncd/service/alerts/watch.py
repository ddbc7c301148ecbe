"""What only the work itself tells, and the store does not: refused logins, stopped shops, ceilings."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from syncd.calls import Call
from syncd.clock import Clock
from syncd.errors import CredentialsRefused, MissingScope, ShopStopped
from syncd.service.alerts.catalogue import Kind
from syncd.service.supervisor import Stuck
from syncd.sync.cycle import CycleResult
from syncd.sync.observer import Observer

_TOKENS = {"token", "token/get", "token/refresh"}
"""The operations that renew a token, of either API."""
_RETRIED = timedelta(hours=2)
"""What fails on a case is tried again within an hour, so a fault that was not met for so long is over."""

_SOUND = timedelta(minutes=10)
"""A cycle that ends so long after a crash proves that the shop lives again."""


@dataclass(frozen=True, slots=True)
class Fault:
    """An error that a person has to mend. `error` is the name of its class, `scope` that of a missing one."""

    error: str
    api: str
    operation: str
    code: str
    scope: str
    what: str
    hint: str
    at: datetime

    @property
    def key(self) -> str:
        """What makes it the same fault as before."""
        return f"{self.error} {self.api} {self.scope}"


@dataclass(frozen=True, slots=True)
class Break:
    """The work on a shop crashed, or got stuck: `kind` tells which."""

    kind: Kind
    what: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of one shop. `since`: it is watched since then. `unrenewed`: since when, by API."""

    since: datetime
    faults: Mapping[str, Fault] = field(default_factory=dict)
    unrenewed: Mapping[str, datetime] = field(default_factory=dict)
    cycle_ceiling: bool = False
    broke: Break | None = None


@dataclass(slots=True)
class Watch(Observer):
    """Hears the work on all shops. `seen` outlives the process; the rest is about this one.

    `news` is set after each cycle. `ended` has the shops that had a cycle, and whether the last one was good;
    `cycles` counts those since the last heartbeat.
    """

    clock: Clock
    seen: dict[str, Seen] = field(default_factory=dict)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    ended: dict[str, bool] = field(default_factory=dict)
    cycles: int = 0
    _worked: set[tuple[str, str, str]] = field(default_factory=set)
    _intervals: Mapping[str, timedelta] = field(default_factory=dict)

    def watch(self, intervals: Mapping[str, timedelta]) -> None:
        """Watch these shops, which are polled so often, and forget all others."""
        now, known = self.clock.now(), self.seen
        self.seen = {shop: known.get(shop, Seen(now)) for shop in intervals}
        self._intervals = intervals

    def called(self, shop: str, call: Call) -> None:
        """Note what works again, and since when no token could be had."""
        good = call.outcome == "ok"
        if good:
            self._worked.add((shop, call.api, call.operation))
        if call.operation in _TOKENS:
            self._renewed(call.api) if good else self._not_renewed(shop, call.api)

    def broke(self, shop: str, error: Exception) -> None:
        """The work on that shop has to be begun anew."""
        stuck = isinstance(error, Stuck)
        what = f"It made {error}." if stuck else f"The program failed ({type(error).__name__})."
        kind = Kind.SHOP_STUCK if stuck else Kind.SHOP_CRASHED
        self.seen[shop] = replace(self._of(shop), broke=Break(kind, what, self.clock.now()))
        self.news.set()

    def cycled(self, shop: str, result: CycleResult, seconds: float) -> None:  # noqa: ARG002 - as all observers
        """Note what a person has to mend."""
        seen, now = self._of(shop), self.clock.now()
        met = {fault.key: fault for error in result.errors if (fault := _fault(error, now))}
        left = {key: fault for key, fault in seen.faults.items() if not self._over(shop, fault, now)}
        broke = seen.broke if seen.broke and now - seen.broke.at < _SOUND else None
        self.seen[shop] = replace(seen, faults=left | met, cycle_ceiling=result.cycle_ceiling, broke=broke)
        self._worked = {worked for worked in self._worked if worked[0] != shop}
        self.ended[shop] = result.ok
        self.cycles += 1
        self.news.set()

    def _over(self, shop: str, fault: Fault, now: datetime) -> bool:
        """Whether what failed has worked since, or was not met for long enough."""
        lasts = max(_RETRIED, self._intervals.get(shop, _RETRIED) * 2)
        return (shop, fault.api, fault.operation) in self._worked or now - fault.at > lasts

    def _renewed(self, api: str) -> None:
        """Shops may share a login, so it may be right for all now; where it is not, that is met again."""
        for shop, seen in self.seen.items():
            kept = {key: since for key, since in seen.unrenewed.items() if key != api}
            self.seen[shop] = replace(seen, unrenewed=kept)

    def _not_renewed(self, shop: str, api: str) -> None:
        seen = self._of(shop)
        self.seen[shop] = replace(seen, unrenewed={api: self.clock.now(), **seen.unrenewed})

    def _of(self, shop: str) -> Seen:
        return self.seen.get(shop) or Seen(self.clock.now())


def _fault(error: Exception, now: datetime) -> Fault | None:
    if not isinstance(error, CredentialsRefused | ShopStopped):
        return None
    scope = error.scope if isinstance(error, MissingScope) else ""
    return Fault(
        error=type(error).__name__,
        api=error.api,
        operation=error.operation,
        code=error.code,
        scope=scope,
        what=error.what,
        hint=error.hint,
        at=now,
    )
