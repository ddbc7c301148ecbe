"""What people can do who may not read the secrets."""

import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from syncd.clock import SystemClock
from syncd.service.requests import answer, carry_out
from syncd.service.session import writing

Run = Callable[..., Any]


@pytest.fixture(autouse=True)
def no_secrets(config: Path) -> None:
    """A config file without secrets: the daemon has them as credentials."""
    config.write_text(re.sub(r"(?m)^(app_secret|access_token) = .*\n", "", config.read_text()))


@contextmanager
def daemon(path: Path) -> Iterator[None]:
    """Somebody who holds the store and records what is asked; no cycle follows."""
    ready, stop = threading.Event(), threading.Event()

    def work() -> None:
        with writing(path) as store:
            ready.set()
            while not stop.wait(0.02):
                now = SystemClock().now()
                answer(store, carry_out(store, "us", now), now)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        assert ready.wait(10)
        yield
    finally:
        stop.set()
        thread.join()


@pytest.mark.usefixtures("cases")
@pytest.mark.parametrize(("words", "code"), [(["list"], 0), (["show", "us:1"], 0), (["status"], 2)])
def test_reading(run: Run, words: list[str], code: int) -> None:
    """The store is all that is read."""
    done = run(*words)
    assert (done.code, done.err) == (code, "")


@pytest.mark.usefixtures("cases")
def test_deciding_beside_the_daemon(run: Run, path: Path) -> None:
    """It is the daemon that calls both sides."""
    with daemon(path):
        done = run("dismiss", "us:1", "--reason", "settled by hand")
    assert (done.code, done.err) == (0, "")
    assert "settled by hand" in run("show", "us:1").out


@pytest.mark.usefixtures("cases")
def test_deciding_without_the_daemon(run: Run) -> None:
    """Then the command calls them itself, and says what it lacks; nothing is decided."""
    done = run("dismiss", "us:1", "--reason", "settled by hand")
    first, *_, last = done.err.splitlines()
    assert (done.code, "shops.us.tiktok.app_secret: is required" in done.err) == (os.EX_CONFIG, True)
    assert first.startswith("syncd: no daemon runs, so this command has to call both sides itself")
    assert last.startswith("hint: start the daemon (systemctl start syncd) and type the same again, or ")
    assert "held" in run("list", "--state", "held").out
