"""What happens on both sides in the play that a released version was recorded in; every version can be in it.

The stand-ins give the same ids each time, so that a test can set the stage again for a later version.
"""

import asyncio
from datetime import timedelta

from syncd.model.cases import ReturnStatus, ReturnType
from syncd.sandbox.faults import When
from tests.sync.world import World

CASES = (
    "refunded",
    "part refunded, archived",
    "came back",
    "on its way",
    "too much",
    "before the start",
    "never imported",
    "answer lost",
    "request lost",
)
"""The cases in the order in which they are opened."""


def set_stage(world: World) -> list[str]:
    """Everything that TikTok tells, and the orders in Shopify; the ids of the cases."""
    pair, tiktok = world.pair, world.pair.tiktok
    archived = pair.sell({"SHIRT": "20.00"}, archived=True)
    old = pair.sell({"SHIRT": "20.00"})
    lost = tiktok.add_order([], shipping="0", currency="USD")
    long_ago = world.clock.now() - timedelta(days=2)
    cases = [
        world.refund(),
        world.refund(archived, total="3.50"),
        world.return_(),
        world.return_(ReturnStatus.AWAITING_BUYER_SHIP),
        world.refund(total="50.00"),
        tiktok.add_return(
            old.tiktok,
            1,
            type=ReturnType.REFUND,
            status=ReturnStatus.COMPLETE,
            created_at=long_ago,
            updated_at=long_ago,
        ),
        tiktok.add_return(
            lost, (), type=ReturnType.REFUND, status=ReturnStatus.COMPLETE, refund_total="9.00"
        ),
    ]
    return [case.return_id for case in cases]


def play(world: World) -> None:
    """Let the program carry it over; of two refunds no answer comes, though one is made."""
    world.tables["shops.us.shopify"] = {"concurrency": 1}
    set_stage(world)
    asyncio.run(world.until_quiet(cycles=3))
    end(world)
    for when in (When.AFTER, When.BEFORE):
        world.faults.add(world.lost("refundCreate", when))
    asyncio.run(world.cycle())


def end(world: World) -> list[str]:
    """The last two cases; their ids."""
    world.clock.advance(60)
    return [world.refund().return_id for _ in range(2)]
