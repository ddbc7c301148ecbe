"""Opening the store: as its writer, as a reader, for a preview."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import structlog

from syncd.errors import AlreadyRunning, StoreTrouble
from syncd.model.tokens import StoredToken
from syncd.service.session import is_running, previewing, reading, writing
from syncd.store.migrations import STEPS

NOBODY = 65534
AS_ROOT = """
import pathlib, sys
from syncd.service.session import is_running, writing
path = pathlib.Path(sys.argv[1])
print(is_running(path))
with writing(path) as store:
    store.memory.put("key", "text")
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the store is, or will be."""
    return tmp_path / "syncd.db"


def token() -> StoredToken:
    """A token."""
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(days=7)
    return StoredToken("access", until, "refresh", until, (), "seed")


def test_writing_then_reading(path: Path) -> None:
    """What was written is read, and both give the file back."""
    with writing(path) as store:
        store.memory.put("key", "text")
        assert is_running(path)
    with reading(path) as store:
        assert store.memory.get("key") == "text"
        assert not is_running(path)
    with writing(path):
        assert is_running(path)


def test_an_upgrade_is_told(path: Path) -> None:
    """With where the copy from before lies; the next start has nothing to tell."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(STEPS[0])
        connection.execute("PRAGMA application_id = 0x73796E63")
        connection.execute("PRAGMA user_version = 1")
    with structlog.testing.capture_logs() as lines:
        for _ in range(2):
            with writing(path):
                pass
    assert [(line["event"], str(line["backup"])) for line in lines] == [
        ("store_upgraded", f"{path}.before-2")
    ]


def test_nothing_to_read(path: Path) -> None:
    """A reader makes neither a store nor a lock."""
    with pytest.raises(StoreTrouble), reading(path):
        pass
    assert list(path.parent.iterdir()) == []


def test_lock_is_freed(path: Path) -> None:
    """A store that cannot be opened leaves the lock free."""
    path.touch()
    for _ in range(2):
        with pytest.raises(Exception, match="is empty"), writing(path):
            pass
    assert not is_running(path)


def test_preview(path: Path) -> None:
    """What a preview does to its copy is gone afterwards; new tokens are kept."""
    with writing(path) as store:
        store.memory.put("key", "text")
    before = path.read_bytes()
    with previewing(path) as view:
        assert view.may_refresh
        assert view.store.memory.get("key") == "text"
        view.store.memory.put("key", "other")
        view.store.shops.baseline_done("us")
    assert path.read_bytes() == before
    with previewing(path) as view:
        view.logins.tokens.put("key", token())
    with reading(path) as store:
        assert store.memory.get("key") == "text"
        assert not store.shops.progress("us").baseline_done
        assert store.tokens.get("key") == token()


def test_preview_is_the_only_one(path: Path) -> None:
    """As long as a preview may get new tokens, nobody else writes."""
    with previewing(path), pytest.raises(AlreadyRunning), writing(path):
        pass


def test_preview_beside_the_daemon(path: Path) -> None:
    """Beside a daemon a preview works on what is there, asks for no tokens, and keeps nothing."""
    with writing(path) as store:
        store.memory.put("key", "text")
        with previewing(path) as view:
            assert not view.may_refresh
            assert view.store.memory.get("key") == "text"
            view.store.memory.put("key", "other")
            view.logins.memory.put("found out", "on the way")
        assert (store.memory.get("key"), store.memory.get("found out")) == ("text", None)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
@pytest.mark.parametrize("there", [False, True])
def test_root_becomes_the_owner(there: bool) -> None:
    """A command of root's leaves nothing behind that the daemon's own user could not write."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "syncd.db"
        if there:
            with writing(path):
                pass
        for place in (path.parent, *path.parent.iterdir()):
            os.chown(place, NOBODY, NOBODY)
        done = subprocess.run(
            [sys.executable, "-c", AS_ROOT, str(path)], capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stdout) == (0, "False\n")
        owners = {file.name: file.stat().st_uid for file in path.parent.iterdir()}
    assert owners == {"syncd.db": NOBODY, "syncd.db.lock": NOBODY}
