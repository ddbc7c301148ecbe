"""The one place where an error becomes sentences on standard error and an exit code."""

import os
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from syncd.errors import ConfigError, SyncdError
from syncd.journald import is_journal, marked
from syncd.redaction import REDACTOR

INTERRUPTED = 130
BROKEN_PIPE = 141


def exit_code(work: Callable[[], object]) -> int:
    """Do the work and say on standard error what went wrong; the exit code.

    A number that the work returns is its exit code, anything else is 0.
    """
    try:
        result = work()
    except click.ClickException as error:
        error.show()
        return os.EX_USAGE
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001  # this is where every error ends
        return _report(error)
    return result if isinstance(result, int) else os.EX_OK


def _report(error: Exception) -> int:
    """Say what went wrong. Of several errors at once, the first one makes the exit code."""
    causes = list(_causes(error))
    known = [cause for cause in causes if isinstance(cause, SyncdError)]
    if os.environ.get("SYNCD_DEBUG"):
        _echo("".join(traceback.format_exception(error)).rstrip())
    if len(known) < len(causes):
        _say_bug(next(cause for cause in causes if not isinstance(cause, SyncdError)))
        return os.EX_SOFTWARE
    for cause in known:
        _say(cause)
    return known[0].exit_code


def _causes(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _causes(inner)
    else:
        yield error


def _say(error: SyncdError) -> None:
    _echo(f"syncd: {error}")
    for problem in error.problems if isinstance(error, ConfigError) else ():
        _echo(problem)
    if error.hint:
        _echo(f"hint: {error.hint}")


def _say_bug(error: BaseException) -> None:
    """Its kind and its place, but not its text, which may hold anything."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    _echo(f"syncd: this is a fault of the program: {type(error).__name__}{place}")
    _echo("hint: SYNCD_DEBUG=1 shows the way it came; check that output for secrets before it is shared")


def _echo(text: str) -> None:
    text = REDACTOR.text(text)
    in_journal = sys.stderr is not None and is_journal(sys.stderr)  # there is none when it was closed
    click.echo(marked(text, "error") if in_journal else text, err=True)
