"""`syncd list`: the cases."""

import sys

import click

from syncd.cli import output
from syncd.cli.options import config_option, json_option, known_shop, load_settings
from syncd.cli.params import REASON, SHOP
from syncd.cli.views import case_json
from syncd.model.cases import CancelType, Case, Kind, Restock, ReturnType, State
from syncd.model.reasons import explained
from syncd.service.days import by_shop
from syncd.service.session import reading
from syncd.service.telling import hint, lines_of, restock_text
from syncd.store.cases import Filter

_ON_TERMINAL = 50
"""Cases that a terminal is given unless it asks for more; what is piped gets all."""
_TYPES = sorted({*ReturnType, *CancelType} - {ReturnType.UNKNOWN, CancelType.UNKNOWN})


@click.command(epilog="Example: syncd list --state held")
@config_option
@json_option
@click.option("--shop", type=SHOP, help="Only of this shop.")
@click.option("--state", type=click.Choice([state.value for state in State]), help="Only in this state.")
@click.option("--reason", type=REASON, help="Only held, skipped or waiting for this reason code.")
@click.option(
    "--restock", type=click.Choice([word.value for word in Restock]), help="Only with this restock."
)
@click.option("--kind", type=click.Choice([kind.value for kind in Kind]), help="Only of this kind.")
@click.option(
    "--type",
    "type_",
    type=click.Choice(_TYPES, case_sensitive=False),
    metavar="TYPE",
    help="Only of this type of TikTok's.",
)
@click.option("--since", metavar="TIME", help="Only what has changed from then on.")
@click.option("--until", metavar="TIME", help="Only what has not changed since then.")
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    metavar="N",
    help=f"Only so many, 0 for all; without it {_ON_TERMINAL} on a terminal, and all where it is piped.",
)
@click.pass_context
def command(
    ctx: click.Context,
    *,
    as_json: bool,
    shop: str | None,
    state: str | None,
    reason: str | None,
    restock: str | None,
    kind: str | None,
    type_: str | None,
    since: str | None,
    until: str | None,
    limit: int | None,
) -> None:
    """List the cases, the latest change first.

    TIME is a date, which begins with the shop's day, or a time with its offset.
    """
    settings = load_settings(ctx, logins=False).settings
    known_shop(settings, shop)
    most = _most(limit, as_json=as_json)
    with reading(settings.store.path) as store:
        changed = by_shop(store, settings, since), by_shop(store, settings, until)
        wanted = Filter(shop, state, reason, restock, kind, type_, *changed)
        cases = store.cases.select(wanted, most)
        count = len(cases) if most is None else store.cases.count(wanted)
    if as_json:
        output.as_json([case_json(case) for case in cases])
        return
    columns = ("case", "type", "TikTok says", "refund", "state", "restock", "why", "next")
    output.table(columns, (_row(case) for case in cases), below=2)
    if count > len(cases):
        click.echo(f"{len(cases)} of {count} shown; all of them: --limit 0", err=True)


def _most(limit: int | None, *, as_json: bool) -> int | None:
    """How many are read; None for all."""
    if limit is None:
        return None if as_json or not sys.stdout.isatty() else _ON_TERMINAL
    return limit or None


def _row(case: Case) -> tuple[str, ...]:
    refund = case.latest.refund
    return (
        f"{case.shop}:{case.case_id}",
        case.latest.type_word,
        case.latest.status_word,
        str(refund.total) if refund else "",
        case.state.value,
        restock_text(case),
        f"{case.reason}: {explained(case.reason, case.detail)}" if case.reason else case.detail,
        lines_of(hint(case.reason, case)),
    )
