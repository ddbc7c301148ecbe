"""Gathering: one broken order concerns its own case only, and a pair is not believed for ever."""

from datetime import timedelta

from syncd.model.cases import ReturnStatus, State
from syncd.sandbox.faults import Fault, FaultKind
from syncd.sandbox.http import Request, json_reply
from syncd.sandbox.shopify.build import OrderLine
from tests.sync.world import World


async def test_an_order_that_was_imported_anew_is_found(world: World) -> None:
    """The old one is gone; the remembered pair does not hide the new one."""
    sold = world.pair.sell({"SHIRT": "20.00"})
    case = world.return_(ReturnStatus.AWAITING_BUYER_SHIP, sold=sold)
    await world.cycle()
    del world.pair.shopify.world.orders[sold.shopify.id]
    world.pair.shopify.world._objects.pop(sold.shopify.id)
    order = world.pair.imported(sold.tiktok, [OrderLine("SHIRT", 1, 2000)])
    world.pair.tiktok.advance(case, ReturnStatus.COMPLETE)

    for _ in range(3):
        world.clock.advance(timedelta(hours=7).total_seconds())
        await world.cycle()

    assert [20_00] == [refund.total_refunded for refund in order.refunds]


async def test_a_tiktok_order_that_cannot_be_read_holds_up_only_its_own_case(world: World) -> None:
    """The others are written; this one is tried again."""
    good, bad = world.refund(), world.refund()
    bad_id = world.agreed[bad.return_id][1].tiktok.order_id
    broken = json_reply({"code": 0, "message": "", "data": {"orders": [{"id": bad_id}]}})

    def spoil(operation: str, request: Request) -> None:
        if operation == "orders" and bad_id in request.argument("ids"):
            world.pair.tiktok_server.front.faults.add(Fault(FaultKind.REPLY, "orders", reply=broken))

    world.pair.tiktok_server.front.faults.before.append(spoil)
    await world.cycle()
    states = {case.case_id: case.state for case in world.cases()}
    world.pair.tiktok_server.front.faults.before.clear()
    await world.until_quiet()

    assert State.SYNCED is states[good.return_id]
    assert State.SYNCED is not states[bad.return_id]
    world.assert_exactly_once()
