"""`syncd list`: the cases."""

import click

from syncd.cli import output
from syncd.cli.options import config_option, json_option, load_settings
from syncd.cli.params import REASON, SHOP
from syncd.cli.views import case_json, hint, restock_text, why
from syncd.errors import UsageError
from syncd.model.cases import Case, Restock, State
from syncd.service.session import reading
from syncd.store.cases import Filter


@click.command(epilog="Example: syncd list --state held")
@config_option
@json_option
@click.option("--shop", type=SHOP, help="Only of this shop.")
@click.option("--state", type=click.Choice([state.value for state in State]), help="Only in this state.")
@click.option("--reason", type=REASON, help="Only held, skipped or waiting for this reason code.")
@click.option(
    "--restock", type=click.Choice([word.value for word in Restock]), help="Only with this restock."
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
) -> None:
    """List the cases, the latest change first."""
    settings = load_settings(ctx, logins=False).settings
    if shop and shop not in settings.shops:
        raise UsageError(f"there is no shop {shop}", hint=f"the config has: {', '.join(settings.shops)}")
    with reading(settings.store.path) as store:
        cases = store.cases.select(Filter(shop, state, reason, restock))
    if as_json:
        output.as_json([case_json(case) for case in cases])
        return
    columns = ("case", "type", "TikTok says", "refund", "state", "restock", "why", "next")
    output.table(columns, (_row(case) for case in cases), below=2)


def _row(case: Case) -> tuple[str, ...]:
    refund = case.latest.refund
    return (
        f"{case.shop}:{case.case_id}",
        case.latest.type_word,
        case.latest.status_word,
        str(refund.total) if refund else "",
        case.state.value,
        restock_text(case),
        f"{case.reason}: {why(case.reason, case.detail)}" if case.reason else case.detail,
        hint(case.reason, case).replace(" syncd ", "\nsyncd "),  # a command is copied as one line
    )
