"""`syncd retry CASE`: decide again."""

import asyncio
import os
from pathlib import Path

import click

from syncd.cli.find import find_case
from syncd.cli.options import config_option, load_settings
from syncd.cli.views import why
from syncd.clock import Clock, SystemClock
from syncd.config import Settings
from syncd.errors import AlreadyRunning
from syncd.model.cases import Case
from syncd.service.logs import set_up
from syncd.service.once import exit_code, once
from syncd.service.requests import RETRY, retry, who
from syncd.service.session import asking, reading, writing
from syncd.store.store import Store

_PATIENCE = 120.0
_PAUSE = 0.2


@click.command(epilog="Example: syncd retry us:4035318504086604100")
@config_option
@click.argument("case")
@click.pass_context
def command(ctx: click.Context, *, case: str) -> int:
    """Decide on a case again, for instance after you have changed its order in Shopify.

    CASE is SHOP:ID or ID. Beside a running daemon the daemon does it, at once.
    """
    settings = load_settings(ctx).settings
    set_up("error", "auto", settings.secrets())
    path = settings.store.path
    with reading(path) as store:
        find_case(store, case)
    try:
        with writing(path) as store:
            return _myself(settings, store, case, SystemClock())
    except AlreadyRunning:
        return asyncio.run(_by_daemon(path, case, SystemClock()))


def _myself(settings: Settings, store: Store, name: str, clock: Clock) -> int:
    case = find_case(store, name)
    retry(store, case.shop, case.case_id, who(), clock.now())
    results = asyncio.run(once(settings, store, clock, polling=False))
    _say(store, case)
    for result in results.values():
        for error in result.errors:
            click.echo(str(error), err=True)
    return exit_code(results)


async def _by_daemon(path: Path, name: str, clock: Clock) -> int:
    with asking(path) as store:
        case = find_case(store, name)
        request = store.requests.leave(RETRY, case.shop, case.case_id, who(), clock.now())
        until = clock.monotonic() + _PATIENCE
        while not store.requests.is_done(request):
            if clock.monotonic() > until:
                click.echo("the daemon has not answered yet; see: syncd status", err=True)
                return os.EX_TEMPFAIL
            await clock.sleep(_PAUSE)
        _say(store, case)
    return 0


def _say(store: Store, case: Case) -> None:
    after = store.cases.get(case.shop, case.case_id) or case
    reason = f": {why(after.reason, after.detail)}" if after.reason else ""
    click.echo(f"{after.shop}:{after.case_id} is {after.state.value}{reason}")
