"""The daemon as systemd sees it: a process with a notify socket, signals and exit codes."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from syncd.sandbox.faults import Fault, FaultKind
from syncd.sandbox.pair import Pair
from tests.e2e.test_daemon import PATIENCE, Gate, ended, paid_back, refunds, until


@dataclass
class Systemd:
    """The other end of the notify socket: everything that came, with the time."""

    path: Path
    heard: list[tuple[float, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Listen from now on."""
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(self.path))
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        while datagram := self._socket.recv(65536):
            self.heard.append((time.monotonic(), datagram.decode()))

    def close(self) -> None:
        """Stop listening."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
            end.sendto(b"", str(self.path))
        self._thread.join(PATIENCE)
        self._socket.close()

    def environment(self, *, watchdog: float = 0.0) -> dict[str, str]:
        """What systemd gives to the service."""
        known = {"NOTIFY_SOCKET": str(self.path)}
        return known | ({"WATCHDOG_USEC": str(int(watchdog * 1e6))} if watchdog else {})

    def messages(self, start: str) -> list[str]:
        """Those that begin so."""
        return [message for _, message in self.heard if message.startswith(start)]

    def wait(self, start: str, *, count: int = 1) -> str:
        """Wait for that many that begin so; the last one."""
        until(lambda: len(self.messages(start)) >= count)
        return self.messages(start)[-1]


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[Systemd]:
    """Somebody who listens."""
    with closing(Systemd(tmp_path / "notify")) as systemd:
        yield systemd


def test_ready_while_the_network_is_down(syncd: Any, pair: Pair, systemd: Systemd) -> None:
    """A machine that boots without a network has a running service, which recovers when the network comes."""
    for server in (pair.tiktok_server, pair.shopify_server):
        server.front.faults.add(Fault(FaultKind.RESET, times=10_000))
    syncd.set("sync", poll_interval="1s")
    case = paid_back(pair)
    with syncd.running(environment=systemd.environment()) as process:
        assert systemd.wait("READY=1") == "READY=1\nSTATUS=us critical not polled yet"
        systemd.wait("STATUS=us critical")
        for server in (pair.tiktok_server, pair.shopify_server):
            server.front.faults.clear()
        systemd.wait("STATUS=us ok")
        until(lambda: refunds(pair) == [[2000]])
        process.terminate()
        code, _, _ = ended(process)
    assert code == 0
    assert syncd.states() == {case: "synced"}


def test_reload(syncd: Any, pair: Pair, systemd: Systemd) -> None:
    """A good file takes effect between two cycles, its changed keys are logged; a bad one is refused."""
    syncd.set("sync", poll_interval="1s")
    syncd.set("guard", dry_run=True)
    case = paid_back(pair)
    with syncd.running(environment=systemd.environment()) as process:
        systemd.wait("STATUS=us ok")
        assert refunds(pair) == [[]]

        good = syncd.file.read_text()
        syncd.file.write_text(good + "\n[guard.max_refund]\nUSD = 5\n[nonsense]\n")
        process.send_signal(signal.SIGHUP)
        systemd.wait("READY=1", count=2)
        assert systemd.messages("READY=1")[-1].startswith("READY=1\nSTATUS=reload refused")

        syncd.set("guard", dry_run=False, max_refunds_per_cycle=7)
        syncd.set("shops.us.tiktok", app_secret="canary-new-secret")
        syncd.configure()
        process.send_signal(signal.SIGHUP)
        systemd.wait("READY=1", count=3)
        until(lambda: syncd.states() == {case: "synced"})
        process.terminate()
        code, lines, _ = ended(process)

    assert code == 0
    assert [message.split("=")[1].split("\n")[0] for message in systemd.messages("RELOADING=1")] == ["1", "1"]
    assert all("\nMONOTONIC_USEC=" in message for message in systemd.messages("RELOADING=1"))
    told = {line["event"]: line for line in lines}
    assert any("nonsense" in problem for problem in told["reload_refused"]["problems"])
    changed = set(told["reload_done"]["changed"]) - {"sync.start_from"}  # is always a day ago
    assert changed == {"guard.dry_run", "guard.max_refunds_per_cycle"}
    assert told["reload_done"]["restart_needed"] == ["shops.us.tiktok.app_secret"]
    assert "canary" not in json.dumps(lines)


def test_a_write_in_flight_is_finished_after_the_signal(syncd: Any, pair: Pair, systemd: Systemd) -> None:
    """Systemd is told of the end, and asked for more time as long as something is in flight."""
    syncd.set("network", timeout="20s")
    case = paid_back(pair)
    gate = Gate("refundCreate")
    pair.shopify_server.front.faults.before.append(gate)
    with syncd.running(environment=systemd.environment()) as process:
        assert gate.reached.wait(PATIENCE)
        process.send_signal(signal.SIGHUP)
        process.terminate()
        systemd.wait("STOPPING=1\nSTATUS=stopping")
        assert systemd.wait("EXTEND_TIMEOUT_USEC=") == "EXTEND_TIMEOUT_USEC=10000000"
        assert process.poll() is None
        gate.open.set()
        code, _, _ = ended(process)
    assert (code, refunds(pair), syncd.states()) == (0, [[2000]], {case: "synced"})


def test_the_watchdog_is_fed_by_progress_alone(syncd: Any, systemd: Systemd) -> None:
    """A sign of life comes in time, and none does while the event loop hangs at a store that is locked."""
    syncd.set("sync", poll_interval="1s")
    with syncd.running(environment=systemd.environment(watchdog=1.5)) as process:
        systemd.wait("WATCHDOG=1", count=4)
        with closing(sqlite3.connect(syncd.store, isolation_level=None)) as intruder:
            intruder.execute("PRAGMA busy_timeout = 5000")
            intruder.execute("BEGIN IMMEDIATE")
            locked = time.monotonic()
            code, _, err = ended(process)
            intruder.execute("ROLLBACK")
    times = [at for at, message in systemd.heard if message == "WATCHDOG=1"]
    before = [at for at in times if at < locked]
    assert max(after - first for first, after in pairwise(before)) < 1.5
    silent = min(at for at in [*times, time.monotonic()] if at > locked + 1.5)
    assert silent - locked > 4  # as long as the store was waited for
    assert code == os.EX_IOERR
    assert "locked" in err


def test_every_exit_code(syncd: Any, pair: Pair) -> None:
    """What each of them is for, as systemd reads them; README and guide list the same."""
    codes = {
        "usage": syncd.run("run", "--colour", "blue").code,
        "config": syncd.run("run", environment={"SYNCD__SYNC__POLL_INTERVAL": "never"}).code,
        "foreign store": _with_store(syncd, b"not a store at all"),
        "no disk": syncd.run("run", environment={"SYNCD__STORE__PATH": "/proc/nowhere/syncd.db"}).code,
        "bug": _with_a_bug(syncd),
    }
    pair.tiktok_server.front.faults.add(Fault(FaultKind.RESET, times=100))
    codes["a side is away"] = syncd.run("once").code
    assert codes == {
        "usage": 64,
        "config": 78,
        "foreign store": 65,
        "no disk": 74,
        "bug": 70,
        "a side is away": 75,
    }


def _with_store(syncd: Any, content: bytes) -> int:
    syncd.store.write_bytes(content)
    code: int = syncd.run("run").code
    syncd.store.unlink()
    return code


def _with_a_bug(syncd: Any) -> int:
    broken = "import syncd.service.daemon as d; d.open_shops = None; from syncd.cli import main; main()"
    command = [sys.executable, "-c", broken, "run", "-c", str(syncd.configure())]
    return subprocess.run(command, capture_output=True, check=False, timeout=PATIENCE).returncode
