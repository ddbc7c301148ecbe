"""One run of the program: its store, its clock, its line, and its end."""

import asyncio
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from syncd.config.settings import Settings
from syncd.errors import SyncdError
from syncd.sandbox.faults import Front
from syncd.service import shop_loop
from syncd.service.build import open_shops
from syncd.service.cycle_log import CycleLog
from syncd.service.pulse import Pulse
from syncd.service.shop_loop import ShopLoop
from tests.campaign.engine.disk import Disk
from tests.campaign.engine.fate import Fate, Step
from tests.campaign.engine.line import Door, Exchanged, Line
from tests.campaign.engine.loop import MachineClock, TrueClock, VirtualLoop
from tests.campaign.engine.schedule import Schedule

shop_loop._LISTEN = (
    900.0  # looking for people's requests each second of a virtual day would be all that is done
)


class ProcessClock(MachineClock):
    """The clock of a process; its sleeps are steps."""

    fate: Fate

    async def sleep(self, seconds: float) -> None:
        """Wait that long."""
        self.fate.step(Step.SLEEP, f"{seconds:.1f} s")
        await asyncio.sleep(seconds)
        self.fate.check()


@dataclass(frozen=True, slots=True)
class Machine:
    """What a process is started on. `offset` is how far the time of day is off, `seed` its randomness."""

    settings: Settings
    store: Path
    fronts: Mapping[str, Front]
    seed: int
    latency: float = 0.1
    offset: timedelta = timedelta()


@dataclass
class Process:
    """A daemon between its start and its end. `ended` says how it ended; empty while it runs."""

    schedule: Schedule
    machine: Machine
    exchanged: Exchanged
    before: Callable[["Process", str], None]
    on_end: Callable[["Process"], None]
    fate: Fate = field(default_factory=Fate)
    ended: str = ""
    wrong: list[str] = field(default_factory=list)
    frozen_until: float = 0.0

    def __post_init__(self) -> None:
        """Start."""
        machine, time = self.machine, self.schedule.time
        self.disk = Disk(machine.store, self.fate)
        self.clock = ProcessClock(TrueClock(time), machine.offset)
        self.clock.fate = self.fate
        doors = {place: Door(front, self.fate, self.exchanged) for place, front in machine.fronts.items()}
        self.line = Line(self.schedule.network, doors, self.fate, lambda name: self.before(self, name))
        self.line.wire.latency = machine.latency
        self.loop = VirtualLoop(time)
        self.loop.set_exception_handler(self._complained)
        self.stopping = asyncio.Event()
        self.main = self.loop.create_task(self._live(), name="main")

    async def _live(self) -> None:
        settings = self.machine.settings
        store = self.disk.open()
        try:
            async with open_shops(
                settings,
                store,
                self.clock,
                transport=self.line,
                chance=Random(self.machine.seed),
                observer=CycleLog(self.clock),
            ) as [shop]:
                interval = settings.shops[shop.name].sync.poll_interval
                await ShopLoop(shop, interval, self.stopping, Pulse(self.clock, math.inf)).run()
        finally:
            store.close()

    def next_at(self) -> float:
        """When its next turn is; infinity for never. Who is dead is buried at once."""
        if self.fate.dead and not self.ended:
            return self.schedule.time.now
        return math.inf if self.ended else max(self.frozen_until, self.loop.next_at())

    def turn(self) -> None:
        """Run once what can be run now."""
        if not self.fate.strikes(Step.TURN):
            self.loop.turn()
        if self.fate.dead:
            self._bury()
        elif self.main.done():
            self._end()

    def freeze(self, seconds: float) -> None:
        """Do nothing for so long; time goes on."""
        self.frozen_until = self.schedule.time.now + seconds

    def stop(self) -> None:
        """End in order, as after a signal."""
        self.loop.call_soon(self.stopping.set)

    def kill(self) -> None:
        """End at once."""
        if not self.ended:
            self.fate.dead = True
            self._bury()

    def _bury(self) -> None:
        self.disk.crash()
        self.loop.clear_out()
        self.ended = "killed"
        self.on_end(self)

    def _end(self) -> None:
        error = self.main.exception()
        match error:
            case None:
                self.ended = "stopped"
            case SyncdError():
                self.ended = f"ended with {error.exit_code}: {error}"
            case _:
                self.ended = f"ended by {error!r}"
                self.wrong.append(repr(error))
        self.loop.clear_out()
        self.on_end(self)

    def _complained(self, _loop: asyncio.AbstractEventLoop, said: Mapping[str, Any]) -> None:
        """What asyncio tells of tasks that nobody waits for; nobody cares about those of the dead."""
        if not self.fate.dead:
            self.wrong.append(f"{said.get('message')}: {said.get('exception')!r}")
