"""The whole tour, from the first scene to the last line."""

import signal

from rich.console import Console

from syncd.sandbox.demo.play import play
from syncd.sandbox.demo.report import program, report
from syncd.sandbox.demo.stage import Stage, guest, staged
from syncd.sandbox.demo.story import SCRIPTS
from syncd.sandbox.demo.view import watching

_PIPED_WIDTH = 120
_WRONG = 1


def tour(*, keep: bool) -> int:
    """Play the story and print how it ended; the exit code: 0 when every case ended as expected.

    With `keep` everything goes on running until Ctrl-C. SIGTERM ends it like Ctrl-C, so that no daemon is
    left behind.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    console = _console()
    with staged(SCRIPTS) as stage:
        with watching(console, stage) as show:
            verdict = play(stage, show)
        report(console, stage, verdict)
        if keep:
            _wait(console, stage)
    return _WRONG if verdict.wrong else 0


def _console() -> Console:
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=_PIPED_WIDTH)


def _wait(console: Console, stage: Stage) -> None:
    config = guest(stage)
    lines = (
        "",
        f"Still running: TikTok Shop at {stage.pair.tiktok_server.url}",
        f"               Shopify at     {stage.pair.shopify_server.url}",
        f"A config file of your own for them, to change and to try: {config}",
        f"  {program()} check -c {config}",
        f"  {program()} plan -c {config}",
        "Ctrl-C ends it.",
    )
    for line in lines:
        console.print(line, markup=False, soft_wrap=True)
    try:
        signal.pause()
    except KeyboardInterrupt:
        return
