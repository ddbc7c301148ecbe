"""`syncd check`: whether everything is as it must be, and the remedy where it is not."""

import asyncio
import sys
from collections.abc import Collection, Mapping

import click

from syncd.cli import output
from syncd.cli.options import config_option, json_option, load_settings
from syncd.cli.params import SHOP
from syncd.clock import SystemClock
from syncd.config.load import Loaded
from syncd.config.settings import Settings
from syncd.errors import UsageError
from syncd.service.alerts.send import send_test
from syncd.service.check.result import Result, critical, fine
from syncd.service.check.run import checks
from syncd.service.health import Level
from syncd.service.logs import set_up

_COLOURS = {Level.OK: "green", Level.WARNING: "yellow", Level.CRITICAL: "red"}


@click.command(epilog="Example: syncd check --shop us")
@config_option
@json_option
@click.option("--shop", "shops", type=SHOP, multiple=True, help="Only this shop; can be repeated.")
@click.option("--alert", is_flag=True, help="Also send a test message to every address of the alerts.")
@click.pass_context
def command(ctx: click.Context, *, as_json: bool, shops: tuple[str, ...], alert: bool) -> int:
    """Look at this machine, at both sides, and at how they go together; say what to do where it is not fine.

    Nothing is written to Shopify. Exit code 0 fine, 1 warnings, 2 critical.
    """
    loaded = load_settings(ctx, logins=False)
    settings = loaded.settings
    set_up("error", "auto", settings.secrets(), sys.stderr)
    if unknown := [shop for shop in shops if shop not in settings.shops]:
        raise UsageError(
            f"there is no shop {unknown[0]}", hint=f"the config has: {', '.join(settings.shops)}"
        )
    results = asyncio.run(_checked(loaded, shops or tuple(settings.shops), alert=alert, telling=not as_json))
    if as_json:
        output.as_json({"ok": _worst(results) is Level.OK, "results": [_json(result) for result in results]})
    return _worst(results)


async def _checked(loaded: Loaded, shops: Collection[str], *, alert: bool, telling: bool) -> list[Result]:
    results = []
    async for result in checks(loaded, SystemClock(), shops):
        results.append(result)
        if telling:
            _print(result)
    for result in await _tests(loaded.settings) if alert else []:
        results.append(result)
        if telling:
            _print(result)
    return results


async def _tests(settings: Settings) -> list[Result]:
    if not settings.alerts.urls:
        return [critical("alerts", "there is no address to send a test to", "set urls in [alerts]")]
    sent = await send_test(settings, SystemClock().now())
    return [
        fine("alerts", f"{label}: a test was sent; see whether it has come")
        if good
        else critical("alerts", f"{label}: {why}", "correct the address in [alerts] urls")
        for label, good, why in sent
    ]


def _worst(results: Collection[Result]) -> Level:
    return max((result.level for result in results), default=Level.OK)


def _print(result: Result) -> None:
    """One line, and one more with the remedy where there is one."""
    level = click.style(f"{result.level.name.lower():<8}", fg=_COLOURS[result.level])
    shop = f"{result.shop} " if result.shop else ""
    click.echo(f"{level}  {shop}{result.check}: {result.what}")
    if result.remedy and result.level is not Level.OK:
        click.echo(f"          {result.remedy}")


def _json(result: Result) -> Mapping[str, object]:
    return {
        "level": result.level.name.lower(),
        "shop": result.shop or None,
        "check": result.check,
        "what": result.what,
        "remedy": result.remedy,
    }
