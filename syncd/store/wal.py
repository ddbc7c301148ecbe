"""The write-ahead log beside a store: whether it is that store's own.

SQLite takes any log that lies beside a file for the file's own. After a crash, and a backup put in the place
of a lost file, pages of the one would be mixed into the other.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from syncd.store.files import connect as connect_to
from syncd.store.files import due_length, named, not_a_store, quoted

_HEADER, _FRAME = 32, 24  # bytes (SQLite: WAL-mode File Format)
_LOOKS = 3
_TRIES = 3
"""Beside a writer file and log may change between two looks at them, but not each time."""
Connect = Callable[[str], sqlite3.Connection]


def check_log(path: Path) -> None:
    """See that the log beside that file, if there is one, is its own.

    Raises:
        StoreDamaged: It is another one's.
        StoreTrouble: It cannot be read.
    """
    with named(str(path)):
        if all(is_foreign(path, connect_to) for _ in range(_TRIES)):
            raise not_a_store(path, "is not the file that the -wal beside it belongs to")


def check_length(path: Path) -> None:
    """See that the file was not cut off at its end, where no log holds what it lacks.

    Raises:
        StoreDamaged: It was.
    """
    due = due_length(path)
    # In this order, since a writer that puts its log into the file begins with the header.
    if is_empty_log(path) and path.stat().st_size < due:
        raise not_a_store(path, "is cut off at its end")


def is_foreign(path: Path, connect: Connect) -> bool:
    """Whether the log beside that file was written for another one.

    Each transaction counts one up: a file that lacks more of them than the log holds is not the log's. Beside
    a busy writer one look may be torn by what it does meanwhile, so a foreign log is one at each of several.
    """
    return all(_seems_foreign(path, connect) for _ in range(_LOOKS))


def _seems_foreign(path: Path, connect: Connect) -> bool:
    log = path.with_name(f"{path.name}-wal")
    if not _commits(log):
        return False
    with suppress(sqlite3.Error):
        (name, before) = _known(path, connect, "mode=ro&immutable=1")
        (same, after) = _known(path, connect, "mode=ro")
        renamed = name not in ("", same)  # a store gets its name a little after it is made
        held = _commits(log)  # last of all: what was added meanwhile counts
        return renamed or not 0 <= after - before <= held
    return False


def is_empty_log(path: Path) -> bool:
    """Whether no log with content lies beside that file, or where it would be."""
    return _commits(path.with_name(f"{path.name}-wal")) == 0


def _known(path: Path, connect: Connect, how: str) -> tuple[str, int]:
    """The store's name and its count of transactions, without the log where the file is immutable."""
    with closing(connect(f"file:{quoted(path)}?{how}")) as connection:
        [count] = connection.execute("SELECT transactions FROM counter").fetchone()
        name = connection.execute("SELECT value FROM memory WHERE key = 'instance'").fetchone()
    return (str(name[0]) if name else "", int(count))


def _commits(log: Path) -> int:
    """How many transactions the log holds; at most so many where its end is torn."""
    content = log.read_bytes() if log.exists() else b""
    if len(content) < _HEADER:
        return 0
    page, salts = int.from_bytes(content[8:12], "big"), content[16:24]
    found = 0
    for start in range(_HEADER, len(content), _FRAME + page):
        frame = content[start : start + _FRAME]
        if frame[8:16] != salts:
            break
        found += frame[4:8] != bytes(4)
    return found
