"""What Shopify's answer to a write proves need not be looked at again; everything else is."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from syncd.model.cases import CancelStatus, Restock, ReturnStatus, State
from syncd.model.orders import Order
from syncd.model.plans import (
    Action,
    AddTracking,
    ArchiveOrder,
    CancelReturn,
    CloseReturn,
    CreateRefund,
    CreateReturn,
    Payment,
    ProcessReturn,
    ReturnUnit,
)
from syncd.sandbox.faults import Fault, FaultKind, When
from syncd.sandbox.http import json_reply
from syncd.shopify.answers import Answer
from syncd.sync.effects import after
from tests.decide.examples import NOON, ORDER, our_return, usd
from tests.sync.world import World


def calls(world: World) -> Counter[str]:
    """What Shopify was asked from now on, by operation."""
    found: Counter[str] = Counter()
    front = world.pair.shopify_server.front
    front.faults.before.append(lambda operation, _request: found.update([operation]))
    return found


async def test_a_refund_takes_one_look_one_claim_and_one_write(world: World) -> None:
    """Shopify's answer has the refund with its money; the order is read again some hours later."""
    world.refund()
    asked = calls(world)
    await world.cycle()
    [case] = world.cases()
    assert (case.state, len(case.refund_ids)) == (State.SYNCED, 1)
    assert case.verify_at is not None
    assert {name: asked[name] for name in ("order", "metafieldsSet", "refundCreate")} == {
        "order": 1,
        "metafieldsSet": 1,
        "refundCreate": 1,
    }
    world.clock.advance(7 * 3600)
    await world.cycle()
    assert asked["order"] >= 2
    world.assert_exactly_once()


async def test_what_the_order_shows_later_is_what_the_answer_has_told(world: World) -> None:
    """The refund's id, its units and its amount are the same as by a look."""
    world.refund()
    await world.cycle()
    [told] = world.cases()
    world.clock.advance(7 * 3600)
    await world.cycle()
    [looked] = world.cases()
    assert told.refund_ids == looked.refund_ids
    assert (told.state, told.restock, told.path, told.written) == (
        looked.state,
        looked.restock,
        looked.path,
        looked.written,
    )


MONEY = {"presentmentMoney": {"amount": "20.00", "currencyCode": "USD"}}
PAID = {"kind": "REFUND", "status": "SUCCESS", "amountSet": MONEY}
PENDING = {"kind": "REFUND", "status": "PENDING", "amountSet": MONEY}
OTHER = {"kind": "REFUND", "status": "SUCCESS", "amountSet": MONEY | {"presentmentMoney": {"amount": "2"}}}


@pytest.mark.parametrize("transactions", [None, [], [PENDING], [OTHER], [PENDING, OTHER]])
async def test_a_refund_whose_answer_does_not_show_the_money_is_looked_at(
    world: World, transactions: list[object] | None
) -> None:
    """It is on its way, or the answer cannot be read; the order tells, and nothing is written again."""
    world.refund()
    made: dict[str, object] = {"id": "gid://shopify/Refund/1", "createdAt": "2026-11-02T12:00:00Z"}
    made |= {"processedAt": made["createdAt"]}
    if transactions is not None:
        made |= {"transactions": {"nodes": transactions, "pageInfo": {"hasNextPage": False}}}
    reply = json_reply({"data": {"refundCreate": {"refund": made, "userErrors": []}}})
    world.faults.add(Fault(FaultKind.REPLY, "refundCreate", When.AFTER, reply=reply))
    asked = calls(world)
    await world.until_quiet()
    [case] = world.cases()
    assert (case.state, asked["refundCreate"]) == (State.SYNCED, 1)
    assert asked["order"] >= 3
    world.assert_exactly_once()


@pytest.mark.parametrize("units", [1, 2])
async def test_restocked_units_are_looked_at(world: World, units: int) -> None:
    """That the answer came proves nothing about stock."""
    world.import_returns = False
    world.return_(units=units)
    asked = calls(world)
    await world.cycle()
    [case] = world.cases()
    assert (case.state, case.restock) == (State.SYNCED, Restock.DONE)
    assert asked["order"] >= 3  # the order, the order after the write, and its refunds


async def test_a_return_is_shown_by_one_look(world: World) -> None:
    """And closed, cancelled or tracked without one more."""
    case = world.return_(ReturnStatus.AWAITING_BUYER_SHIP)
    asked = calls(world)
    await world.cycle()
    [shown] = world.cases()
    assert (shown.state, len(shown.return_ids), asked["order"]) == (State.TRACKING, 1, 1)
    world.clock.advance(60)
    world.pair.tiktok.advance(case, ReturnStatus.CANCELLED)
    asked.clear()
    await world.cycle()
    [withdrawn] = world.cases()
    assert withdrawn.state is State.SKIPPED
    assert world.agreed[case.id][1].shopify.returns[0].status == "CANCELED"


async def test_a_return_takes_one_look_to_be_shown_and_one_to_be_paid_back(world: World) -> None:
    """The answers tell the place for its parcel, its refund, and that its units are back in stock."""
    case = world.return_(ReturnStatus.BUYER_SHIPPED_ITEM)
    asked = calls(world)
    await world.cycle()
    world.clock.advance(60)
    world.pair.tiktok.advance(case, ReturnStatus.COMPLETE)
    await world.cycle()
    [done] = world.cases()
    assert (done.state, done.restock, done.tracked_return_id) == (
        State.SYNCED,
        Restock.DONE,
        done.return_ids[0],
    )
    writes = ("returnCreate", "reverseDeliveryCreateWithShipping", "returnProcess", "returnClose")
    assert [asked[name] for name in ("order", "metafieldsSet", *writes)] == [2, 2, 1, 1, 1, 1]
    assert world.agreed[case.id][1].shopify.returns[0].status == "CLOSED"
    world.assert_exactly_once()


async def test_what_later_looks_show_of_a_return_is_what_the_answers_have_told(world: World) -> None:
    """The same refund, the same return, the same stock."""
    world.return_(units=2)
    await world.cycle()
    [told] = world.cases()
    world.clock.advance(7 * 3600)
    await world.cycle()
    [looked] = world.cases()
    assert (told.state, told.refund_ids, told.return_ids, told.restock, told.written) == (
        looked.state,
        looked.refund_ids,
        looked.return_ids,
        looked.restock,
        looked.written,
    )


REFUND = {"id": "gid://shopify/Refund/1", "createdAt": "2026-11-02T12:00:00Z", "processedAt": None}
DISPOSED = {"type": "NOT_RESTOCKED", "quantity": 1, "location": None}
NO_MORE = {"hasNextPage": False}


@pytest.mark.parametrize(
    ("transactions", "dispositions"),
    [([PENDING], None), ([OTHER], None), (None, None), ([PAID], []), ([PAID], [DISPOSED])],
)
async def test_a_return_whose_answer_does_not_show_all_is_looked_at(
    world: World, transactions: list[object] | None, dispositions: list[object] | None
) -> None:
    """Money under way, another amount, units not where they were to go: the order tells what is so."""
    case = world.return_(ReturnStatus.BUYER_SHIPPED_ITEM)
    await world.cycle()
    world.clock.advance(60)
    world.pair.tiktok.advance(case, ReturnStatus.COMPLETE)
    made = world.agreed[case.id][1].shopify.returns[0]
    [reverse] = made.reverse_fulfillment_orders
    refunds = (
        [REFUND | {"transactions": {"nodes": transactions, "pageInfo": NO_MORE}}] if transactions else []
    )
    lines = [{"id": one.id, "dispositions": dispositions} for one in reverse.line_items]
    answer = {
        "id": made.id,
        "status": "OPEN",
        "refunds": {"nodes": refunds, "pageInfo": NO_MORE},
        "reverseFulfillmentOrders": {
            "nodes": [{"lineItems": {"nodes": lines, "pageInfo": NO_MORE}}],
            "pageInfo": NO_MORE,
        },
    }
    reply = json_reply({"data": {"returnProcess": {"return": answer, "userErrors": []}}})
    world.faults.add(Fault(FaultKind.REPLY, "returnProcess", When.AFTER, reply=reply))
    asked = calls(world)
    await world.until_quiet()
    [done] = world.cases()
    assert (done.state, done.restock, asked["returnProcess"]) == (State.SYNCED, Restock.DONE, 1)
    assert asked["order"] >= 3
    world.assert_exactly_once()


async def test_where_the_claim_ran_out_the_order_is_looked_at_again(world: World) -> None:
    """Between two steps somebody else may have written, so the next one does not rest on the answer."""
    case = world.return_(ReturnStatus.BUYER_SHIPPED_ITEM)

    def late(operation: str, _request: object) -> None:
        if operation == "returnCreate":
            world.clock.advance(3600)

    world.pair.shopify_server.front.faults.before.append(late)
    asked = calls(world)
    await world.cycle()
    [shown] = world.cases()
    assert (shown.state, asked["metafieldsSet"], asked["reverseDeliveryCreateWithShipping"]) == (
        State.TRACKING,
        2,
        1,
    )
    assert asked["order"] >= 2
    assert len(world.agreed[case.id][1].shopify.returns) == 1


async def test_a_cancelled_order_is_looked_at(world: World) -> None:
    """More than one write is needed, and the last is done after its answer."""
    world.cancellations = True
    world.cancel(status=CancelStatus.COMPLETE)
    asked = calls(world)
    await world.until_quiet()
    [case] = world.cases()
    assert case.state is State.SYNCED
    assert asked["order"] > 1


PAGE: dict[str, Any] = {"pageInfo": NO_MORE}
SPOILT: tuple[object, ...] = (None, "", "?", 0, -1, [], {}, [None], True, "PAUSED")
OURS = our_return()
SHOWN = replace(ORDER, returns=(OURS,))
UNIT = ReturnUnit("L1", "SHIRT", 1, restock=False, fulfillment_line_id=OURS.lines[0].fulfillment_line_id)
MONEY_BACK = Payment(usd("20.00"), "gid://shopify/OrderTransaction/5", "TikTok Shop")
MADE = REFUND | {"transactions": {"nodes": [PAID]} | PAGE}
REVERSE: dict[str, Any] = {"lineItems": {"nodes": [{"id": "RV1", "dispositions": [DISPOSED]}]} | PAGE}
RETURNED = {"id": OURS.id, "status": "OPEN"}
PROCESSED = RETURNED | {
    "refunds": {"nodes": [MADE]} | PAGE,
    "reverseFulfillmentOrders": {"nodes": [REVERSE]} | PAGE,
}
CREATED: dict[str, Any] = {
    "id": "gid://shopify/Return/2",
    "name": "#1001-R2",
    "createdAt": "2026-11-02T12:00:00Z",
}
CREATED |= {"status": "OPEN", "reverseFulfillmentOrders": {"nodes": [{"id": "RFO"}]} | PAGE}
GOOD: list[tuple[Action, dict[str, Any]]] = [
    (CreateRefund(ORDER.id, MONEY_BACK, (), "note", NOON), {"refundCreate": {"refund": MADE}}),
    (CreateReturn(ORDER.id, (UNIT,), "note", NOON, "other"), {"returnCreate": {"return": CREATED}}),
    (ProcessReturn(ORDER.id, OURS.id, MONEY_BACK, (UNIT,)), {"returnProcess": {"return": PROCESSED}}),
    (CloseReturn(ORDER.id, OURS.id), {"returnClose": {"return": RETURNED | {"status": "CLOSED"}}}),
    (CancelReturn(ORDER.id, OURS.id), {"returnCancel": {"return": RETURNED | {"status": "CANCELED"}}}),
    (
        AddTracking(ORDER.id, OURS.id, "1Z"),
        {"reverseDeliveryCreateWithShipping": {"reverseDelivery": {"id": "RD"}}},
    ),
    (ArchiveOrder(ORDER.id), {"orderClose": {"order": {"id": ORDER.id, "closed": True}}}),
]


def members(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The place of every member."""
    if path:
        yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield from members(one, (*path, key))


def spoilt(value: Any, path: tuple[str | int, ...], other: object) -> Any:
    """The same with another value in that place."""
    if not path:
        return other
    copy = value.copy()
    copy[path[0]] = spoilt(value[path[0]], path[1:], other)
    return copy


@pytest.mark.parametrize(("action", "good"), GOOD, ids=[action.kind for action, _ in GOOD])
def test_an_answer_that_is_spoilt_proves_nothing_or_what_it_says(
    action: Action, good: dict[str, Any]
) -> None:
    """Whatever stands in whichever place, it is an order or a reason to look, and never a crash."""
    assert after(action, SHOWN, Answer("X", good)) is not None
    for path in members(good):
        for other in SPOILT:
            found = after(action, SHOWN, Answer("X", spoilt(good, path, other)))
            assert found is None or isinstance(found, Order)
    for cut in (path for path in members(good) if isinstance(path[-1], str)):
        holder = spoilt(good, cut, None)
        inner = holder
        for key in cut[:-1]:
            inner = inner[key]
        del inner[cut[-1]]
        after(action, SHOWN, Answer("X", holder))


def test_an_answer_that_makes_no_sense_proves_nothing() -> None:
    """Then the order is read."""
    order = ORDER
    for data in ({}, {"returnClose": None}, {"returnClose": {"return": {"id": 1, "status": "CLOSED"}}}):
        assert after(CloseReturn(order.id, "R"), order, Answer("CloseReturn", data)) is None
    open_yet = {"returnClose": {"return": {"id": "R", "status": "OPEN"}}}
    assert after(CloseReturn(order.id, "R"), order, Answer("CloseReturn", open_yet)) is None
    closed = {"orderClose": {"order": {"id": order.id, "closed": True}}}
    assert after(ArchiveOrder(order.id), order, Answer("CloseOrder", closed)) == replace(order, archived=True)
