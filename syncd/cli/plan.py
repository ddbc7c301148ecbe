"""`syncd plan`: what would be written now, and why."""

import asyncio
import sys
from collections.abc import Mapping

import click

from syncd.cli import output
from syncd.cli.options import config_option, json_option, load_settings
from syncd.cli.views import action_text, plans_json, why
from syncd.clock import SystemClock
from syncd.model.cases import State
from syncd.model.plans import Plan
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
@click.pass_context
def command(ctx: click.Context, *, as_json: bool) -> int:
    """Show what the next cycle would write and what it would hold, and write none of it.

    The store keeps only a renewed TikTok token, since the old one may be dead then.

    It works beside a running daemon, and also while a shop is disabled.
    """
    settings = load_settings(ctx).settings
    set_up("error", "auto", settings.secrets(), sys.stderr)
    with previewing(settings.store.path) as view:
        results = asyncio.run(preview(settings, view, SystemClock()))
        plans = {name: _plans(result) for name, result in results.items()}
        if as_json:
            output.as_json(plans_json(plans))
        else:
            _print(view.store, plans, whole=all(result.ok for result in results.values()))
    for name, result in results.items():
        for error in result.errors:
            click.echo(f"{name}: {error}" + (f" - {error.hint}" if error.hint else ""), err=True)
    return exit_code(results)


def _plans(result: CycleResult) -> list[tuple[str, Plan]]:
    return [(case_id, plan) for case_id, plan in result.plans.items() if plan.state in _SHOWN]


def _print(store: Store, plans: Mapping[str, list[tuple[str, Plan]]], *, whole: bool) -> None:
    rows = [
        (shop, case_id, plan.state.value, "; ".join(action_text(a) for a in plan.actions) or _why(plan))
        for shop, of_shop in plans.items()
        for case_id, plan in of_shop
    ]
    if rows:
        output.table(("shop", "case", "state", "what"), rows, title="What the next cycle would do")
    elif whole:
        click.echo("nothing to write")
    held = [case for case in store.cases.select(Filter(state=State.HELD)) if case.due_at is None]
    known = {case_id for of_shop in plans.values() for case_id, _ in of_shop}
    waiting = sum(case.case_id not in known for case in held)
    if waiting:
        click.echo(f"{waiting} held before: syncd list --state held")


def _why(plan: Plan) -> str:
    return why(plan.reason, plan.detail)
