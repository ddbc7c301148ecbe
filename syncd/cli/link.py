"""`syncd link CASE REFUND`: this one is it."""

import click

from syncd.cli.deciding import Which, carry_out, why_option
from syncd.cli.options import config_option
from syncd.cli.params import CASE
from syncd.service.decisions import Command


@click.command(epilog="Example: syncd link us:4035318504086604100 gid://shopify/Refund/938")
@config_option
@click.argument("case", type=CASE)
@click.argument("refund")
@why_option
@click.pass_context
def command(ctx: click.Context, *, case: str, refund: str, why: str) -> int:
    """Say that a refund, or a return, which somebody else made in Shopify is the one of this case.

    CASE is SHOP:ID or ID. REFUND is a refund's number, or the whole id of a refund or a return as `syncd
    show` tells it. It has to be of TikTok's amount; then nothing more is refunded.
    """
    return carry_out(ctx, Command.LINK, Which(case), words=refund, why=why)
