"""Carrying out a decision about cases: here where nobody holds the store, else by the running daemon."""

import asyncio
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import click

from syncd.cli.find import find_case
from syncd.cli.options import known_shop, load_settings
from syncd.cli.params import CASE, REASON, SHOP
from syncd.clock import Clock, SystemClock
from syncd.config import Loaded, Settings
from syncd.errors import AlreadyRunning, ConfigError, SyncdError, UsageError
from syncd.model.cases import Case, Restock, State
from syncd.model.reasons import explained
from syncd.model.rulings import APPROVABLE
from syncd.service.decisions import Asked, Command, decide
from syncd.service.logs import set_up
from syncd.service.once import exit_code, once
from syncd.service.requests import who
from syncd.service.session import asking, reading, writing
from syncd.service.telling import restock_text
from syncd.store.cases import Filter
from syncd.store.requests import Request
from syncd.store.store import Store

_F = TypeVar("_F", bound=Callable[..., Any])
_PATIENCE = 120.0
_PAUSE = 0.2
_TWO_WAYS = (
    "start the daemon (systemctl start syncd) and type the same again, or run this with"
    " the secrets (guide: Commands that need the secrets)"
)


@dataclass(frozen=True, slots=True)
class Which:
    """The cases that are meant: one by its name, or all held ones of a shop and a reason."""

    case: str | None = None
    every: bool = False
    shop: str | None = None
    reason: str | None = None

    def find(self, store: Store, command: Command) -> list[Case]:
        """These cases; of several, those that the command can be meant for.

        Raises:
            UsageError: Nothing says which, or there are none.
        """
        if self.case:
            return [find_case(store, self.case)]
        if not (self.every or self.reason):
            raise UsageError("no case is named", hint="name one, or say --all")
        held = store.cases.select(Filter(self.shop, State.HELD.value, self.reason))
        cases = [case for case in held if command is not Command.APPROVE or case.reason in APPROVABLE]
        if not cases:
            raise UsageError("no held case fits", hint="syncd list --state held shows them all")
        return cases


def held_options(command: _F) -> _F:
    """Give a command `CASE`, or `--all`, `--shop` and `--reason` for all held cases that fit."""
    options = (
        click.argument("case", required=False, type=CASE),
        click.option("--all", "every", is_flag=True, help="All held cases."),
        click.option("--shop", type=SHOP, help="Of all held cases, those of this shop."),
        click.option("--reason", type=REASON, help="Of all held cases, those held for this reason code."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def why_option(command: _F) -> _F:
    """Give a command `--why`, for the record."""
    return click.option("--why", default="", help="Why, in your words; it is kept with the case.")(command)


def carry_out(ctx: click.Context, command: Command, which: Which, *, words: str = "", why: str = "") -> int:
    """Carry the command out on these cases, and say how each stands afterwards; the exit code.

    Beside a running daemon no secrets are needed: that has them.
    """
    loaded = load_settings(ctx, logins=False)
    known_shop(loaded.settings, which.shop)
    path, asked = loaded.settings.store.path, Asked(command, who(), words, why.strip())
    with reading(path) as store:
        cases = which.find(store, command)
    try:
        with writing(path) as store:
            settings = _with_logins(loaded)
            set_up("error", "auto", settings.secrets())
            return _myself(settings, store, cases, asked, SystemClock())
    except AlreadyRunning:
        return asyncio.run(_by_daemon(loaded.settings, cases, asked, SystemClock()))


def _with_logins(loaded: Loaded) -> Settings:
    """The settings of somebody who calls both sides.

    Raises:
        ConfigError: Secrets are missing: the daemon has them, or this command must.
    """
    try:
        return loaded.with_logins()
    except ConfigError as error:
        what = "no daemon runs, so this command has to call both sides itself, and lacks what that takes"
        raise ConfigError(what, problems=error.problems, hint=_TWO_WAYS) from error


def _myself(settings: Settings, store: Store, cases: Sequence[Case], asked: Asked, clock: Clock) -> int:
    refused = [refusal for case in cases if (refusal := _refusal(store, case, asked, clock))]
    if len(refused) == len(cases):
        raise refused[0]
    results = asyncio.run(once(settings, store, clock, polling=False))
    _say(settings, store, cases)
    errors: list[SyncdError] = [error for result in results.values() for error in result.errors]
    for error in (*refused, *errors):
        click.echo(f"syncd: {error}", err=True)
    return UsageError.exit_code if refused else exit_code(results)


def _refusal(store: Store, case: Case, asked: Asked, clock: Clock) -> UsageError | None:
    """Why the command is not one for this case; None where it was recorded."""
    try:
        decide(store, store.cases.get(case.shop, case.case_id) or case, asked, clock.now())
    except UsageError as error:
        return error
    return None


async def _by_daemon(settings: Settings, cases: Sequence[Case], asked: Asked, clock: Clock) -> int:
    with asking(settings.store.path) as store:
        left = [
            store.requests.leave(
                case.shop,
                case.case_id,
                command=asked.command.value,
                who=asked.who,
                words=asked.words,
                why=asked.why,
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
        _say(settings, store, cases)
    return _refusals(answer for answer in answers if answer)


def _refusals(answers: Iterable[Request]) -> int:
    refused = [answer.refused for answer in answers if answer.refused]
    for text in refused:
        click.echo(f"syncd: {text}", err=True)
    return os.EX_USAGE if refused else os.EX_OK


def _say(settings: Settings, store: Store, cases: Iterable[Case]) -> None:
    for case in cases:
        if not settings.shops[case.shop].sync.enabled:
            click.echo(f"{case.shop} is switched off: it takes effect once [sync] enabled = true", err=True)
        after = store.cases.get(case.shop, case.case_id) or case
        reason = f": {explained(after.reason, after.detail)}" if after.reason else ""
        units = f", restock {restock_text(after)}" if after.restock is not Restock.NONE else ""
        click.echo(f"{after.shop}:{after.case_id} is {after.state.value}{units}{reason}")
