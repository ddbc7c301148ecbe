"""What happens to machines: deaths, freezes, bad disks, lost and old stores, wrong clocks, another daemon."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from random import Random

import httpx

from tests.campaign.engine.disk import Trouble
from tests.campaign.engine.fate import NAMED, Step
from tests.campaign.engine.installation import Installation
from tests.campaign.engine.process import Process
from tests.campaign.engine.setup import HOUR, Setup
from tests.campaign.engine.stage import Stage
from tests.campaign.engine.weather import Weather

_JUMPS = (timedelta(hours=-1), timedelta(hours=1), timedelta(days=-1))
_LEAST = 60.0
_DIES_TOO = 0.3


@dataclass(frozen=True, slots=True)
class Copy:
    """A backup of a store."""

    at: float
    files: dict[str, bytes]


class Hazards:
    """Draws them for one world; all are over at `until`."""

    def __init__(self, stage: Stage, setup: Setup, weather: Weather, until: float) -> None:
        self.stage = stage
        self.setup = setup
        self.weather = weather
        self.until = until
        self.counts: Counter[str] = Counter()
        self._chance = Random(f"{setup.seed} hazards")
        self._copies: list[Copy] = []
        self._thaw = 0.0
        weather.on_late = self._late
        self.main = self._installation("syncd")
        self.other: Installation | None = None

    def _installation(self, name: str) -> Installation:
        store = self.stage.folder / f"{name}.db"
        return Installation(
            self.stage,
            name,
            self.stage.settings(store, self.setup.tables),
            seed=self.setup.seed,
            pause=lambda: self._chance.choice((1.0, 10.0, 300.0)),
            before=self._before,
            latency=self.setup.latency,
        )

    def spread(self) -> None:
        """Put everything on the schedule."""
        troubles = self.setup.troubles
        plan: tuple[tuple[int, Callable[[], None]], ...] = (
            (troubles.deaths, self._death),
            (troubles.stops, self._stop),
            (troubles.freezes, self._freeze),
            (troubles.bad_disks, self._bad_disk),
            (troubles.lost_stores, self._lose_store),
            (troubles.old_copies * 3, self._copy),
            (troubles.old_copies, self._old_copy),
            (troubles.jumps, self._jump),
            (int(troubles.second), self._second),
        )
        for times, happen in plan:
            for _ in range(times):
                self.stage.schedule.at(self._chance.uniform(0, self.until), happen)
        self.stage.schedule.at(self.until, self._over)

    def _over(self) -> None:
        self.stage.story.tell("world", "all troubles are over")
        self._set_clock(timedelta())
        self._mend_disk()
        self._end_second()
        for process in self._processes():
            process.fate.spare()

    def _processes(self) -> list[Process]:
        found = [one.process for one in (self.main, self.other) if one and one.process]
        return [process for process in found if not process.ended]

    def _any(self) -> Process | None:
        processes = self._processes()
        return self._chance.choice(processes) if processes else None

    def _note(self, what: str, **more: object) -> None:
        self.counts[what] += 1
        self.stage.story.tell("machine", what, **more)

    # Processes

    def _death(self) -> None:
        """At once, or at a step that comes soon."""
        process, chance = self._any(), self._chance
        if process is None:
            return
        kinds = chance.choice(
            (None, NAMED, NAMED, NAMED, {Step.COMMITTED}, {Step.LEAVE}, {Step.DONE}, {Step.TURN})
        )
        if kinds is None:
            self._note("death")
            process.kill()
            return
        left = chance.randint(0, 300 if Step.TURN in kinds else 60 if kinds is NAMED else 12)
        self._note("death", kinds=sorted(kind.name for kind in kinds), after=left)
        process.fate.doom(frozenset(kinds), left)

    def _late(self) -> None:
        """What breaks the network may break the machine too, while a request is still on its way."""
        process = self.main.process
        if process and self.setup.troubles.deaths and self._chance.random() < _DIES_TOO:
            self._note("death", why="a request is on its way")
            self.stage.schedule.later(self.setup.latency, process.kill)

    def _stop(self) -> None:
        if process := self._any():
            self._note("stop")
            process.stop()

    def _freeze(self) -> None:
        """Now, or when the next request is about to leave."""
        process, chance = self._any(), self._chance
        if process is None:
            return
        seconds = chance.choice((1.0, 4.0)) * self.setup.lease + chance.choice((0.0, 600.0))
        if chance.random() < 0.5:
            self._note("freeze", seconds=seconds)
            process.freeze(seconds)
        else:
            self._thaw = seconds

    def _before(self, process: Process, operation: str) -> None:
        """The last moment before a request leaves."""
        if self._thaw and self._may_freeze_before(operation):
            self._note("freeze", seconds=self._thaw, before=operation)
            process.freeze(self._thaw)
            self.weather.no_lates_until = self.stage.now + self._thaw + self.setup.timeout
            self._thaw = 0.0
        elif self._chance.random() < self.setup.troubles.drizzle / 5 and self.stage.now < self.until:
            self.weather.faults["refused before"] += 1
            raise httpx.ConnectError("All connection attempts failed")

    def _may_freeze_before(self, operation: str) -> bool:
        """What no key guards must not leave late where somebody else may have taken over meanwhile."""
        if self.other is None:
            return self._chance.random() < 0.2
        return operation == "refundCreate" and not self.setup.keys_ignored

    # Disks and stores

    def _bad_disk(self) -> None:
        """A disk that fails for some time, from one of the next commits on."""
        chance, trouble = self._chance, self._chance.choice(list(Trouble))
        self._note("bad disk", trouble=trouble)
        self.main.trouble = trouble
        if self.main.process:
            self.main.process.disk.trouble, self.main.process.disk.good = trouble, chance.randint(0, 30)
        self.stage.schedule.later(chance.uniform(1, HOUR), self._mend_disk)

    def _mend_disk(self) -> None:
        self.main.trouble = None
        if self.main.process:
            self.main.process.disk.trouble = None

    def _lose_store(self) -> None:
        self._note("store lost")
        self._while_down(self.main.lose_store)

    def _copy(self) -> None:
        """A backup is made while the program runs."""
        if self.main.store.exists():
            self._copies.append(Copy(self.stage.now, self.main.save_store()))

    def _old_copy(self) -> None:
        """The latest backup is put back, unless it knows the claim under which something is on its way."""
        old = [one for one in self._copies if one.at < self.stage.now - self.setup.lease - _LEAST]
        if old:
            self._note("old copy", of=f"{old[-1].at:.0f}")
            self._while_down(lambda: self.main.restore_store(old[-1].files))

    def _while_down(self, change: Callable[[], None]) -> None:
        if self.main.process:
            self.main.process.kill()
        change()

    # Clocks and other machines

    def _jump(self) -> None:
        offset = self._chance.choice(_JUMPS)
        self._note("clock", off_by=offset)
        self._set_clock(offset)
        length = self._chance.uniform(60, 2 * HOUR)
        self.stage.schedule.later(length, lambda: self._set_clock(timedelta()))

    def _set_clock(self, offset: timedelta) -> None:
        """Not while a request is on its way: then nobody could tell how long it may still take."""
        rest = self.weather.in_flight_until - self.stage.now
        if rest >= 0 and offset != self.main.offset:
            self.stage.schedule.later(rest + 1, lambda: self._set_clock(offset))
        else:
            self.main.set_clock(offset)

    def _second(self) -> None:
        """A second daemon by mistake, with a store of its own or an old copy of the first one."""
        self._note("second daemon")
        self.other = self._installation("other")
        if self._copies and self._copies[0].at < self.stage.now - self.setup.lease - _LEAST:
            names = {
                name.replace("syncd", "other", 1): content for name, content in self._copies[0].files.items()
            }
            self.other.restore_store(names)
        self.other.start()
        self.stage.schedule.later(self._chance.uniform(0.1, 4) * HOUR, self._end_second)

    def _end_second(self) -> None:
        if self.other:
            self.other.shut_down()
            self.main.wrong += self.other.wrong
            self.other = None
