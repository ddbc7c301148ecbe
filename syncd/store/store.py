"""The store as a whole."""

import uuid
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Self

from syncd.store.cases import Cases, ReadSnapshot
from syncd.store.database import Database
from syncd.store.intents import Intents
from syncd.store.past import Past
from syncd.store.requests import Requests
from syncd.store.rulings import Rulings
from syncd.store.shops import Shops
from syncd.store.tokens import SqliteMemory, SqliteTokens

_INSTANCE = "instance"


@dataclass(frozen=True, slots=True)
class Store:
    """The tables over one database. `instance` tells this store's claims from another's."""

    database: Database
    cases: Cases
    intents: Intents
    shops: Shops
    requests: Requests
    past: Past
    rulings: Rulings
    tokens: SqliteTokens
    memory: SqliteMemory

    @classmethod
    def over(cls, database: Database, read: ReadSnapshot) -> Self:
        """The tables of that database; `read` turns a stored answer of TikTok into a snapshot again."""
        return cls(
            database,
            Cases(database, read),
            Intents(database),
            Shops(database),
            Requests(database),
            Past(database),
            Rulings(database),
            SqliteTokens(database),
            SqliteMemory(database),
        )

    @classmethod
    def write(cls, path: Path, read: ReadSnapshot) -> Self:
        """The store for its one writer, who holds the lock. Errors as `Database.create_or_open`."""
        return cls.over(Database.create_or_open(path), read)

    @classmethod
    def look(cls, path: Path, read: ReadSnapshot) -> Self:
        """The store for a reader, of an earlier version a copy in memory. Errors as `Database.read`."""
        database = Database.read(path)
        if database.older:
            with closing(database):
                database = Database.in_memory(database)
        return cls.over(database, read)

    @classmethod
    def beside(cls, path: Path, read: ReadSnapshot) -> Self:
        """The store of a running daemon, to leave it a request. Errors as `Database.read`."""
        return cls.over(Database.beside(path), read)

    def copy(self, read: ReadSnapshot) -> Self:
        """The same content in memory: what is written there is gone when the process ends."""
        return self.over(Database.in_memory(self.database), read)

    def logins(self, read: ReadSnapshot) -> Self:
        """What is known of logins, alone, in memory."""
        alone = self.over(Database.in_memory(), read)
        for table in ("tokens", "memory"):
            for row in self.database.rows(f"SELECT * FROM {table}"):
                alone.database.insert(table, row)
        return alone

    def name(self, chance: Random) -> None:
        """Give the store its own name, once and for good."""
        if not self.instance:
            self.memory.put(_INSTANCE, str(uuid.UUID(int=chance.getrandbits(128), version=4)))

    @property
    def instance(self) -> str:
        """The store's own name; empty before it has one."""
        return self.memory.get(_INSTANCE) or ""

    def close(self) -> None:
        """Give the file back."""
        self.database.close()
