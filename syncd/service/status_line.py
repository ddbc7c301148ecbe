"""All shops in one line, for `systemctl status`."""

from collections.abc import Mapping
from datetime import datetime

from syncd.config.settings import Settings
from syncd.service.health import Health, Level, health_of
from syncd.service.words import ago
from syncd.store.store import Store

_MOST = 5
"""Shops that are named, the worst first; of the others only the number is told."""


def status_line(store: Store, settings: Settings, now: datetime) -> str:
    """How the enabled shops stand."""
    enabled = {name: shop for name, shop in settings.shops.items() if shop.sync.enabled}
    if not enabled:
        return "no shop is enabled: set [sync] enabled = true"
    return _line({name: health_of(store, name, shop, now) for name, shop in enabled.items()}, now)


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
