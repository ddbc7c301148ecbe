"""The end of the story: every case, the count, and where everything was left."""

import re
import sys
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from rich.console import Console
from rich.text import Text

from syncd.model.cases import Case, State
from syncd.model.money import Money
from syncd.model.reasons import Reason, hint_for
from syncd.sandbox.demo.rows import NOTHING, Row, rows
from syncd.sandbox.demo.script import Flag
from syncd.sandbox.demo.stage import SHOP, Stage
from syncd.sandbox.demo.verdict import Count, Verdict
from syncd.sandbox.demo.view import COLOURS

_WIDEST = 120
_NARROW = 100
_LEAST = 20
_BEFORE_TEXT = re.compile(r" *(?:\S+ {2,})?")


def report(console: Console, stage: Stage, verdict: Verdict) -> None:
    """Print it all."""
    for line in _cases(rows(stage, stage.cases()), console.width):
        console.print(line, soft_wrap=True)
    _say(console, _held(stage))
    _say(console, _typed(stage))
    if not verdict.wrong:
        _say(
            console,
            ["Nothing was doubled, nothing is missing. Counted at the Shopify stand-in:"],
            "bold green",
        )
    _say(console, _counts(verdict))
    _say(console, [f"NOT AS EXPECTED  {what}" for what in verdict.wrong], "bold red")
    _say(console, _places(stage))


def _say(console: Console, lines: Iterable[str], style: str = "") -> None:
    for line in lines:
        for part in _fitted(line, console.width) if console.is_terminal else [line]:
            console.print(Text(part, style), soft_wrap=True)


def _fitted(line: str, width: int) -> list[str]:
    """The line within that width, its later parts below its text."""
    below = _BEFORE_TEXT.match(line)
    indent = " " * (below.end() if below else 0)
    return textwrap.wrap(
        line, max(_LEAST, width), subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    ) or [line]


def _cases(found: list[Row], width: int) -> Iterator[Text]:
    """Chapter by chapter: what TikTok says, where the case stands, what Shopify has, and below that why."""
    yield Text("\nWhat TikTok says, where it stands with syncd, what Shopify has, and why:")
    for chapter, its in groupby(found, key=lambda row: row.chapter):
        yield Text(f"\n{chapter.value}", "bold magenta")
        for row in its:
            yield from _case(row, min(width, _WIDEST))


def _case(row: Row, width: int) -> Iterator[Text]:
    before = f"  {row.title:<23}" + (f"{row.tiktok:<21}" if width >= _NARROW else "")
    state = f"{row.state:<9}"
    indent = len(before) + len(state)
    room = max(_LEAST, width - indent)
    has = ", ".join(part for part in (row.shopify, row.stock) if part != NOTHING) or NOTHING
    first, *others = textwrap.wrap(has, room)
    yield Text.assemble(before, (state, COLOURS.get(row.state, "")), first)
    yield from (Text(f"{'':{indent}}{line}") for line in others)
    yield from (Text(f"{'':{indent}}{line}", "bright_black") for line in textwrap.wrap(row.why, room))


def _held(stage: Stage) -> Iterator[str]:
    """What a person would do next about each case that is held."""
    yield ""
    yield "Held for a person, with what to do next:"
    known = stage.cases()
    for tale in stage.tales:
        case = known.get(tale.case_id)
        if case and case.state is State.HELD and case.reason:
            yield f"  {_name(case)}  {tale.script.title} ({case.reason})"
            yield f"      {hint_for(Reason(case.reason), _name(case))}"
    yield ""


def _name(case: Case) -> str:
    return f"{SHOP}:{case.case_id}"


def _typed(stage: Stage) -> Iterator[str]:
    """What staff typed, with the answers."""
    yield "Typed by staff, beside the running daemon:"
    for typed in stage.staff.typed:
        yield f"  {typed}"
        yield f"      {typed.said}"
    yield ""


def _counts(verdict: Verdict) -> Iterator[str]:
    yield f"  refunds    {_told(verdict.refunds, 'made')}"
    yield f"  money      {_sums(verdict.refunded)} refunded, {_sums(verdict.to_refund)} due"
    yield f"  stock      {_told(verdict.restocked, 'units restocked')}"
    yield f"  freed      {_told(verdict.freed, 'units that were never shipped')}"
    yield f"  cancelled  {_told(verdict.cancelled, 'orders')}"
    names = ", ".join(f"{count} {name}" for name, count in verdict.writes.most_common())
    yield f"  writes     {names}"
    yield f"  at rest    {verdict.idle_calls} requests to Shopify once everything was settled"
    yield ""


def _told(count: Count, what: str) -> str:
    return f"{count.made} {what}, {count.due} due"


def _sums(totals: Counter[str]) -> str:
    return " + ".join(str(Money(minor, currency)) for currency, minor in sorted(totals.items())) or "nothing"


def _places(stage: Stage) -> Iterator[str]:
    config = stage.daemon.config
    yield f"Config, store and log were left in {stage.folder}"
    killed = next(tale for tale in stage.tales if Flag.KILLED in tale.script.flags)
    for command in ("list", "list --state held", "list --restock waiting", f"show {killed.case_id}"):
        yield f"  {program()} {command} -c {config}"
    yield f"  less {stage.daemon.log}"


def program() -> str:
    """How to type this very program in the viewer's shell, which need not have it on its path."""
    script = Path(sys.executable).with_name("syncd")
    if not script.exists():
        return f"{sys.executable} -m syncd"
    here = Path.cwd()
    return f"./{script.relative_to(here)}" if script.is_relative_to(here) else str(script)
