"""One shop's work: cycle, then sleep until the next poll, the next case that is due, or the end."""

import asyncio
import math
from dataclasses import dataclass, field
from datetime import timedelta

from syncd.service.pulse import Pulse
from syncd.service.requests import answer, carry_out
from syncd.sync.cycle import MOST_PER_CYCLE, ShopCycle
from syncd.sync.shop import Shop

_GUARD = 1.5
"""Intervals without a nudge after which a shop polls anyway."""
_LISTEN = 1.0
"""Seconds between two looks for requests that people left in the store."""


@dataclass(slots=True)
class ShopLoop:
    """Works on one shop until `leaving` is set. `nudge` is set when it is time to poll: see `wake`."""

    shop: Shop
    interval: timedelta
    leaving: asyncio.Event
    pulse: Pulse
    nudge: asyncio.Event = field(default_factory=asyncio.Event)
    poll_by: float = 0.0
    heard: int = 0
    cycle: ShopCycle | None = None

    @property
    def name(self) -> str:
        """The shop's."""
        return self.shop.name

    async def run(self) -> None:
        """Run until it is time to leave; a cycle in progress ends its writes first.

        A shop that is switched off only takes down what people decide.
        """
        cycle = self.cycle = ShopCycle(self.shop, MOST_PER_CYCLE)
        helpers = [asyncio.create_task(self._leave(cycle)), asyncio.create_task(self._listen())]
        try:
            await self._work(cycle)
        finally:
            for helper in helpers:
                helper.cancel()

    def wake(self) -> None:
        """It is time to poll, or somebody asks for something: a backlog waits for that."""
        self.nudge.set()
        if self.cycle:
            self.cycle.give_way()

    async def _work(self, cycle: ShopCycle) -> None:
        shop, polling, more = self.shop, True, False
        while not self.leaving.is_set():
            self.pulse.beat(shop.name)
            started = shop.clock.monotonic()
            if polling:
                self.poll_by = started + self.interval.total_seconds() * _GUARD
            self.heard = shop.store.requests.newest(shop.name)
            asked = carry_out(shop.store, shop.name, shop.clock.now())
            if shop.policy.enabled:
                names = {request.case_id for request in asked}
                result = await cycle.run(polling=polling, first=names, going_on=more)
                more = result.more
                shop.observer.cycled(shop.name, result, shop.clock.monotonic() - started)
            answer(shop.store, asked, shop.clock.now())
            polling = await self._sleep(at_once=more)

    async def _leave(self, cycle: ShopCycle) -> None:
        await self.leaving.wait()
        cycle.stop()

    async def _listen(self) -> None:
        """Wake up when somebody left a request in the store, again and again until it is heard.

        Past cases to be let in stay there for some cycles: only what is new wakes us up.
        """
        while True:
            await self.shop.clock.sleep(_LISTEN)
            if self.shop.store.requests.newest(self.shop.name) > self.heard:
                self.wake()

    async def _sleep(self, *, at_once: bool) -> bool:
        """True when it is time to poll, False when only cases are due, perhaps `at_once`."""
        clock = self.shop.clock
        pause = 0.0 if at_once else min(max(0.0, self.poll_by - clock.monotonic()), self._until_due())
        self.pulse.rest(self.shop.name, pause)
        waits = [asyncio.create_task(event.wait()) for event in (self.nudge, self.leaving)]
        try:
            await asyncio.wait(waits, timeout=pause, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        polling = self.nudge.is_set() or clock.monotonic() >= self.poll_by
        self.nudge.clear()
        return polling

    def _until_due(self) -> float:
        """Seconds to the next case whose time comes; what is due already was left for the next poll."""
        now = self.shop.clock.now()
        due_at = self.shop.store.cases.next_due(self.shop.name, after=now)
        if due_at is None:
            return math.inf
        return max(1.0, (due_at - now).total_seconds())
