"""`syncd retry CASE`: decide again."""

import click

from syncd.cli.deciding import Which, carry_out, held_options, why_option
from syncd.cli.options import config_option
from syncd.service.decisions import Command


@click.command(epilog="Example: syncd retry us:4035318504086604100")
@config_option
@held_options
@why_option
@click.pass_context
def command(
    ctx: click.Context, *, case: str | None, every: bool, shop: str | None, reason: str | None, why: str
) -> int:
    """Decide on a case again, for instance after you have changed its order in Shopify.

    CASE is SHOP:ID or ID. A dismissal or a link is taken back. Beside a running daemon the daemon does it,
    at once.
    """
    return carry_out(ctx, Command.RETRY, Which(case, every, shop, reason), why=why)
