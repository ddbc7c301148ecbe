"""`syncd approve CASE`: let it through what holds it."""

import click

from syncd.cli.deciding import Which, carry_out, held_options, why_option
from syncd.cli.options import config_option
from syncd.service.decisions import Command


@click.command(epilog="Example: syncd approve --all --reason paused")
@config_option
@held_options
@why_option
@click.pass_context
def command(
    ctx: click.Context, *, case: str | None, every: bool, shop: str | None, reason: str | None, why: str
) -> int:
    """Let a case through: above a ceiling, paid back during a pause, beside another refund on the order.

    CASE is SHOP:ID or ID. It holds as long as TikTok's amount and units stay what they are now.
    """
    return carry_out(ctx, Command.APPROVE, Which(case, every, shop, reason), why=why)
