"""Forgetting with age: once a day, some at a time, and never what protects against a second refund."""

import asyncio
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st

from syncd.model.cases import ReturnStatus, ReturnType
from syncd.report.audit import HARM
from syncd.sandbox.clock import HandClock
from syncd.sandbox.faults import Fault, FaultKind, When
from syncd.sandbox.tiktok.world import SandboxReturn
from syncd.service import retention
from syncd.service.retention import Retention
from syncd.store.database import Database
from syncd.store.store import Store
from syncd.tiktok.wire import snapshot_from
from tests.campaign.disks.world import QuickWorld
from tests.campaign.place import quick_folder

DAY = timedelta(days=1)


@pytest.fixture
def store() -> Iterator[Store]:
    """An empty store."""
    with closing(Store.over(Database.in_memory(), snapshot_from)) as store:
        yield store


def ask(store: Store, clock: HandClock, times: int) -> None:
    """Leave requests that are answered at once."""
    for _ in range(times):
        asked = store.requests.leave("us", "1", command="retry", who="kim", words="", now=clock.now())
        store.requests.done(asked, clock.now())


def left(store: Store) -> int:
    """How many requests there are."""
    return len(store.database.rows("SELECT id FROM requests"))


async def tidy(retention: Retention, times: int) -> None:
    """After so many cycles."""
    for _ in range(times):
        await retention.tidy()


async def test_one_batch_after_a_cycle(
    store: Store, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cycle waits for a batch at most; the next one is done after the next cycle."""
    monkeypatch.setattr(retention, "_BATCH", 10)
    ask(store, clock, 25)
    clock.advance(2 * DAY)
    keeper = Retention(store.database, clock, DAY)
    await tidy(keeper, 3)  # of the tables before
    counts = []
    for _ in range(3):
        await keeper.tidy()
        counts.append(left(store))
    assert counts == [15, 5, 0]


async def test_once_a_day(store: Store, clock: HandClock) -> None:
    """What becomes old meanwhile is forgotten the next day, also by a process that was started since."""
    keeper = Retention(store.database, clock, DAY)
    await tidy(keeper, 10)
    ask(store, clock, 1)
    clock.advance(DAY - timedelta(minutes=1))
    await tidy(keeper, 10)
    clock.advance(timedelta(minutes=2))
    await tidy(Retention(store.database, clock, DAY), 10)
    assert left(store) == 0
    ask(store, clock, 1)
    clock.advance(DAY - timedelta(minutes=1))
    await tidy(Retention(store.database, clock, timedelta(hours=1)), 10)
    assert left(store) == 1
    clock.advance(timedelta(minutes=1))
    await tidy(keeper, 10)
    assert left(store) == 1  # a day old, and no more


async def test_a_clock_that_was_set_back(store: Store, clock: HandClock) -> None:
    """Does not put the next pass off for years."""
    clock.advance(1000 * DAY)
    keeper = Retention(store.database, clock, DAY)
    await tidy(keeper, 10)
    clock.advance(-1000 * DAY)
    ask(store, clock, 1)
    clock.advance(2 * DAY)
    await tidy(keeper, 10)
    assert left(store) == 0


async def test_it_is_told(store: Store, clock: HandClock) -> None:
    """How many rows went; a day on which none did is not worth a line."""
    keeper = Retention(store.database, clock, DAY)
    ask(store, clock, 3)
    with structlog.testing.capture_logs() as lines:
        await tidy(keeper, 10)
        clock.advance(2 * DAY)
        await tidy(keeper, 10)
    assert [(line["event"], line["rows"]) for line in lines] == [("store_pruned", 3)]


# Nothing is refunded twice


def prune(path: Path, world: QuickWorld) -> None:
    """All that is older than a day."""
    with closing(Store.write(path, snapshot_from)) as store:
        asyncio.run(tidy(Retention(store.database, world.own_clock, DAY), 20))


TOUCHED, CHANGED, WITHDRAWN, REOPENED = "touched", "changed", "withdrawn", "reopened"
DEEDS = st.sampled_from([TOUCHED, CHANGED, WITHDRAWN, REOPENED])


def do(world: QuickWorld, case: SandboxReturn, deed: str, number: int) -> None:
    """TikTok tells of an old case again."""
    latest = world.pair.tiktok.returns.latest(case.return_id)
    news: dict[str, Any] = {"extra": {"role": f"x{number}"}}
    status = latest.status
    if deed == CHANGED and status != ReturnStatus.COMPLETE:
        news["type"] = ReturnType.REFUND
    if deed == WITHDRAWN and status != ReturnStatus.COMPLETE:
        status = ReturnStatus.REJECTED
    if deed == REOPENED and status == ReturnStatus.REJECTED:
        status = ReturnStatus.COMPLETE
    world.pair.tiktok.advance(latest, status, **news)


FAULTS = st.sampled_from([None, None, When.BEFORE, When.AFTER])
DAYS = st.integers(1, 59)


@settings(max_examples=30)
@given(
    deeds=st.lists(st.tuples(DEEDS, st.integers(0, 3), DAYS, FAULTS), min_size=1, max_size=6),
    end=st.sampled_from(["kept", "lost", "an old copy"]),
    auto_restock=st.booleans(),
)
def test_whatever_comes_again_after_a_pruning_is_refunded_once(
    deeds: list[tuple[str, int, int, When | None]], end: str, *, auto_restock: bool
) -> None:
    """Cases at rest are touched, changed, reopened within 60 days; answers and stores are lost."""
    with quick_folder() as folder:
        world = QuickWorld(folder, auto_restock=auto_restock)
        world.pair.shopify.switches.keys_ignored = True
        sold = world.pair.sell({"SHIRT": "20.00"}, quantity=2, archived=True)
        cases = [
            world.refund(sold, total="3.50"),
            world.return_(),
            world.return_(ReturnStatus.AWAITING_BUYER_SHIP),
            world.return_(ReturnStatus.REJECTED),
        ]
        path = folder / "syncd.db"
        asyncio.run(world.until_quiet())
        before = {case.case_id for case in world.cases()}
        copy = path.read_bytes()
        for number, (deed, which, days, lost) in enumerate(deeds):
            world.clock.advance(days * DAY)
            asyncio.run(world.until_quiet())
            prune(path, world)
            do(world, cases[which], deed, number)
            if lost:
                world.faults.add(Fault(FaultKind.RESET, "refundCreate", lost))
            world.clock.advance(60)
            asyncio.run(world.until_quiet())
            world.faults.clear()
        if end != "kept":
            path.unlink()
        if end == "an old copy":
            path.write_bytes(copy)
        asyncio.run(world.until_quiet())
        assert [f for f in world.findings() if any(f" {kind}:" in f for kind in HARM)] == []
        assert {case.case_id for case in world.cases()} == before
