"""`syncd once`: one cycle, then exit."""

import asyncio
import sys
from collections.abc import Mapping

import click

from syncd.cli import output
from syncd.cli.options import config_option, json_option, load_settings
from syncd.clock import SystemClock
from syncd.service.daemon_state import forget_signs
from syncd.service.logs import set_up
from syncd.service.once import exit_code, once
from syncd.service.session import writing
from syncd.sync.cycle import CycleResult

_FIGURES = ("polled", "changed", "written", "held", "deferred")


@click.command(epilog="Example: syncd once --json")
@config_option
@json_option
@click.pass_context
def command(ctx: click.Context, *, as_json: bool) -> int:
    """Poll every enabled shop once, write what is due, and exit."""
    settings = load_settings(ctx).settings
    set_up("error" if settings.logging.level != "debug" else "debug", "auto", settings.secrets(), sys.stderr)
    disabled = [name for name, shop in settings.shops.items() if not shop.sync.enabled]
    for name in disabled:
        click.echo(f"{name}: disabled, nothing done (set [sync] enabled = true)", err=True)
    for name, shop in settings.shops.items():
        if shop.sync.enabled and shop.guard.dry_run:
            click.echo(f"{name}: dry run, nothing is written (syncd list --state due)", err=True)
    if len(disabled) == len(settings.shops):
        results: Mapping[str, CycleResult] = {}
    else:
        with writing(settings.store.path) as store:
            forget_signs(store)
            results = asyncio.run(once(settings, store, SystemClock()))
    _print(results, as_json=as_json)
    return exit_code(results)


def _print(results: Mapping[str, CycleResult], *, as_json: bool) -> None:
    if as_json:
        shops = {name: _figures(result) | {"errors": _errors(result)} for name, result in results.items()}
        output.as_json({"ok": all(result.ok for result in results.values()), "shops": shops})
        return
    for name, result in results.items():
        click.echo(f"{name}: " + ", ".join(f"{key} {value}" for key, value in _figures(result).items()))
        for error in result.errors:
            click.echo(f"{name}: {error}" + (f" - {error.hint}" if error.hint else ""), err=True)


def _figures(result: CycleResult) -> dict[str, object]:
    return {name: getattr(result, name) for name in _FIGURES}


def _errors(result: CycleResult) -> list[str]:
    return [str(error) for error in result.errors]
