"""Logs: one pipe for our own lines and for the libraries', without secrets."""

import json
import logging
import sys
from collections.abc import Collection, Iterator, MutableMapping
from typing import Literal, TextIO
from urllib.parse import quote, quote_plus

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

MASK = "***"
_SHORTEST = 4
Format = Literal["auto", "json", "text"]


def set_up(level: str, form: Format, secrets: Collection[str], stream: TextIO | None = None) -> None:
    """Write every line to standard output or to `stream`, and never one of the secrets.

    The lines are JSON, or readable on a terminal.
    """
    stream = stream or sys.stdout
    terminal = stream.isatty()
    json_wanted = form == "json" or (form == "auto" and not terminal)
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="ts"),
        structlog.processors.ExceptionRenderer(
            structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
        )
        if json_wanted
        else _plain_exception,
        Redactor(secrets),
    ]
    renderer: Processor = (
        structlog.processors.JSONRenderer(default=str)
        if json_wanted
        else structlog.dev.ConsoleRenderer(colors=terminal, timestamp_key="ts")
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in ("httpx", "httpcore", "apscheduler", "asyncio", "filelock", "tzlocal"):
        logging.getLogger(name).setLevel(logging.WARNING)
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


class Redactor:
    """Masks the loaded secrets wherever they stand in a line."""

    def __init__(self, secrets: Collection[str]) -> None:
        shown = {form for secret in secrets if len(secret) >= _SHORTEST for form in _forms(secret)}
        self._secrets = sorted(shown, key=len, reverse=True)

    def __call__(self, _: WrappedLogger, __: str, event: EventDict) -> EventDict:
        """Mask one line."""
        cleaned = self._clean(dict(event))
        return cleaned if isinstance(cleaned, dict) else {"event": MASK}

    def _clean(self, value: object) -> object:
        match value:
            case str():
                for secret in self._secrets:
                    value = value.replace(secret, MASK)
                return value
            case MutableMapping():
                return {self._clean(key): self._clean(item) for key, item in value.items()}
            case list() | tuple():
                return [self._clean(item) for item in value]
            case int() | float() | bool() | None:
                return value
            case _:
                return self._clean(str(value)) if self._secrets else value


def _forms(secret: str) -> Iterator[str]:
    """The secret as it is, quoted by Python or JSON, and as a part of an address."""
    yield secret
    yield from (repr(secret)[1:-1], ascii(secret)[1:-1], json.dumps(secret)[1:-1])
    yield from (quote(secret), quote(secret, safe=""), quote_plus(secret))


def _plain_exception(logger: WrappedLogger, name: str, event: EventDict) -> EventDict:
    return structlog.processors.format_exc_info(logger, name, event)
