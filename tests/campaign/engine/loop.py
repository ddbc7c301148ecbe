"""Event loops on virtual time, and the clocks of a world: nothing ever waits."""

import asyncio
import math
from collections.abc import Callable
from contextvars import Context
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVarTuple

_Ts = TypeVarTuple("_Ts")
START = datetime(2026, 11, 2, 12, tzinfo=UTC)
_TICK = 1e-6
"""No sleep is shorter: on a real machine, too, time has passed after each."""


@dataclass(slots=True)
class Time:
    """The one time of a world, in seconds since its start."""

    now: float = 0.0


class _NoSockets:
    """In place of a selector: where a loop would wait for its next timer, time leaps there."""

    def __init__(self, time: Time) -> None:
        self._time = time

    def select(self, timeout: float | None) -> list[Any]:
        """There is never any news from outside."""
        if timeout is None:
            raise RuntimeError("the loop waits for something that can never come")
        self._time.now += max(timeout, 0.0)
        return []

    def close(self) -> None:
        """There is nothing to close."""


class VirtualLoop(asyncio.BaseEventLoop):
    """A loop on the time of a world. It runs by itself, or turn by turn beside others."""

    def __init__(self, time: Time) -> None:
        super().__init__()
        self._world = time
        self._selector = _NoSockets(time)

    def time(self) -> float:
        """Seconds since the start of the world."""
        return self._world.now

    def call_at(
        self, when: float, callback: Callable[[*_Ts], object], *args: *_Ts, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """Run it then; what is due now runs a moment later."""
        return super().call_at(max(when, self._world.now + _TICK), callback, *args, context=context)

    def next_at(self) -> float:
        """When there is something to run; infinity for never."""
        if self._ready:  # type: ignore[attr-defined]
            return self._world.now
        return float(self._scheduled[0].when()) if self._scheduled else math.inf  # type: ignore[attr-defined]

    def turn(self) -> None:
        """Run once what can be run now."""
        self.stop()
        self.run_forever()

    def clear_out(self) -> None:
        """Cancel all that is left, let it end, and close; time stands still."""
        for task in asyncio.all_tasks(self):
            task.cancel()
        while asyncio.all_tasks(self):
            self.turn()
        self.run_until_complete(self.shutdown_asyncgens())
        self.close()

    def _process_events(self, event_list: list[Any]) -> None:
        """There are none."""

    def _write_to_self(self) -> None:
        """Nobody sleeps who would have to be woken up."""


class TrueClock:
    """The right time."""

    def __init__(self, time: Time) -> None:
        self._time = time

    def now(self) -> datetime:
        """The time of day, aware, in UTC."""
        return START + timedelta(seconds=self._time.now)

    def monotonic(self) -> float:
        """Seconds since the start of the world."""
        return self._time.now

    async def sleep(self, seconds: float) -> None:
        """Wait that long."""
        await asyncio.sleep(seconds)


@dataclass(slots=True)
class MachineClock:
    """The clock of a machine whose time of day is off by `offset`; monotonic time never jumps."""

    true: TrueClock
    offset: timedelta = timedelta()

    def now(self) -> datetime:
        """The time of day, as this machine believes."""
        return self.true.now() + self.offset

    def monotonic(self) -> float:
        """Seconds since the start of the world."""
        return self.true.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait that long."""
        await asyncio.sleep(seconds)
