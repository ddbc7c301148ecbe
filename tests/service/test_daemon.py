"""The daemon's loop; `tests/e2e/test_daemon.py` runs it as a process."""

import asyncio
import os
import signal
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from syncd.clock import SystemClock
from syncd.config import Loaded, load
from syncd.config.settings import Settings
from syncd.model.cases import ReturnStatus
from syncd.sandbox.faults import Fault, FaultKind
from syncd.sandbox.pair import Pair
from syncd.service import daemon, shop_loop, signals
from syncd.service.build import open_shops
from syncd.service.pulse import Pulse
from syncd.service.refused import Refused
from syncd.service.timetable import timetable
from syncd.store.database import Database
from syncd.store.store import Store
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
        with timetable([loop]):
            async with asyncio.timeout(10):
                await nudge.wait()

    assert nudge.by is threading.current_thread()
