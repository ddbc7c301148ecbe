"""What a quiet cycle, and what the daemon does beside it, asks of the store costs no more with more cases."""

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from syncd.service.alerts.conditions import conditions
from syncd.service.alerts.watch import Seen
from syncd.service.requests import carry_out
from syncd.service.status_line import StatusLine
from syncd.sync.cycle import ShopCycle
from syncd.sync.shop import Shop
from tests.sync.world import World

_STEP = 10
"""Instructions of SQLite's machine that are counted at a time."""


@dataclass(slots=True)
class Steps:
    """What was asked of SQLite costs it so many instructions."""

    count: int = 0

    def more(self) -> None:
        """Some more of them."""
        self.count += _STEP


@contextmanager
def counted(connection: sqlite3.Connection) -> Iterator[Steps]:
    """Count meanwhile."""
    steps = Steps()
    connection.set_progress_handler(steps.more, _STEP)
    try:
        yield steps
    finally:
        connection.set_progress_handler(None, _STEP)


@dataclass(slots=True)
class Quiet:
    """A shop in which everything is settled, with its cycles."""

    world: World
    shop: Shop
    cycle: ShopCycle

    def multiply(self, times: int) -> None:
        """So many more cases like the settled one."""
        database = self.shop.store.database
        names = [str(row["name"]) for row in database.rows("SELECT name FROM pragma_table_info('cases')")]
        values = ["case_id || '-' || n" if name == "case_id" else name for name in names]
        database.execute(
            f"INSERT INTO cases ({', '.join(names)}) SELECT {', '.join(values)} FROM cases,"  # noqa: S608
            " (WITH RECURSIVE up (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM up WHERE n < ?)"
            " SELECT n FROM up)",
            (times,),
        )

    async def round(self) -> None:
        """One cycle, and what follows it."""
        self.world.clock.advance(300)
        now, store, settings = self.world.clock.now(), self.shop.store, self.world.settings()
        assert carry_out(store, "us", now) == []
        result = await self.cycle.run()
        assert (result.ok, result.changed, result.written) == (True, 0, 0)
        await StatusLine(store, self.world.clock).told(settings)
        assert list(conditions(store, settings, {"us": Seen(now)}, {"us": True}, now)) == [{}]

    async def steps(self) -> int:
        """What a round costs SQLite."""
        with counted(self.shop.store.database._connection) as steps:
            await self.round()
        return steps.count


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Both stand-ins, answering."""
    world = World(tmp_path)
    with world.pair.serving():
        yield world


@pytest.fixture
async def quiet(world: World) -> AsyncIterator[Quiet]:
    """A shop whose one case is written and looked at no more."""
    world.refund()
    await world.until_quiet()
    async with world.opened() as shop:
        shop.store.database.execute("UPDATE cases SET due_at = NULL, verify_at = NULL, read_again_at = NULL")
        one = Quiet(world, shop, ShopCycle(shop))
        for _ in range(2):
            await one.round()
        yield one


async def test_settled_cases_cost_a_quiet_cycle_nothing(quiet: Quiet) -> None:
    """Three thousand more of them are not so much as counted."""
    before = await quiet.steps()
    quiet.multiply(3000)
    after = await quiet.steps()
    assert before > 100
    assert after - before < 300


def test_what_is_counted_is_noticed(quiet: Quiet) -> None:
    """Otherwise the test above would prove nothing: counting them all takes more steps than there are."""
    quiet.multiply(3000)
    with counted(quiet.shop.store.database._connection) as steps:
        quiet.shop.store.cases.counts("us")
    assert steps.count > 3000
