"""How each shop stands, from what the store knows: for `status`, the status line, probes and alerts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from syncd.config.tables import Shop as ShopSettings
from syncd.model.cases import State
from syncd.store.shops import Progress
from syncd.store.store import Store
from syncd.tiktok.tokens import login_pointer

_LATE = 3
"""Poll intervals without a good poll after which a shop is critical."""


class Level(IntEnum):
    """How bad it is; also the exit code of `status`."""

    OK = 0
    WARNING = 1
    CRITICAL = 2


@dataclass(frozen=True, slots=True)
class Health:
    """How one shop stands, and why. `counts` are cases by state."""

    level: Level
    why: str
    progress: Progress
    counts: Mapping[str, int]
    token_expires_at: datetime | None

    @property
    def backlog(self) -> int:
        """Cases that are to be written and are not yet."""
        return self.counts.get(State.DUE, 0) + self.counts.get(State.WRITING, 0)

    @property
    def held(self) -> int:
        """Cases that wait for a person."""
        return self.counts.get(State.HELD, 0)


def health_of(store: Store, name: str, shop: ShopSettings, now: datetime) -> Health:
    """How the shop stands now."""
    progress = store.shops.progress(name)
    counts = store.cases.counts(name)
    level, why = _level(progress, counts, shop, now)
    key = store.memory.get(login_pointer(shop.tiktok.app_key, name))
    token = store.tokens.get(key) if key else None
    return Health(level, why, progress, counts, token.access_expires_at if token else None)


def _level(
    progress: Progress, counts: Mapping[str, int], shop: ShopSettings, now: datetime
) -> tuple[Level, str]:
    if not shop.sync.enabled:
        return Level.OK, "disabled"
    good = progress.last_good_poll
    if good is None or now - good > shop.sync.poll_interval * _LATE:
        return Level.CRITICAL, progress.last_error or "no good poll for too long"
    if progress.last_error:
        return Level.WARNING, progress.last_error
    held = counts.get(State.HELD, 0)
    return (Level.WARNING, f"{held} held: syncd list --state held") if held else (Level.OK, "")
