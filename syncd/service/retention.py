"""What is older than `[store] keep` is forgotten, once a day, a little after each cycle."""

from datetime import timedelta

from syncd.clock import Clock
from syncd.events import Event, tell
from syncd.store.database import Database
from syncd.store.pruning import Pruning, cut_down, pruned_at, pruning_done
from syncd.tiktok.kept import kept

DAY = timedelta(days=1)
_BATCH = 1000
"""Rows that are gone through at a time: some milliseconds, in which no cycle can commit."""


class Retention:
    """Prunes one store. What may go, and what never does, stands in `syncd.store.pruning`."""

    def __init__(self, database: Database, clock: Clock, keep: timedelta) -> None:
        self._database = database
        self._clock = clock
        self._keep = keep
        self._pruning: Pruning | None = None
        self._pruned = 0

    async def tidy(self) -> None:
        """Do one batch of what is left for today, if anything is.

        Raises:
            StoreTrouble, StoreDamaged: The store cannot be used any more.
        """
        if cut_down(self._database, kept, _BATCH):
            return
        if self._pruning is None and self._is_time():
            self._pruning, self._pruned = Pruning(self._database, self._clock.now() - self._keep), 0
        if self._pruning:
            self._go_on(self._pruning)

    def _is_time(self) -> bool:
        """Whether a day is over; also where the clock was set back since."""
        last, now = pruned_at(self._database), self._clock.now()
        return last is None or not last <= now < last + DAY

    def _go_on(self, pruning: Pruning) -> None:
        self._pruned += pruning.batch(_BATCH)
        if pruning.over:
            self._pruning = None
            pruning_done(self._database, self._clock.now())
            if self._pruned:
                tell(Event.STORE_PRUNED, rows=self._pruned)
