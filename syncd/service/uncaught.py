"""Errors that nobody caught become lines of the log, too."""

import asyncio
import logging
import sys
import threading
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TypeVar

from syncd.errors import SyncdError
from syncd.events import Event, tell

_T = TypeVar("_T")


@contextmanager
def uncaught_logged() -> Iterator[None]:
    """Log meanwhile what ends a thread or the program, and what Python warns of.

    An error goes on to whoever has to say so at the terminal.
    """
    hooks = sys.excepthook, threading.excepthook
    sys.excepthook, threading.excepthook = _of_program, _of_thread
    logging.captureWarnings(capture=True)
    try:
        yield
    except SyncdError as error:
        tell(Event.FAILED, failure=error)
        raise
    except Exception as error:
        tell(Event.UNCAUGHT, where="program", failure=error, cause=error)
        raise
    finally:
        logging.captureWarnings(capture=False)
        sys.excepthook, threading.excepthook = hooks


async def with_tasks_logged(work: Awaitable[_T]) -> _T:
    """Do the work, and log what ends a task that nobody waits for."""
    asyncio.get_running_loop().set_exception_handler(_of_task)
    return await work


def _of_program(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, Exception):
        tell(Event.UNCAUGHT, where="program", failure=error, cause=error)
    else:  # Ctrl-C
        sys.__excepthook__(kind, error, trace)


def _of_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value:
        tell(Event.UNCAUGHT, where="thread", failure=args.exc_value, cause=args.exc_value)


def _of_task(_: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    error = context.get("exception")
    cause = error if isinstance(error, BaseException) else None
    tell(Event.UNCAUGHT, where="task", message=context["message"], failure=cause, cause=cause)
