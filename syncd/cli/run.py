"""`syncd run`: the daemon."""

import asyncio
import os

import click

from syncd.cli.options import config_option, load_settings
from syncd.clock import SystemClock
from syncd.config import credentials_in, load
from syncd.service.daemon import run
from syncd.service.logs import set_up
from syncd.service.session import writing
from syncd.service.systemd import from_process


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
    with writing(settings.store.path) as store:
        daemon = run(
            settings,
            store,
            SystemClock(),
            reload=lambda: load(loaded.path, os.environ, credentials_in(os.environ)),
            notifier=from_process(),
        )
        try:
            return asyncio.run(daemon)
        except asyncio.CancelledError:
            return 0
