"""Carrying out a decision about cases: here where nobody holds the store, else by the running daemon."""

import asyncio
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from syncd.cli.find import find_case
from syncd.cli.options import load_settings
from syncd.cli.views import why
from syncd.clock import Clock, SystemClock
from syncd.config import Settings
from syncd.errors import AlreadyRunning, UsageError
from syncd.model.cases import Case, State
from syncd.service.decisions import Asked, Command, decide
from syncd.service.logs import set_up
from syncd.service.once import exit_code, once
from syncd.service.requests import who
from syncd.service.session import asking, reading, writing
from syncd.store.cases import Filter
from syncd.store.requests import Request
from syncd.store.store import Store

_F = TypeVar("_F", bound=Callable[..., Any])
_PATIENCE = 120.0
_PAUSE = 0.2


@dataclass(frozen=True, slots=True)
class Which:
    """The cases that are meant: one by its name, or all held ones of a shop and a reason."""

    case: str | None = None
    every: bool = False
    shop: str | None = None
    reason: str | None = None

    def find(self, store: Store) -> list[Case]:
        """These cases.

        Raises:
            UsageError: Nothing says which, or there are none.
        """
        if self.case:
            return [find_case(store, self.case)]
        if not (self.every or self.reason):
            raise UsageError("no case is named", hint="name one, or say --all")
        cases = store.cases.select(Filter(self.shop, State.HELD.value, self.reason))
        if not cases:
            raise UsageError("no held case fits", hint="syncd list --state held shows them all")
        return cases


def held_options(command: _F) -> _F:
    """Give a command `CASE`, or `--all`, `--shop` and `--reason` for all held cases that fit."""
    options = (
        click.argument("case", required=False),
        click.option("--all", "every", is_flag=True, help="All held cases."),
        click.option("--shop", help="Of all held cases, those of this shop."),
        click.option("--reason", help="Of all held cases, those held for this reason code."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def carry_out(ctx: click.Context, command: Command, which: Which, words: str = "") -> int:
    """Carry the command out on these cases, and say how each stands afterwards; the exit code."""
    settings = load_settings(ctx).settings
    set_up("error", "auto", settings.secrets())
    path, asked = settings.store.path, Asked(command, who(), words)
    with reading(path) as store:
        cases = which.find(store)
    try:
        with writing(path) as store:
            return _myself(settings, store, cases, asked, SystemClock())
    except AlreadyRunning:
        return asyncio.run(_by_daemon(path, cases, asked, SystemClock()))


def _myself(settings: Settings, store: Store, cases: Sequence[Case], asked: Asked, clock: Clock) -> int:
    for case in cases:
        decide(store, store.cases.get(case.shop, case.case_id) or case, asked, clock.now())
    results = asyncio.run(once(settings, store, clock, polling=False))
    _say(store, cases)
    for result in results.values():
        for error in result.errors:
            click.echo(str(error), err=True)
    return exit_code(results)


async def _by_daemon(path: Path, cases: Sequence[Case], asked: Asked, clock: Clock) -> int:
    with asking(path) as store:
        left = [
            store.requests.leave(
                case.shop,
                case.case_id,
                command=asked.command.value,
                who=asked.who,
                words=asked.words,
                now=clock.now(),
            )
            for case in cases
        ]
        until = clock.monotonic() + _PATIENCE
        while not all(answers := [store.requests.answer(request) for request in left]):
            if clock.monotonic() > until:
                click.echo("the daemon has not answered yet; see: syncd status", err=True)
                return os.EX_TEMPFAIL
            await clock.sleep(_PAUSE)
        _say(store, cases)
    return _refusals(answer for answer in answers if answer)


def _refusals(answers: Iterable[Request]) -> int:
    refused = [answer.refused for answer in answers if answer.refused]
    for text in refused:
        click.echo(f"syncd: {text}", err=True)
    return os.EX_USAGE if refused else os.EX_OK


def _say(store: Store, cases: Iterable[Case]) -> None:
    for case in cases:
        after = store.cases.get(case.shop, case.case_id) or case
        reason = f": {why(after.reason, after.detail)}" if after.reason else ""
        click.echo(f"{after.shop}:{after.case_id} is {after.state.value}{reason}")
