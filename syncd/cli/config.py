"""`syncd config`: check the config file, show what is in effect, or print an example."""

import asyncio
import json
import sys
from itertools import groupby

import click

from syncd.cli import output
from syncd.cli.options import config_option, json_option, load_settings
from syncd.clock import SystemClock
from syncd.config import Loaded, Shop, example
from syncd.config.keys import dotted
from syncd.config.problems import Problem
from syncd.config.shown import Shown, shown
from syncd.config.types import duration_text
from syncd.errors import ConfigError


@click.group()
@config_option
def command() -> None:
    """Check the config file, show what is in effect, or print an example."""


@command.command(
    short_help="Say everything that is wrong with the config file.",
    epilog="Example: syncd config check -c /etc/syncd/syncd.toml",
)
@config_option
@json_option
@click.option("--online", is_flag=True, help="Also ask the Shopify stores whether the location is there.")
@click.pass_context
def check(ctx: click.Context, *, as_json: bool, online: bool) -> None:
    """Say whether the config file can be used, and everything that is wrong with it.

    Nothing is asked of anybody without --online. Whether all goes well together: syncd check.
    """
    if as_json:
        _check_as_json(ctx, online=online)
        return
    loaded = _checked(ctx, online=online)
    click.echo(f"{loaded.path}: ok")
    for name, shop in loaded.settings.shops.items():
        click.echo(f"  {name}: {_summary(shop)}")


@command.command(
    name="example",
    short_help="Print a config file with every key.",
    epilog="Example: syncd config example > syncd.toml",
)
def print_example() -> None:
    """Print a config file with every key, its default, and what it is for."""
    click.echo(example(), nl=False)


@command.command(
    name="schema",
    short_help="Print a JSON Schema for editors.",
    epilog="Example: syncd config schema > syncd.schema.json",
)
def print_schema() -> None:
    """Print the JSON Schema of the config file, by which editors check and explain it."""
    from syncd.config.schema import schema  # noqa: PLC0415 - slow to load

    click.echo(schema(), nl=False)


@command.command(short_help="Show the settings in effect.", epilog="Example: syncd config show --json")
@config_option
@json_option
@click.pass_context
def show(ctx: click.Context, *, as_json: bool) -> None:
    """Show every setting that is in effect, and where it comes from. Secrets are masked."""
    loaded = load_settings(ctx, logins=False)
    keys = shown(loaded)
    if as_json:
        rows = [{"key": dotted(one.key), "value": one.value, "source": one.source} for one in keys]
        output.as_json({"path": loaded.path, "keys": rows})
        return
    for table, of_table in groupby(keys, key=lambda one: one.table):
        click.echo(click.style(f"[{table}]", bold=True))
        for one in of_table:
            click.echo(_line(one))


def _line(one: Shown) -> str:
    text = f"{dotted(one.key[-1:])} = {one.value}"
    return f"{text:<48}{click.style(f'  # {one.source}', dim=True)}"


def _checked(ctx: click.Context, *, online: bool) -> Loaded:
    loaded = load_settings(ctx)
    if online:
        loaded.refuse(asyncio.run(_asked(loaded)))
    return loaded


async def _asked(loaded: Loaded) -> list[Problem]:
    from syncd.service.check.run import contradicted  # noqa: PLC0415 - slow to load
    from syncd.service.logs import set_up  # noqa: PLC0415

    set_up("error", "auto", loaded.settings.secrets(), sys.stderr)
    return [problem async for problem in contradicted(loaded.settings, SystemClock())]


def _check_as_json(ctx: click.Context, *, online: bool) -> None:
    try:
        loaded = _checked(ctx, online=online)
    except ConfigError as error:
        _print(ok=False, problems=error.problems or (error.what,), hint=error.hint)
        ctx.exit(error.exit_code)
    _print(ok=True, path=str(loaded.path), shops=tuple(loaded.settings.shops), warnings=loaded.warnings)


def _print(
    *,
    ok: bool,
    path: str = "",
    shops: tuple[str, ...] = (),
    warnings: tuple[str, ...] = (),
    problems: tuple[str, ...] = (),
    hint: str = "",
) -> None:
    found = {"ok": ok, "path": path, "shops": shops, "warnings": warnings, "problems": problems, "hint": hint}
    click.echo(json.dumps(found))


def _summary(shop: Shop) -> str:
    where = f"{shop.shopify.domain}, "
    if not shop.sync.enabled:
        return f"{where}not enabled: nothing is polled and nothing is written"
    since = f"{shop.sync.start_from:%Y-%m-%dT%H:%M:%SZ}"
    writes = (
        "dry run: nothing is written" if shop.guard.dry_run else f"writes what was paid back since {since}"
    )
    return f"{where}polled every {duration_text(shop.sync.poll_interval)}, {writes}"
