"""Ceilings in a running world: the rest waits, and is written when there is room."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from syncd.model.cases import State
from syncd.model.reasons import Reason
from syncd.service.decisions import Command
from tests.sync.world import SETTLE, World, rule

GUARD = {"settle": f"{SETTLE}s"}
DAY = 24 * 3600


def states(world: World) -> list[tuple[str, str | None]]:
    """Where the cases stand and why, in order."""
    return sorted((case.state.value, case.reason) for case in world.cases())


@pytest.mark.parametrize(
    "guard", [{"max_refunds_per_day": 2}, {"max_refunded_per_day": {"USD": "45.00"}}], ids=["count", "sum"]
)
async def test_what_is_too_much_for_today_is_written_tomorrow(world: World, guard: dict[str, object]) -> None:
    """The case tells why it waits, and needs nobody."""
    world.tables = {"guard": GUARD | guard}
    for _ in range(3):
        world.refund()

    first = await world.cycle()
    again = await world.cycle()
    waiting = states(world)
    world.clock.advance(DAY)
    tomorrow = await world.cycle()

    assert [(2, 1), (0, 1), (1, 0)] == [(r.written, r.deferred) for r in (first, again, tomorrow)]
    assert (State.DUE.value, Reason.DAY_CEILING.value) in waiting
    world.assert_exactly_once()


async def test_a_retry_writes_it_today_once_the_ceiling_is_raised(world: World) -> None:
    """As the hint says."""
    world.tables = {"guard": GUARD | {"max_refunds_per_day": 1}}
    for _ in range(2):
        world.refund()
    await world.cycle()
    world.tables = {"guard": GUARD | {"max_refunds_per_day": 2}}
    rule(world, Command.RETRY)

    await world.cycle()

    world.assert_exactly_once()


async def test_days_are_those_of_the_shopify_shop(world: World) -> None:
    """Its midnight is when the rest is due."""
    world.tables = {"guard": GUARD | {"max_refunds_per_day": 1}}
    world.refund()
    world.refund()

    await world.cycle()

    [waiting] = [case for case in world.cases() if case.state is State.DUE]
    midnight = datetime(2026, 11, 3, tzinfo=ZoneInfo("America/New_York"))
    assert midnight.astimezone(UTC) == waiting.due_at


async def test_what_was_sent_today_counts_after_a_restart(world: World) -> None:
    """The count is in the store, not in the process."""
    world.tables = {"guard": GUARD | {"max_refunds_per_day": 1}}
    world.refund()
    await world.cycle()
    world.clock.advance(60)
    world.refund()

    result = await world.cycle()

    assert (0, 1) == (result.written, result.deferred)


async def test_a_lost_answer_is_settled_though_the_day_is_full(world: World) -> None:
    """It was set apart when it was first sent."""
    world.tables = {"guard": GUARD | {"max_refunds_per_day": 1}}
    world.faults.add(world.lost("refundCreate"))
    world.refund()
    await world.cycle()
    world.clock.advance(60)

    await world.cycle()

    world.assert_exactly_once()


async def test_a_refund_above_the_ceiling_of_a_day_is_held(world: World) -> None:
    """It would wait for a tomorrow that never comes."""
    world.tables = {"guard": GUARD | {"max_refunded_per_day": {"USD": "15.00"}}}
    world.refund()
    await world.cycle()
    held = states(world)

    world.tables = {"guard": GUARD | {"max_refunded_per_day": {"USD": "25.00"}}}
    await world.cycle()

    assert [(State.HELD.value, Reason.OVER_CEILING.value)] == held
    world.assert_exactly_once()
