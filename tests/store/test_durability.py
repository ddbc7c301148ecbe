"""Transactions, readers beside a writer, and processes that die."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from syncd.errors import StoreTrouble
from syncd.store.database import Database

DIES_IN_THE_MIDDLE = """
import pathlib, sys
from syncd.store.database import Database
database = Database.create_or_open(pathlib.Path(sys.argv[1]))
with database.transaction():
    database.execute("INSERT INTO memory VALUES ('whole', 'yes')")
with database.transaction():
    database.execute("INSERT INTO memory VALUES ('half', 'yes')")
    print("in the middle", flush=True)
    sys.stdin.read()
"""
DIES_AT_EACH_STEP = """
import os, pathlib, shutil, signal, sys
from syncd.store.database import Database

def die_at(step):
    run, left = Database.execute, [step]
    def counted(self, *args):
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        left[0] -= 1
        return run(self, *args)
    Database.execute = counted

folder = pathlib.Path(sys.argv[1])
for step in range(100):
    path = folder / str(step) / "syncd.db"
    child = os.fork()
    if child == 0:
        die_at(step)
        Database.create_or_open(path)
        os._exit(0)
    finished = os.waitpid(child, 0)[1] == 0
    assert path.exists() == finished, step
    database = Database.create_or_open(path)
    assert database.rows("SELECT * FROM cases") == []
    database.close()
    assert [file.name for file in path.parent.iterdir()] == ["syncd.db"], step
    if finished:
        print("died", step, "times")
        break
"""


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    """A new store, open for writing."""
    with closing(Database.create_or_open(path)) as database:
        yield database


@contextmanager
def stuck_writer(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process, in the middle of its second transaction."""
    command = [sys.executable, "-c", DIES_IN_THE_MIDDLE, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == "in the middle\n"
            yield process
        finally:
            process.kill()


def keys(database: Database) -> list[object]:
    """What the memory holds."""
    return [row["key"] for row in database.rows("SELECT key FROM memory ORDER BY key")]


def test_whole(database: Database) -> None:
    """What is done in a transaction is there when it has ended."""
    with database.transaction():
        database.execute("INSERT INTO memory VALUES ('a', '1')")
        database.execute("INSERT INTO memory VALUES ('b', '2')")
    assert keys(database) == ["a", "b"]


def interrupted(
    database: Database, error: BaseException | type[BaseException], *, whole: bool = False
) -> None:
    """A transaction that an error ends, from inside or, where it is `whole`, behind its end."""
    with database.transaction():
        database.execute("INSERT INTO memory VALUES ('a', '1')")
        if not whole:
            raise error
    raise error


def two_rows(database: Database, large: str) -> None:
    """A transaction that begins with a small row."""
    with database.transaction():
        database.execute("INSERT INTO memory VALUES ('small', '1')")
        database.execute("INSERT INTO memory VALUES ('large', ?)", (large,))


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit, GeneratorExit])
def test_nothing(database: Database, error: type[BaseException]) -> None:
    """Whatever ends a transaction early, nothing of it is written."""
    with pytest.raises(error):
        interrupted(database, error)
    assert keys(database) == []
    assert not database._connection.in_transaction


def test_nested(database: Database) -> None:
    """A transaction inside another one is part of it: both are written, or none."""
    with pytest.raises(ValueError, match="late"), database.transaction():
        interrupted(database, ValueError("late"), whole=True)
    assert keys(database) == []


def test_full_disk(database: Database) -> None:
    """When the disk is full, the transaction is undone and the trouble is named."""
    database._connection.execute(f"PRAGMA max_page_count = {database._pragma('page_count')}")
    with pytest.raises(StoreTrouble, match="full"):
        two_rows(database, "x" * 100_000)
    assert keys(database) == []
    database._connection.execute("PRAGMA max_page_count = 1000000")
    database.execute("INSERT INTO memory VALUES ('later', '1')")
    assert keys(database) == ["later"]


def test_faults_are_not_trouble(database: Database) -> None:
    """A row that breaks a rule of the tables is a fault of the program, not of the disk."""
    database.execute("INSERT INTO memory VALUES ('a', '1')")
    with pytest.raises(sqlite3.IntegrityError):
        database.execute("INSERT INTO memory VALUES ('a', '2')")


def test_reader_beside_a_writer(path: Path) -> None:
    """A reader sees what was committed, and only that, while a writer is in the middle."""
    with stuck_writer(path), closing(Database.read(path)) as reader:
        assert keys(reader) == ["whole"]


def test_reader_goes_with_the_time(path: Path, database: Database) -> None:
    """A reader that stays open sees what is committed later."""
    with closing(Database.read(path)) as reader:
        assert keys(reader) == []
        database.execute("INSERT INTO memory VALUES ('a', '1')")
        assert keys(reader) == ["a"]


def test_reader_after_a_death(path: Path) -> None:
    """A reader after the writer died sees what was committed, and leaves the files as they are."""
    with stuck_writer(path) as process:
        process.kill()
        process.wait()
        files = [path, path.with_name("syncd.db-wal")]
        before = [file.read_bytes() for file in files]
        with closing(Database.read(path)) as reader:
            assert keys(reader) == ["whole"]
        assert [file.read_bytes() for file in files] == before


def test_writer_after_a_death(path: Path) -> None:
    """The next writer goes on from what was committed."""
    with stuck_writer(path) as process:
        process.kill()
        process.wait()
    with closing(Database.create_or_open(path)) as database:
        assert keys(database) == ["whole"]
        database.execute("INSERT INTO memory VALUES ('next', '1')")
        assert keys(database) == ["next", "whole"]


def test_reader_cannot_write(path: Path, database: Database) -> None:
    """A reader has no way to change the store."""
    with closing(Database.read(path)) as reader:
        with pytest.raises(StoreTrouble, match="readonly"):
            reader.execute("INSERT INTO memory VALUES ('a', '1')")
        with pytest.raises(StoreTrouble, match="readonly"), reader.transaction():
            reader.execute("DELETE FROM memory")
    assert keys(database) == []


def test_death_while_it_is_made(tmp_path: Path) -> None:
    """A process that dies at any step of making a store leaves none, and the next one makes it whole."""
    command = [sys.executable, "-c", DIES_AT_EACH_STEP, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert int(done.stdout.split()[1]) > 10
