"""When an unknown outcome may be looked at: after it has settled, whatever clocks and freezes do."""

from datetime import timedelta

import pytest

from syncd.model.cases import State
from syncd.sandbox.faults import Fault, FaultKind, When
from syncd.sandbox.http import Request
from syncd.sandbox.tiktok.world import SandboxReturn
from syncd.sync.cycle import ShopCycle
from tests.sync.world import SETTLE, World

HOUR = timedelta(hours=1)


async def test_a_process_that_froze_while_sending_settles_from_its_waking(world: World) -> None:
    """Its bytes leave when it wakes, long after it noted that it sends; they land a moment later."""
    world.pair.shopify.switches.keys_ignored = True
    case = world.refund()

    frozen: list[bool] = []

    def freeze(operation: str, _request: Request) -> None:
        if operation == "refundCreate" and not frozen:
            frozen.append(True)
            world.clock.advance(HOUR)
            world.faults.add(Fault(FaultKind.RESET, "refundCreate", When.LATE, seconds=SETTLE - 1))

    world.faults.before.append(freeze)
    await world.cycle()
    await world.cycle()
    world.clock.advance(SETTLE)
    world.pair.shopify_server.front.settle()

    await world.until_quiet()

    world.assert_exactly_once(case)


async def in_doubt(world: World, cycle: ShopCycle) -> SandboxReturn:
    """A refund on its way, of which the sender knows nothing; Shopify ignores its key."""
    world.faults.add(Fault(FaultKind.CLOSE, "refundCreate", When.LATE, seconds=SETTLE - 1))
    world.pair.shopify.switches.keys_ignored = True
    case = world.refund()
    await cycle.run()
    return case


async def test_a_clock_that_is_set_forward_makes_no_outcome_settle_sooner(world: World) -> None:
    """The process that sent it knows by the clock that nobody sets."""
    async with world.running() as cycle:
        case = await in_doubt(world, cycle)
        world.own_clock.offset = timedelta(seconds=20)
        await cycle.run(polling=False)
        for _ in range(2):
            world.clock.advance(60)
            await cycle.run(polling=False)
    world.pair.shopify_server.front.settle()

    world.assert_exactly_once(case)
    assert 1 == len(world.pair.shopify.writes("refundCreate"))


@pytest.mark.parametrize("restarted", [True, False])
async def test_a_clock_that_is_set_back_leaves_nothing_waiting(world: World, restarted: bool) -> None:
    """A wait that only a wrong clock can ask for begins anew, also in the next process."""
    async with world.running() as cycle:
        case = await in_doubt(world, cycle)
        world.own_clock.offset = timedelta(seconds=-280)
        if not restarted:
            await cycle.run(polling=False)
            world.clock.advance(60)
            await cycle.run(polling=False)
    if restarted:
        await world.cycle()
        world.clock.advance(60)
        await world.cycle()

    world.assert_exactly_once(case)
    assert [State.SYNCED] == [one.state for one in world.cases()]


async def test_a_year_that_a_clock_was_ahead_keeps_no_case_waiting(world: World) -> None:
    """What was put off by the wrong clock is looked at as soon as it is right again."""
    world.refund(world.pair.sell({"SHIRT": "20.00"}, tags=("not imported yet",)))
    async with world.running() as cycle:
        await cycle.run()
        world.own_clock.offset = timedelta(days=365)
        await cycle.run()
        world.own_clock.offset = timedelta()
        await cycle.run()
        searches = len(world.pair.shopify.calls)
        world.clock.advance(timedelta(minutes=20))
        await cycle.run()

    assert searches < len(world.pair.shopify.calls)
