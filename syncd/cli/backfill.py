"""`syncd backfill --since --until`: take past cases in."""

import asyncio
import sys
from collections import Counter
from collections.abc import Iterator, Sequence

import click

from syncd.cli import output
from syncd.cli.errors import INTERRUPTED
from syncd.cli.options import config_option, known_shop, load_settings
from syncd.cli.params import SHOP
from syncd.cli.plans import COLUMNS, TEXTS, counted, plan_row, refunds, totals
from syncd.cli.progress import Progress
from syncd.clock import SystemClock
from syncd.config import Settings
from syncd.errors import AlreadyRunning, UsageError
from syncd.model.cases import State
from syncd.model.period import Period
from syncd.service.backfill import Backfill
from syncd.service.logs import set_up
from syncd.service.once import exit_of
from syncd.service.requests import who
from syncd.service.session import asking, previewing, writing
from syncd.service.survey import Fate, Survey, survey
from syncd.store.store import Store

_SHOWN = frozenset({Fate.WRITTEN, Fate.HELD, Fate.WAITS})
"""Cases that have a line of their own; of all others it is told how many there are."""


@click.command(epilog="Example: syncd backfill --since 2026-09-01 --until 2026-11-01")
@config_option
@click.option("--since", required=True, metavar="TIME", help="Cases created from then on.")
@click.option("--until", required=True, metavar="TIME", help="Cases created before then.")
@click.option("--shop", type=SHOP, help="Only of this shop.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def command(ctx: click.Context, *, since: str, until: str, shop: str | None, yes: bool) -> int:
    """Take in the cases that were created in a period on TikTok, also what was paid back before start_from.

    TIME is a date, which begins with the shop's day, or a time with its offset. First the plan is shown, with
    what it adds up to; then it is asked for, and written at the daemon's pace: by the daemon where one runs.
    What was refunded already, by syncd or by somebody else, is not refunded again. Ctrl-C stops it; the same
    command goes on.
    """
    settings = load_settings(ctx).settings
    set_up("error", "auto", settings.secrets(), sys.stderr)
    period = _period(since, until)
    known_shop(settings, shop)
    with previewing(settings.store.path) as view:
        found = asyncio.run(survey(settings, view, SystemClock(), period, shop))
    _show(found)
    if any(one.errors for one in found):
        click.echo("the plan is not whole, so nothing is written", err=True)
        return exit_of([one.errors for one in found])
    wanted = {one.shop: dict(one.to_let_in(f"created {period}")) for one in _writable(settings, found)}
    wanted = {name: cases for name, cases in wanted.items() if cases}
    if not wanted:
        click.echo("nothing to take in")
        return 0
    _ask(sum(map(len, wanted.values())), yes=yes, typed=_typed(since, until, shop))
    try:
        return _carry_out(settings, wanted)
    except asyncio.CancelledError:
        return INTERRUPTED


def _period(since: str, until: str) -> Period:
    try:
        return Period.parse(since, until)
    except ValueError as error:
        raise UsageError(str(error), hint="such as --since 2026-09-01 --until 2026-11-01T12:00:00Z") from None


def _show(found: Sequence[Survey]) -> None:
    rows = [
        plan_row(case, plan) for one in found for fate in _SHOWN_IN_ORDER for case, plan in one.by_fate(fate)
    ]
    if rows:
        output.table(COLUMNS, rows, below=TEXTS)
    for one in found:
        for line in _summary(one):
            click.echo(line)
        for error in one.errors:
            click.echo(f"{one.shop}: {error}" + (f" - {error.hint}" if error.hint else ""), err=True)


_SHOWN_IN_ORDER = [fate for fate in Fate if fate in _SHOWN]


def _summary(one: Survey) -> Iterator[str]:
    """How many cases there are of each sort, and what they add up to."""
    if one.since is None or one.until is None:
        return
    yield f"{one.shop}: cases created from {one.since:%Y-%m-%d %H:%M %Z} to {one.until:%Y-%m-%d %H:%M %Z}"
    for fate in Fate:
        cases = one.by_fate(fate)
        if cases:
            moved = [str(total) for total in totals(refunds(cases))] if fate is Fate.WRITTEN else []
            sums = f", refunds of {' and '.join(moved)}" if moved else ""
            yield f"  {fate + ':':<15} {counted(cases)}{sums}"
            reasons = Counter(plan.reason.value for _, plan in cases if plan.reason)
            yield from (f"    {reason}: {count}" for reason, count in reasons.most_common())
    known = ", ".join(f"{count} {state}" for state, count in sorted(one.known.items()))
    if known:
        yield f"  {'known before:':<15} {known}"


def _writable(settings: Settings, found: Sequence[Survey]) -> list[Survey]:
    """The shops that are written to.

    Raises:
        UsageError: None of them is.
    """
    why_not = {one.shop: reason for one in found if (reason := _why_not(settings, one.shop))}
    if len(why_not) == len(found):
        name, reason = next(iter(why_not.items()))
        raise UsageError(f"nothing is written: {name} {reason[0]}", hint=reason[1])
    for name, (what, hint) in why_not.items():
        click.echo(f"nothing is written for {name}, which {what}: {hint}", err=True)
    return [one for one in found if one.shop not in why_not]


def _why_not(settings: Settings, shop: str) -> tuple[str, str] | None:
    of_shop = settings.shops[shop]
    if not of_shop.sync.enabled:
        return "is switched off", "set [sync] enabled = true, then type the same again"
    if of_shop.guard.dry_run:
        return "only rehearses", "set [guard] dry_run = false, then type the same again"
    return None


def _typed(since: str, until: str, shop: str | None) -> str:
    only = f" --shop {shop}" if shop else ""
    return f"syncd backfill --since {since} --until {until}{only} --yes"


def _ask(count: int, *, yes: bool, typed: str) -> None:
    """Have a person say yes.

    Raises:
        UsageError: Nobody can be asked.
        click.Abort: They did not say yes.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError("nothing is written, since nobody can be asked here", hint=f"type: {typed}")
    click.confirm(f"Take in these {count} cases?", abort=True)


def _carry_out(settings: Settings, wanted: dict[str, dict[str, str]]) -> int:
    """Here, or by the daemon that runs."""
    try:
        with writing(settings.store.path) as store:
            return _run(settings, store, wanted, by_daemon=False)
    except AlreadyRunning:
        with asking(settings.store.path) as store:
            click.echo("the running daemon takes them in")
            return _run(settings, store, wanted, by_daemon=True)


def _run(settings: Settings, store: Store, wanted: dict[str, dict[str, str]], *, by_daemon: bool) -> int:
    clock = SystemClock()
    now = clock.now()
    since = now.replace(microsecond=now.microsecond // 1000 * 1000)  # the store keeps no finer times
    for name, cases in wanted.items():
        store.past.leave(name, cases.items(), who=who(), now=since)
    with Progress() as progress:
        work = Backfill(
            settings, store, clock, {name: list(of) for name, of in wanted.items()}, since, progress.show
        )
        code = asyncio.run(work.beside() if by_daemon else work.here())
    for line in _outcome(work, code, by_daemon=by_daemon):
        click.echo(line)
    return code


def _outcome(work: Backfill, code: int, *, by_daemon: bool) -> Iterator[str]:
    """How it ended, and what goes on with it."""
    for name, one in work.tallies().items():
        done = ", ".join(f"{count} {state}" for state, count in sorted(one.done.items()))
        yield f"{name}: {one.ready} of {one.total} cases are done" + (f": {done}" if done else "")
        for case_id, why in one.refused.items():
            yield f"{name}:{case_id} was not taken in: {why}"
        if one.done.get(State.HELD):
            yield f"{name}: what is held waits for you: syncd list --state held --shop {name}"
        if one.tomorrow:
            yield f"{name}: the ceiling of the day is reached; the rest waits for tomorrow"
    if code == INTERRUPTED:
        yield "stopped: no more are taken in; the same command goes on"
    elif code:
        yield "it is not done; the same command goes on, and so does the daemon"
    elif by_daemon and not all(one.ready >= one.total for one in work.tallies().values()):
        yield "the daemon goes on with the rest by itself"
