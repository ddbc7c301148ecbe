"""A store on a disk that fails from its n-th transaction on, in the ways in which SQLite tells it."""

import math
import sqlite3
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Any

from syncd.store.database import Database
from syncd.store.store import Store
from syncd.tiktok.wire import snapshot_from

_WRITES = ("BEGIN", "INSERT", "UPDATE", "DELETE")
_BALLAST = "INSERT INTO memory VALUES ('ballast', ?)"


class Trouble(StrEnum):
    """How the disk fails, and when in a transaction."""

    FULL_AT_ONCE = "full_at_once"  # its first row finds no room
    FULL_AT_LAST = "full_at_last"  # its last row finds no room
    READ_ONLY = "read_only"
    IO_ERROR = "io_error"  # the commit fails
    IO_ERROR_LANDED = "io_error_landed"  # the commit fails, though all of it is on the disk


class FailingDisk(sqlite3.Connection):
    """A connection that counts its transactions; writes that stand alone are one each."""

    trouble = Trouble.FULL_AT_ONCE
    whole = math.inf
    begun = 0

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        """Run a statement; what begins to write comes to the next transaction."""
        if self.in_transaction or not sql.startswith(_WRITES):
            return super().execute(sql, parameters)
        self.begun += 1
        self._begin()
        if sql.startswith("BEGIN"):
            return super().execute(sql)
        self._before_commit()
        cursor = super().execute(sql, parameters)
        self._after_commit()
        return cursor

    def commit(self) -> None:
        """End a transaction."""
        self._before_commit()
        super().commit()
        self._after_commit()

    def _begin(self) -> None:
        if self._fails(Trouble.READ_ONLY):
            super().execute("PRAGMA query_only = ON")
        if self._fails(Trouble.FULL_AT_ONCE):
            self._find_no_room()

    def _before_commit(self) -> None:
        if self._fails(Trouble.FULL_AT_LAST):
            self._find_no_room()
        if self._fails(Trouble.IO_ERROR):
            raise _io_error()

    def _after_commit(self) -> None:
        if self._fails(Trouble.IO_ERROR_LANDED):
            raise _io_error()

    def _fails(self, trouble: Trouble) -> bool:
        return self.begun > self.whole and self.trouble is trouble

    def _find_no_room(self) -> None:
        """The file may not grow any more, and a row comes that is larger than all its free pages."""
        super().execute("PRAGMA max_page_count = 1")
        super().execute(_BALLAST, ("x" * 1_000_000,))


def _io_error() -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorname = "SQLITE_IOERR_WRITE"
    return error


def on_failing_disk(
    trouble: Trouble = Trouble.FULL_AT_LAST, whole: float = math.inf, seen: list[FailingDisk] | None = None
) -> Callable[[Path], Store]:
    """Opens stores of which so many transactions are written whole, and no other; `seen` gets their disks."""

    def open_store(path: Path) -> Store:
        Database.create_or_open(path).close()
        connection = sqlite3.connect(path, isolation_level=None, factory=FailingDisk)
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}").fetchall()
        connection.trouble, connection.whole = trouble, whole
        if seen is not None:
            seen.append(connection)
        database = Database(connection, str(path))
        database._migrate()  # from now on it counts its transactions
        return Store.over(database, snapshot_from)

    return open_store
