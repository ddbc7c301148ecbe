"""A store with few points: other apps take them, or its plan has no more."""

import pytest

from syncd.model.cases import ReturnStatus
from tests.sync.world import SETTLE, World


@pytest.fixture
def world(world: World) -> World:
    """A bucket that is filled more slowly than a claim runs out: to write a return takes 27 seconds."""
    switches = world.pair.shopify.switches
    switches.bucket_size, switches.restore_rate = 120.0, 2.0
    assert 54 / switches.restore_rate > 2 * SETTLE
    return world


async def test_a_claim_is_taken_once_there_are_points_for_what_it_protects(world: World) -> None:
    """It would run out while the points are waited for, in every cycle anew."""
    case = world.return_(ReturnStatus.BUYER_SHIPPED_ITEM)
    await world.until_quiet()
    world.pair.tiktok.advance(case, ReturnStatus.COMPLETE)
    world.pair.shopify.bucket.empty()
    result = await world.cycle()
    assert result.written == 1
    world.assert_exactly_once()
