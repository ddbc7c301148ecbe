"""`syncd status`: is it alive, is it behind, is anything held."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import click

from syncd.cli import output
from syncd.cli.options import config_option, json_option, load_settings
from syncd.clock import SystemClock
from syncd.config.tables import Shop as ShopSettings
from syncd.model.cases import State
from syncd.service.session import is_running, reading
from syncd.store.shops import Progress
from syncd.store.store import Store
from syncd.tiktok.tokens import login_pointer

_LATE = 3
"""Poll intervals without a good poll after which a shop is critical."""
_LEVELS = ("ok", "warning", "critical")


@dataclass(frozen=True, slots=True)
class ShopStatus:
    """How one shop stands. `level` is 0 fine, 1 warning, 2 critical."""

    level: int
    why: str
    progress: Progress
    counts: Mapping[str, int]
    token_expires_at: datetime | None


@click.command(epilog="Example: syncd status --json")
@config_option
@json_option
@click.pass_context
def command(ctx: click.Context, *, as_json: bool) -> int:
    """Tell how each shop stands, whether the daemon runs or not. Exit code 0 fine, 1 warnings, 2 critical."""
    settings = load_settings(ctx).settings
    now = SystemClock().now()
    with reading(settings.store.path) as store:
        shops = {name: _status(store, name, shop, now) for name, shop in settings.shops.items()}
    running = is_running(settings.store.path)
    if as_json:
        output.as_json({"running": running, "shops": {name: _json(status) for name, status in shops.items()}})
    else:
        click.echo(f"daemon: {'running' if running else 'not running'}")
        columns = ("shop", "health", "last good poll", "read up to", "backlog", "held", "why")
        output.table(columns, (_row(name, status) for name, status in shops.items()))
    return max((status.level for status in shops.values()), default=0)


def _status(store: Store, name: str, shop: ShopSettings, now: datetime) -> ShopStatus:
    progress = store.shops.progress(name)
    counts = store.cases.counts(name)
    level, why = _level(progress, counts, shop, now)
    key = store.memory.get(login_pointer(shop.tiktok.app_key, name))
    token = store.tokens.get(key) if key else None
    return ShopStatus(level, why, progress, counts, token.access_expires_at if token else None)


def _level(
    progress: Progress, counts: Mapping[str, int], shop: ShopSettings, now: datetime
) -> tuple[int, str]:
    if not shop.sync.enabled:
        return 0, "disabled"
    good = progress.last_good_poll
    if good is None or now - good > shop.sync.poll_interval * _LATE:
        return 2, progress.last_error or "no good poll for too long"
    if progress.last_error:
        return 1, progress.last_error
    held = counts.get(State.HELD, 0)
    return (1, f"{held} held: syncd list --state held") if held else (0, "")


def _backlog(counts: Mapping[str, int]) -> int:
    return counts.get(State.DUE, 0) + counts.get(State.WRITING, 0)


def _row(name: str, status: ShopStatus) -> tuple[str, ...]:
    return (
        name,
        _LEVELS[status.level],
        _time(status.progress.last_good_poll),
        _time(status.progress.watermark),
        str(_backlog(status.counts)),
        str(status.counts.get(State.HELD, 0)),
        status.why,
    )


def _time(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}Z" if at else "never"


def _json(status: ShopStatus) -> Mapping[str, object]:
    return {
        "health": _LEVELS[status.level],
        "why": status.why,
        "last_good_poll": status.progress.last_good_poll,
        "watermark": status.progress.watermark,
        "backlog": _backlog(status.counts),
        "held": status.counts.get(State.HELD, 0),
        "cases": dict(status.counts),
        "tiktok_token_expires_at": status.token_expires_at,
        "last_error": status.progress.last_error,
    }
