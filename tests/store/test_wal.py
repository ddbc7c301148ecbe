"""A write-ahead log that belongs to another file is noticed; the store's own never is."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from syncd.errors import StoreDamaged
from syncd.store.database import Database
from syncd.store.store import Store
from syncd.store.wal import is_foreign
from syncd.tiktok.wire import snapshot_from


def write(path: Path, *texts: str) -> None:
    """A process that writes these texts and dies: what lies in the log stays there."""
    store = Store.write(path, snapshot_from)
    for text in texts:
        store.memory.put(text, text)
    folder = path.parent / "crash"
    folder.mkdir()
    for file in path.parent.glob(f"{path.name}*"):
        shutil.copy(file, folder / file.name)
    store.close()
    for file in folder.iterdir():
        shutil.move(file, path.parent / file.name)
    folder.rmdir()


def log_of(path: Path) -> Path:
    """Where the log lies."""
    return path.with_name(f"{path.name}-wal")


def test_the_log_of_a_process_that_died_is_taken_over(path: Path) -> None:
    """As often as processes die, and with a name given in between."""
    write(path, "a", "b")
    with closing(Store.write(path, snapshot_from)) as store:
        store.name(Random(1))
        assert store.memory.get("b") == "b"
    write(path, "c")
    write(path, "d")
    with closing(Store.write(path, snapshot_from)) as store:
        assert [store.memory.get(text) for text in "abcd"] == ["a", "b", "c", "d"]


@pytest.mark.parametrize("then", [(), ("x",), ("x", "y", "z")])
def test_an_older_copy_of_the_file_is_refused_beside_a_newer_log(path: Path, then: tuple[str, ...]) -> None:
    """With what to move away; nothing is touched."""
    with closing(Store.write(path, snapshot_from)) as store:
        store.name(Random(1))
    backup = path.read_bytes()
    with closing(Store.write(path, snapshot_from)) as store:
        store.memory.put("between", "1")
    write(path, "lost", *then)
    log = log_of(path).read_bytes()
    path.write_bytes(backup)

    with pytest.raises(StoreDamaged, match="-wal") as caught:
        Database.create_or_open(path)

    assert "-wal" in caught.value.hint
    assert (backup, log) == (path.read_bytes(), log_of(path).read_bytes())


def test_another_store_is_refused_beside_the_log(path: Path) -> None:
    """Even if it counts as many transactions."""
    other = path.with_name("other.db")
    for place, seed in ((path, 1), (other, 2)):
        with closing(Store.write(place, snapshot_from)) as store:
            store.name(Random(seed))
    write(path, "a")
    shutil.copy(other, path)

    with pytest.raises(StoreDamaged, match="-wal"):
        Database.create_or_open(path)


def test_a_writer_that_goes_on_while_a_reader_looks_is_not_mistaken_for_another(path: Path) -> None:
    """However much it commits between the reader's looks at the log and at the file."""
    with closing(Store.write(path, snapshot_from)) as store:
        store.memory.put("a", "0")

        def connect(uri: str) -> sqlite3.Connection:
            for text in "12345":
                store.memory.put("a", text)
            return sqlite3.connect(uri, uri=True)

        assert not is_foreign(path, connect)


def test_a_log_that_is_begun_anew_while_a_reader_looks_is_not_mistaken_either(path: Path) -> None:
    """The writer moves its log into the file between the reader's looks."""
    with closing(Store.write(path, snapshot_from)) as store:
        store.memory.put("a", "0")
        looks: list[str] = []

        def connect(uri: str) -> sqlite3.Connection:
            looks.append(uri)
            if len(looks) == 2:
                for text in "12345":
                    store.memory.put("a", text)
                store.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                store.memory.put("a", "6")
            return sqlite3.connect(uri, uri=True)

        assert not is_foreign(path, connect)
        assert len(looks) > 2


@pytest.mark.parametrize("length", [0, 1, 31, 32, 40])
def test_a_log_that_holds_nothing_is_no_ones(path: Path, length: int) -> None:
    """A torn header is what a crash leaves behind."""
    write(path, "a")
    log_of(path).write_bytes(log_of(path).read_bytes()[:length])

    Database.create_or_open(path).close()


def test_what_changes_nothing_is_not_counted(path: Path) -> None:
    """A quiet poll leaves the disk alone."""
    with closing(Database.create_or_open(path)) as database:
        before = database.row("SELECT transactions FROM counter")
        with database.transaction():
            database.rows("SELECT 1")
        database.execute("UPDATE memory SET value = '1' WHERE key = 'nobody'")
        assert database.row("SELECT transactions FROM counter") == before
        database.execute("INSERT INTO memory VALUES ('a', 'b')")
        assert database.row("SELECT transactions FROM counter") != before
