"""The lock of the store."""

import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from syncd.errors import AlreadyRunning, StoreTrouble
from syncd.service.lock import only_writer
from syncd.service.session import is_running, writing

HOLDS = """
import pathlib, sys
from syncd.service.lock import only_writer
with only_writer(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The store that is locked."""
    return tmp_path / "syncd.db"


@contextmanager
def holder(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock until it ends."""
    command = [sys.executable, "-c", HOLDS, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == "held\n"
            yield process
        finally:
            process.kill()


def test_second_is_refused(path: Path) -> None:
    """A second process is refused at once, with what to do, and makes no store."""
    with holder(path):
        began = time.monotonic()
        with pytest.raises(AlreadyRunning) as caught, writing(path):
            pass
        assert time.monotonic() - began < 1
    assert caught.value.what == f"another syncd works on {path}"
    assert caught.value.hint == "syncd status shows what it does; or stop it first"
    assert caught.value.exit_code == 69
    assert not path.exists()


@pytest.mark.parametrize("how", ["kill", "terminate"])
def test_freed_by_a_death(path: Path, how: str) -> None:
    """The lock is free once its holder is gone, however that went."""
    with holder(path) as process:
        getattr(process, how)()
        process.wait()
        with only_writer(path):
            assert is_running(path)
    assert not is_running(path)


def test_freed_by_an_error(path: Path) -> None:
    """The lock is free again after an error."""
    with pytest.raises(ValueError, match="x"), only_writer(path):
        raise ValueError("x")
    with only_writer(path):
        assert is_running(path)


def test_is_running(path: Path) -> None:
    """Whether somebody works is seen without getting in the way."""
    assert not is_running(path)
    with holder(path):
        assert is_running(path)


def test_a_look_is_waited_for(path: Path) -> None:
    """A start is not refused because somebody looks, for a moment, whether the lock is free."""
    look = "import sys,time; sys.stdin.readline(); time.sleep(0.1)"
    code = HOLDS.replace("sys.stdin.read()", look.removeprefix("import sys,time; ").replace("; ", "\n    "))
    code = code.replace("import pathlib, sys", "import pathlib, sys, time")
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        process.stdin.write("go\n")
        process.stdin.flush()
        with only_writer(path):
            assert is_running(path)


def test_only_for_its_owner(path: Path) -> None:
    """The lock file is for its owner alone."""
    with only_writer(path):
        modes = [stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()]
    assert modes == [0o600]


def test_no_place() -> None:
    """Where no lock can be made, the folder is named as the trouble."""
    with pytest.raises(StoreTrouble) as caught, only_writer(Path("/proc/syncd/syncd.db")):
        pass
    assert caught.value.hint == "check the folder and its owner"
