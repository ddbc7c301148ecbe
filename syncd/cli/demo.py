"""`syncd demo`: a whole tour against a stand-in TikTok Shop and Shopify."""

from importlib.util import find_spec

import click

from syncd.errors import UsageError

_NEEDED = ("aiohttp", "graphql")


@click.command(epilog="Example: syncd demo --keep")
@click.option("--keep", is_flag=True, help="Leave the stand-ins and the daemon running until Ctrl-C.")
def command(*, keep: bool) -> int:
    """Show 34 cases on their way from TikTok Shop to Shopify, with a real daemon between.

    They are refunds, returns and cancellations, each of another kind.
    Both shops are stand-ins on this machine; nothing leaves it. Among other things the daemon is killed with
    kill -9 in the middle. Exit code 0 when every case ended as expected, else 1.
    """
    if any(find_spec(name) is None for name in _NEEDED):
        raise UsageError(
            "the demo needs the stand-in shops, which are an extra",
            hint="in the source folder: python3 -m pip install '.[sandbox]'",
        )
    from syncd.sandbox.demo.tour import tour  # noqa: PLC0415 - only with the extra

    return tour(keep=keep)
