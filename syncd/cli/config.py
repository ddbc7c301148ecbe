"""`syncd config`: check the config file, or print an example."""

import json

import click

from syncd.cli.options import config_option, json_option, load_settings
from syncd.config import Shop, example
from syncd.config.types import duration_text
from syncd.errors import ConfigError


@click.group()
@config_option
def command() -> None:
    """Check the config file, or print an example."""


@command.command(short_help="Say everything that is wrong with the config file.")
@config_option
@json_option
@click.pass_context
def check(ctx: click.Context, *, as_json: bool) -> None:
    """Say whether the config file can be used, and everything that is wrong with it."""
    if as_json:
        _check_as_json(ctx)
        return
    loaded = load_settings(ctx)
    click.echo(f"{loaded.path}: ok")
    for name, shop in loaded.settings.shops.items():
        click.echo(f"  {name}: {_summary(shop)}")


@command.command(name="example", short_help="Print a config file with every key.")
def print_example() -> None:
    """Print a config file with every key, its default, and what it is for."""
    click.echo(example(), nl=False)


def _check_as_json(ctx: click.Context) -> None:
    try:
        loaded = load_settings(ctx)
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
