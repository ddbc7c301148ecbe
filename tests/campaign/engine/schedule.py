"""What happens next in a world: events and processes share one time and one thread."""

import heapq
import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from tests.campaign.engine.loop import Time, VirtualLoop

_MOST = 60_000
"""Turns after which a world is taken for one that never comes to rest; thirty times what one needs."""


class Living(Protocol):
    """Anything that has turns."""

    def next_at(self) -> float:
        """When its next turn is; infinity for never."""
        ...

    def turn(self) -> None:
        """Take it."""
        ...


@dataclass
class Schedule:
    """Who is next. At the same moment events come first, then the network, then the processes in order.

    `after` runs after each event and turn.
    """

    time: Time = field(default_factory=Time)
    living: list[Living] = field(default_factory=list)
    after: Callable[[], None] = lambda: None
    turns: int = 0
    _events: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        """The network is there before any process."""
        self.network = VirtualLoop(self.time)

    def at(self, when: float, event: Callable[[], None]) -> None:
        """Let something happen at that time, or now where it is past."""
        heapq.heappush(self._events, (max(when, self.time.now), next(self._numbers), event))

    def later(self, seconds: float, event: Callable[[], None]) -> None:
        """Let something happen so much later."""
        self.at(self.time.now + seconds, event)

    def run(self, until: float) -> None:
        """Go on until then."""
        while self.turns < _MOST and self._next(until):
            self.turns += 1
            self.after()
        self.time.now = max(self.time.now, until)

    def _next(self, until: float) -> bool:
        """Whether there was something to do."""
        event_at = self._events[0][0] if self._events else math.inf
        turns: list[tuple[float, Callable[[], None]]] = [(self.network.next_at(), self.network.turn)]
        turns += [(one.next_at(), one.turn) for one in self.living]
        at, turn = min(turns, key=lambda one: one[0])
        if min(event_at, at) > until:
            return False
        self.time.now = max(self.time.now, min(event_at, at))
        if event_at <= at:
            heapq.heappop(self._events)[2]()
        else:
            turn()
        return True

    @property
    def restless(self) -> bool:
        """Whether there was always something to do, and no end of it."""
        return self.turns >= _MOST

    def close(self) -> None:
        """Let nothing be left."""
        self.network.clear_out()
