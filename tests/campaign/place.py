"""Where the worlds of a test stand, and how quiet they are."""

import logging
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
from structlog.typing import EventDict, WrappedLogger

from tests.campaign.canaries import in_text

MEMORY = Path("/dev/shm")  # noqa: S108 - folders of our own are made in it
"""Where files are kept in memory; not on every machine."""


@contextmanager
def quick_folder() -> Iterator[Path]:
    """A folder in memory where there is one: nothing here is about the loss of power."""
    place = MEMORY if MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(dir=place, prefix="syncd-") as folder:
        yield Path(folder)


@contextmanager
def no_log_lines() -> Iterator[None]:
    """Render none of the many thousand lines that nobody reads, but see that none holds a secret.

    Raises:
        AssertionError: One does, even before the program's own log would have blanked it.
    """
    seen: list[str] = []

    def drop(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
        trace = traceback.format_exc() if event.get("exc_info") else ""
        seen.extend(f"{event['event']}: {canary}" for canary in in_text(f"{event!r}{trace}"))
        raise structlog.DropEvent

    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, drop],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG),
    )
    try:
        yield
    finally:
        structlog.reset_defaults()
    assert not seen, "; ".join(seen)
