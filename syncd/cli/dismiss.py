"""`syncd dismiss CASE --reason`: never write it."""

import click

from syncd.cli.deciding import Which, carry_out
from syncd.cli.options import config_option
from syncd.cli.params import CASE, REASON, SHOP
from syncd.service.decisions import Command


@click.command(epilog='Example: syncd dismiss us:4035318504086604100 --reason "refunded by hand"')
@config_option
@click.argument("case", required=False, type=CASE)
@click.option("--reason", required=True, help="Why, in your words; it is kept with the case.")
@click.option("--all", "every", is_flag=True, help="All held cases.")
@click.option("--shop", type=SHOP, help="Of all held cases, those of this shop.")
@click.option("--held-for", type=REASON, help="Of all held cases, those held for this reason code.")
@click.pass_context
def command(
    ctx: click.Context, *, case: str | None, reason: str, every: bool, shop: str | None, held_for: str | None
) -> int:
    """Never write a case to Shopify, as long as TikTok's amount and units stay what they are now.

    CASE is SHOP:ID or ID. The decision is also kept on the Shopify order, where every other store finds it.
    """
    return carry_out(ctx, Command.DISMISS, Which(case, every, shop, held_for), words=reason)
