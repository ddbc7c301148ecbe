"""`syncd status`."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from syncd.clock import SystemClock
from syncd.model.cases import State
from syncd.service.lock import only_writer
from syncd.service.session import writing
from syncd.store.cases import Filter

Run = Callable[..., Any]
MINUTE = timedelta(minutes=1)


def polled(path: Path, ago: timedelta = timedelta(), error: str = "") -> None:
    """Both shops were polled so long ago, and one has failed since."""
    now = SystemClock().now()
    with writing(path) as store:
        for shop in ("us", "uk"):
            store.shops.read_up_to(shop, now - ago)
            store.shops.polled(shop, now - ago)
        if error:
            store.shops.failed("us", error, now)


@pytest.mark.usefixtures("cases")
def test_json(run: Run, path: Path) -> None:
    """Each shop has its health, how far it was read, its backlog and what is held."""
    polled(path)
    done = run("status", "--json")
    assert (done.code, done.err) == (1, "")
    assert (done.json["running"], list(done.json["shops"])) == (False, ["us", "uk"])
    us = done.json["shops"]["us"]
    assert us["watermark"] == us["last_good_poll"]
    assert us["watermark"].endswith("+00:00")
    assert {name: us[name] for name in us if name not in {"watermark", "last_good_poll"}} == {
        "health": "warning",
        "why": "1 held: syncd list --state held",
        "backlog": 0,
        "held": 1,
        "cases": {"held": 1, "synced": 1, "tracking": 1},
        "tiktok_token_expires_at": None,
        "last_error": None,
    }
    assert done.json["shops"]["uk"]["health"] == "ok"


@pytest.mark.parametrize(
    ("ago", "error", "code", "health"),
    [
        (timedelta(), "", 0, "ok"),
        (14 * MINUTE, "", 0, "ok"),
        (timedelta(), "no connection", 1, "warning"),
        (16 * MINUTE, "", 2, "critical"),
        (16 * MINUTE, "no connection", 2, "critical"),
    ],
)
def test_health(  # noqa: PLR0917 - a table
    run: Run, path: Path, ago: timedelta, error: str, code: int, health: str
) -> None:
    """Fine is 0, a failure or a hold 1, three intervals without a good poll 2; the reason is told."""
    polled(path, ago, error)
    done = run("status", "--json")
    assert (done.code, done.json["shops"]["us"]["health"]) == (code, health)
    assert error in done.json["shops"]["us"]["why"]


def test_never_polled(run: Run, path: Path) -> None:
    """A shop that was never polled is critical."""
    with writing(path):
        pass
    done = run("status")
    assert done.code == 2
    assert "us\tcritical\tnever\tnever\t0\t0\tno good poll for too long" in done.out


def test_disabled(run: Run, path: Path, config: Path) -> None:
    """A shop that is switched off is not ill."""
    with writing(path):
        pass
    config.write_text(config.read_text().replace("enabled = true", "enabled = false"))
    done = run("status")
    assert done.code == 0
    assert "us\tok\tnever\tnever\t0\t0\tdisabled" in done.out


@pytest.mark.usefixtures("cases")
def test_backlog(run: Run, path: Path) -> None:
    """What is to be written, and what is being written, is the backlog."""
    polled(path)
    with writing(path) as store:
        for case, state in zip(
            store.cases.select(Filter(shop="us")), (State.DUE, State.WRITING), strict=False
        ):
            store.database.execute(
                "UPDATE cases SET state = ? WHERE shop = 'us' AND case_id = ?", (state.value, case.case_id)
            )
    assert run("status", "--json").json["shops"]["us"]["backlog"] == 2


def test_running(run: Run, path: Path) -> None:
    """Whether the daemon runs is told from the lock."""
    polled(path)
    with only_writer(path):
        assert run("status", "--json").json["running"] is True
        assert run("status").out.startswith("daemon: running\n")
    assert run("status").out.startswith("daemon: not running\n")


def test_text(run: Run, path: Path) -> None:
    """Piped text has no escape codes."""
    polled(path)
    done = run("status")
    assert done.code == 0
    assert done.out.splitlines()[1].split("\t")[:3] == ["shop", "health", "last good poll"]
    assert "\x1b" not in done.out


def test_no_store(run: Run, path: Path) -> None:
    """Without a store it ends with 74 and leaves nothing behind."""
    done = run("status")
    assert (done.code, done.out) == (74, "")
    assert [file.name for file in path.parent.iterdir()] == ["syncd.toml"]


@pytest.mark.parametrize("command", ["status", "list", "once", "plan", "run", "show"])
def test_damaged_store(run: Run, path: Path, command: str) -> None:
    """A damaged store ends every command with 65, and is left as it is."""
    path.write_bytes(b"rubbish " * 1000)
    done = run(command, *(["1"] if command == "show" else []))
    assert done.code == 65
    assert not done.out or (command == "run" and done.json["event"] == "failed")  # its log
    assert f"syncd: {path}: is damaged or no store" in done.err
    assert path.read_bytes() == b"rubbish " * 1000
