"""Opening the store's file: ours, whole, not newer than the program; then short transactions.

The file is in WAL mode with `synchronous=FULL`: what was committed survives a power cut. One connection
writes; readers open their own, may not write, and never checkpoint.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from syncd.errors import StoreDamaged, StoreTrouble
from syncd.store.migrations import STEPS
from syncd.store.wal import is_empty_log, is_foreign

APPLICATION_ID = 0x73796E63
"""`sync` in ASCII, in the file's header: says that the file is ours."""
_DAMAGED = {"SQLITE_CORRUPT", "SQLITE_NOTADB"}
DAMAGE_HINT = (
    "it was left as it is; restore a backup, or move it away to start anew (what Shopify has already is found"
    " again there); files beside it that end in -wal and -shm belong to it and go with it"
)
"""What a person can do about a damaged store."""
_TRIES = 3
"""Beside a writer file and log may change between two looks at them, but not each time."""
_BUSY_MILLISECONDS = 5000
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
    """A connection to the store's file."""

    def __init__(self, connection: sqlite3.Connection, path: str) -> None:
        self._connection = connection
        self._counting = False
        self.path = path

    @classmethod
    def create_or_open(cls, path: Path) -> Self:
        """Open for writing; make a new file where there is none.

        Raises:
            StoreDamaged: The file is empty, damaged, not ours, or newer than the program.
            StoreTrouble: The disk does not let us.
        """
        with _named(str(path)):
            if not path.exists():
                if not is_empty_log(path):
                    raise _not_a_store(path, "is gone, and the -wal of it is still there")
                cls._create(path)
            if path.with_name(f"{path.name}-journal").exists():
                cls._take_back(path)
            with closing(cls.read(path)) as reader:
                reader.prove_whole()
            database = cls(_connect(f"file:{_quoted(path)}?mode=rw"), str(path))
            with database._closed_on_error():
                for pragma in _PRAGMAS:
                    database._connection.execute(f"PRAGMA {pragma}").fetchall()
                database._migrate()
        return database

    @classmethod
    def _create(cls, path: Path) -> None:
        """Make the file beside its place and move it there whole, so that no death leaves an empty one."""
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(path.name + ".new")
        draft.unlink(missing_ok=True)
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        database = cls(_connect(f"file:{_quoted(draft)}?mode=rw"), str(draft))
        with closing(database):
            database._connection.execute("PRAGMA journal_mode = WAL").fetchall()
            database._migrate()
            # Closing would do the same, but says nothing where the disk has no room for it.
            database._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        draft.rename(path)

    @classmethod
    def _take_back(cls, path: Path) -> None:
        """Let SQLite undo what a death in the middle of a change has left; only a writer may."""
        with closing(cls(_connect(f"file:{_quoted(path)}?mode=rw"), str(path))) as database:
            database.execute("PRAGMA user_version")

    @classmethod
    def read(cls, path: Path) -> Self:
        """Open for reading, also beside a writer or after one died. Not one byte of the file is changed.

        Raises:
            StoreDamaged: As for writing.
            StoreTrouble: There is no such file, or it cannot be read.
        """
        with _named(str(path)):
            if not path.exists():
                raise StoreTrouble(
                    f"{path}: there is no store yet", hint="start the daemon first: syncd run, or: syncd once"
                )
            if path.stat().st_size == 0:
                raise _not_a_store(path, "is empty, though a store was there")
            if all(is_foreign(path, _connect) for _ in range(_TRIES)):
                raise _not_a_store(path, "is not the file that the -wal beside it belongs to")
            # Read-only, since any other connection may checkpoint when it is closed as the last one.
            database = cls(_connect(f"file:{_quoted(path)}?mode=ro"), str(path))
            with database._closed_on_error():
                database._check()
        return database

    @classmethod
    def beside(cls, path: Path) -> Self:
        """Open to leave a note for the process that holds the store. Errors as for reading."""
        cls.read(path).close()
        with _named(str(path)):
            database = cls(_connect(f"file:{_quoted(path)}?mode=rw"), str(path))
            database.execute("PRAGMA wal_autocheckpoint = 0")
            database._counting = True
        return database

    @classmethod
    def in_memory(cls, like: Self | None = None) -> Self:
        """A store that is gone when the process ends, with the content of another one."""
        connection = _connect("file::memory:")
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
                hint="install the newer syncd again; the store was left as it is",
            )

    def prove_whole(self) -> None:
        """Read every page, and compare every index with its table.

        Raises:
            StoreDamaged: One of them is not as it was written.
        """
        with _named(self.path):
            found = [str(row[0]) for row in self._connection.execute("PRAGMA integrity_check(1)")]
        if found != ["ok"]:
            raise _not_a_store(Path(self.path), f"is damaged ({found[0]})")

    @contextmanager
    def _closed_on_error(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self.close()
            raise

    def _migrate(self) -> None:
        done = self._pragma("user_version")
        for number, step in enumerate(STEPS[done:], start=done + 1):
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
        with _named(self.path):
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
            with _named(self.path):
                return self._connection.execute(sql, parameters).rowcount
        with self.transaction(), _named(self.path):
            return self._connection.execute(sql, parameters).rowcount

    def insert(self, table: str, row: Row) -> int:
        """Insert a row; its rowid."""
        columns = ", ".join(row)
        marks = ", ".join(f":{column}" for column in row)
        with self.transaction(), _named(self.path):
            cursor = self._connection.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", row)
        return cursor.lastrowid or 0

    def rows(self, sql: str, parameters: tuple[Value, ...] | Row = ()) -> list[Row]:
        """All rows of a query."""
        with _named(self.path):
            cursor = self._connection.execute(sql, parameters)
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor]

    def row(self, sql: str, parameters: tuple[Value, ...] | Row = ()) -> Row | None:
        """The first row of a query."""
        return next(iter(self.rows(sql, parameters)), None)

    def close(self) -> None:
        """Give the file back."""
        self._connection.close()


def _connect(uri: str) -> sqlite3.Connection:
    connection = sqlite3.connect(uri, uri=True, isolation_level=None)
    connection.text_factory = _text
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}")
    return connection


def _text(content: bytes) -> str:
    """A text of the store. What cannot be read is damage, and is not quoted: it may be of a token.

    Raises:
        StoreDamaged: It is no UTF-8.
    """
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise StoreDamaged("the store holds a text that cannot be read", hint=DAMAGE_HINT) from None


def _statements(step: str) -> Iterator[str]:
    """The statements of a migration; a trigger holds semicolons of its own."""
    statement = ""
    for part in step.split(";"):
        statement += f"{part};"
        if statement.strip(" \n;") and sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _quoted(path: Path) -> str:
    return str(path).replace("%", "%25").replace("?", "%3f").replace("#", "%23")


def _not_a_store(path: Path, what: str) -> StoreDamaged:
    return StoreDamaged(f"{path}: {what}", hint=DAMAGE_HINT)


@contextmanager
def _named(path: str) -> Iterator[None]:
    """Turn SQLite's and the disk's errors into ours."""
    try:
        yield
    except UnicodeDecodeError:
        raise _not_a_store(Path(path), "is damaged (its schema cannot be read)") from None
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", "")
        if any(name.startswith(damaged) for damaged in _DAMAGED):
            raise _not_a_store(Path(path), f"is damaged or no store ({error})") from error
        if isinstance(error, sqlite3.ProgrammingError | sqlite3.IntegrityError):
            raise
        raise StoreTrouble(
            f"{path}: {error}", hint="check the disk, its space and the file's owner"
        ) from error
    except OSError as error:
        raise StoreTrouble(
            f"{path}: {error.strerror}", hint="check the folder, its owner and the disk"
        ) from error
