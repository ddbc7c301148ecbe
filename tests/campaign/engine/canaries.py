"""Secrets that can be recognised, and the places where none may ever be seen."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from syncd.sandbox.pair import Pair
from tests.campaign.engine.story import Story

_TOKENS = ("ROW_access-", "ROW_refresh-", "shpat_")
"""How every token begins that the stand-ins ever give out, the one in the configuration included."""


def seen(pair: Pair, client_secret: str, story: Story, stores: Iterable[Path]) -> list[str]:
    """Where a secret stands in the log or in a table that is not for tokens."""
    canaries = (pair.tiktok.app_secret, client_secret, *_TOKENS)
    logged = "\n".join(map(repr, story.logged))
    found = [f"log: {canary}" for canary in canaries if canary in logged]
    for store in stores:
        for table, text in _tables(store):
            found += [f"{store.name} {table}: {canary}" for canary in canaries if canary in text]
    return found


def _tables(store: Path) -> Iterable[tuple[str, str]]:
    with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as reader:
        names = [str(row[0]) for row in reader.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for name in names:
            if name != "tokens":
                yield name, repr(reader.execute(f"SELECT * FROM {name}").fetchall())  # noqa: S608 - a name of ours
