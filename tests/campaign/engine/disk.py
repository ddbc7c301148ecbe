"""The store of a process on its disk: deaths and troubles at each commit, and what a death leaves behind."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from syncd.store.database import Database, Row, Value
from syncd.store.store import Store
from syncd.tiktok.wire import snapshot_from
from tests.campaign.engine.fate import Fate, Step

_WRITTEN = re.compile(
    r"^\s*(?:INSERT (?:OR REPLACE )?INTO|UPDATE|DELETE FROM|CREATE TABLE)\s+(\w+)", re.IGNORECASE
)


class Trouble(StrEnum):
    """How a disk fails, as SQLite names it."""

    FULL = "SQLITE_FULL"
    READ_ONLY = "SQLITE_READONLY"
    IO_ERROR = "SQLITE_IOERR_WRITE"


@dataclass(slots=True)
class Disk:
    """What one process has open. The commit after `good` further ones fails with `trouble`."""

    path: Path
    fate: Fate
    trouble: Trouble | None = None
    good: int = 0
    failed: int = 0
    _open: list[sqlite3.Connection] = field(default_factory=list)

    def open(self) -> Store:
        """The store, as a process opens it to write."""
        disk = self

        class OnDisk(_Database):
            def __init__(self, connection: sqlite3.Connection, path: str) -> None:
                super().__init__(connection, path)
                self.disk = disk
                disk._open.append(connection)

        return Store.over(OnDisk.create_or_open(self.path), snapshot_from)

    def may_commit(self, tables: str) -> None:
        """The last moment before a commit."""
        self.fate.step(Step.COMMIT, tables)
        if self.trouble:
            self.good -= 1
            if self.good < 0:
                self.failed += 1
                raise _error(self.trouble)

    def crash(self) -> None:
        """Close all without a trace: what is left are the bytes that were in the files at this moment."""
        left = {file: file.read_bytes() for file in self._files() if not file.name.endswith("-shm")}
        for connection in self._open:
            connection.close()
        for file in self._files():
            file.unlink()
        for file, content in left.items():
            file.write_bytes(content)

    def _files(self) -> list[Path]:
        return sorted(self.path.parent.glob(f"{self.path.name}*"))


class _Database(Database):
    """Every write that stands alone becomes a transaction, and every transaction asks its disk."""

    disk: Disk

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside at once, or not at all."""
        self.disk.fate.check()
        if self._connection.in_transaction:
            yield
            return
        self._tables: dict[str, None] = {}
        with super().transaction():
            yield
            self.disk.may_commit(", ".join(self._tables))
        self.disk.fate.step(Step.COMMITTED, ", ".join(self._tables))

    def execute(self, sql: str, parameters: tuple[Value, ...] | Row = ()) -> int:
        """Run one statement."""
        self.disk.fate.check()
        if self._connection.in_transaction or sql.startswith("PRAGMA"):
            self._note(sql)
            return super().execute(sql, parameters)
        with self.transaction():
            self._note(sql)
            return super().execute(sql, parameters)

    def insert(self, table: str, row: Row) -> int:
        """Insert a row."""
        self.disk.fate.check()
        if not self._connection.in_transaction:
            with self.transaction():
                return self.insert(table, row)
        self._tables[table] = None
        return super().insert(table, row)

    def rows(self, sql: str, parameters: tuple[Value, ...] | Row = ()) -> list[Row]:
        """All rows of a query."""
        self.disk.fate.check()
        return super().rows(sql, parameters)

    def close(self) -> None:
        """Give the file back; a dead process does nothing."""
        if not self.disk.fate.dead:
            super().close()

    def _note(self, sql: str) -> None:
        if found := _WRITTEN.match(sql):
            self._tables[found[1]] = None


def _error(trouble: Trouble) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError(trouble.name.lower().replace("_", " "))
    error.sqlite_errorname = trouble.value
    return error
