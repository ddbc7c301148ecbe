"""`syncd run`: the daemon."""

import asyncio

import click

from syncd.cli.options import config_option, load_settings
from syncd.clock import SystemClock
from syncd.service.daemon import run
from syncd.service.logs import set_up
from syncd.service.session import writing


@click.command(epilog="Example: syncd run -c /etc/syncd/syncd.toml")
@config_option
@click.pass_context
def command(ctx: click.Context) -> int:
    """Poll every enabled shop on its interval and write what is due, until SIGTERM or SIGINT.

    The first signal lets the writes in flight finish; a second one leaves at once.
    """
    settings = load_settings(ctx).settings
    set_up(settings.logging.level, settings.logging.format, settings.secrets())
    with writing(settings.store.path) as store:
        try:
            return asyncio.run(run(settings, store, SystemClock()))
        except asyncio.CancelledError:
            return 0
