"""What Shopify's answer to a write proves need not be looked at again; everything else is."""

from collections import Counter
from dataclasses import replace

import pytest

from syncd.model.cases import CancelStatus, Restock, ReturnStatus, State
from syncd.model.plans import ArchiveOrder, CloseReturn
from syncd.sandbox.faults import Fault, FaultKind, When
from syncd.sandbox.http import json_reply
from syncd.shopify.answers import Answer
from syncd.sync.effects import after
from tests.decide.examples import ORDER
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


async def test_a_cancelled_order_is_looked_at(world: World) -> None:
    """More than one write is needed, and the last is done after its answer."""
    world.cancellations = True
    world.cancel(status=CancelStatus.COMPLETE)
    asked = calls(world)
    await world.until_quiet()
    [case] = world.cases()
    assert case.state is State.SYNCED
    assert asked["order"] > 1


def test_an_answer_that_makes_no_sense_proves_nothing() -> None:
    """Then the order is read."""
    order = ORDER
    for data in ({}, {"returnClose": None}, {"returnClose": {"return": {"id": 1, "status": "CLOSED"}}}):
        assert after(CloseReturn(order.id, "R"), order, Answer("CloseReturn", data)) is None
    open_yet = {"returnClose": {"return": {"id": "R", "status": "OPEN"}}}
    assert after(CloseReturn(order.id, "R"), order, Answer("CloseReturn", open_yet)) is None
    closed = {"orderClose": {"order": {"id": order.id, "closed": True}}}
    assert after(ArchiveOrder(order.id), order, Answer("CloseOrder", closed)) == replace(order, archived=True)
