"""The end of the story: the table, the count, and where everything was left."""

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from syncd.model.cases import Case, State
from syncd.model.money import Money
from syncd.model.reasons import Reason, hint_for
from syncd.sandbox.demo.rows import Row, rows
from syncd.sandbox.demo.script import Flag
from syncd.sandbox.demo.stage import SHOP, Stage
from syncd.sandbox.demo.verdict import Verdict
from syncd.sandbox.demo.view import COLOURS


def report(console: Console, stage: Stage, verdict: Verdict) -> None:
    """Print it all."""
    console.print(_table(rows(stage)))
    _say(console, _held(stage))
    if not verdict.wrong:
        _say(
            console,
            ["Nothing was doubled, nothing is missing. Counted at the Shopify stand-in:"],
            "bold green",
        )
    _say(console, _counts(verdict))
    _say(console, [f"NOT AS EXPECTED  {what}" for what in verdict.wrong], "bold red")
    _say(console, _places(stage))


def _say(console: Console, lines: Iterator[str] | list[str], style: str = "") -> None:
    for line in lines:
        console.print(Text(line, style), soft_wrap=True)


def _table(found: list[Row]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for name in ("case", "TikTok says", "Shopify has", "restocked", "state"):
        table.add_column(name, no_wrap=name != "Shopify has")
    table.add_column("why")
    for row in found:
        state = Text(row.state, COLOURS.get(row.state, ""))
        table.add_row(row.title, row.tiktok, row.shopify, row.restocked, state, row.why)
    return table


def _held(stage: Stage) -> Iterator[str]:
    """What a person would do next about each case that is held."""
    yield "Held for a person, with what to do next:"
    known = stage.cases()
    for tale in stage.tales:
        case = known.get(tale.case.return_id)
        if case and case.state is State.HELD and case.reason:
            yield f"  {_name(case)}  {tale.script.title} ({case.reason})"
            yield f"      {hint_for(Reason(case.reason), _name(case))}"
    yield ""


def _name(case: Case) -> str:
    return f"{SHOP}:{case.case_id}"


def _counts(verdict: Verdict) -> Iterator[str]:
    yield f"  refunds    {verdict.refunds} made, {verdict.refunds_due} due"
    yield f"  money      {_sums(verdict.refunded)} refunded, {_sums(verdict.to_refund)} due"
    yield f"  stock      {verdict.restocked} units restocked, {verdict.to_restock} due"
    names = ", ".join(f"{count} {name}" for name, count in verdict.writes.most_common())
    yield f"  writes     {names}"
    yield f"  at rest    {verdict.idle_calls} requests to Shopify once everything was settled"
    yield ""


def _sums(totals: Counter[str]) -> str:
    return " + ".join(str(Money(minor, currency)) for currency, minor in sorted(totals.items())) or "nothing"


def _places(stage: Stage) -> Iterator[str]:
    config = stage.daemon.config
    yield f"Config, store and log were left in {stage.folder}"
    killed = next(tale for tale in stage.tales if Flag.KILLED in tale.script.flags)
    for command in ("list", "list --state held", f"show {killed.case.return_id}"):
        yield f"  {_program()} {command} -c {config}"
    yield f"  less {stage.daemon.log}"


def _program() -> str:
    """How to type this very program in the viewer's shell, which need not have it on its path."""
    script = Path(sys.executable).with_name("syncd")
    if not script.exists():
        return f"{sys.executable} -m syncd"
    here = Path.cwd()
    return f"./{script.relative_to(here)}" if script.is_relative_to(here) else str(script)
