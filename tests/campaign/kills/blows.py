"""Where a signal lands: at one of the requests of a process, or at a time."""

import signal
import threading
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

from syncd.sandbox.faults import Fault, FaultKind, Front, When
from tests.campaign.kills.starts import PATIENCE, Process

DEEDS = frozenset(
    {
        "refundCreate",
        "returnCreate",
        "returnProcess",
        "returnClose",
        "returnCancel",
        "orderClose",
        "reverseDeliveryCreateWithShipping",
        "orderCancel",
    }
)
WRITES = DEEDS | {"metafieldsSet"}
_AIMS: tuple[tuple[frozenset[str], int], ...] = ((frozenset(), 24), (WRITES, 6), (DEEDS, 3))
"""Among which requests a signal is aimed (empty: all of both APIs), and at which of them at most."""
LATEST = 2.0
"""Seconds after which a request may still land; less than the timeout and the settle time."""


class Moment(StrEnum):
    """What becomes of the request at which a process is struck."""

    ARRIVED = "arrived"  # it is carried out after the signal
    LOST = "lost"  # it never arrives
    LATE = "late"  # it is carried out when the next process may be at work
    DONE = "done"  # it was carried out, and its answer is still on the way


@dataclass(frozen=True, slots=True)
class Blow:
    """A signal at the `step`-th request among these (empty: all), at the latest after `seconds`.

    `step` 0 leaves it to the time.
    """

    seconds: float
    step: int = 0
    among: frozenset[str] = frozenset()
    moment: Moment = Moment.DONE
    late: float = 0.0

    @classmethod
    def drawn(cls, chance: Random) -> "Blow":
        """Two thirds at a step, the others at a time, most of them in the busy beginning."""
        if chance.random() < 0.33:
            return cls(chance.uniform(0.0, 0.5) if chance.random() < 0.8 else chance.uniform(0.5, 4.0))
        among, most = chance.choice(_AIMS)
        return cls(
            chance.uniform(1.0, 4.0),
            chance.randint(1, most),
            among,
            chance.choice(list(Moment)),
            chance.uniform(0.8, LATEST),
        )

    def __str__(self) -> str:
        """For the story of a world."""
        where = ", ".join(sorted(self.among)) or "all requests"
        step = f"{self.moment} at {self.step} of {where}, " if self.step else ""
        late = f", {self.late:.2f} s late" if self.moment is Moment.LATE else ""
        return f"{step}after {self.seconds:.2f} s at the latest{late}"


@dataclass
class Strike:
    """A blow on its way to a process, with that signal. `last` is the latest request of the process."""

    blow: Blow
    number: signal.Signals = signal.SIGKILL
    last: str = "start"
    _at: str = ""
    _left: int = 0
    _aimed: Process | None = None
    _started: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        """Count down."""
        self._left = self.blow.step

    def aim(self, process: Process) -> None:
        """This is the process."""
        self._aimed = process
        self._started.set()

    @property
    def process(self) -> Process:
        """The process, as soon as it is started."""
        assert self._started.wait(PATIENCE)
        assert self._aimed
        return self._aimed

    def land(self, moment: str) -> bool:
        """Strike; False where the process had ended by itself, or was struck already."""
        with self._lock:
            if self._at or not self.process.send(self.number):
                return False
            self._at = f"{self.last} {moment}"
            return True

    @property
    def at(self) -> str:
        """Where it landed; empty where it did not."""
        with self._lock:
            return self._at

    @property
    def expected(self) -> set[int]:
        """The exit codes that the story explains."""
        said = self.process.out.read_text()
        if not self.at:
            return {0}
        if self.number is signal.SIGKILL:
            on_its_way_out = "us: polled" in said
            return {-signal.SIGKILL} | ({0} if on_its_way_out else set())
        up = '"started"' in said
        return {0} if up else {-self.number}

    def before(self, front: Front, operation: str) -> None:
        """Count a request, and strike where it is the one."""
        self.last = operation
        if not self._fits(operation):
            return
        self._left -= 1
        moment = self.blow.moment
        if self._left != 0 or moment is Moment.DONE or not self.land(moment):
            return
        if moment is Moment.LOST:
            front.faults.add(Fault(FaultKind.CLOSE, operation))
        elif moment is Moment.LATE:
            front.faults.add(Fault(FaultKind.CLOSE, operation, When.LATE, seconds=self.blow.late))

    def after(self, operation: str) -> None:
        """Strike where the request that was carried out is the one."""
        if self._fits(operation) and self._left == 0 and self.blow.moment is Moment.DONE:
            self.land(Moment.DONE)

    def _fits(self, operation: str) -> bool:
        return self.blow.step > 0 and (not self.blow.among or operation in self.blow.among)
