"""`syncd run`: the daemon."""

import asyncio
import os

import click

from syncd.cli.options import config_option, load_settings
from syncd.clock import SystemClock
from syncd.config import Loaded, credentials_in, load
from syncd.errors import AlreadyRunning, CredentialsRefused
from syncd.service.alerts.last_words import last_words
from syncd.service.daemon import run
from syncd.service.logs import set_up
from syncd.service.session import writing
from syncd.service.systemd import from_process
from syncd.service.uncaught import uncaught_logged, with_tasks_logged


@click.command(epilog="Example: syncd run -c /etc/syncd/syncd.toml")
@config_option
@click.pass_context
def command(ctx: click.Context) -> int:
    """Poll every enabled shop on its interval and write what is due, until SIGTERM or SIGINT.

    The first signal lets the writes in flight finish; a second one leaves at once. SIGHUP reads the config
    file again; what is wrong in it is logged, and the old settings stay.
    """
    loaded = load_settings(ctx)
    settings = loaded.settings
    set_up(settings.logging.level, settings.logging.format, settings.secrets())
    try:
        code = _lived(loaded)
    except AlreadyRunning:
        raise
    except Exception as error:
        asyncio.run(last_words(settings, error, SystemClock().now()))
        raise
    if code == CredentialsRefused.exit_code:
        asyncio.run(last_words(settings, None, SystemClock().now()))
    return code


def _lived(loaded: Loaded) -> int:
    """The exit code of a daemon that has ended in order."""
    with uncaught_logged(), writing(loaded.settings.store.path) as store:
        daemon = run(
            loaded.settings,
            store,
            SystemClock(),
            reload=lambda: load(loaded.path, os.environ, credentials_in(os.environ)),
            notifier=from_process(),
        )
        try:
            return asyncio.run(with_tasks_logged(daemon))
        except asyncio.CancelledError:
            return 0
