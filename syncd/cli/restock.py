"""`syncd restock CASE`: what inspection has found about the units that came back."""

import json
from collections import Counter
from collections.abc import Iterable

import click

from syncd.cli.deciding import Which, carry_out, why_option
from syncd.cli.options import config_option
from syncd.cli.params import CASE
from syncd.errors import UsageError
from syncd.service.decisions import Command


@click.command(epilog="Example: syncd restock us:4035318504086604100 --units MUG=1")
@config_option
@click.argument("case", type=CASE)
@click.option(
    "--units",
    "units",
    multiple=True,
    metavar="SKU=N",
    help="Only so many units of this SKU; can be repeated. Without it: all that wait.",
)
@click.option("--not", "never", is_flag=True, help="They do not come back into stock.")
@why_option
@click.pass_context
def command(ctx: click.Context, *, case: str, units: tuple[str, ...], never: bool, why: str) -> int:
    """Put returned units back into stock after inspection, or say that they do not come back.

    CASE is SHOP:ID or ID; `syncd list --restock waiting` shows what waits. When no unit waits any more, the
    return in Shopify is closed.
    """
    words = json.dumps(_counted(units)) if units else ""
    asked = Command.NOT_RESTOCK if never else Command.RESTOCK
    return carry_out(ctx, asked, Which(case), words=words, why=why)


def _counted(texts: Iterable[str]) -> Counter[str]:
    counted: Counter[str] = Counter()
    for text in texts:
        sku, _, count = text.rpartition("=")
        if not sku or not count.isdecimal() or int(count) < 1:
            raise UsageError(f"--units {text} is not SKU=N", hint="such as --units MUG=2")
        counted[sku] += int(count)
    return counted
