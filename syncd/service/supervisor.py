"""Every shop in a task of its own: one that crashes or gets stuck is started anew, and harms no other."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from syncd.errors import StoreDamaged, StoreTrouble
from syncd.events import Event, about, tell
from syncd.service.pulse import Pulse

_WATCH = 1.0
"""Seconds between two looks at whether a shop is stuck."""
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 300.0
"""Seconds before a crashed shop is started anew, doubled with each crash."""
_SOUND = 600.0
"""Seconds of work after which a crash counts as the first one again."""
_GIVE_UP = 10.0
"""Seconds that a stuck shop has to heed that it is cancelled."""


class Loop(Protocol):
    """Work that goes on until `leaving` is set."""

    leaving: asyncio.Event

    @property
    def name(self) -> str:
        """The shop's."""
        ...

    async def run(self) -> None:
        """Work."""
        ...


class Stuck(Exception):
    """A shop made no progress for so many seconds and was cancelled."""

    def __init__(self, silent: float) -> None:
        super().__init__(f"no progress for {silent:.0f} s")
        self.silent = silent


@dataclass(slots=True)
class Supervisor:
    """Keeps the loops running until they leave by themselves. `broke` hears which crashed or got stuck."""

    pulse: Pulse
    broke: Callable[[str, Exception], None] = lambda _shop, _error: None

    async def run(self, loops: Sequence[Loop]) -> None:
        """Return when every loop has left.

        Raises:
            StoreTrouble, StoreDamaged: No shop can be worked on.
        """
        try:
            async with asyncio.TaskGroup() as group:
                for loop in loops:
                    group.create_task(self._keep(loop), name=f"shop {loop.name}")
        except BaseExceptionGroup as several:
            raise several.exceptions[0] from several

    async def _keep(self, loop: Loop) -> None:
        """Run that loop again and again, with growing pauses, until it leaves by itself."""
        with about(shop=loop.name):
            await self._lives(loop)
        self.pulse.forget(loop.name)

    async def _lives(self, loop: Loop) -> None:
        clock, pause = self.pulse.clock, _FIRST_PAUSE
        while not loop.leaving.is_set():
            started = clock.monotonic()
            try:
                await self._watched(loop)
            except (StoreTrouble, StoreDamaged):
                raise
            except Exception as error:  # noqa: BLE001  # the edge: one shop must not stop the others
                pause = _FIRST_PAUSE if clock.monotonic() - started > _SOUND else pause
                _tell(error, pause)
                self.broke(loop.name, error)
                if await self._left(loop, pause):
                    return
                tell(Event.SHOP_RESTARTED)
                pause = min(pause * 2, _LONGEST_PAUSE)

    async def _watched(self, loop: Loop) -> None:
        """One life of the loop.

        Raises:
            Stuck: It made no progress for too long and was cancelled.
        """
        name = loop.name
        self.pulse.beat(name)
        task = asyncio.create_task(loop.run(), name=f"loop {name}")
        try:
            while not task.done():
                await asyncio.wait({task}, timeout=_WATCH)
                if not task.done() and self.pulse.stuck(name):
                    await self._cancelled(task, name)
            task.result()
        finally:
            task.cancel()
            await asyncio.wait({task}, timeout=_GIVE_UP)

    async def _cancelled(self, task: asyncio.Task[None], name: str) -> None:
        silent = self.pulse.silent(name)
        task.cancel()
        await asyncio.wait({task}, timeout=_GIVE_UP)
        if task.done():
            raise Stuck(silent)

    async def _left(self, loop: Loop, pause: float) -> bool:
        """Rest for so long; whether it became time to leave meanwhile."""
        self.pulse.rest(loop.name, pause)
        try:
            async with asyncio.timeout(pause):
                return await loop.leaving.wait()
        except TimeoutError:
            return False


def _tell(error: Exception, pause: float) -> None:
    """What was sent is on record and will be looked for: to start anew is safe."""
    if isinstance(error, Stuck):
        tell(Event.SHOP_STUCK, silent_s=round(error.silent))
    else:
        tell(Event.SHOP_CRASHED, failure=error, cause=error, again_in_s=pause)
