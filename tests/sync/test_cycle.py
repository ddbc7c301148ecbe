"""Whole cycles, as they go when nothing is wrong."""

import json

import pytest

from syncd.errors import MissingScope
from syncd.model.cases import ReturnStatus, ReturnType, State
from syncd.sandbox.faults import Fault, FaultKind
from syncd.sandbox.http import Request
from syncd.sandbox.shopify.access import ALL_SCOPES
from syncd.sandbox.tiktok.world import TikTokSale
from tests.sync.world import World


async def test_a_refund_is_written_once_with_its_shipping(world: World) -> None:
    """TikTok's total, its shipping part inside, the unit off the order, nothing restocked."""
    sold = world.pair.sell({"SHIRT": "20.47"}, shipping=799)
    case = world.refund(sold, total="28.46", shipping="7.99")

    result = await world.cycle()

    assert (1, 1, 0, ()) == (result.polled, result.written, result.deferred, result.errors)
    world.assert_exactly_once()
    refund = world.refunds_of(case)[0]
    assert 799 == sum(line.subtotal_amount for line in refund.refund_shipping_lines)
    assert 0 == world.restocked()


async def test_a_return_is_shown_then_processed_restocked_and_closed(world: World) -> None:
    """One Shopify return from approval to the end."""
    case = world.return_(ReturnStatus.AWAITING_BUYER_SHIP)
    await world.cycle()
    order = world.agreed[case.return_id][1].shopify
    assert [("OPEN", 0)] == [(r.status, len(order.refunds)) for r in order.returns]

    world.clock.advance(600)
    world.pair.tiktok.advance(case, ReturnStatus.BUYER_SHIPPED_ITEM)
    await world.cycle()
    world.pair.tiktok.advance(case, ReturnStatus.COMPLETE)
    await world.cycle()

    world.assert_exactly_once()
    assert ["CLOSED"] == [r.status for r in order.returns]
    assert 1 == world.restocked()


@pytest.mark.parametrize("closes", [True, False])
async def test_it_does_not_matter_whether_shopify_closes_the_return(world: World, closes: bool) -> None:
    """Both answers to what is not known about returnProcess end alike."""
    world.pair.shopify.switches.return_closes_after_processing = closes
    case = world.return_()

    await world.cycle()

    world.assert_exactly_once()
    assert ["CLOSED"] == [r.status for r in world.agreed[case.return_id][1].shopify.returns]
    assert 1 == world.restocked()


async def test_everything_settled_costs_one_search_on_tiktok_and_nothing_on_shopify(world: World) -> None:
    """A quiet cycle is nearly free."""
    world.refund()
    world.return_()
    await world.cycle()
    tiktok, shopify = len(world.pair.tiktok.calls), len(world.pair.shopify.calls)

    result = await world.cycle()

    assert (0, 0, 0) == (result.changed, result.written, result.deferred)
    assert ["returns/search"] == [call.operation for call in world.pair.tiktok.calls[tiktok:]]
    assert [] == world.pair.shopify.calls[shopify:]


async def test_a_withdrawn_return_is_cancelled_and_a_reopened_one_shown_anew(world: World) -> None:
    """What Shopify shows follows TikTok."""
    case = world.return_(ReturnStatus.AWAITING_BUYER_SHIP)
    order = world.agreed[case.return_id][1].shopify
    for status in (ReturnStatus.REJECTED, ReturnStatus.AWAITING_BUYER_SHIP, ReturnStatus.COMPLETE):
        await world.cycle()
        world.clock.advance(600)
        case = world.pair.tiktok.advance(case, status)
    await world.cycle()

    assert ["CANCELED", "CLOSED"] == [r.status for r in order.returns]
    world.assert_exactly_once()


async def test_what_was_paid_back_before_start_from_is_never_written(world: World) -> None:
    """Also when TikTok touches it later."""
    case = world.refund()
    world.clock.advance(60)
    later = world.clock.now()
    await world.cycle(start_from=later)
    world.clock.advance(60)
    world.pair.tiktok.advance(case, tracking_number="1")

    result = await world.cycle(start_from=later)

    assert (1, 0) == (result.changed, result.written)
    assert [] == world.pair.shopify.writes()


async def test_disabled_imports_show_no_return(world: World) -> None:
    """With import_returns off the refund itself puts the units back."""
    world.import_returns = False
    case = world.return_()

    await world.cycle()

    order = world.agreed[case.return_id][1].shopify
    assert [] == order.returns
    assert ["RETURN"] == [line.restock_type for line in order.refunds[0].refund_line_items]
    world.assert_exactly_once()


async def test_two_cases_of_one_order_are_worked_one_after_another(world: World) -> None:
    """Both units of one line, each by its own case."""
    sold = world.pair.sell({"SHIRT": "20.00"}, quantity=2)
    lines = sold.tiktok.line_ids
    for line in lines:
        case = world.pair.tiktok.add_return(
            sold.tiktok,
            (line,),
            type=ReturnType.REFUND,
            status=ReturnStatus.COMPLETE,
            refund_total="20.00",
        )
        world.agreed[case.return_id] = (case, sold)

    await world.cycle()

    world.assert_exactly_once()
    assert [1, 1] == [line.quantity for refund in sold.shopify.refunds for line in refund.refund_line_items]


async def test_more_refunds_than_a_cycle_may_send_are_left_for_the_next(world: World) -> None:
    """The rest stays due."""
    world.tables = {"guard": {"settle": "5s", "max_refunds_per_cycle": 2}}
    for _ in range(3):
        world.refund()

    first = await world.cycle()
    second = await world.cycle()

    assert [(2, 1), (1, 0)] == [(first.written, first.deferred), (second.written, second.deferred)]
    assert (first.cycle_ceiling, second.cycle_ceiling) == (True, False)
    world.assert_exactly_once()


async def test_a_dry_run_writes_nothing_and_leaves_the_case_due(world: World) -> None:
    """Nothing but reads reaches Shopify."""
    world.tables = {"guard": {"settle": "5s", "dry_run": True}}
    world.refund()

    result = await world.cycle()

    assert (0, 1, []) == (result.written, result.deferred, world.pair.shopify.writes())


async def test_an_archived_order_is_archived_again(world: World) -> None:
    """A return un-archives it; afterwards it is as before."""
    sold = world.pair.sell({"SHIRT": "20.00"}, archived=True)
    world.return_(sold=sold)
    world.refund(world.pair.sell({"SHIRT": "20.00"}, archived=True))

    await world.cycle()

    world.assert_exactly_once()
    assert [True, True] == [order.closed for order in world.pair.shopify.orders]


async def test_a_side_that_is_down_is_one_error_and_everything_waits(world: World) -> None:
    """Not one line per case, and no case is called written that is not."""
    for _ in range(5):
        world.refund()
    world.faults.add(Fault(FaultKind.STATUS_502, "metafieldsSet", times=50))

    result = await world.cycle()

    assert (1, 0, 5) == (len(result.errors), result.written, result.deferred)
    assert {State.DUE} == {case.state for case in world.cases()}


async def test_a_backlog_of_one_order_stops_where_a_side_is_down(world: World) -> None:
    """What would fare the same is not even tried."""
    sold = world.pair.sell({"SHIRT": "20.00"}, quantity=5)
    for line in sold.tiktok.line_ids:
        world.pair.tiktok.add_return(
            sold.tiktok, (line,), type=ReturnType.REFUND, status=ReturnStatus.COMPLETE, refund_total="20.00"
        )
    world.faults.add(Fault(FaultKind.STATUS_502, "metafieldsSet", times=50))

    await world.cycle()

    assert 1 == sum(call.operation == "metafieldsSet" for call in world.pair.shopify.calls)


async def test_an_archived_order_is_archived_again_when_its_return_is_withdrawn(world: World) -> None:
    """Showing the return had opened it."""
    sold = world.pair.sell({"SHIRT": "20.00"}, archived=True)
    case = world.return_(ReturnStatus.AWAITING_BUYER_SHIP, sold=sold)
    await world.cycle()
    assert not sold.shopify.closed
    world.clock.advance(60)
    world.pair.tiktok.advance(case, ReturnStatus.CANCELLED)

    await world.until_quiet()

    assert sold.shopify.closed


async def test_a_missing_scope_stops_every_case_before_anything_of_it_is_written(world: World) -> None:
    """However many are worked on at the same time; the token is asked for again, but not by each of them."""
    world.pair.shopify.tokens.scopes = ALL_SCOPES - {"write_returns"}
    for _ in range(20):
        world.return_()

    result = await world.cycle()

    assert [MissingScope] == [type(error) for error in result.errors]
    assert [] == world.pair.shopify.writes()
    assert sum(call.operation == "token" for call in world.pair.shopify.calls) <= 2


async def test_cases_of_one_shopify_order_are_worked_one_after_another(world: World) -> None:
    """Also where the connector made one order of several TikTok orders."""
    first = world.pair.sell({"SHIRT": "20.00"}, quantity=2)
    second = world.pair.tiktok.add_order([TikTokSale("SHIRT", "20.00")])
    first.shopify.tags.append(f"TikTokOrderID:{second.order_id}")
    for sold in (first.tiktok, second):
        world.pair.tiktok.add_return(sold, 1, type=ReturnType.REFUND, status=ReturnStatus.COMPLETE)
    at_work: list[str] = []

    def watch(operation: str, request: Request) -> None:
        if operation == "metafieldsSet":
            at_work.append(json.loads(request.body)["variables"]["metafields"][0]["key"])
        if operation == "refundCreate":
            at_work.append(json.loads(request.body)["variables"]["input"]["note"].split()[3])

    world.faults.before.append(watch)

    result = await world.cycle()

    assert 2 == result.written
    assert [f"case_{at_work[1]}", at_work[1], f"case_{at_work[3]}", at_work[3]] == at_work
