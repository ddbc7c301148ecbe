"""`syncd report`: TikTok against Shopify, case by case."""

import asyncio
import os
import sys
from collections.abc import Sequence

import click

from syncd.cli import output, reports
from syncd.cli.options import config_option, known_shop, load_settings
from syncd.cli.params import SHOP
from syncd.clock import SystemClock
from syncd.errors import UsageError
from syncd.model.period import Period
from syncd.report.rows import Reconciliation
from syncd.service.both_sides import reconcile
from syncd.service.logs import set_up
from syncd.service.once import exit_of
from syncd.service.session import previewing

_DIFFERS = 1


@click.command(epilog="Example: syncd report --since 2026-10-01 --until 2026-11-01 --format csv")
@config_option
@click.option("--since", required=True, metavar="TIME", help="Cases that TikTok paid back from then on.")
@click.option("--until", required=True, metavar="TIME", help="Cases that TikTok paid back before then.")
@click.option("--shop", type=SHOP, help="Only of this shop.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "json", "html"]),
    default="table",
    show_default=True,
    help="csv: a row a case, for spreadsheets; html: one file for a browser, with charts.",
)
@click.option("--json", "form", flag_value="json", help="The same as --format json.")
@click.pass_context
def command(ctx: click.Context, *, since: str, until: str, shop: str | None, form: str) -> int:
    """Compare what TikTok paid back in a period with what Shopify has refunded.

    TIME is a date, which begins with the shop's day, or a time with its offset. Both sides are read afresh,
    and nothing is written. Exit code 0 when everything agrees, 1 when anything differs.
    """
    settings = load_settings(ctx).settings
    set_up("error", "auto", settings.secrets(), sys.stderr)
    known_shop(settings, shop)
    try:
        period = Period.parse(since, until)
    except ValueError as error:
        raise UsageError(str(error), hint="such as --since 2026-10-01 --until 2026-11-01") from None
    with previewing(settings.store.path) as view, output.counting() as told:
        found = asyncio.run(reconcile(settings, view, SystemClock(), period, only=shop, told=told))
    reports.FORMATS[form](found)
    for one in found:
        for failure in one.errors:
            click.echo(f"{one.shop}: {failure}" + (f" - {failure.hint}" if failure.hint else ""), err=True)
    return _exit_code(found)


def _exit_code(found: Sequence[Reconciliation]) -> int:
    """That a side could not be read comes before that something differs."""
    broken = exit_of([one.errors for one in found])
    return broken or (os.EX_OK if all(one.agrees for one in found) else _DIFFERS)
