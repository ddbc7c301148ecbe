"""`syncd status`."""

import subprocess
import sys
from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from syncd.clock import SystemClock
from syncd.model import notes
from syncd.model.cases import State
from syncd.model.tokens import StoredToken
from syncd.service.lock import only_writer
from syncd.service.session import writing
from syncd.store.cases import Filter

Run = Callable[..., Any]
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


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
        "findings": [{"level": "warning", "what": "1 held: syncd list --state held", "hint": ""}],
        "cancellations_watermark": None,
        "backlog": 0,
        "oldest_due_since": None,
        "held": 1,
        "restock_waiting": 1,
        "cases": {"held": 1, "synced": 1, "tracking": 1},
        "brake": False,
        "tiktok_token_expires_at": None,
        "tiktok_authorised_until": None,
        "shopify_token_expires_at": None,
        "last_error": None,
        "last_error_since": None,
        "last_error_hint": None,
    }
    daemon = {"state": "absent", "health": "ok", "why": "", "hint": "", "last_seen": None}
    assert done.json["daemon"] == daemon
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
    assert "us\tcritical\tnever\t0\t0\t0\tno good poll yet\tjournalctl -u syncd tells why" in done.out


def test_disabled(run: Run, path: Path, config: Path) -> None:
    """A shop that is switched off is not ill."""
    with writing(path):
        pass
    config.write_text(config.read_text().replace("enabled = true", "enabled = false"))
    done = run("status")
    assert done.code == 0
    assert "us\tok\tnever\t0\t0\t0\tdisabled" in done.out


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


def signed(path: Path, ago: timedelta, word: str) -> None:
    """A daemon left its last sign so long ago."""
    with writing(path) as store:
        store.memory.put("daemon", f"{(SystemClock().now() - ago).isoformat()} {word}")


@pytest.mark.parametrize(
    ("ago", "word", "running", "code", "line"),
    [
        (3, "alive", True, 0, "daemon: running, seen "),
        (600, "alive", True, 2, "daemon: running: it gave no sign of life for 10 min: it is stuck"),
        (600, "alive", False, 2, "daemon: not running: it died: its last sign of life was 10 min ago"),
        (600, "ended", False, 1, "daemon: not running: it was stopped 10 min ago"),
    ],
)
def test_the_daemon(  # noqa: PLR0917 - a table
    run: Run, path: Path, ago: int, word: str, running: bool, code: int, line: str
) -> None:
    """A dead or a stuck one is critical, one that was stopped a warning, and each comes with what to type."""
    polled(path)
    signed(path, timedelta(seconds=ago), word)
    with only_writer(path) if running else nullcontext():
        done = run("status")
        told = run("status", "--json").json["daemon"]
    assert (done.code, done.out.startswith(line)) == (code, True)
    assert ("systemctl" in done.out, told["hint"].startswith("systemctl")) == (code > 0, code > 0)


def test_a_dead_daemon_without_an_enabled_shop(run: Run, path: Path, config: Path) -> None:
    """There is nothing for it to do."""
    signed(path, timedelta(days=1), "alive")
    config.write_text(config.read_text().replace("enabled = true", "enabled = false"))
    done = run("status")
    assert (done.code, done.out.splitlines()[0]) == (0, "daemon: not running")


@pytest.mark.usefixtures("cases")
def test_details(run: Run, path: Path) -> None:
    """How far each kind was read, what waits for staff, when each token ends, and what fails since when."""
    polled(path, timedelta(seconds=90))
    now = SystemClock().now()
    with writing(path) as store:
        store.memory.put(notes.login_pointer("6abc", "us"), "key")
        token = StoredToken("canary", now + 3 * HOUR, "canary", now + 99 * DAY, (), "")
        store.tokens.put("key", token)
        store.shops.failed("us", "nobody answers", now - HOUR, hint="look at the cable")
    us = next(line for line in run("status").out.splitlines() if line.startswith("us\t"))
    assert us.split("\t")[:6] == ["us", "warning", "90 s ago", "0", "1", "1"]
    for words in (
        "nobody answers (for 60 min)",
        "look at the cable",
        "TikTok's access token ends in 2 h",
        "the seller's authorisation on TikTok ends in 98 days",
        "Z, 90 s ago",
    ):
        assert words in us
    assert "canary" not in us


def test_it_is_quick(path: Path, config: Path) -> None:
    """Reading commands load neither HTTP nor what only terminals and other commands need."""
    with writing(path):
        pass
    code = (
        "import sys; from click.testing import CliRunner; from syncd.cli import cli;"
        f"CliRunner().invoke(cli, ['status', '-c', {str(config)!r}]);"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert {"syncd", "sqlite3"} <= loaded
    assert not loaded & {
        "httpx",
        "tenacity",
        "apscheduler",
        "rich",
        "graphql",
        "prometheus_client",
        "apprise",
    }


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
