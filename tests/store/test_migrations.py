"""The steps from earlier stores to this one."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from syncd.errors import StoreTrouble
from syncd.model.cases import Kind
from syncd.model.policy import Spell
from syncd.store import database as module
from syncd.store.database import APPLICATION_ID, Database
from syncd.store.migrations import STEPS
from syncd.store.shops import Progress, Shops

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SCHEMA = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name"


def at(milliseconds: int) -> datetime:
    """A time as the store counts it."""
    return EPOCH + timedelta(milliseconds=milliseconds)


def earlier(path: Path, steps: int) -> None:
    """Make the store that a release with so many steps has left."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(";".join(STEPS[:steps]))
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {steps}")


def schema(path: Path) -> list[tuple[str, ...]]:
    """Everything that the file defines."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(SCHEMA).fetchall()


@pytest.mark.parametrize("steps", range(1, len(STEPS) + 1))
def test_from_every_release(tmp_path: Path, steps: int) -> None:
    """The store of every earlier release becomes the same as a new one, and keeps what it knew."""
    old, new = tmp_path / "old.db", tmp_path / "new.db"
    earlier(old, steps)
    with closing(sqlite3.connect(old)) as connection, connection:
        connection.execute("INSERT INTO memory VALUES ('instance', 'mine')")
    Database.create_or_open(new).close()
    with closing(Database.create_or_open(old)) as database:
        assert database._pragma("user_version") == len(STEPS)
        assert database.row("SELECT value FROM memory") == {"value": "mine"}
    assert schema(old) == schema(new)


def test_a_store_that_ran_without_cancellations(tmp_path: Path) -> None:
    """What was read stays read, and all cancellations until they are switched on belong to a pause."""
    path = tmp_path / "old.db"
    earlier(path, 2)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "INSERT INTO shops (shop, watermark, baseline_done) VALUES ('us', 1793000000123, 1)"
        )
        connection.execute("INSERT INTO spells VALUES ('us', 1792000000000, 1792000001000)")
    with closing(Database.create_or_open(path)) as database:
        shops = Shops(database)
        progress, spells = shops.progress("us"), shops.spells("us")
        assert shops.progress("us", Kind.CANCELLATION) == Progress("us")
    assert (progress.watermark, progress.baseline_done) == (at(1_793_000_000_123), True)
    assert spells == (
        Spell(at(0), None, Kind.CANCELLATION),
        Spell(at(1_792_000_000_000), at(1_792_000_001_000)),
    )


def test_each_once(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A step that was taken is never taken again."""
    Database.create_or_open(path).close()
    monkeypatch.setattr(module, "STEPS", (*STEPS, "INSERT INTO memory VALUES ('taken', '1')"))
    for _ in range(2):
        with closing(Database.create_or_open(path)) as database:
            assert database.rows("SELECT key FROM memory") == [{"key": "taken"}]
            assert database._pragma("user_version") == len(STEPS) + 1


def test_all_or_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A step that fails leaves the store as it was before it."""
    Database.create_or_open(path).close()
    before = schema(path)
    monkeypatch.setattr(module, "STEPS", (*STEPS, "CREATE TABLE further (id); CREATE TABLE cases (id)"))
    with pytest.raises(StoreTrouble, match="cases already exists"):
        Database.create_or_open(path)
    assert schema(path) == before
    monkeypatch.undo()
    Database.create_or_open(path).close()
