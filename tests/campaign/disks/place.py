"""Where the worlds of a test stand, and how quiet they are."""

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
_SILENT = structlog.make_filtering_bound_logger(logging.CRITICAL)


@contextmanager
def quick_folder() -> Iterator[Path]:
    """A folder in memory where there is one: nothing here is about the loss of power."""
    place = _MEMORY if _MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(dir=place, prefix="syncd-") as folder:
        yield Path(folder)


@contextmanager
def no_log_lines() -> Iterator[None]:
    """Render none of the many thousand lines that nobody reads."""
    structlog.configure(wrapper_class=_SILENT)
    try:
        yield
    finally:
        structlog.reset_defaults()
