"""`syncd plan`: what would be written now, and why."""

import asyncio
import sys
from collections.abc import Iterator, Mapping, Sequence

import click

from syncd.cli import output
from syncd.cli.options import config_option, json_option, load_settings
from syncd.cli.plans import COLUMNS, TEXTS, Planned, plan_row, plans_json, refunds, totals_text
from syncd.clock import SystemClock
from syncd.config import Settings
from syncd.model.cases import State
from syncd.model.plans import hold
from syncd.model.reasons import Reason
from syncd.service.logs import set_up
from syncd.service.once import exit_code, preview
from syncd.service.session import previewing
from syncd.store.cases import Filter
from syncd.store.store import Store
from syncd.sync.cycle import CycleResult

_SHOWN = frozenset({State.DUE, State.WRITING, State.HELD})


@click.command(epilog="Example: syncd plan --json")
@config_option
@json_option
@click.option("--all", "every", is_flag=True, help="With the cases that were held before.")
@click.pass_context
def command(ctx: click.Context, *, as_json: bool, every: bool) -> int:
    """Show what the next cycle would write and what it would hold, and write none of it.

    The store keeps only a renewed TikTok token, since the old one may be dead then.

    It works beside a running daemon, and also while a shop is disabled.
    """
    settings = load_settings(ctx).settings
    set_up("error", "auto", settings.secrets(), sys.stderr)
    with previewing(settings.store.path) as view:
        results = asyncio.run(preview(settings, view, SystemClock()))
        plans = {name: list(_plans(view.store, name, result)) for name, result in results.items()}
        before = _held_before(view.store, plans)
    shown = {name: [*of_shop, *(before[name] if every else [])] for name, of_shop in plans.items()}
    if as_json:
        output.as_json(plans_json(shown))
    else:
        _print(settings, shown, whole=all(result.ok for result in results.values()))
        waiting = 0 if every else sum(map(len, before.values()))
        if waiting:
            click.echo(f"{waiting} held before: syncd list --state held")
    for name, result in results.items():
        for error in result.errors:
            click.echo(f"{name}: {error}" + (f" - {error.hint}" if error.hint else ""), err=True)
    return exit_code(results)


def _plans(store: Store, shop: str, result: CycleResult) -> Iterator[Planned]:
    for case_id, plan in result.plans.items():
        case = store.cases.get(shop, case_id)
        if case and plan.state in _SHOWN:
            yield case, plan


def _held_before(store: Store, plans: Mapping[str, Sequence[Planned]]) -> Mapping[str, Sequence[Planned]]:
    """The cases that a person has to decide about, and that are not looked at now."""
    known = {name: {case.case_id for case, _ in of_shop} for name, of_shop in plans.items()}
    return {
        name: [
            (case, hold(Reason(case.reason), case.detail))
            for case in store.cases.select(Filter(shop=name, state=State.HELD))
            if case.due_at is None and case.reason and case.case_id not in known[name]
        ]
        for name in plans
    }


def _print(settings: Settings, plans: Mapping[str, Sequence[Planned]], *, whole: bool) -> None:
    rows = [plan_row(case, plan) for of_shop in plans.values() for case, plan in of_shop]
    if rows:
        output.table(COLUMNS, rows, below=TEXTS)
        for name, of_shop in plans.items():
            if of_shop:
                what = totals_text(of_shop) or "nothing is written now"
                click.echo(f"{name}: {what}{_put_off(settings, name, of_shop)}")
    elif whole:
        click.echo("nothing to write")


def _put_off(settings: Settings, shop: str, plans: Sequence[Planned]) -> str:
    """What the settings add to a plan: that it is not carried out, or not in one cycle."""
    of_shop = settings.shops[shop]
    if not of_shop.sync.enabled:
        return " (disabled: nothing of it is written)"
    if of_shop.guard.dry_run:
        return " (dry run: nothing of it is written)"
    most = of_shop.guard.max_refunds_per_cycle
    return f" (at most {most} of them in one cycle)" if len(refunds(plans)) > most else ""
