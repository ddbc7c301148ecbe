"""Chores beside the shops' work."""

import asyncio

import pytest

from syncd.errors import StoreTrouble
from syncd.sandbox.clock import HandClock
from syncd.service import housekeeping
from syncd.service.housekeeping import Housekeeping
from syncd.sync.cycle import CycleResult


async def test_a_round_after_a_cycle_and_now_and_then_without_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shop that never ends a cycle must not keep the chores from being done."""
    rounds = asyncio.Queue[int]()

    async def chore() -> None:
        rounds.put_nowait(1)

    monkeypatch.setattr(housekeeping, "_LATEST", 3600)
    house = Housekeeping(HandClock(), [chore])
    running = asyncio.create_task(house.run())
    house.cycled("us", CycleResult(), 0.1)
    await asyncio.wait_for(rounds.get(), 5)
    monkeypatch.setattr(housekeeping, "_LATEST", 0.01)
    house.cycled("us", CycleResult(), 0.1)
    for _ in range(3):
        await asyncio.wait_for(rounds.get(), 5)
    running.cancel()


async def test_a_chore_that_fails_stops_no_other() -> None:
    """It is told, and the next one is done."""
    done: list[str] = []

    async def broken() -> None:
        raise ZeroDivisionError

    async def good() -> None:
        done.append("good")

    await Housekeeping(HandClock(), [broken, good]).round()
    assert done == ["good"]


async def test_a_store_in_trouble_is_no_mere_chore() -> None:
    """The daemon must not go on without a store."""

    async def disk_full() -> None:
        raise StoreTrouble("disk full")

    with pytest.raises(StoreTrouble):
        await Housekeeping(HandClock(), [disk_full]).round()
