"""`syncd backfill`, as processes: beside the daemon, and stopped in the middle of a write."""

import os
import signal
import subprocess
from datetime import timedelta
from typing import TYPE_CHECKING

from tests.e2e.test_daemon import COMPLETE, PATIENCE, Gate, refunds, until

if TYPE_CHECKING:
    from syncd.sandbox.pair import Pair
    from tests.e2e.conftest import Program


def past(pair: "Pair", count: int) -> tuple[str, ...]:
    """Refunds of some weeks ago; what to type to take them in."""
    first = pair.clock.now() - timedelta(days=40)
    for number in range(count):
        at = first + timedelta(days=number)
        sold = pair.sell({"A": "20.00"}, created_at=first - timedelta(days=5))
        pair.tiktok.add_return(sold.tiktok, type="REFUND", status=COMPLETE, created_at=at, updated_at=at)
    since, until_ = first - timedelta(days=1), first + timedelta(days=20)
    return "backfill", "--since", since.isoformat(), "--until", until_.isoformat(), "--yes"


def said(process: "subprocess.Popen[str]") -> tuple[int, str]:
    """The exit code, and all that it printed."""
    out, _ = process.communicate(timeout=PATIENCE)
    return process.returncode, out


def test_beside_the_daemon(syncd: "Program", pair: "Pair") -> None:
    """The daemon wakes up for it, though its next poll is an hour away, and does all of it."""
    typed = past(pair, 3)
    with syncd.running() as daemon:
        until(lambda: syncd.store.exists() and syncd.progress().last_good_poll is not None)
        done = syncd.run(*typed)
        daemon.send_signal(signal.SIGTERM)
        said(daemon)

    assert (done.code, done.err) == (0, "")
    assert "us: 3 of 3 cases are done: 3 synced" in done.out
    assert refunds(pair) == [[2000]] * 3


def test_stopped_and_continued(syncd: "Program", pair: "Pair") -> None:
    """The write in flight is finished, no more are let in, and the same command does the rest."""
    syncd.set("guard", max_refunds_per_cycle=1)
    typed, gate = past(pair, 3), Gate("refundCreate")
    pair.shopify_server.front.faults.before.append(gate)
    with syncd.running(*typed) as process:
        assert gate.reached.wait(PATIENCE)
        process.send_signal(signal.SIGINT)
        gate.open.set()
        stopped, out = said(process)

    assert (stopped, "the same command goes on" in out) == (130, True)
    assert sorted(refunds(pair)) == [[], [], [2000]]
    syncd.set("guard", max_refunds_per_cycle=100)
    assert syncd.run(*typed).code == os.EX_OK
    assert refunds(pair) == [[2000]] * 3
