"""Opening the file."""

import os
import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from syncd.errors import StoreDamaged, StoreTrouble, SyncdError
from syncd.store.database import APPLICATION_ID, Database
from syncd.store.migrations import STEPS

NOBODY = 65534
Open = Callable[[Path], Database]
ways = pytest.mark.parametrize("way", [Database.create_or_open, Database.read])


@contextmanager
def as_nobody() -> Iterator[None]:
    """Without the rights of root, who may read and write everything."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(before)


def refused(way: Open, path: Path) -> SyncdError:
    """The error of opening, which must not have changed the file."""
    before = path.read_bytes()
    with pytest.raises(SyncdError) as caught:
        way(path)
    assert path.read_bytes() == before
    return caught.value


def pragma(path: Path, name: str) -> object:
    """A figure of the file, read by another connection."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(f"PRAGMA {name}").fetchone()[0]


def test_new(path: Path) -> None:
    """A new file is marked ours and complete, durable, and for its owner alone."""
    with closing(Database.create_or_open(path)) as database:
        connection = database._connection
        values = {
            name: connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("application_id", "user_version", "journal_mode", "synchronous", "foreign_keys")
        }
        assert values == {
            "application_id": APPLICATION_ID,
            "user_version": len(STEPS),
            "journal_mode": "wal",
            "synchronous": 2,
            "foreign_keys": 1,
        }
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert modes == {"syncd.db": 0o600, "syncd.db-wal": 0o600, "syncd.db-shm": 0o600}


def test_folder_is_made(tmp_path: Path) -> None:
    """A missing folder is made with the store."""
    path = tmp_path / "var" / "lib" / "syncd.db"
    Database.create_or_open(path).close()
    assert pragma(path, "application_id") == APPLICATION_ID


@pytest.mark.parametrize("name", ["100%.db", "a?b.db", "a#b.db", "a b'\".db", "%41.db"])
def test_odd_names(tmp_path: Path, name: str) -> None:
    """A file is called as it was asked for, whatever the characters."""
    Database.create_or_open(tmp_path / name).close()
    Database.read(tmp_path / name).close()
    assert [file.name for file in tmp_path.iterdir() if file.suffix == ".db"] == [name]


def test_opened_again(path: Path) -> None:
    """What was written is there at the next opening."""
    with closing(Database.create_or_open(path)) as database:
        database.execute("INSERT INTO memory VALUES ('key', 'value')")
    with closing(Database.create_or_open(path)) as database:
        assert database.row("SELECT * FROM memory") == {"key": "key", "value": "value"}


@ways
def test_empty(path: Path, way: Open) -> None:
    """A file of no length is a lost store, not a new one."""
    path.touch()
    error = refused(way, path)
    assert isinstance(error, StoreDamaged)
    assert error.what == f"{path}: is empty, though a store was there"


@ways
def test_garbage(path: Path, way: Open) -> None:
    """A file that is no database is named as such."""
    path.write_bytes(b"not a database, but long enough to have a header" * 100)
    error = refused(way, path)
    assert isinstance(error, StoreDamaged)
    assert "is damaged or no store" in error.what


@ways
def test_other_program(path: Path, way: Open) -> None:
    """The database of another program is not touched."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE cases (id)")
    error = refused(way, path)
    assert isinstance(error, StoreDamaged)
    assert error.what == f"{path}: is a database of another program"


@ways
def test_newer(path: Path, way: Open) -> None:
    """A store that a newer release wrote is left to that release."""
    Database.create_or_open(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {len(STEPS) + 1}")
    error = refused(way, path)
    assert isinstance(error, StoreDamaged)
    assert f"written by a newer syncd (step {len(STEPS) + 1}, this one knows {len(STEPS)})" in error.what
    assert "install the newer syncd again, or go back" in error.hint
    assert f"put a backup from before the upgrade in the place of {path}" in error.hint


@ways
def test_newer_and_died(path: Path, way: Open) -> None:
    """Nor is anything changed where the newer release died and its last writes wait beside the file."""
    Database.create_or_open(path).close()
    writer = sqlite3.connect(path)
    writer.execute(f"PRAGMA user_version = {len(STEPS) + 1}")
    wal = path.with_name("syncd.db-wal")
    kept = wal.read_bytes()
    copy = path.parent / "copy" / "syncd.db"
    copy.parent.mkdir()
    copy.write_bytes(path.read_bytes())
    copy.with_name("syncd.db-wal").write_bytes(kept)
    writer.close()
    assert "newer" in refused(way, copy).args[0]
    assert copy.with_name("syncd.db-wal").read_bytes() == kept


def test_damaged_page(path: Path) -> None:
    """A page that was overwritten is found at the start, not in the middle of the work."""
    Database.create_or_open(path).close()
    size = int(str(pragma(path, "page_size")))
    damaged = bytearray(path.read_bytes())
    damaged[size : 2 * size] = b"\xff" * size
    path.write_bytes(damaged)
    error = refused(Database.create_or_open, path)
    assert isinstance(error, StoreDamaged)
    assert "is damaged" in error.what


@ways
@pytest.mark.parametrize("missing", [1, 2048, 4095, 4096, 8192 + 1])
def test_cut_off(path: Path, way: Open, missing: int) -> None:
    """A file that lost its end, be it half a page, is found at the start."""
    Database.create_or_open(path).close()
    path.write_bytes(path.read_bytes()[:-missing])
    error = refused(way, path)
    assert isinstance(error, StoreDamaged)
    assert error.what == f"{path}: is cut off at its end"


@ways
def test_longer(path: Path, way: Open) -> None:
    """What lies behind its last page is none of its content, as after a death while it grew."""
    Database.create_or_open(path).close()
    with path.open("ab") as file:
        file.write(bytes(4096))
    way(path).close()


def test_damage_met_later(path: Path) -> None:
    """Damage that comes while the store is open is named as damage, too."""
    Database.create_or_open(path).close()
    with closing(Database.read(path)) as database:
        size = int(str(pragma(path, "page_size")))
        with path.open("r+b") as file:
            file.seek(size)
            file.write(b"\xff" * (path.stat().st_size - size))
        with pytest.raises(StoreDamaged):
            database.rows("SELECT * FROM cases")


def test_nothing_to_read(path: Path) -> None:
    """A reader makes no store where there is none, and says what would."""
    with pytest.raises(StoreTrouble) as caught:
        Database.read(path)
    assert (caught.value.hint, path.exists()) == ("start the daemon first: syncd run, or: syncd once", False)


@pytest.mark.parametrize("place", ["/proc/syncd/syncd.db", "/proc/syncd.db", "/dev/null/syncd.db"])
def test_no_place(place: str) -> None:
    """Where no file can be made, the disk is named as the trouble."""
    with pytest.raises(StoreTrouble):
        Database.create_or_open(Path(place))


@ways
def test_folder_in_its_place(tmp_path: Path, way: Open) -> None:
    """A folder is no store."""
    with pytest.raises(StoreTrouble):
        way(tmp_path)


@ways
def test_forbidden(path: Path, way: Open) -> None:
    """A file that we may not use is trouble with the disk, not a fault of the program."""
    Database.create_or_open(path).close()
    path.chmod(0)
    with as_nobody(), pytest.raises(StoreTrouble) as caught:
        way(path)
    assert "check the" in caught.value.hint


def test_in_memory(path: Path) -> None:
    """A copy in memory has the content of the file, and what is written there stays there."""
    with closing(Database.create_or_open(path)) as database:
        database.execute("INSERT INTO memory VALUES ('a', '1')")
        with closing(Database.in_memory(database)) as copy:
            copy.execute("INSERT INTO memory VALUES ('b', '2')")
            assert [row["key"] for row in copy.rows("SELECT key FROM memory ORDER BY key")] == ["a", "b"]
        assert [row["key"] for row in database.rows("SELECT key FROM memory")] == ["a"]
    with closing(Database.in_memory()) as new:
        assert new.rows("SELECT * FROM memory") == []


def test_strict(path: Path) -> None:
    """Every table refuses values that are not of their column's kind."""
    with closing(Database.create_or_open(path)) as database:
        tables = database.rows("SELECT name, strict FROM pragma_table_list WHERE name NOT LIKE 'sqlite%'")
    assert len(tables) > 5
    assert [table["name"] for table in tables if not table["strict"]] == []


def test_a_change_that_a_death_has_left_half_done_is_taken_back(path: Path) -> None:
    """Only a writer can do that, so the first look does."""
    Database.create_or_open(path).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as dying:
        dying.execute("PRAGMA journal_mode = DELETE").fetchall()
        dying.execute("PRAGMA synchronous = OFF")  # the journal is whole before the change is
        dying.execute("BEGIN IMMEDIATE")
        dying.execute("PRAGMA user_version = 0")
        left = path.with_name("left.db")
        for end in ("", "-journal"):
            shutil.copy(f"{path}{end}", f"{left}{end}")

    with closing(Database.create_or_open(left)) as database:
        assert database._pragma("user_version") == len(STEPS)


def test_a_new_file_has_its_log_before_it_has_its_name(path: Path) -> None:
    """A death at the switch would leave a file that only a writer can look at."""
    Database._create(path)
    with closing(Database.read(path)) as database:
        assert database._connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
