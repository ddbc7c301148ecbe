"""Bad input, end to end: each ends as a hold or a wait with its reason, and nothing is written."""

from collections.abc import Callable

import pytest

from syncd.model.cases import ReturnStatus, ReturnType, State
from syncd.model.reasons import EXPLANATIONS, Reason
from syncd.sandbox.faults import Fault, FaultKind
from syncd.sandbox.http import json_reply
from syncd.sandbox.shopify.build import OrderLine, Sale
from syncd.sandbox.tiktok.world import Paid
from tests.sync.world import World

Story = Callable[[World], object]


def order_missing(world: World) -> None:
    """The connector has not imported it."""
    world.refund(world.pair.sell({"SHIRT": "20.00"}, tags=("other",)))


def order_twice(world: World) -> None:
    """Two connectors imported it."""
    sold = world.pair.sell({"SHIRT": "20.00"})
    world.pair.imported(sold.tiktok, [OrderLine("SHIRT", 1, 2000)])
    world.refund(sold)


def refunded_by_hand(world: World) -> None:
    """Staff were faster."""
    sold = world.pair.sell({"SHIRT": "20.00"})
    world.refund(sold)
    world.pair.shopify.foreign_refund(sold.shopify, amount=2000, units={"SHIRT": 1})


def real_gateway(world: World) -> None:
    """A card was charged."""
    world.refund(world.pair.sell({"SHIRT": "20.00"}, gateway="shopify_payments", manual_gateway=False))


def unpaid(world: World) -> None:
    """Nobody marked it as paid."""
    world.refund(world.pair.sell({"SHIRT": "20.00"}, paid=False))


def too_small(world: World) -> None:
    """The order is worth less than TikTok paid back."""
    world.refund(world.pair.sell({"SHIRT": "10.00"}), total="20.00")


def several_payments(world: World) -> None:
    """None of them equals what the buyer paid."""
    sales = (Sale(1500), Sale(1500))
    world.refund(world.pair.sell({"SHIRT": "20.00"}, sales=sales))


def other_currency(world: World) -> None:
    """TikTok paid dollars, the order is in euros."""
    sold = world.pair.sell({"SHIRT": "20.00"}, tags=("x",))
    world.pair.imported(sold.tiktok, [OrderLine("SHIRT", 1, 2000)], currency="EUR")
    world.refund(sold)


def other_sku(world: World) -> None:
    """The unit is called otherwise in Shopify."""
    sold = world.pair.sell({"SHIRT": "20.00"}, tags=("x",))
    world.pair.imported(sold.tiktok, [OrderLine("TEE", 1, 2000)])
    world.refund(sold)


def two_prices(world: World) -> None:
    """The SKU stands on two lines with different prices."""
    sold = world.pair.sell({"SHIRT": "20.00"}, tags=("x",))
    world.pair.imported(sold.tiktok, [OrderLine("SHIRT", 1, 2000), OrderLine("SHIRT", 1, 1800)])
    world.refund(sold)


def not_fulfilled(world: World) -> None:
    """Goods came back that Shopify never shipped."""
    world.return_(sold=world.pair.sell({"SHIRT": "20.00"}, fulfilled=False))


def unknown_status(world: World) -> None:
    """TikTok invents a word."""
    world.pair.tiktok.advance(world.refund(), "LOAN_GIVEN")


def unknown_type(world: World) -> None:
    """And another one."""
    sold = world.pair.sell({"SHIRT": "20.00"})
    world.pair.tiktok.add_return(sold.tiktok, type="LOAN", status=ReturnStatus.COMPLETE)


def no_amount(world: World) -> None:
    """TikTok says that it paid, but not how much."""
    sold = world.pair.sell({"SHIRT": "20.00"})
    world.pair.tiktok.add_return(
        sold.tiktok, type=ReturnType.REFUND, status=ReturnStatus.COMPLETE, amount=False
    )


def unreadable_amount(world: World) -> None:
    """Fractions of a cent."""
    row = dict(world.pair.tiktok.row_of(world.refund()))
    row["refund_amount"] = {"currency": "USD", "refund_total": "20.005"}
    page = {"code": 0, "data": {"return_orders": [row], "next_page_token": ""}}
    fault = Fault(FaultKind.REPLY, "returns/search", reply=json_reply(page), times=9)
    world.pair.tiktok_server.front.faults.add(fault)


STORIES: dict[Story, Reason] = {
    order_missing: Reason.ORDER_NOT_FOUND,
    order_twice: Reason.ORDER_AMBIGUOUS,
    refunded_by_hand: Reason.FOREIGN_REFUND,
    real_gateway: Reason.REAL_GATEWAY,
    unpaid: Reason.NO_PAYMENT,
    too_small: Reason.OVER_REFUND,
    several_payments: Reason.SEVERAL_PAYMENTS,
    other_currency: Reason.CURRENCY_MISMATCH,
    other_sku: Reason.LINE_NOT_FOUND,
    two_prices: Reason.LINE_AMBIGUOUS,
    not_fulfilled: Reason.NOT_FULFILLED,
    unknown_status: Reason.UNKNOWN_STATUS,
    unknown_type: Reason.UNKNOWN_TYPE,
    no_amount: Reason.AMOUNT_MISSING,
    unreadable_amount: Reason.AMOUNT_MISSING,
}


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
async def test_bad_input_is_held_with_its_reason_and_nothing_is_written(world: World, story: Story) -> None:
    """Neither side is guessed about; the person is told what to do."""
    story(world)

    result = await world.cycle()

    [case] = world.cases()
    expected = State.DUE if STORIES[story] is Reason.ORDER_NOT_FOUND else State.HELD
    assert (STORIES[story], expected, 0) == (case.reason, case.state, result.written)
    assert EXPLANATIONS[STORIES[story]].hint
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
    real_gateway(world)
    await world.cycle()
    calls = len(world.pair.shopify.calls)
    await world.cycle()
    assert calls == len(world.pair.shopify.calls)

    world.tables = {"shops.us.shopify": {"allowed_gateways": ["Invented Payments"]}}
    world.agreed.clear()
    await world.cycle()

    assert calls < len(world.pair.shopify.calls)
