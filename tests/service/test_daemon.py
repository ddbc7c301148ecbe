"""The daemon's loop; `tests/e2e/test_daemon.py` runs it as a process."""

import asyncio
import os
import signal
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from syncd.clock import SystemClock
from syncd.config import Loaded, load
from syncd.config.settings import Settings
from syncd.model.cases import ReturnStatus
from syncd.sandbox.faults import Fault, FaultKind
from syncd.sandbox.http import Request
from syncd.sandbox.pair import Pair
from syncd.service import daemon, housekeeping, shop_loop, signals, supervisor
from syncd.service.build import open_shops
from syncd.service.pulse import Pulse
from syncd.service.refused import Refused
from syncd.service.timetable import timetable
from syncd.store.database import Database
from syncd.store.pruning import pruned_at
from syncd.store.store import Store
from syncd.sync.cycle import CycleResult, ShopCycle
from syncd.tiktok.wire import snapshot_from


@pytest.fixture
async def pair() -> AsyncIterator[Pair]:
    """Both stand-ins, answering from this very loop."""
    pair = Pair()
    for server in (pair.tiktok_server, pair.shopify_server):
        await server.start()
    yield pair
    for server in (pair.tiktok_server, pair.shopify_server):
        await server.stop()


@pytest.fixture
def settings(pair: Pair, tmp_path: Path) -> Settings:
    """The settings for both."""
    file = tmp_path / "syncd.toml"
    start = (pair.clock.now() - timedelta(days=1)).isoformat()
    text = pair.config(tmp_path / "syncd.db", tables={"sync": {"enabled": True, "poll_interval": "1h"}})
    file.write_text(text.replace("[sync]\n", f"[sync]\nstart_from = {start}\n", 1))
    file.chmod(0o600)
    return load(file, {}, None).settings


@pytest.fixture
def store() -> Iterator[Store]:
    """An empty store."""
    with closing(Store.over(Database.in_memory(), snapshot_from)) as store:
        yield store


async def run(settings: Settings, store: Store) -> int:
    """The daemon, whose settings never change."""
    unchanged = Loaded(settings, Path("syncd.toml"), ())
    return await daemon.run(settings, store, SystemClock(), reload=lambda: unchanged)


async def until_asked(pair: Pair, operation: str, times: int = 1) -> None:
    """Wait until that was asked of TikTok so many times."""
    async with asyncio.timeout(10):
        while [call.operation for call in pair.tiktok.calls].count(operation) < times:  # noqa: ASYNC110 - a log, no event
            await asyncio.sleep(0.01)


async def test_too_long_a_wait(
    pair: Pair, settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A side that does not answer delays the end after a signal only for so long."""
    monkeypatch.setattr(signals, "STOPPING", 0.2)
    pair.tiktok_server.front.faults.add(Fault(FaultKind.STALL, "returns/search", seconds=20, times=10))
    running = asyncio.create_task(run(settings, store))
    await until_asked(pair, "shops")
    os.kill(os.getpid(), signal.SIGTERM)
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(running, 5)


async def test_rests_after_a_failure(
    pair: Pair, settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While Shopify is away, what is due waits for the next poll: nobody is asked all the time."""
    sold = pair.sell({"A": "20.00"})
    before = pair.clock.now() - timedelta(minutes=5)
    pair.tiktok.add_return(sold.tiktok, type="REFUND", status=ReturnStatus.COMPLETE, created_at=before)
    pair.shopify.tokens.installed = False
    monkeypatch.setattr(Refused, "cycled", lambda *_: None)
    running = asyncio.create_task(run(settings, store))
    await until_asked(pair, "orders")
    await asyncio.sleep(2.5)
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(running, 5)
    assert [call.operation for call in pair.tiktok.calls].count("orders") == 1


async def test_polls_without_a_nudge(
    pair: Pair, settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the timetable never calls, as after the clock was set back, it polls anyway before long."""
    monkeypatch.setattr(shop_loop, "_GUARD", 0.5 / settings.shops["us"].sync.poll_interval.total_seconds())
    running = asyncio.create_task(run(settings, store))
    await until_asked(pair, "returns/search", 3)
    os.kill(os.getpid(), signal.SIGTERM)
    assert await asyncio.wait_for(running, 5) == 0


@pytest.mark.parametrize("meanwhile", ["returns/search", "refundCreate"])
async def test_what_people_ask_for_does_not_wait_for_a_backlog(
    pair: Pair, settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch, meanwhile: str
) -> None:
    """The case that somebody wants to be looked at again is worked on next, though it came last."""
    monkeypatch.setattr(shop_loop, "_LISTEN", 0.001)
    last, written, left = backlog(pair, 60)[-1], list[bool](), list[str]()

    def hear(operation: str, request: Request) -> None:
        if operation == "refundCreate":
            written.append(last in request.body.decode())
        if operation == meanwhile and not left:
            left.append(last)
            store.requests.leave("us", last, command="retry", who="kim", words="", now=pair.clock.now())

    for server in (pair.tiktok_server, pair.shopify_server):
        server.front.faults.before.append(hear)
    running = asyncio.create_task(run(settings, store))
    async with asyncio.timeout(20):
        while True not in written:  # noqa: ASYNC110 - a log, no event
            await asyncio.sleep(0.01)
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(running, 5)
    assert written.index(True) < 30


async def test_a_backlog_does_not_delay_a_poll(pair: Pair, settings: Settings, store: Store) -> None:
    """TikTok is asked again when it is time, with cases still waiting; each is written once in the end."""
    backlog(pair, 60)
    pair.shopify_server.latency = 0.1
    refunds: list[int] = []

    def polled(operation: str, _request: Request) -> None:
        if operation == "returns/search":
            refunds.append(sum(len(order.refunds) for order in pair.shopify.orders))

    pair.tiktok_server.front.faults.before.append(polled)
    leaving = asyncio.Event()
    async with open_shops(settings, store, SystemClock()) as [shop]:
        loop = shop_loop.ShopLoop(shop, timedelta(seconds=1), leaving, Pulse(SystemClock(), 60))
        with timetable([loop], SystemClock()):
            running = asyncio.create_task(loop.run())
            async with asyncio.timeout(30):
                while not refunds or refunds[-1] < 60:  # noqa: ASYNC110 - a log, no event
                    await asyncio.sleep(0.02)
        leaving.set()
        await running
    assert any(0 < count < 60 for count in refunds)
    assert [1] * 60 == [len(order.refunds) for order in pair.shopify.orders]


def backlog(pair: Pair, count: int) -> list[str]:
    """The ids of so many cases that TikTok paid back some minutes ago, one after another."""
    before = pair.clock.now() - timedelta(minutes=5)
    cases = [
        pair.tiktok.add_return(
            pair.sell({"A": "20.00"}).tiktok,
            type="REFUND",
            status=ReturnStatus.COMPLETE,
            created_at=before + timedelta(seconds=number),
        )
        for number in range(count)
    ]
    return [case.return_id for case in cases]


class Nudged(asyncio.Event):
    """An event that knows who set it."""

    by: threading.Thread | None = None

    def set(self) -> None:
        """Remember the thread."""
        self.by = threading.current_thread()
        super().set()


async def test_a_nudge_comes_from_the_loop_itself(settings: Settings, store: Store) -> None:
    """An event of asyncio that another thread sets wakes nobody up in time."""
    async with open_shops(settings, store, SystemClock()) as [shop]:
        nudge = Nudged()
        loop = shop_loop.ShopLoop(
            shop, timedelta(seconds=1), asyncio.Event(), Pulse(SystemClock(), 60), nudge=nudge
        )
        with timetable([loop], SystemClock()):
            async with asyncio.timeout(10):
                await nudge.wait()

    assert nudge.by is threading.current_thread()


@pytest.fixture
def two(pair: Pair, tmp_path: Path) -> Settings:
    """Two shops that share both stand-ins; the login of one is wrong."""
    start = pair.clock.now() - timedelta(days=1)
    tables = {"sync": {"enabled": True, "poll_interval": "1s", "start_from": start}}
    one = pair.config(tmp_path / "syncd.db", tables=tables)
    other = one[one.index("[shops.us.tiktok]") :].replace("shops.us", "shops.uk")
    other = other.replace(pair.tiktok.app_secret, "of-another-app").replace(
        pair.shopify.domain, "uk.myshopify.com"
    )
    file = tmp_path / "syncd.toml"
    file.write_text(one + other)
    file.chmod(0o600)
    return load(file, {}, None).settings


async def test_a_shop_whose_login_fails_degrades_alone(pair: Pair, two: Settings, store: Store) -> None:
    """The other one polls on, and the daemon does not give up."""
    running = asyncio.create_task(run(two, store))
    await until_asked(pair, "returns/search", 3)
    assert store.shops.progress("us").last_error is None
    assert "app" in (store.shops.progress("uk").last_error or "")
    os.kill(os.getpid(), signal.SIGTERM)
    assert await asyncio.wait_for(running, 5) == 0


async def test_a_shop_that_crashes_stops_no_other(
    pair: Pair, two: Settings, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of the program in one shop's cycle leaves the other one polling."""
    crashes: list[str] = []
    sound = ShopCycle.run

    async def run_or_crash(cycle: ShopCycle, **how: Any) -> CycleResult:
        if cycle._shop.name == "uk":
            crashes.append("uk")
            raise ZeroDivisionError
        return await sound(cycle, **how)

    monkeypatch.setattr(supervisor, "_WATCH", 0.05)
    monkeypatch.setattr(supervisor, "_FIRST_PAUSE", 0.05)
    monkeypatch.setattr(ShopCycle, "run", run_or_crash)
    running = asyncio.create_task(run(two, store))
    await until_asked(pair, "returns/search", 3)
    assert len(crashes) > 1
    os.kill(os.getpid(), signal.SIGTERM)
    assert await asyncio.wait_for(running, 5) == 0


async def test_a_reload_that_fails_late_is_refused_too(
    pair: Pair, settings: Settings, store: Store, tmp_path: Path
) -> None:
    """A file of authorities without a certificate is found out when it is used: the old settings go on."""
    (tmp_path / "ca.pem").write_text("nothing")
    network = settings.network.model_copy(update={"ca_file": str(tmp_path / "ca.pem")})
    wrong = Loaded(settings.model_copy(update={"network": network}), tmp_path, ())
    with capture_logs() as lines:
        running = asyncio.create_task(daemon.run(settings, store, SystemClock(), reload=lambda: wrong))
        await until_asked(pair, "returns/search")
        os.kill(os.getpid(), signal.SIGHUP)
        async with asyncio.timeout(10):
            while "reload_refused" not in [line["event"] for line in lines]:  # noqa: ASYNC110 - a log, no event
                await asyncio.sleep(0.01)
        before = len(pair.tiktok.calls)
        async with asyncio.timeout(10):
            while len(pair.tiktok.calls) == before:  # noqa: ASYNC110 - a log, no event
                await asyncio.sleep(0.01)
        os.kill(os.getpid(), signal.SIGTERM)
        assert await asyncio.wait_for(running, 5) == 0
    assert "reload_done" not in [line["event"] for line in lines]


async def test_what_is_old_is_forgotten_while_it_runs(
    settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What [store] keep says, some of it after each cycle and now and then."""
    monkeypatch.setattr(housekeeping, "_LATEST", 0.01)
    monkeypatch.setattr(housekeeping, "_REST", 0.01)
    for age in (settings.store.keep + timedelta(days=1), settings.store.keep - timedelta(days=1)):
        at = SystemClock().now() - age
        asked = store.requests.leave("us", "1", command="retry", who="kim", words="", now=at)
        store.requests.done(asked, at)
    running = asyncio.create_task(run(settings, store))
    async with asyncio.timeout(10):
        while pruned_at(store.database) is None:  # noqa: ASYNC110 - a row, no event
            await asyncio.sleep(0.01)
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(running, 5)
    assert [row["id"] for row in store.database.rows("SELECT id FROM requests")] == [2]


async def test_no_task_is_left_behind(pair: Pair, settings: Settings, store: Store) -> None:
    """After any number of polls and of reloads as many tasks run as at the start."""
    quick = settings.shops["us"].sync.model_copy(update={"poll_interval": timedelta(seconds=1)})
    us = settings.shops["us"].model_copy(update={"sync": quick})
    turns = iter(range(1, 10_000))

    def reload() -> Loaded:
        guard = us.guard.model_copy(update={"max_refunds_per_day": next(turns)})
        return Loaded(
            settings.model_copy(update={"shops": {"us": us.model_copy(update={"guard": guard})}}), Path(), ()
        )

    def names() -> list[str]:
        """Of tasks that are not the stand-ins': these answer from the same loop."""
        found = [getattr(task.get_coro(), "__qualname__", "") for task in asyncio.all_tasks()]
        return sorted(name for name in found if not name.startswith(("RequestHandler", "Event.wait")))

    async def at_rest() -> list[str]:
        seen = []
        for _ in range(20):
            seen.append(names())
            await asyncio.sleep(0.02)
        return min(seen, key=len)

    running = asyncio.create_task(daemon.run(settings, store, SystemClock(), reload=reload))
    await until_asked(pair, "returns/search", 2)
    before = await at_rest()
    for _ in range(5):
        asked = [call.operation for call in pair.tiktok.calls].count("returns/search")
        os.kill(os.getpid(), signal.SIGHUP)
        await until_asked(pair, "returns/search", asked + 2)
    assert await at_rest() == before
    os.kill(os.getpid(), signal.SIGTERM)
    assert await asyncio.wait_for(running, 5) == 0


async def test_a_backlog_is_worked_off_without_waiting_for_the_next_poll(
    pair: Pair, settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Part after part."""
    monkeypatch.setattr(shop_loop, "MOST_PER_CYCLE", 1)
    before = pair.clock.now() - timedelta(minutes=5)
    for _ in range(4):
        sold = pair.sell({"A": "20.00"})
        pair.tiktok.add_return(sold.tiktok, type="REFUND", status=ReturnStatus.COMPLETE, created_at=before)
    running = asyncio.create_task(run(settings, store))
    async with asyncio.timeout(20):
        while sum(len(order.refunds) for order in pair.shopify.orders) < 4:  # noqa: ASYNC110 - orders, no event
            await asyncio.sleep(0.02)
    os.kill(os.getpid(), signal.SIGTERM)
    assert await asyncio.wait_for(running, 5) == 0
    assert [call.operation for call in pair.tiktok.calls].count("returns/search") < 4
