"""Pacing: spend no more points than the shop's bucket holds (Shopify: API limits)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from syncd.calls import Cost
from syncd.clock import Clock
from syncd.shopify.operations import Operation

_NOTHING = 0.001  # points; to wait for less than that may end in no time at all, again and again
_LONGEST_SLEEP = 1.0  # seconds; others may give points back meanwhile
Size = tuple[int, ...]
"""The page sizes and switches among a document's variables, in their order: what its cost depends on."""


@dataclass(slots=True)
class Bucket:
    """What is known of a shop's bucket. Until its first answer, nothing is.

    `held` are the points of requests under way. The bucket's own figure may or may not include them, so they
    are taken off it once more.
    """

    maximum: float = 0.0
    available: float = 0.0
    restore_rate: float = 0.0
    seen_at: float = 0.0
    held: float = 0.0

    @property
    def known(self) -> bool:
        """Whether an answer has told its size."""
        return self.restore_rate > 0

    def update(self, cost: Cost, now: float) -> None:
        """Take over what an answer says; `now` is monotonic."""
        self.maximum, self.available = cost.maximum, cost.available
        self.restore_rate, self.seen_at = cost.restore_rate, now

    def pause(self, points: float, now: float) -> float:
        """Seconds until that many points are free; an unknown bucket lets one request through at a time."""
        if not self.known:
            return _LONGEST_SLEEP if self.held else 0.0
        filled = min(self.maximum, self.available + (now - self.seen_at) * self.restore_rate)
        missing = min(points, self.maximum) - (filled - self.held)
        return missing / self.restore_rate if missing > _NOTHING else 0.0


@dataclass(slots=True)
class Turn:
    """Leave to send one request. Say with `paid` what the answer told."""

    cost: Cost | None = None

    def paid(self, cost: Cost | None) -> None:
        """The cost in the answer, if it told one."""
        self.cost = cost


@dataclass(slots=True)
class Reserve:
    """Points that are set apart for requests that are to follow one another without waiting."""

    points: float = 0.0


@dataclass(slots=True)
class Throttle:
    """One per shop domain, shared by everything that sends there."""

    clock: Clock
    bucket: Bucket = field(default_factory=Bucket)
    _learned: dict[tuple[str, Size], float] = field(default_factory=dict)
    _queue: asyncio.Lock = field(default_factory=asyncio.Lock)
    _returned: asyncio.Event = field(default_factory=asyncio.Event)

    def cost_of(self, operation: Operation, size: Size = ()) -> float:
        """The requested cost at that size: the most that an answer told, else the estimate."""
        return self._learned.get((operation.name, size), operation.cost)

    @asynccontextmanager
    async def reserve(self, *operations: Operation) -> AsyncIterator[Reserve]:
        """Wait until the bucket holds what all of these ask for, and set it apart for their turns."""
        reserve = Reserve(await self._take(sum(map(self.cost_of, operations))))
        try:
            yield reserve
        finally:
            self._release(reserve)

    @asynccontextmanager
    async def turn(
        self, operation: Operation, size: Size = (), reserve: Reserve | None = None
    ) -> AsyncIterator[Turn]:
        """Wait until the bucket holds what the operation asks for at that size, in the order of coming.

        What is in `reserve` is not waited for. Where it is too little it is given back first, for who holds
        points while waiting for others could wait for ever.
        """
        cost = self.cost_of(operation, size)
        if reserve and reserve.points >= cost:
            reserve.points -= cost
            points = cost
        else:
            self._release(reserve)
            points = await self._take(cost)
        turn = Turn()
        try:
            yield turn
        finally:
            self._give_back(points, turn.cost)
            if turn.cost:
                self._learn((operation.name, size), turn.cost.requested)

    def _learn(self, what: tuple[str, Size], requested: float) -> None:
        """A mutation may have pages that nobody names here, so what it cost once it may cost again."""
        self._learned[what] = max(self._learned.get(what, 0.0), requested)

    async def _take(self, points: float) -> float:
        async with self._queue:
            while pause := self.bucket.pause(points, self.clock.monotonic()):
                await self._wait(pause)
            self.bucket.held += points
            return points

    async def _wait(self, pause: float) -> None:
        if self.bucket.known:
            await self.clock.sleep(min(pause, _LONGEST_SLEEP))
        else:
            self._returned.clear()
            await self._returned.wait()

    def _release(self, reserve: Reserve | None) -> None:
        if reserve:
            self.bucket.held -= reserve.points
            reserve.points = 0.0
            self._returned.set()

    def _give_back(self, points: float, cost: Cost | None) -> None:
        self.bucket.held -= points
        if cost:
            self.bucket.update(cost, self.clock.monotonic())
        else:
            self.bucket.available -= points
        self._returned.set()
