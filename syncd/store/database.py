"""Opening the store's file: ours, whole, not newer than the program; then short transactions.

The file is in WAL mode with `synchronous=FULL`: what was committed survives a power cut. One connection
writes; readers open their own, may not write, and never checkpoint.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from syncd.errors import StoreDamaged, StoreTrouble
from syncd.store.copies import before, forget_others, way_back, write_copy
from syncd.store.files import check_there, connect, named, new_file, not_a_store, opened
from syncd.store.migrations import STEPS
from syncd.store.wal import check_length, check_log, is_empty_log

APPLICATION_ID = 0x73796E63
"""`sync` in ASCII, in the file's header: says that the file is ours."""
_PRAGMAS = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON")
"""Of the writer. What is deleted is overwritten, too."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Value = str | int | bytes | None
Row = dict[str, Value]


def to_time(value: Value) -> datetime | None:
    """Milliseconds since 1970, as stored, to an aware time."""
    return _EPOCH + timedelta(milliseconds=value) if isinstance(value, int) else None


def from_time(value: datetime | None) -> int | None:
    """An aware time to milliseconds since 1970."""
    return None if value is None else (value - _EPOCH) // timedelta(milliseconds=1)


class Database:
    """A connection to the store's file. `kept_copy` is what it was before this process upgraded it."""

    def __init__(self, connection: sqlite3.Connection, path: str) -> None:
        self._connection = connection
        self._counting = False
        self.path = path
        self.kept_copy: Path | None = None

    @classmethod
    def create_or_open(cls, path: Path) -> Self:
        """Open for writing; make a new file where there is none.

        Raises:
            StoreDamaged: The file is empty, damaged, not ours, or newer than the program.
            StoreTrouble: The disk does not let us.
        """
        with named(str(path)):
            if not path.exists():
                if not is_empty_log(path):
                    raise not_a_store(path, "is gone, and the -wal of it is still there")
                cls._create(path)
            if path.with_name(f"{path.name}-journal").exists():
                cls._take_back(path)
            with closing(cls.read(path)) as reader:
                reader.prove_whole()
                kept = reader._keep_copy(path) if reader.older else None  # noqa: SLF001 - of this class
            database = cls(opened(path, "mode=rw"), str(path))
            with database._closed_on_error():
                for pragma in _PRAGMAS:
                    database._connection.execute(f"PRAGMA {pragma}").fetchall()
                database._migrate()
            if kept:
                forget_others(path, kept)
                database.kept_copy = kept
        return database

    def _keep_copy(self, path: Path) -> Path:
        """The copy that an earlier version can go on with, made before the store is upgraded."""
        copy = before(path, self.step + 1)
        self.copy_to(copy)
        return copy

    def copy_to(self, path: Path, prove: Callable[[Path], None] | None = None) -> None:
        """Write what is committed into a new file in place of any of that name, once it is proven.

        `prove` raises where it is not good; without one it is proven whole.

        Raises:
            StoreDamaged: The copy is not whole; there is none then.
            StoreTrouble: The disk does not let us.
        """
        with named(str(path)):
            write_copy(self._connection, path, prove or self._prove_copy)

    def _prove_copy(self, path: Path) -> None:
        with closing(self.read(path)) as copy:
            copy.prove_whole()

    @classmethod
    def _create(cls, path: Path) -> None:
        """Make the file beside its place and move it there whole, so that no death leaves an empty one."""
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = new_file(path.with_name(path.name + ".new"))
        database = cls(opened(draft, "mode=rw"), str(draft))
        with closing(database):
            database._connection.execute("PRAGMA journal_mode = WAL").fetchall()
            database._migrate()
            # Closing would do the same, but says nothing where the disk has no room for it.
            database._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        draft.rename(path)

    @classmethod
    def _take_back(cls, path: Path) -> None:
        """Let SQLite undo what a death in the middle of a change has left; only a writer may."""
        with closing(cls(opened(path, "mode=rw"), str(path))) as database:
            database.execute("PRAGMA user_version")

    @classmethod
    def read(cls, path: Path) -> Self:
        """Open for reading, also beside a writer or after one died. Not one byte of the file is changed.

        Raises:
            StoreDamaged: As for writing.
            StoreTrouble: There is no such file, or it cannot be read.
        """
        with named(str(path)):
            check_there(path)
            check_log(path)
            check_length(path)
            # Read-only, since any other connection may checkpoint when it is closed as the last one.
            database = cls(opened(path, "mode=ro"), str(path))
            with database._closed_on_error():
                database._check()
        return database

    @classmethod
    def beside(cls, path: Path) -> Self:
        """Open to leave a note for the process that holds the store. Errors as for reading."""
        with closing(cls.read(path)) as reader:
            if reader.older:
                raise StoreTrouble(
                    f"{path}: the syncd that runs is an earlier version", hint="restart it, then try again"
                )
        with named(str(path)):
            database = cls(opened(path, "mode=rw"), str(path))
            database.execute("PRAGMA wal_autocheckpoint = 0")
            database._counting = True
        return database

    @classmethod
    def in_memory(cls, like: Self | None = None) -> Self:
        """A store that is gone when the process ends, with the content of another one."""
        connection = connect("file::memory:")
        if like:
            like._connection.backup(connection)  # noqa: SLF001 - of the same class
        database = cls(connection, ":memory:")
        database._migrate()
        return database

    def _check(self) -> None:
        application_id = self._pragma("application_id")
        version = self._pragma("user_version")
        if application_id != APPLICATION_ID:
            raise StoreDamaged(
                f"{self.path}: is a database of another program",
                hint="it was left as it is; name another file in [store] path",
            )
        if version > len(STEPS):
            raise StoreDamaged(
                f"{self.path}: was written by a newer syncd (step {version}, this one knows {len(STEPS)})",
                hint=self._newer_hint(),
            )

    def _newer_hint(self) -> str:
        path = Path(self.path)
        copy = way_back(path, len(STEPS))
        back = f"mv {copy} {path}" if copy else f"put a backup from before the upgrade in the place of {path}"
        return (
            "it was left as it is; install the newer syncd again, or go back to the store from before the"
            f" upgrade: stop syncd, then: {back} (what was written since is found again on Shopify)"
        )

    @property
    def step(self) -> int:
        """How many steps the store has taken."""
        return self._pragma("user_version")

    @property
    def older(self) -> bool:
        """Whether an earlier version made it, and nobody has upgraded it yet."""
        return self.step < len(STEPS)

    def prove_whole(self) -> None:
        """Read every page, and compare every index with its table.

        Raises:
            StoreDamaged: One of them is not as it was written.
        """
        with named(self.path):
            found = [str(row[0]) for row in self._connection.execute("PRAGMA integrity_check(1)")]
        if found != ["ok"]:
            raise not_a_store(Path(self.path), f"is damaged ({' '.join(found[0].split())})")

    def parts(self) -> dict[str, str]:
        """Its tables and triggers by name with their SQL, and its indexes with the columns they are of."""
        from sqlite_utils import Database as SqliteUtils  # noqa: PLC0415 - slow to load, and rarely needed

        utils = SqliteUtils(self._connection, execute_plugins=False)
        with named(self.path):
            tables = {table.name: table.schema for table in utils.tables}
            triggers = {trigger.name: trigger.sql for trigger in utils.triggers}
            indexes = {index.name: str(index.columns) for table in utils.tables for index in table.indexes}
        return tables | triggers | indexes

    @contextmanager
    def _closed_on_error(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self.close()
            raise

    def _migrate(self) -> None:
        for number, step in enumerate(STEPS[self.step :], start=self.step + 1):
            with self.transaction():
                for statement in _statements(step):
                    self.execute(statement)
                self.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                self.execute(f"PRAGMA user_version = {number}")
        self._counting = True

    def _pragma(self, name: str) -> int:
        return int(self._connection.execute(f"PRAGMA {name}").fetchone()[0])

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside is written at once and durably, or not at all. Never held across an await.

        Each that changes something is counted: see `syncd.store.wal`.

        Raises:
            StoreTrouble: The disk is full, read-only or failing; nothing was written.
            StoreDamaged: The file is damaged.
        """
        if self._connection.in_transaction:
            yield
            return
        with named(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            before = self._connection.total_changes
            try:
                yield
                if self._counting and self._connection.total_changes > before:
                    self._connection.execute("UPDATE counter SET transactions = transactions + 1")
                self._connection.commit()
            except BaseException:
                self._connection.rollback()
                raise

    def execute(self, sql: str, parameters: tuple[Value, ...] | Row = ()) -> int:
        """Run one statement; the number of rows it changed. It is a transaction of its own unless in one."""
        if sql.startswith("PRAGMA"):
            with named(self.path):
                return self._connection.execute(sql, parameters).rowcount
        with self.transaction(), named(self.path):
            return self._connection.execute(sql, parameters).rowcount

    def insert(self, table: str, row: Row) -> int:
        """Insert a row; its rowid."""
        columns = ", ".join(row)
        marks = ", ".join(f":{column}" for column in row)
        with self.transaction(), named(self.path):
            cursor = self._connection.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", row)
        return cursor.lastrowid or 0

    def rows(self, sql: str, parameters: tuple[Value, ...] | Row = ()) -> list[Row]:
        """All rows of a query."""
        with named(self.path):
            cursor = self._connection.execute(sql, parameters)
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor]

    def row(self, sql: str, parameters: tuple[Value, ...] | Row = ()) -> Row | None:
        """The first row of a query."""
        return next(iter(self.rows(sql, parameters)), None)

    def close(self) -> None:
        """Give the file back."""
        self._connection.close()


def _statements(step: str) -> Iterator[str]:
    """The statements of a migration; a trigger holds semicolons of its own."""
    statement = ""
    for part in step.split(";"):
        statement += f"{part};"
        if statement.strip(" \n;") and sqlite3.complete_statement(statement):
            yield statement
            statement = ""
