"""A store with history, and what was in it after each commit."""

import asyncio
import copy
import hashlib
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from syncd.store.cases import Filter
from syncd.store.database import Database
from syncd.store.store import Store
from syncd.tiktok.wire import snapshot_from
from tests.campaign.disks.lives import Lives
from tests.campaign.disks.world import QuickWorld

_WRITES = ("BEGIN", "INSERT", "UPDATE", "DELETE")


def content(connection: sqlite3.Connection) -> str:
    """Everything in a database, as a checksum."""
    versions = [
        connection.execute(f"PRAGMA {name}").fetchone() for name in ("user_version", "application_id")
    ]
    text = "\n".join([str(versions), *connection.iterdump()])
    return hashlib.sha256(text.encode()).hexdigest()


def shown(store: Store) -> str:
    """Everything that the commands show of a store, as a checksum."""
    told = (store.cases.select(Filter()), store.shops.progress("us"), store.cases.counts("us"))
    return hashlib.sha256(repr(told).encode()).hexdigest()


class RecordedDisk(sqlite3.Connection):
    """A connection that remembers the content after each commit, and what would be shown of it."""

    def begin(self, store: Store) -> None:
        """Remember from now on."""
        self.contents: list[str] = []
        self.views: list[str] = []
        self._store = store
        self._look()

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        """Run a statement, and look where it was a transaction of its own."""
        alone = not self.in_transaction and sql.startswith(_WRITES)
        cursor = super().execute(sql, parameters)
        if alone and not self.in_transaction:
            self._look()
        return cursor

    def commit(self) -> None:
        """End a transaction, and look."""
        super().commit()
        self._look()

    def _look(self) -> None:
        self.contents.append(content(self))
        self.views.append(shown(self._store))


@dataclass(frozen=True, slots=True)
class History:
    """The files of a process that died, the file that it would have left in order, and the world around them.

    `contents` and `views` are from the last checkpoint on, one after each commit; `closed` has the last of
    them. `backup` is an older file, copied while no process ran.
    """

    lives: Lives
    backup: bytes
    main: bytes
    wal: bytes
    closed: bytes
    contents: tuple[str, ...]
    views: tuple[str, ...]

    def lives_in(self, folder: Path) -> Lives:
        """The shop as it is now, around a store in that folder."""
        lives = copy.deepcopy(self.lives)
        lives.world.folder = folder
        return lives


def lived(world: QuickWorld) -> History:
    """Live through it all, and die."""
    lives, path, disks = Lives(world), world.folder / "syncd.db", list[RecordedDisk]()

    def recorded(path: Path) -> Store:
        disks.append(_recorded(path))
        database = Database(disks[0], str(path))
        database._migrate()  # from now on it counts its transactions
        store = Store.over(database, snapshot_from)
        disks[0].begin(store)
        return store

    asyncio.run(lives.first())
    backup = path.read_bytes()
    asyncio.run(lives.second())
    main, wal = asyncio.run(lives.last(recorded))
    return History(
        lives, backup, main, wal, path.read_bytes(), tuple(disks[0].contents), tuple(disks[0].views)
    )


def _recorded(path: Path) -> RecordedDisk:
    disk = sqlite3.connect(path, isolation_level=None, factory=RecordedDisk)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        sqlite3.Connection.execute(disk, f"PRAGMA {pragma}").fetchall()
    return disk
