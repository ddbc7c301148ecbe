"""A machine whose clock goes wrong, freezes or is suspended, in a world that keeps the true time."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from syncd.sandbox.clock import HandClock, SkewedClock
from syncd.service.pulse import Pulse
from syncd.service.shop_loop import ShopLoop
from syncd.sync.cycle import CycleResult
from syncd.sync.observer import Observer
from syncd.sync.shop import Shop
from tests.campaign.disks.world import QuickWorld
from tests.campaign.engine.loop import Time, VirtualLoop

_T = TypeVar("_T")
INTERVAL = timedelta(seconds=60)


class TrueTime(HandClock):
    """The right time: it goes with a loop's, and moves by hand where the machine is suspended."""

    def __init__(self, time: Time) -> None:
        """From the usual start."""
        super().__init__()
        self._time = time

    def now(self) -> datetime:
        """The time of day, aware, in UTC."""
        return super().now() + timedelta(seconds=self._time.now)

    def monotonic(self) -> float:
        """Seconds since the start."""
        return super().monotonic() + self._time.now

    async def sleep(self, seconds: float) -> None:
        """Wait that long."""
        await asyncio.sleep(seconds)


class Machine(SkewedClock):
    """The clock of the machine: its time of day is off by `offset`, and what nobody sets is the loop's."""

    def __init__(self, true: TrueTime, time: Time) -> None:
        """Right, to begin with."""
        super().__init__(true)
        self._time = time

    def monotonic(self) -> float:
        """Seconds in which the machine was awake."""
        return self._time.now

    async def sleep(self, seconds: float) -> None:
        """Wait that long."""
        await asyncio.sleep(seconds)


class _OnCycle(Observer):
    """Does something after each cycle."""

    def __init__(self, do: Callable[[], None]) -> None:
        self._do = do

    def cycled(self, shop: str, result: CycleResult, seconds: float) -> None:  # noqa: ARG002
        """Do it."""
        self._do()


@dataclass
class ClockWorld(QuickWorld):
    """A world on virtual time, with a daemon in it."""

    def __post_init__(self) -> None:
        """Everybody's clocks are right."""
        self.time = Time()
        self.clock = self.true = TrueTime(self.time)
        super().__post_init__()
        self.tables["match"] = {"order_by": ["tag"]}
        self.own_clock = self.machine = Machine(self.true, self.time)

    def run(self, work: Coroutine[Any, Any, _T]) -> _T:
        """Run it on the time of this world."""
        with asyncio.Runner(loop_factory=lambda: VirtualLoop(self.time)) as runner:
            return runner.run(work)

    def freeze(self, seconds: float) -> None:
        """Time goes on everywhere, and the process does not run."""
        self.time.now += seconds

    def suspend(self, seconds: float) -> None:
        """Time goes on outside, and the machine does not know; its clock is right when it wakes."""
        self.true.advance(seconds)

    @asynccontextmanager
    async def daemon(self, on_cycle: Callable[[Shop], None]) -> AsyncIterator[None]:
        """The loop of the one shop, until the end of the block; only its own guard makes it poll."""
        async with self.opened() as shop:
            stopping = asyncio.Event()
            heard = replace(shop, observer=_OnCycle(lambda: on_cycle(shop)))
            loop = ShopLoop(heard, INTERVAL, stopping, Pulse(self.machine, limit=3600))
            running = asyncio.create_task(loop.run())
            try:
                yield
            finally:
                stopping.set()
                await running
