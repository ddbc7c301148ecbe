"""Holds, end to end: what ends them. How each is reached: tests/sync/test_every_reason.py."""

from syncd.model.cases import State
from syncd.model.reasons import Reason
from syncd.sandbox.faults import Fault, FaultKind
from syncd.sandbox.http import json_reply
from syncd.sandbox.shopify.build import OrderLine
from syncd.sandbox.tiktok.world import Paid
from tests.sync.world import World


async def test_an_amount_with_fractions_of_a_cent_is_held(world: World) -> None:
    """Nothing is rounded, and nothing is written."""
    row = dict(world.pair.tiktok.row_of(world.refund()))
    row["refund_amount"] = {"currency": "USD", "refund_total": "20.005"}
    page = {"code": 0, "data": {"return_orders": [row], "next_page_token": ""}}
    fault = Fault(FaultKind.REPLY, "returns/search", reply=json_reply(page), times=9)
    world.pair.tiktok_server.front.faults.add(fault)

    await world.cycle()

    assert [(State.HELD, Reason.AMOUNT_MISSING)] == [(case.state, case.reason) for case in world.cases()]
    assert [] == world.pair.shopify.writes()


async def test_a_hold_that_heals_goes_on_by_itself(world: World) -> None:
    """The order is fulfilled later; nobody has to type anything."""
    sold = world.pair.sell({"SHIRT": "20.00"}, fulfilled=False)
    world.return_(sold=sold)
    await world.cycle()
    world.pair.shopify.ship(sold.shopify, SHIRT=1)
    world.clock.advance(7 * 3600)

    await world.cycle()

    world.assert_exactly_once()


async def test_a_late_import_is_found_by_itself(world: World) -> None:
    """The wait for the order ends when the connector is done."""
    sold = world.pair.sell({"SHIRT": "20.00"}, tags=("other",))
    world.refund(sold)
    await world.cycle()
    order = world.pair.imported(sold.tiktok, [OrderLine("SHIRT", 1, 2000)])
    world.clock.advance(3600)

    await world.cycle()

    assert [2000] == [refund.total_refunded for refund in order.refunds]


async def test_a_held_case_goes_on_when_tiktok_says_something_new(world: World) -> None:
    """News from TikTok are a reason to look again."""
    case = world.refund(total="90.00")
    await world.cycle()
    world.clock.advance(60)
    world.pair.tiktok.advance(case, paid=Paid("20.00"))

    await world.cycle()

    world.assert_exactly_once()


async def test_a_held_case_is_looked_at_again_when_the_settings_change(world: World) -> None:
    """The merchant allows the gateway; nothing else has to be typed."""
    world.refund(world.pair.sell({"SHIRT": "20.00"}, gateway="Invented", manual_gateway=False))
    await world.cycle()
    calls = len(world.pair.shopify.calls)
    await world.cycle()
    assert calls == len(world.pair.shopify.calls)

    world.tables = {"shops.us.shopify": {"allowed_gateways": ["invented"]}}
    await world.cycle()

    world.assert_exactly_once()
