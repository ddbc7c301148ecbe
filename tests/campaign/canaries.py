"""Secrets that can be recognised, and the places where none may ever be seen."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from syncd.sandbox import pair

CANARIES = (
    "0123456789abcdef0123456789abcdef01234567",
    pair._CLIENT_SECRET,
    "ROW_access-",
    "ROW_refresh-",
    "shpat_",
)
"""The secrets of both apps, and how every token begins that the stand-ins ever give out."""


def in_text(text: str, canaries: Sequence[str] = CANARIES) -> list[str]:
    """Those that stand in it."""
    return [canary for canary in canaries if canary in text]


def in_store(store: Path, canaries: Sequence[str] = CANARIES) -> list[str]:
    """The tables that hold one, other than the table for tokens."""
    if not store.exists():
        return []
    with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as reader:
        names = [str(row[0]) for row in reader.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        texts = {
            name: repr(reader.execute(f"SELECT * FROM {name}").fetchall())  # noqa: S608 - a name of ours
            for name in names
            if name != "tokens"
        }
    found = ((name, canary) for name, text in texts.items() for canary in in_text(text, canaries))
    return [f"{store.name} {name}: {canary}" for name, canary in found]
