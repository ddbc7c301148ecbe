"""How a clock goes wrong, when that begins, and when it ends."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from functools import partial
from itertools import product

from syncd.sandbox.http import Reply, Request
from tests.campaign.disks.clocks import ClockWorld

HOUR, DAY, YEAR = timedelta(hours=1), timedelta(days=1), timedelta(days=365)
_FREEZES = {"frozen": 600.0, "frozen for long": 2400.0}  # the second is longer than two polls overlap
_SUSPENSION = 600.0
_SKEWS = {"20 s fast": timedelta(seconds=20), "20 s slow": timedelta(seconds=-20)}
_OFFSETS: dict[str, tuple[timedelta, ...]] = {
    "an hour back": (-HOUR,),
    "an hour on": (HOUR,),
    "a day back": (-DAY,),
    "a day on": (DAY,),
    "a year back": (-YEAR,),
    "a year on": (YEAR,),
    "10 min fast": (timedelta(minutes=10),),
    "10 min slow": (timedelta(minutes=-10),),
    "summer time": (HOUR, timedelta(), -HOUR),
    **{name: (offset,) for name, offset in _SKEWS.items()},
}
KINDS = (*_OFFSETS, *_FREEZES, "suspended")


class Moment(StrEnum):
    """When it begins."""

    IDLE = "idle"
    WAITING = "waiting"  # a case waits for its order
    SENDING = "sending"  # between a refund that is sent and its lost answer
    CLAIMED = "claimed"  # while a lease is held
    BETWEEN_CYCLES = "between_cycles"
    POLLING = "polling"  # between the start of a poll and its page


class End(StrEnum):
    """When the clock is right again."""

    BETWEEN_POLLS = "between_polls"
    IN_A_RETRY = "in_a_retry"  # between two tries of a request whose time TikTok refused
    AT_A_RESTART = "at_a_restart"  # while no process runs


@dataclass(frozen=True, slots=True)
class Upset:
    """One way, one moment and one end."""

    kind: str
    moment: Moment
    end: End

    def __str__(self) -> str:
        return f"{self.kind}, {self.moment}, {self.end}"


def upsets() -> Iterator[Upset]:
    """Every one that makes sense: what is no wrong time of day needs nobody to set it right."""
    for kind, moment, end in product(KINDS, Moment, End):
        if end is End.BETWEEN_POLLS or (kind in _OFFSETS and kind not in _SKEWS):
            yield Upset(kind, moment, end)


@dataclass
class Course:
    """An upset on its way: it begins once, at its moment, and is over when all is right again."""

    world: ClockWorld
    upset: Upset
    lasting: float
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    frozen: float = 0.0
    _next: Callable[[], None] | None = None

    def cycle_ended(self) -> None:
        """Nothing is under way now: what was to be set is set."""
        if self._next:
            self._next()
            self._next = None

    def begin(self) -> None:
        """The clock goes wrong, at this very instant."""
        if self.begun.is_set():
            return
        self.begun.set()
        match self.upset.kind:
            case "suspended":
                self.world.suspend(_SUSPENSION)
                self.over.set()
            case kind if kind in _FREEZES:
                self._freeze(_FREEZES[kind])
            case kind:
                self._go_wrong(_OFFSETS[kind])

    def _freeze(self, seconds: float) -> None:
        """Meanwhile one more is paid back, which a poll under way does not ask for any more."""
        self.frozen = seconds
        self.world.freeze(seconds / 2)
        self.world.refund()
        self.world.freeze(seconds / 2)
        self.over.set()

    def right(self) -> None:
        """Somebody sets the clock."""
        if self.upset.kind not in _SKEWS:
            self.world.machine.offset = timedelta()
        self.over.set()

    def _go_wrong(self, offsets: tuple[timedelta, ...]) -> None:
        self.world.machine.offset = offsets[0]
        loop = asyncio.get_running_loop()
        for place, offset in enumerate(offsets[1:], start=1):
            loop.call_later(self.lasting * place / len(offsets), self._later, partial(self._set, offset))
        loop.call_later(self.lasting, self._end)

    def _later(self, step: Callable[[], None]) -> None:
        self._next = step

    def _set(self, offset: timedelta) -> None:
        self.world.machine.offset = offset

    def _end(self) -> None:
        match self.upset.end:
            case End.IN_A_RETRY:
                self.world.pair.tiktok_server.front.faults.after.append(self._right_after_a_refusal)
            case End.AT_A_RESTART:
                self.over.set()
            case End.BETWEEN_POLLS:
                self._later(self.right)

    def _right_after_a_refusal(self, operation: str, _request: Request, reply: Reply) -> None:
        if operation == "returns/search" and reply.status >= 400 and not self.over.is_set():
            asyncio.get_running_loop().call_soon(self.right)


def at(world: ClockWorld, moment: Moment, begin: Callable[[], None]) -> None:
    """Let it begin at a moment that a request tells; the other moments are for the day to tell."""
    shopify, tiktok = world.faults, world.pair.tiktok_server.front.faults
    match moment:
        case Moment.SENDING:
            shopify.add(world.lost("refundCreate"))
            shopify.once_before("refundCreate", begin)
        case Moment.CLAIMED:
            shopify.after.append(lambda operation, *_: begin() if operation == "metafieldsSet" else None)
        case Moment.POLLING:
            tiktok.once_before("shops", begin)
