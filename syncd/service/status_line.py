"""All shops in one line, for `systemctl status`."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from syncd.clock import Clock
from syncd.config.settings import Settings
from syncd.service.health import Health, Level, health_of
from syncd.service.words import ago
from syncd.store.store import Store
from syncd.sync.cycle import CycleResult
from syncd.sync.observer import Observer

_ALL = 30.0
"""Seconds after which all shops are looked at: one that is silent stands otherwise without a cycle."""
_MOST = 5
"""Shops that are named, the worst first; of the others only the number is told."""


@dataclass(slots=True)
class StatusLine(Observer):
    """How the enabled shops stand: those that had a cycle are looked at again, all now and then."""

    store: Store
    clock: Clock
    _known: dict[str, Health] = field(default_factory=dict)
    _news: set[str] = field(default_factory=set)
    _all_at: float = 0.0

    def cycled(self, shop: str, result: CycleResult, seconds: float) -> None:  # noqa: ARG002 - as all observers
        """It may stand otherwise now."""
        self._news.add(shop)

    async def told(self, settings: Settings) -> str:
        """The line. Between two shops others have their turn."""
        enabled = {name: shop for name, shop in settings.shops.items() if shop.sync.enabled}
        if not enabled:
            return "no shop is enabled: set [sync] enabled = true"
        self._known = {name: health for name, health in self._known.items() if name in enabled}
        for name in self._wanted(enabled):
            self._known[name] = health_of(self.store, name, enabled[name], self.clock.now())
            await asyncio.sleep(0)
        return _line(self._known, self.clock.now())

    def _wanted(self, enabled: Collection[str]) -> list[str]:
        news, self._news = self._news, set()
        if self.clock.monotonic() < self._all_at:
            return [name for name in enabled if name in news or name not in self._known]
        self._all_at = self.clock.monotonic() + _ALL
        return list(enabled)


def _line(shops: Mapping[str, Health], now: datetime) -> str:
    ordered = sorted(shops.items(), key=lambda item: (-item[1].level, item[0]))
    told = [_of_shop(name, health, now) for name, health in ordered[:_MOST]]
    rest = [health for _, health in ordered[_MOST:]]
    if rest:
        bad = sum(health.level is not Level.OK for health in rest)
        told.append(f"{len(rest)} more shops, {bad} of them not ok" if bad else f"{len(rest)} more shops ok")
    return ", ".join(told)


def _of_shop(name: str, health: Health, now: datetime) -> str:
    good = health.progress.last_good_poll
    age = ago(good, now) if good else "not polled yet"
    parts = [f"{name} {health.level.name.lower()} {age}"]
    parts += [f"backlog {health.backlog}"] if health.backlog else []
    parts += [f"held {health.held}"] if health.held else []
    return " ".join(parts)
