"""Logging that a test sets up as it likes."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from syncd.events import LOGGER


@contextmanager
def own_logging() -> Iterator[None]:
    """Leave the logging of the tests as it was."""
    root, own = logging.getLogger(), logging.getLogger(LOGGER)
    before = (root.handlers, root.level, own.level, logging.raiseExceptions)
    yield
    root.handlers, root.level, own.level, logging.raiseExceptions = before
    structlog.reset_defaults()
