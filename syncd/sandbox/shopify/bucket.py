"""The bucket of points that pays for documents."""

from collections.abc import Callable

from syncd.clock import Clock


class Bucket:
    """Points that come back with time, for one app on one shop."""

    def __init__(self, clock: Clock, size: Callable[[], float], rate: Callable[[], float]) -> None:
        self._clock = clock
        self._size = size
        self._rate = rate
        self._spent = 0.0
        self._at = clock.monotonic()

    def available(self) -> float:
        """Points at this moment."""
        now = self._clock.monotonic()
        self._spent = max(0.0, self._spent - (now - self._at) * self._rate())
        self._at = now
        return self._size() - self._spent

    def spend(self, points: float) -> None:
        """Take points out; below zero gives some back."""
        self.available()
        self._spent = max(0.0, self._spent + points)

    def empty(self) -> None:
        """Take out all that is there."""
        self.spend(max(0.0, self.available()))

    def status(self) -> dict[str, float]:
        """Shopify's `throttleStatus`."""
        return {
            "maximumAvailable": self._size(),
            "currentlyAvailable": int(self.available()),
            "restoreRate": self._rate(),
        }
