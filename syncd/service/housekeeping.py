"""What is done beside the shops' work: after cycles, and now and then without one."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from syncd.clock import Clock
from syncd.errors import StoreDamaged, StoreTrouble
from syncd.events import Event, tell
from syncd.sync.cycle import CycleResult
from syncd.sync.observer import Observer

_REST = 1.0
"""Seconds between two rounds at least."""
_LATEST = 30.0
"""Seconds after which a round begins though no cycle ended: a shop that is silent has to be noticed, too."""

Chore = Callable[[], Awaitable[None]]


class Housekeeping(Observer):
    """Does all chores, one round at a time. One that fails is told and stops nothing else."""

    def __init__(self, clock: Clock, chores: Sequence[Chore]) -> None:
        self._clock = clock
        self._chores = tuple(chores)
        self._wanted = asyncio.Event()

    def cycled(self, shop: str, result: CycleResult, seconds: float) -> None:  # noqa: ARG002
        """There may be something to do."""
        self._wanted.set()

    async def run(self) -> None:
        """Round after round, until cancelled.

        Raises:
            StoreTrouble, StoreDamaged: The daemon cannot go on.
        """
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(_LATEST):
                    await self._wanted.wait()
            self._wanted.clear()
            await self.round()
            await self._clock.sleep(_REST)

    async def round(self) -> None:
        """Each chore once."""
        for chore in self._chores:
            try:
                await chore()
            except (StoreTrouble, StoreDamaged):
                raise
            except Exception as error:  # noqa: BLE001  # the edge: no chore is worth the daemon's life
                name = getattr(chore, "__qualname__", type(chore).__name__)
                tell(Event.CHORE_FAILED, chore=name, failure=error, cause=error)
