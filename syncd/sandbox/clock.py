"""A clock that moves when it is told to."""

import asyncio
from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 2, 12, tzinfo=UTC)


class HandClock:
    """Wall time and monotonic time go on together; sleeping takes no time of ours.

    `pauses` holds what was slept, in seconds, in order.
    """

    def __init__(self, start: datetime = START) -> None:
        self.pauses: list[float] = []
        self._start = start
        self._seconds = 0.0

    def advance(self, span: float | timedelta) -> None:
        """Move on, by seconds or a span."""
        self._seconds += span.total_seconds() if isinstance(span, timedelta) else span

    def now(self) -> datetime:
        """The time of day, aware, in UTC."""
        return self._start + timedelta(seconds=self._seconds)

    def monotonic(self) -> float:
        """Seconds since the start."""
        return self._seconds

    async def sleep(self, seconds: float) -> None:
        """Move on by that much at once; other tasks have their turn."""
        self.pauses.append(seconds)
        self.advance(seconds)
        await asyncio.sleep(0)


class SkewedClock:
    """The clock of a machine whose time of day is off by `offset`; monotonic time is the true one's."""

    def __init__(self, true: HandClock) -> None:
        self.offset = timedelta()
        self._true = true

    def now(self) -> datetime:
        """The time of day, as this machine believes."""
        return self._true.now() + self.offset

    def monotonic(self) -> float:
        """Seconds since the start."""
        return self._true.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Move on by that much at once."""
        await self._true.sleep(seconds)
