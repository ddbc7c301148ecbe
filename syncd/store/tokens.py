"""Tokens, and short texts that were found out once."""

import json
from datetime import datetime
from typing import cast

from syncd.model.tokens import StoredToken
from syncd.redaction import REDACTOR
from syncd.store.database import Database, from_time, to_time


class SqliteTokens:
    """The table `tokens`; the only place where a token is written to disk."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, key: str) -> StoredToken | None:
        """The token under that key."""
        row = self._database.row("SELECT * FROM tokens WHERE key = ?", (key,))
        if row is None:
            return None
        token = StoredToken(
            access=str(row["access"]),
            access_expires_at=cast("datetime", to_time(row["access_expires_at"])),
            refresh=None if row["refresh"] is None else str(row["refresh"]),
            refresh_expires_at=to_time(row["refresh_expires_at"]),
            scopes=tuple(json.loads(str(row["scopes"]))),
            seed=str(row["seed"]),
        )
        REDACTOR.learn_tokens(token.access, token.refresh)
        return token

    def put(self, key: str, token: StoredToken) -> None:
        """Keep this token under that key, in place of any other, durably."""
        self._database.execute(
            "INSERT OR REPLACE INTO tokens"
            " (key, access, access_expires_at, refresh, refresh_expires_at, scopes, seed)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                key,
                token.access,
                from_time(token.access_expires_at),
                token.refresh,
                from_time(token.refresh_expires_at),
                json.dumps(token.scopes),
                token.seed,
            ),
        )


class SqliteMemory:
    """The table `memory`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, key: str) -> str | None:
        """The text under that key."""
        row = self._database.row("SELECT value FROM memory WHERE key = ?", (key,))
        return str(row["value"]) if row else None

    def put(self, key: str, text: str) -> None:
        """Keep this text under that key, in place of any other."""
        self._database.execute("INSERT OR REPLACE INTO memory (key, value) VALUES (?, ?)", (key, text))
