"""A backlog is worked off in parts, and gives way to news and to what people ask for."""

import pytest

from syncd.sync.cycle import CycleResult, ShopCycle
from tests.sync.world import World


async def slices(cycle: ShopCycle) -> list[CycleResult]:
    """One cycle and all that go on with it."""
    results = [await cycle.run()]
    while results[-1].more:
        results.append(await cycle.run(polling=False, going_on=True))
    return results


async def test_the_rest_is_left_for_the_cycle_that_goes_on(world: World) -> None:
    """Until nothing is left; each case is written once."""
    for _ in range(5):
        world.refund()
        world.clock.advance(1)
    async with world.opened() as shop:
        results = await slices(ShopCycle(shop, 2))

    assert [2, 2, 1] == [result.written for result in results]
    world.assert_exactly_once()


async def test_the_ceiling_of_a_cycle_counts_them_together(world: World) -> None:
    """What is above it waits for the next poll, and nothing goes on for it."""
    for _ in range(5):
        world.refund()
        world.clock.advance(1)
    world.tables["guard"] = {"max_refunds_per_cycle": 3}
    async with world.opened() as shop:
        cycle = ShopCycle(shop, 2)
        assert [2, 1] == [result.written for result in await slices(cycle)]
        assert [2] == [result.written for result in await slices(cycle)]
    world.assert_exactly_once()


async def test_what_a_person_asked_for_comes_first(world: World) -> None:
    """However many are older."""
    cases = []
    for _ in range(4):
        cases.append(world.refund())
        world.clock.advance(1)
    async with world.opened() as shop:
        await ShopCycle(shop, 1).run(first={cases[-1].return_id})

    assert [0, 0, 0, 1] == [len(world.refunds_of(case)) for case in cases]


@pytest.mark.parametrize("asked", [0, 1, 3])
async def test_a_backlog_gives_way_to_what_people_ask_for(world: World, asked: int) -> None:
    """One at least comes to its end, and so does all that was asked for before; the rest is left."""
    cases = []
    for _ in range(6):
        cases.append(world.refund())
        world.clock.advance(1)
    world.tables["shops.us.shopify"] = {"concurrency": 1}
    first = {case.return_id for case in cases[6 - asked :]}
    async with world.opened() as shop:
        cycle = ShopCycle(shop)
        world.faults.before.append(lambda *_: cycle.give_way())
        interrupted = await cycle.run(first=first)
        world.faults.before.clear()
        rest = await slices(cycle)

    done = max(asked, 1)
    assert (interrupted.written, interrupted.more) == (done, True)
    assert [6 - done] == [result.written for result in rest]
    world.assert_exactly_once()


async def test_polls_that_take_longer_than_their_interval_leave_room_for_work(world: World) -> None:
    """That it is time to poll again while TikTok is still being asked keeps nothing from being written."""
    for _ in range(3):
        world.refund()
    async with world.opened() as shop:
        cycle = ShopCycle(shop)
        world.pair.tiktok_server.front.faults.before.append(
            lambda operation, _request: cycle.give_way() if operation.endswith("/search") else None
        )
        result = await cycle.run()

    assert (result.written, result.more) == (3, False)


async def test_a_side_that_is_away_ends_it(world: World) -> None:
    """Nothing goes on while others would fare the same."""
    for _ in range(3):
        world.refund()
    world.pair.shopify.tokens.installed = False
    async with world.opened() as shop:
        result = await ShopCycle(shop, 1).run()

    assert result.errors
    assert not result.more
