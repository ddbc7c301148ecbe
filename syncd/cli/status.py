"""`syncd status`: is it alive, is it behind, is anything held."""

from collections.abc import Mapping
from datetime import datetime

import click

from syncd.cli import output
from syncd.cli.options import config_option, json_option, load_settings
from syncd.clock import SystemClock
from syncd.service.health import Health, health_of
from syncd.service.session import is_running, reading


@click.command(epilog="Example: syncd status --json")
@config_option
@json_option
@click.pass_context
def command(ctx: click.Context, *, as_json: bool) -> int:
    """Tell how each shop stands, whether the daemon runs or not. Exit code 0 fine, 1 warnings, 2 critical."""
    settings = load_settings(ctx, logins=False).settings
    now = SystemClock().now()
    with reading(settings.store.path) as store:
        shops = {name: health_of(store, name, shop, now) for name, shop in settings.shops.items()}
    running = is_running(settings.store.path)
    if as_json:
        output.as_json({"running": running, "shops": {name: _json(health) for name, health in shops.items()}})
    else:
        click.echo(f"daemon: {'running' if running else 'not running'}")
        columns = ("shop", "health", "last good poll", "read up to", "backlog", "held", "why")
        output.table(columns, (_row(name, health) for name, health in shops.items()))
    return max((health.level for health in shops.values()), default=0)


def _row(name: str, health: Health) -> tuple[str, ...]:
    return (
        name,
        health.level.name.lower(),
        _time(health.progress.last_good_poll),
        _time(health.progress.watermark),
        str(health.backlog),
        str(health.held),
        health.why,
    )


def _time(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}Z" if at else "never"


def _json(health: Health) -> Mapping[str, object]:
    return {
        "health": health.level.name.lower(),
        "why": health.why,
        "last_good_poll": health.progress.last_good_poll,
        "watermark": health.progress.watermark,
        "backlog": health.backlog,
        "held": health.held,
        "cases": dict(health.counts),
        "tiktok_token_expires_at": health.token_expires_at,
        "last_error": health.progress.last_error,
    }
