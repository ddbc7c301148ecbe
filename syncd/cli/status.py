"""`syncd status`: is it alive, is it behind, is anything held."""

from collections.abc import Iterator, Mapping
from datetime import datetime

import click

from syncd.cli import output
from syncd.cli.options import config_option, json_option, load_settings
from syncd.clock import SystemClock
from syncd.model.cases import Kind, State
from syncd.service.daemon_state import Daemon, Sign, finding, last_sign, state_of
from syncd.service.health import Finding, Health, Level, health_of
from syncd.service.session import is_running, reading
from syncd.service.words import ago, lasting, until

_COLUMNS = ("shop", "health", "last good poll", "backlog", "held", "restock", "why", "next", "more")
_TEXTS = 3
"""Of the columns, the last ones: texts."""


@click.command(epilog="Example: syncd status --json")
@config_option
@json_option
@click.pass_context
def command(ctx: click.Context, *, as_json: bool) -> int:
    """Tell how each shop stands, whether the daemon runs or not. Exit code 0 fine, 1 warnings, 2 critical."""
    settings = load_settings(ctx, logins=False).settings
    now = SystemClock().now()
    with reading(settings.store.path) as store:
        shops = {name: health_of(store, name, shop, now, State) for name, shop in settings.shops.items()}
        sign = last_sign(store)
    running = is_running(settings.store.path)
    daemon = state_of(sign, now, running=running)
    found = finding(daemon, sign, settings, now)
    if as_json:
        output.as_json(
            {
                "running": running,
                "daemon": _daemon_json(daemon, sign, found),
                "shops": {name: _json(health) for name, health in shops.items()},
            }
        )
    else:
        _print(daemon, sign, found, shops, now)
    return max((found.level, *(health.level for health in shops.values())))


_SAID = {
    Daemon.RUNNING: "running",
    Daemon.STUCK: "running",
    Daemon.STOPPED: "not running",
    Daemon.DEAD: "not running",
    Daemon.ABSENT: "not running",
}


def _print(
    daemon: Daemon, sign: Sign | None, found: Finding, shops: Mapping[str, Health], now: datetime
) -> None:
    seen = f", seen {ago(sign.at, now)}" if sign and daemon is Daemon.RUNNING and not sign.ended else ""
    colour = {Level.OK: None, Level.WARNING: "yellow", Level.CRITICAL: "red"}[found.level]
    why = f": {found.what}" if found.what else ""
    click.secho(f"daemon: {_SAID[daemon]}{seen}{why}", fg=colour)
    if found.hint:
        click.echo(f"  {found.hint}")
    output.table(_COLUMNS, (_row(name, health, now) for name, health in shops.items()), below=_TEXTS)


def _row(name: str, health: Health, now: datetime) -> tuple[str, ...]:
    return (
        name,
        health.level.name.lower(),
        ago(health.progress.last_good_poll, now),
        str(health.backlog),
        str(health.held),
        str(health.restock_waiting.count),
        "\n".join(finding.what for finding in health.findings) or health.why,
        "\n".join(finding.hint for finding in health.findings if finding.hint),
        "\n".join(_more(health, now)),
    )


def _more(health: Health, now: datetime) -> Iterator[str]:
    for kind, at in health.watermarks.items():
        yield f"{kind}s read up to {at:%Y-%m-%d %H:%M:%S}Z, {ago(at, now)}"
    if health.due.since:
        yield f"the oldest case to be written waits for {lasting(now - health.due.since)}"
    if health.restock_waiting.since:
        waits = lasting(now - health.restock_waiting.since)
        yield f"units to inspect for up to {waits}: syncd list --restock waiting"
    ends = {
        "TikTok's access token": health.token_expires_at,
        "the seller's authorisation on TikTok": health.authorised_until,
        "Shopify's access token": health.shopify_token_expires_at,
    }
    for what, end in ends.items():
        if end:
            yield f"{what} {'ends' if end > now else 'ended'} {until(end, now)}"


def _daemon_json(daemon: Daemon, sign: Sign | None, found: Finding) -> Mapping[str, object]:
    return {
        "state": daemon.value,
        "health": found.level.name.lower(),
        "why": found.what,
        "hint": found.hint,
        "last_seen": sign.at if sign else None,
    }


def _json(health: Health) -> Mapping[str, object]:
    progress = health.progress
    return {
        "health": health.level.name.lower(),
        "why": health.why,
        "findings": [_finding_json(finding) for finding in health.findings],
        "last_good_poll": progress.last_good_poll,
        "watermark": progress.watermark,
        "cancellations_watermark": health.watermarks.get(Kind.CANCELLATION),
        "backlog": health.backlog,
        "oldest_due_since": health.due.since,
        "held": health.held,
        "restock_waiting": health.restock_waiting.count,
        "cases": dict(health.counts),
        "brake": health.braked,
        "tiktok_token_expires_at": health.token_expires_at,
        "tiktok_authorised_until": health.authorised_until,
        "shopify_token_expires_at": health.shopify_token_expires_at,
        "last_error": progress.last_error,
        "last_error_since": progress.last_error_since,
        "last_error_hint": progress.last_error_hint or None,
    }


def _finding_json(finding: Finding) -> Mapping[str, object]:
    return {"level": finding.level.name.lower(), "what": finding.what, "hint": finding.hint}
