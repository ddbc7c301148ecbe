"""When each shop last made progress. What only waits for its next cycle is no less alive."""

from dataclasses import dataclass, field

from syncd.calls import Call
from syncd.clock import Clock
from syncd.model.intents import Intent
from syncd.sync.cycle import CycleResult
from syncd.sync.observer import Observer


@dataclass(slots=True)
class Pulse(Observer):
    """`limit` is how many seconds a shop at work may be silent before it is taken to be stuck.

    It must be longer than one request and the longest pause between two of them.
    """

    clock: Clock
    limit: float
    _expected: dict[str, float] = field(default_factory=dict)

    def beat(self, shop: str) -> None:
        """The shop did something."""
        self.rest(shop, 0.0)

    def rest(self, shop: str, seconds: float) -> None:
        """The shop does nothing for so long, and then something."""
        self._expected[shop] = self.clock.monotonic() + seconds

    def forget(self, shop: str) -> None:
        """Nothing is expected of the shop any more."""
        self._expected.pop(shop, None)

    def silent(self, shop: str) -> float:
        """Seconds since the shop should have done something; below zero while it rests."""
        now = self.clock.monotonic()
        return now - self._expected.get(shop, now)

    def stuck(self, shop: str) -> bool:
        """Whether it is silent for too long."""
        return self.silent(shop) > self.limit

    @property
    def alive(self) -> bool:
        """False where a shop stays silent though it had the time of another limit to be started anew.

        Safe to ask from another thread.
        """
        return all(self.silent(shop) <= 2 * self.limit for shop in tuple(self._expected))

    def called(self, shop: str, call: Call) -> None:  # noqa: ARG002
        """An answer, or the end of waiting for one."""
        self.beat(shop)

    def stepped(self, intent: Intent, step: str) -> None:  # noqa: ARG002
        """A step of a write."""
        self.beat(intent.shop)

    def cycled(self, shop: str, result: CycleResult, seconds: float) -> None:  # noqa: ARG002
        """The end of a cycle."""
        self.beat(shop)
