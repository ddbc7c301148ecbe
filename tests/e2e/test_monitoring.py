"""The daemon as a monitoring system sees it."""

import json
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from stat import S_IMODE
from typing import Any

from syncd.model.cases import ReturnStatus
from syncd.sandbox.pair import Pair
from tests.service.metrics.watched import get

PATIENCE = 20.0


def until(true: Callable[[], bool]) -> None:
    """Wait until that holds; it is an error if it never does."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def port_of(process: "subprocess.Popen[str]") -> int:
    """The port, as the log tells it."""
    assert process.stdout
    lines = map(json.loads, process.stdout)
    return next(int(line["port"]) for line in lines if line["event"] == "metrics_served")


def test_the_daemon_is_watched(syncd: Any, pair: Pair, tmp_path: Path) -> None:
    """It serves figures and probes, writes the textfile for others to read, and takes it away at its end."""
    file = tmp_path / "syncd.prom"
    syncd.set("metrics", listen="127.0.0.1:0", textfile=str(file))
    sold = pair.sell({"A": "20.00"})
    pair.tiktok.add_return(sold.tiktok, type="REFUND", status=ReturnStatus.COMPLETE)
    with syncd.running() as process:
        port = port_of(process)
        written = 'syncd_refunds_total{outcome="written",shop="us"} 1.0'
        until(lambda: written in get(port, "/metrics").text)
        assert get(port, "/healthz").text == "ok\n"
        until(lambda: get(port, "/readyz").text == "ok\n")
        until(lambda: file.exists() and written in file.read_text())
        assert S_IMODE(file.stat().st_mode) == 0o644

        syncd.file.write_text("nonsense")
        process.send_signal(signal.SIGHUP)
        until(lambda: "syncd_config_last_reload_successful 0.0" in get(port, "/metrics").text)

        process.terminate()
        process.communicate(timeout=PATIENCE)
        assert (process.returncode, file.exists()) == (0, False)


def test_a_port_that_is_taken(syncd: Any, pair: Pair) -> None:
    """The daemon does not start, and says why; systemd will try again."""
    host, port = pair.tiktok_server.url.removeprefix("http://").split(":")
    syncd.set("metrics", listen=f"{host}:{port}")

    done = syncd.run("run")

    assert done.code == 75
    assert f"[metrics] listen = '{host}:{port}': Address already in use" in done.err
    assert "ss -ltnp" in done.err
    assert pair.tiktok.calls == []
