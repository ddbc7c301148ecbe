"""Logs: one pipe for our own lines and for the libraries', without secrets."""

import logging
import os
import sys
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from syncd.events import LOGGER, Event
from syncd.journald import is_journal, marked
from syncd.redaction import MASK, REDACTOR

Format = Literal["auto", "json", "text"]


def set_up(level: str, form: Format, secrets: Collection[str], stream: TextIO | None = None) -> None:
    """Write every line to standard output or to `stream`, and never one of the secrets.

    The lines are JSON, or readable on a terminal. It may be called again with other wishes.
    """
    REDACTOR.learn(*secrets)
    stream = stream or sys.stdout
    json_wanted = form == "json" or (form == "auto" and not stream.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="ts"),
        structlog.processors.format_exc_info,  # shows no variables
        _redacted,
    ]
    renderer: Processor = (
        structlog.processors.JSONRenderer()
        if json_wanted
        else structlog.dev.ConsoleRenderer(colors=stream.isatty(), timestamp_key="ts")
    )
    kind = _JournalFormatter if is_journal(stream) else structlog.stdlib.ProcessorFormatter
    handler = _Handler(stream)
    handler.setFormatter(
        kind(
            foreign_pre_chain=[_of_library, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    _install(handler, logging.getLevelNamesMapping()[level.upper()])
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def _install(handler: logging.Handler, level: int) -> None:
    """Libraries have nothing to say below a warning: some of them print whole addresses."""
    logging.raiseExceptions = False  # a line that cannot be written is no reason to fail
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(max(level, logging.WARNING))
    logging.getLogger(LOGGER).setLevel(level)


class _Handler(logging.StreamHandler[TextIO]):
    """Writes lines. Once nobody can read them any more, they go nowhere."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name is logging's
        """Do without the line."""
        if isinstance(sys.exception(), BrokenPipeError | ConnectionResetError):
            with Path(os.devnull).open("w") as nowhere, suppress(OSError, ValueError):
                os.dup2(nowhere.fileno(), self.stream.fileno())
        super().handleError(record)


class _JournalFormatter(structlog.stdlib.ProcessorFormatter):
    """Puts its priority before each line."""

    def format(self, record: logging.LogRecord) -> str:
        """A traceback in text has several."""
        return marked(super().format(record), record.levelname.lower())


def _of_library(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """A library's line as an event of ours."""
    event["logger"], event["message"] = event["_record"].name, event["event"]
    event["event"] = Event.LIBRARY.value
    return event


def _redacted(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """The line without secrets, told by its beginning; what cannot be searched for them is not shown."""
    first = {name: event[name] for name in ("ts", "level")}
    try:
        cleaned = REDACTOR.clean(first | {"event": event["event"]} | dict(event))
    except Exception:  # noqa: BLE001 - whatever an object does when it is printed
        cleaned = None
    return cleaned if isinstance(cleaned, dict) else first | {"event": MASK}
