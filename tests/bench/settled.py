"""A store with as many settled cases as wanted, each a copy of one that the program has settled itself."""

import itertools
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from syncd.service.session import writing
from syncd.store.database import Row
from syncd.store.pruning import pruning_done
from syncd.store.sums import packed, sum_of
from tests.bench.program import once
from tests.bench.serving import Shops

_TABLES = ("snapshots", "cases", "orders", "intents", "claims", "history")
_BATCH = 10_000
_YEAR = timedelta(days=365)
_TIMES = ("first_seen", "updated", "paid_back_at", "paid_back_seen_at", "seen_at", "found_at", "created_at")
"""Columns that are spread over a year."""
_LATER = ("due_at", "verify_at", "read_again_at")
"""Columns that say when to look again: at nothing, and never."""


def settle(shops: Shops, cases: int) -> Path:
    """The config file of the store, once it has so many cases. The stand-ins know one of them."""
    config = shops.folder / "lost.toml"
    once(config)
    with closing(sqlite3.connect(shops.folder / "lost.db")) as store:
        store.row_factory = sqlite3.Row
        for pragma in ("journal_mode = OFF", "synchronous = OFF"):
            store.execute(f"PRAGMA {pragma}").fetchall()
        _multiply(store, cases)
        store.execute("PRAGMA journal_mode = WAL").fetchall()
    _pruned(shops.folder / "lost.db")
    return config


def _multiply(store: sqlite3.Connection, cases: int) -> None:
    rows = {table: [dict(row) for row in store.execute(f"SELECT * FROM {table}")] for table in _TABLES}  # noqa: S608
    [case] = rows["cases"]
    for name in _LATER:
        store.execute(f"UPDATE cases SET {name} = NULL")  # noqa: S608
    for table in _TABLES:
        names = list(rows[table][0])
        insert = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"  # noqa: S608
        copies = (
            [row[name] for name in names]
            for number in range(1, cases)
            for row in _copies(table, rows[table], case, number, number / cases)
        )
        while batch := list(itertools.islice(copies, _BATCH)):
            store.executemany(insert, batch)
    store.commit()


def _copies(table: str, originals: list[Row], case: Row, number: int, age: float) -> Iterator[Row]:
    """The rows of one more case; the part of a year that `age` says is how old it is."""
    ids = {str(case["case_id"]): f"4034{number:015d}", str(case["order_id"]): f"5763{number:015d}"}
    gone = round(_YEAR.total_seconds() * 1000 * age)
    for place, original in enumerate(originals):
        row = {name: _renamed(value, ids) for name, value in original.items()}
        row |= {name: value - gone for name in _TIMES if isinstance(value := row.get(name), int)}
        row |= {name: None for name in _LATER if name in row}
        if "id" in row:
            row["id"] = 1000 + number * len(originals) + place
        if table == "snapshots":
            row |= packed(json.loads(str(row["raw"])))
        if table == "orders":
            row["sum"] = sum_of(str(row["shop"]), str(row["order_id"]), str(row["shopify_order_id"]))
        if table == "cases":
            row["snapshot_id"] = 1000 + number * len(originals)
        yield row


def _renamed(value: object, ids: dict[str, str]) -> str | int | bytes | None:
    if not isinstance(value, str):
        assert value is None or isinstance(value, int | bytes)
        return value
    for known, other in ids.items():
        value = value.replace(known, other)
    return value


def _pruned(path: Path) -> None:
    """Say that today's pruning was done: it comes once a day, and is no part of a cycle."""
    with writing(path) as store:
        pruning_done(store.database, datetime.now(UTC))
