"""Copies of a store: complete ones, which only their owner may read, and those from before an upgrade."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from syncd.store.files import new_file, opened

_BEFORE = ".before-"
"""Between the store's name and the first step that the copy has not taken."""


def write_copy(source: sqlite3.Connection, path: Path, prove: Callable[[Path], None]) -> None:
    """Write what is committed into a file of that name, which is whole from its first moment on.

    It is one file without a log beside it. `prove` raises where the copy is not as it should be; then, and
    where it cannot be written, there is none.
    """
    draft = new_file(path.with_name(f"{path.name}.new"))
    try:
        with closing(opened(draft, "mode=rw")) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE").fetchall()
        prove(draft)
        draft.rename(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    _keep_name(path.parent)


def _keep_name(folder: Path) -> None:
    """A name outlasts a power cut once its folder is written."""
    place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(place)
    finally:
        os.close(place)


def before(path: Path, step: int) -> Path:
    """Where the copy of a store lies that it had before it took that step."""
    return path.with_name(f"{path.name}{_BEFORE}{step}")


def forget_others(path: Path, kept: Path) -> None:
    """Remove the copies from before earlier upgrades."""
    for copy in path.parent.glob(f"{path.name}{_BEFORE}*"):
        if copy != kept:
            copy.unlink(missing_ok=True)


def way_back(path: Path, steps: int) -> Path | None:
    """The latest copy that a program can open which knows so many steps."""
    known = (before(path, step) for step in range(steps + 1, 0, -1))
    return next((copy for copy in known if copy.exists()), None)
