"""The daemon, as a process of its own."""

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from syncd.model.cases import ReturnStatus
from syncd.sandbox.faults import Fault, FaultKind
from syncd.sandbox.http import Request, json_reply
from syncd.sandbox.pair import Pair

COMPLETE = ReturnStatus.COMPLETE
PATIENCE = 20.0


def until(true: Callable[[], bool], patience: float = PATIENCE) -> None:
    """Wait until that holds; it is an error if it never does."""
    end = time.monotonic() + patience
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def refunds(pair: Pair) -> list[list[int]]:
    """The money of every refund, order by order."""
    return [[refund.total_refunded for refund in order.refunds] for order in pair.shopify.orders]


def paid_back(pair: Pair) -> str:
    """A case that TikTok paid back."""
    sold = pair.sell({"A": "20.00"})
    return pair.tiktok.add_return(sold.tiktok, type="REFUND", status=COMPLETE).return_id


def ended(process: "subprocess.Popen[str]") -> tuple[int, list[dict[str, Any]], str]:
    """The exit code, the lines of the log, and what stands on standard error."""
    out, err = process.communicate(timeout=PATIENCE)
    return process.returncode, [json.loads(line) for line in out.splitlines()], err


@dataclass
class Gate:
    """Stops one operation of Shopify's on its way in until it is let go."""

    operation: str
    reached: threading.Event = field(default_factory=threading.Event)
    open: threading.Event = field(default_factory=threading.Event)

    def __call__(self, operation: str, _request: Request) -> None:
        """Stand in the way."""
        if operation == self.operation and not self.reached.is_set():
            self.reached.set()
            self.open.wait(PATIENCE)


def test_polls_at_once(syncd: Any, pair: Pair) -> None:
    """The first poll begins with the start, not an interval later, and its log is JSON lines."""
    paid_back(pair)
    with syncd.running() as process:
        until(lambda: refunds(pair) == [[2000]])
        process.terminate()
        code, lines, err = ended(process)
    assert code == 0
    events = [line["event"] for line in lines]
    assert (events[0], events[-1]) == ("started", "stopped")
    assert "Traceback" not in err


def test_polls_again(syncd: Any, pair: Pair) -> None:
    """What changes later is met at a later poll."""
    syncd.set("sync", poll_interval="1s")
    with syncd.running():
        until(lambda: syncd.store.exists() and syncd.progress().last_good_poll is not None)
        case = paid_back(pair)
        until(lambda: refunds(pair) == [[2000]])
        until(lambda: syncd.states() == {case: "synced"})


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_finishes_what_is_in_flight(syncd: Any, pair: Pair, number: signal.Signals) -> None:
    """A signal lets the write in flight finish and be recorded, and begins no other case."""
    syncd.set("shops.us.shopify", concurrency=1)
    syncd.set("network", timeout="20s")
    first, second = paid_back(pair), paid_back(pair)
    gate = Gate("refundCreate")
    pair.shopify_server.front.faults.before.append(gate)
    with syncd.running() as process:
        assert gate.reached.wait(PATIENCE)
        process.send_signal(number)
        time.sleep(0.3)
        assert process.poll() is None
        gate.open.set()
        code, lines, _ = ended(process)
    assert (code, lines[-1]["event"]) == (0, "stopped")
    assert refunds(pair) == [[2000], []]
    assert syncd.states() == {first: "synced", second: "tracking"}


def test_second_signal(syncd: Any, pair: Pair) -> None:
    """A second signal leaves at once; the next start finds what was in flight."""
    syncd.set("network", timeout="20s")
    case = paid_back(pair)
    gate = Gate("refundCreate")
    pair.shopify_server.front.faults.before.append(gate)
    with syncd.running() as process:
        assert gate.reached.wait(PATIENCE)
        process.terminate()
        time.sleep(0.3)
        process.terminate()
        code, _, err = ended(process)
    gate.open.set()
    assert code == 0
    assert "Traceback" not in err
    syncd.set("network", timeout="1s")
    assert syncd.cycle().errors == ()
    assert refunds(pair) == [[2000]]
    assert syncd.states() == {case: "synced"}


def test_second_instance(syncd: Any, pair: Pair) -> None:
    """A second one on the same store is refused at once, without a call to anybody."""
    with syncd.running() as process:
        until(lambda: syncd.store.exists() and syncd.progress().last_good_poll is not None)
        pair.tiktok.calls.clear()
        for command in ("run", "once"):
            done = syncd.run(command)
            assert done.code == 69
            assert f"another syncd works on {syncd.store}" in done.err
        assert process.poll() is None
    assert (pair.tiktok.calls, pair.shopify.calls) == ([], [])


def test_plan_and_status_beside_it(syncd: Any, pair: Pair) -> None:
    """The reading commands work beside the daemon, which does not notice."""
    with syncd.running():
        until(lambda: syncd.store.exists() and syncd.progress().last_good_poll is not None)
        case = paid_back(pair)
        assert case in syncd.run("plan").out
        status = syncd.run("status", "--json")
        assert (status.code, status.json["running"]) == (0, True)
        assert pair.shopify.writes() == []


def test_disabled(syncd: Any, pair: Pair) -> None:
    """While disabled it runs, asks nobody anything, says so, and stops when told to."""
    syncd.set("sync", enabled=False)
    paid_back(pair)
    with syncd.running() as process:
        until(syncd.store.exists)
        time.sleep(0.5)
        process.terminate()
        code, lines, _ = ended(process)
    assert code == 0
    assert ("shop_disabled", "us") in [(line["event"], line.get("shop")) for line in lines]
    assert (pair.tiktok.calls, pair.shopify.calls) == ([], [])


def test_login_refused(syncd: Any, pair: Pair) -> None:
    """Where no shop's login works it ends with 77, after which systemd does not start it again."""
    syncd.set("shops.us.tiktok", app_secret="canary-wrong-secret")
    with syncd.running() as process:
        code, lines, err = ended(process)
    assert code == 77
    (failure,) = [line for line in lines if line["event"] == "cycle_failed"]
    assert failure["kind"] == "CredentialsRefused"
    assert "canary" not in json.dumps(lines) + err
    assert pair.shopify.calls == []


def test_outage_is_told_once(syncd: Any, pair: Pair) -> None:
    """While Shopify is away every poll tries again; the log tells it once, and then its end."""
    syncd.set("sync", poll_interval="1s")
    faults = pair.shopify_server.front.faults
    faults.add(Fault(FaultKind.REPLY, "orders", times=100, reply=json_reply({"errors": "Locked"}, 423)))
    case = paid_back(pair)
    with syncd.running() as process:
        until(lambda: syncd.store.exists() and syncd.progress().last_error is not None)
        before = len([call for call in pair.tiktok.calls if call.operation == "returns/search"])
        until(
            lambda: (
                len([call for call in pair.tiktok.calls if call.operation == "returns/search"]) >= before + 2
            )
        )
        faults.clear()
        until(lambda: syncd.states() == {case: "synced"})
        process.terminate()
        code, lines, _ = ended(process)
    told = [line["event"] for line in lines if line["event"] in ("cycle_failed", "cycle_recovered")]
    assert (code, told) == (0, ["cycle_failed", "cycle_recovered"])


def test_no_store(syncd: Any, pair: Pair, tmp_path: Path) -> None:
    """A store that cannot be opened ends it with 74 or 65 before anything is asked."""
    (tmp_path / "file").touch()
    elsewhere = {"SYNCD__STORE__PATH": str(tmp_path / "file" / "syncd.db")}
    assert syncd.run("run", environment=elsewhere).code == 74
    syncd.store.touch()
    assert syncd.run("run").code == 65
    assert (pair.tiktok.calls, pair.shopify.calls) == ([], [])


# What a kill in the middle of a cycle leaves behind


@contextmanager
def served(programs: list[Any]) -> Iterator[None]:
    """All their pairs, answering."""
    with ExitStack() as stack:
        for program in programs:
            stack.enter_context(program.pair.serving())
        yield


class Killer:
    """Kills a process when the n-th request to Shopify arrives; that one is carried out, or is lost."""

    def __init__(self, pair: Pair, moment: int, *, lost: bool) -> None:
        self.process: subprocess.Popen[str] | None = None
        self.started = threading.Event()
        self._left = moment
        self._lost = lost
        self._faults = pair.shopify_server.front.faults
        self._faults.before.append(self)

    def __call__(self, operation: str, _request: Request) -> None:
        """Count, and strike."""
        self._left -= 1
        if self._left == 0:
            self.started.wait(PATIENCE)
            assert self.process
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.wait(PATIENCE)
            if self._lost:
                self._faults.add(Fault(FaultKind.CLOSE, operation))


def fill(pair: Pair) -> None:
    """One case of each way to write."""
    add = pair.tiktok.add_return
    add(pair.sell({"A": "7.00"}, archived=True).tiktok, type="REFUND", status=COMPLETE)
    parcel = pair.sell({"A": "20.00"}).tiktok
    add(parcel, type="RETURN_AND_REFUND", status=COMPLETE, tracking_number="1Z999")
    add(pair.sell({"A": "30.00"}).tiktok, type="REFUND", status=COMPLETE, refund_total="3.50")


def killed(program: Any, moment: int, *, lost: bool, forget: bool) -> tuple[int, Any]:
    """Run the daemon, kill it at that moment, lose its store where wanted, and run a cycle; what is there."""
    pair = program.pair
    program.set("sync", auto_restock=True)
    program.set("network", timeout="1s")
    fill(pair)
    killer = Killer(pair, moment, lost=lost)
    with program.running() as process:
        killer.process = process
        killer.started.set()
        code = process.wait(PATIENCE)
    if forget:
        for file in program.store.parent.glob(f"{program.store.name}*"):
            file.unlink()
        program.tables["shops.us.tiktok"]["refresh_token"] = pair.tiktok.login.refresh_token
    result = program.cycle()
    again = program.cycle()
    stock = sum(pair.shopify.stock.values())
    returns = [len(order.returns) for order in pair.shopify.orders]
    archived = [order.closed_at is not None for order in pair.shopify.orders]
    found = {
        "errors": (*result.errors, *again.errors),
        "written again": again.written,
        "states": sorted(program.states().values()),
        "refunds": refunds(pair),
        "returns": returns,
        "stock": stock,
        "archived": archived,
    }
    return code, found


WHOLE = {
    "errors": (),
    "written again": 0,
    "states": ["synced", "synced", "synced"],
    "refunds": [[700], [2000], [350]],
    "returns": [0, 1, 0],
    "stock": 1,
    "archived": [True, False, False],
}


@pytest.mark.parametrize(("forget", "moments"), [(False, range(2, 20, 2)), (True, range(1, 20, 2))])
def test_kill(program_of: Callable[[int], Any], forget: bool, moments: range) -> None:
    """Killed at any moment, with its store kept or lost: the next cycle leaves all whole, nothing doubled."""
    programs = [program_of(moment) for moment in moments]

    def run(number: int) -> tuple[int, Any]:
        return killed(programs[number], moments[number], lost=number % 2 == 0, forget=forget)

    with served(programs), ThreadPoolExecutor(5) as pool:
        ends = list(pool.map(run, range(len(moments))))
    assert [code for code, _ in ends] == [-signal.SIGKILL] * len(ends)
    whole = dict.fromkeys(moments, WHOLE)
    assert {moment: found for moment, (_, found) in zip(moments, ends, strict=True)} == whole


def test_status_tells_a_dead_daemon_from_a_stopped_one(syncd: Any, pair: Pair) -> None:
    """While it runs, after it was killed, and after it was stopped in order."""
    pair.sell({"A": "20.00"})
    told = []
    with syncd.running() as process:
        until(lambda: syncd.store.exists() and syncd.progress().last_good_poll is not None)
        told.append(syncd.run("status", "--json"))
        process.kill()
        process.wait(PATIENCE)
        told.append(syncd.run("status", "--json"))
    with syncd.running() as process:
        assert process.stdout
        until(lambda: '"event": "ready"' in process.stdout.readline())
        process.terminate()
        ended(process)
        told.append(syncd.run("status", "--json"))
    states = [(done.code, done.json["running"], done.json["daemon"]["state"]) for done in told]
    assert states == [(0, True, "running"), (2, False, "dead"), (1, False, "stopped")]
