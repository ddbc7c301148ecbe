"""Signals: the first one stops in order, a second one or too long a wait at once; SIGHUP reloads."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from syncd.events import Event, tell

STOPPING = 30.0
"""Seconds that the first signal leaves for what is in flight; systemd gives 45."""
_STOP = (signal.SIGTERM, signal.SIGINT)


@dataclass(slots=True)
class _Stopper:
    """Leaving at once is safe: what was sent is on record, and will be looked for."""

    on_stop: Callable[[], None]
    main: asyncio.Task[object] | None
    timer: asyncio.TimerHandle | None = field(default=None)

    def stop(self, name: str) -> None:
        if self.timer:
            self.leave()
            return
        tell(Event.STOPPING, signal=name)
        self.timer = asyncio.get_running_loop().call_later(STOPPING, self.leave)
        self.on_stop()

    def leave(self) -> None:
        tell(Event.LEAVING)
        if self.main:
            self.main.cancel()


@contextmanager
def heeded(on_stop: Callable[[], None], on_reload: Callable[[], None]) -> Iterator[None]:
    """Heed signals meanwhile. The task that enters is cancelled when it has to leave at once."""
    loop = asyncio.get_running_loop()
    stopper = _Stopper(on_stop, asyncio.current_task())
    for number in _STOP:
        loop.add_signal_handler(number, stopper.stop, number.name)
    loop.add_signal_handler(signal.SIGHUP, on_reload)
    try:
        yield
    finally:
        if stopper.timer:
            stopper.timer.cancel()
        for number in (*_STOP, signal.SIGHUP):
            loop.remove_signal_handler(number)
