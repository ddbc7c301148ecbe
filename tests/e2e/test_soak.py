"""The daemon over minutes, with a poll each second: it grows neither in memory, nor in files, nor in its log.

One minute in each run; five with `--campaign long`.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from syncd.model.cases import ReturnStatus
from syncd.sandbox.faults import Fault, FaultKind
from syncd.sandbox.pair import Pair
from tests.e2e.test_daemon import until

SECONDS = {"short": 60, "long": 300}
CASES = 10_000
UNDER_WAY = CASES // 2
"""So many cases wait for TikTok: each is told once, when it is first seen, before anything is measured."""
LINES_PER_CASE = 12
"""A case that is written takes so many lines at level info at most: each step of each of its writes."""
START = 300.0  # seconds: TikTok is asked for the ten thousand at five pages a second
CONCURRENCY = 3
TRICKLE = 2.0  # seconds from one change on TikTok to the next


@dataclass(frozen=True)
class Size:
    """What the process holds: memory in KiB, open files, connections and the like, threads."""

    memory: int
    files: int
    sockets: int
    threads: int

    @classmethod
    def of(cls, pid: int) -> "Size":
        """Now (Linux: proc(5))."""
        status = dict(
            line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":" in line
        )
        held = [_link(file) for file in Path(f"/proc/{pid}/fd").iterdir()]
        sockets = sum(name.startswith("socket:") for name in held)
        return cls(int(status["VmRSS"].split()[0]), len(held) - sockets, sockets, int(status["Threads"]))


def _link(file: Path) -> str:
    try:
        return str(file.readlink())
    except FileNotFoundError:
        return "closed meanwhile"


def fill(pair: Pair) -> None:
    """Ten thousand cases of all ages: half of them still under way, half of them over and done with."""
    now = pair.clock.now()
    for number in range(CASES):
        order = pair.sell({"A": "20.00"}).tiktok
        done = number >= UNDER_WAY
        pair.tiktok.add_return(
            order,
            type="REFUND",
            status=ReturnStatus.COMPLETE if done else ReturnStatus.PENDING,
            created_at=now - timedelta(days=20 if done else 2, seconds=number),
        )


@contextmanager
def trickle(pair: Pair) -> Iterator[list[str]]:
    """New cases now and then, some of which cannot be written, and sides that fail now and then."""
    ended = threading.Event()
    made: list[str] = []

    def go_on() -> None:
        while not ended.wait(TRICKLE):
            sold = pair.sell({"A": "20.00"})
            add = pair.tiktok.add_return
            made.append(add(sold.tiktok, type="REFUND", status=ReturnStatus.COMPLETE).return_id)
            front = (pair.tiktok_server if len(made) % 2 else pair.shopify_server).front
            if len(made) % 5 == 0:
                front.faults.add(Fault(FaultKind.STATUS_503, times=3))

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield made
    finally:
        ended.set()
        thread.join()


def sizes(pid: int, seconds: float) -> Iterator[Size]:
    """Its size each second."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(1)
        yield Size.of(pid)


def test_nothing_grows(
    syncd: Any, pair: Pair, pytestconfig: pytest.Config, record_property: Callable[[str, object], None]
) -> None:
    """Under five percent more memory, no further file or thread, and lines only for what happened."""
    seconds = SECONDS[pytestconfig.getoption("--campaign")]
    syncd.set("sync", poll_interval="1s")
    syncd.set("shops.us.shopify", concurrency=CONCURRENCY)
    fill(pair)
    with syncd.running() as process:
        lines: list[str] = []
        reader = threading.Thread(target=lambda: lines.extend(process.stdout))
        reader.start()
        until(lambda: len(lines) > UNDER_WAY, START)
        with trickle(pair) as made:
            warm = list(sizes(process.pid, seconds / 4))[-10:]
            first = len(lines)
            end = list(sizes(process.pid, seconds * 3 / 4))[-10:]
        polls = sum(call.operation == "returns/search" for call in pair.tiktok.calls)
        process.terminate()
        reader.join()
        assert process.wait() == 0

    before, after = (max(size.memory for size in some) for some in (warm, end))
    for name, value in (("seconds", seconds), ("searches", polls), ("written", len(made))):
        record_property(name, value)
    record_property("RSS KiB before", before)
    record_property("RSS KiB after", after)
    assert after < before * 1.05
    assert max(size.files for size in end) <= max(size.files for size in warm)
    assert max(size.threads for size in end) <= max(size.threads for size in warm)
    # One to TikTok, so many to Shopify, and what asyncio has for itself.
    assert max(size.sockets for size in end) <= CONCURRENCY + 3
    assert len(lines) - first < LINES_PER_CASE * len(made) + 50
    assert {json.loads(line)["level"] for line in lines} <= {"info", "warning", "error"}
    assert polls > seconds / 2
    assert len(made) > seconds / TRICKLE / 2
