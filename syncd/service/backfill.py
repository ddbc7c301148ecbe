"""Carrying out a backfill: by the daemon that runs, or here, cycle by cycle, at the daemon's pace.

All that is kept is in the store: a death at any moment, or a stop, leaves what the same command goes on with.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from syncd.clock import Clock
from syncd.config.settings import Settings
from syncd.model.cases import State
from syncd.model.reasons import Reason
from syncd.service.alongside import alongside
from syncd.service.build import open_shops
from syncd.service.once import exit_code, next_settling
from syncd.service.signals import heeded
from syncd.store.past import Standing
from syncd.store.store import Store
from syncd.sync.cycle import CycleResult, ShopCycle
from syncd.sync.shop import Shop

STOPPED = 130
_PATIENCE = timedelta(minutes=2)
"""How long a daemon may give no sign beyond its poll interval."""
_GLANCE = 0.5
"""Seconds between two looks at how far it is."""

Wanted = Mapping[str, Sequence[str]]
"""The ids of the cases that are let in, by shop."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How far it is: `done` are cases by the state that they came to, of `total`.

    `queued` wait to be let in, `tomorrow` for a day with room under its ceiling; `refused` says why some were
    not let in.
    """

    total: int
    done: Mapping[State, int]
    queued: int
    tomorrow: int
    refused: Mapping[str, str]

    @property
    def ready(self) -> int:
        """Cases with which syncd is done for now."""
        return sum(self.done.values()) + len(self.refused)

    @property
    def over(self) -> bool:
        """Whether nothing more is to be done today."""
        return bool(self.tomorrow) or self.ready >= self.total


Tallies = Mapping[str, Tally]
Told = Callable[[Tallies], None]


def tally(store: Store, shop: str, case_ids: Sequence[str], since: datetime, now: datetime) -> Tally:
    """How far the shop's cases are, of what was asked for since then."""
    mine = set(case_ids)
    queued = {request.case_id for request in store.past.queue(shop)} & mine
    standings = store.past.standings(shop, case_ids)
    refused = {case_id: why for case_id, why in store.past.refused(shop, since).items() if case_id in mine}
    let_in = {case_id: one for case_id, one in standings.items() if case_id not in queued | refused.keys()}
    return Tally(
        total=len(case_ids),
        done=Counter(one.state for one in let_in.values() if not _open(one, now)),
        queued=len(queued),
        tomorrow=sum(one.reason == Reason.DAY_CEILING for one in let_in.values()),
        refused=refused,
    )


def _open(standing: Standing, now: datetime) -> bool:
    """Whether something is to be done about it now, or a ceiling is in its way."""
    due = standing.due_at is not None and standing.due_at <= now
    return due or standing.state is State.WRITING or standing.reason == Reason.DAY_CEILING


@dataclass(slots=True)
class Backfill:
    """The cases that were let in at `since`, and whoever is told how far they are."""

    settings: Settings
    store: Store
    clock: Clock
    wanted: Wanted
    since: datetime
    told: Told
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    def tallies(self) -> Tallies:
        """How far each shop is."""
        now = self.clock.now()
        return {name: tally(self.store, name, ids, self.since, now) for name, ids in self.wanted.items()}

    async def here(self) -> int:
        """Be the one who writes; the exit code.

        Raises:
            StoreTrouble: The store cannot be written; nothing more is sent.
        """
        results: dict[str, CycleResult] = {}
        async with open_shops(self.settings, self.store, self.clock) as shops:
            mine = [shop for shop in shops if shop.name in self.wanted]
            with heeded(self.stop.set, _go_on):
                await alongside(self._all(mine, results), self._telling())
        left = any(one.tomorrow for one in self.tallies().values())
        return self._code(exit_code(results) or (os.EX_TEMPFAIL if left else os.EX_OK))

    async def beside(self) -> int:
        """Look on while the daemon writes; the exit code."""
        patience = _PATIENCE + max(self.settings.shops[name].sync.poll_interval for name in self.wanted)
        seen, heard = self.tallies(), self.clock.monotonic()
        with heeded(self.stop.set, _go_on):
            while not self.stop.is_set() and not _over(seen):
                await self._rest(_GLANCE)
                now = self.tallies()
                if now != seen:
                    seen, heard = now, self.clock.monotonic()
                elif self.clock.monotonic() - heard > patience.total_seconds():
                    return os.EX_TEMPFAIL
                self.told(now)
        return self._code(os.EX_OK)

    def _code(self, code: int) -> int:
        """Who stops a backfill takes back what was not let in yet."""
        if self.stop.is_set():
            for name in self.wanted:
                self.store.past.take_back(name, self.clock.now())
            code = STOPPED
        self.told(self.tallies())
        return code

    async def _telling(self) -> None:
        while True:
            self.told(self.tallies())
            await self.clock.sleep(_GLANCE)

    async def _all(self, shops: Sequence[Shop], results: dict[str, CycleResult]) -> None:
        async with asyncio.TaskGroup() as group:
            for shop in shops:
                group.create_task(self._one(shop, results))

    async def _one(self, shop: Shop, results: dict[str, CycleResult]) -> None:
        """Cycle after cycle, until nothing is left for today, a side cannot be used, or it is stopped."""
        cycle = ShopCycle(shop)
        stopping = asyncio.create_task(self._stop(cycle))
        try:
            while not self.stop.is_set():
                results[shop.name] = result = await cycle.run(polling=False)
                pause = self._pause(shop, result)
                if pause is None:
                    return
                await self._rest(pause)
        finally:
            stopping.cancel()

    async def _stop(self, cycle: ShopCycle) -> None:
        await self.stop.wait()
        cycle.stop()

    def _pause(self, shop: Shop, result: CycleResult) -> float | None:
        """Seconds to the next cycle: the daemon's interval where money was moved. None: it is over."""
        now = self.tallies()[shop.name]
        settling = next_settling(shop)
        if not result.ok or (now.tomorrow and settling is None):
            return None
        if settling is not None:
            return max(1.0, settling)
        if now.over:
            return None
        return self.settings.shops[shop.name].sync.poll_interval.total_seconds() if result.written else 1.0

    async def _rest(self, seconds: float) -> None:
        """That long, or until it is stopped."""
        waits = [asyncio.create_task(self.clock.sleep(seconds)), asyncio.create_task(self.stop.wait())]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()


def _over(tallies: Tallies) -> bool:
    return all(one.over for one in tallies.values())


def _go_on() -> None:
    """No settings to read again."""
