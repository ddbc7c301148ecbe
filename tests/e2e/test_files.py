"""What the program writes is for its owner alone."""

import os
import time
from collections.abc import Iterator

import pytest

from tests.e2e.conftest import Program


@pytest.fixture
def open_umask() -> Iterator[None]:
    """A shell in which everybody may read every new file."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("open_umask")
def test_every_file_is_its_owners_alone(syncd: Program) -> None:
    """The store, its log, its lock and a backup, and the folder that is made for them."""
    place = syncd.folder / "made" / "store.db"
    there = {"SYNCD__STORE__PATH": str(place)}
    backup = place.with_name("backup.db")
    with syncd.running(environment=there):
        until = time.monotonic() + 30
        while not place.with_name("store.db-wal").exists() and time.monotonic() < until:
            time.sleep(0.05)
        assert syncd.run("db", "backup", str(backup), environment=there).code == 0
        modes = {file.name: file.stat().st_mode & 0o777 for file in place.parent.iterdir()}
    wanted = {"store.db", "store.db-wal", "store.db-shm", "store.db.lock", "backup.db"}
    assert modes == dict.fromkeys(wanted, 0o600)
    assert place.parent.stat().st_mode & 0o777 == 0o700
