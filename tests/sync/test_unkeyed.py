"""A mutation without an idempotency key that no rule asks for yet: cancelling an order.

It goes through the same writer; here a rule of the test asks for it.
"""

import itertools

import pytest

from syncd.decide.facts import Facts
from syncd.model.cases import Restock, State
from syncd.model.plans import CancelOrder, Plan, synced, write
from syncd.model.policy import Policy
from syncd.sandbox.faults import Fault, FaultKind, When
from syncd.sync import work
from tests.sync.world import SETTLE, World

LOST = (FaultKind.RESET, FaultKind.STATUS_502, FaultKind.HTML_200)
CELLS = [*itertools.product(LOST, When)]


def cancel(facts: Facts, _policy: Policy) -> Plan:
    """The order is cancelled."""
    order = facts.order
    if order is None or order.cancelled:
        return synced(Restock.NONE, None)
    return write(CancelOrder(order.id, "TikTok Shop cancellation 77 (syncd)"))


def spoil(world: World, operation: str, kind: FaultKind, when: When) -> None:
    """Spoil the first two sendings of that operation."""
    for _ in range(2):
        world.faults.add(Fault(kind, operation, when, seconds=SETTLE - 1))


@pytest.mark.parametrize(("kind", "when"), CELLS)
@pytest.mark.parametrize("job_seconds", [0.0, 2.0])
async def test_an_order_is_cancelled_once_whatever_becomes_of_the_answer(
    world: World, monkeypatch: pytest.MonkeyPatch, kind: FaultKind, when: When, job_seconds: float
) -> None:
    """With our mark, without money or stock, and without a hold."""
    world.pair.shopify.switches.job_seconds = job_seconds
    sold = world.pair.sell({"SHIRT": "20.00"}, fulfilled=False)
    world.refund(sold)
    spoil(world, "orderCancel", kind, when)
    monkeypatch.setattr(work, "decide", cancel)
    monkeypatch.setattr(work, "due", lambda _case, _policy: None)

    await world.until_quiet()

    order = sold.shopify
    assert order.cancellation is not None
    assert ("TikTok Shop cancellation 77 (syncd)", [], 0) == (
        order.cancellation.staff_note,
        order.refunds,
        world.restocked(),
    )
    assert [State.SYNCED] == [case.state for case in world.cases()]


async def test_a_refused_cancellation_is_told_in_shopifys_words(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its errors stand in a field of their own."""
    world.refund(world.pair.sell({"SHIRT": "20.00"}))
    monkeypatch.setattr(work, "decide", cancel)
    monkeypatch.setattr(work, "due", lambda _case, _policy: None)

    await world.cycle()

    [held] = world.cases()
    assert (State.HELD, True) == (held.state, "fulfilled items" in held.detail)
