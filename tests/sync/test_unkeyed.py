"""A mutation without an idempotency key that no rule asks for yet: disposing units.

It goes through the same writer; here a rule of the test asks for it.
"""

import itertools

import pytest

from syncd.decide.facts import Facts
from syncd.model.cases import Restock, State
from syncd.model.orders import Order
from syncd.model.plans import DisposeReturn, DispositionType, Plan, ReturnUnit, synced, write
from syncd.model.policy import Policy
from syncd.sandbox.faults import Fault, FaultKind, When
from syncd.sync import work
from tests.sync.world import SETTLE, World

LOST = (FaultKind.RESET, FaultKind.STATUS_502, FaultKind.HTML_200)
CELLS = [*itertools.product(LOST, When)]


def restock_one(facts: Facts, _policy: Policy) -> Plan:
    """One of the units that wait goes back into stock."""
    order = facts.order
    if order is None or not order.returns or order.returns[0].reverse_lines[0].dispositions:
        return synced(Restock.DONE, None)
    return write(DisposeReturn(order.id, order.returns[0].id, (_one_unit(order),)))


def _one_unit(order: Order) -> ReturnUnit:
    shipped = order.fulfillments[0]
    return ReturnUnit(
        order.lines[0].id,
        "SHIRT",
        1,
        restock=True,
        location=shipped.location,
        fulfillment_line_id=shipped.lines[0].id,
        disposition=DispositionType.RESTOCKED,
    )


def spoil(world: World, operation: str, kind: FaultKind, when: When) -> None:
    """Spoil the first two sendings of that operation."""
    for _ in range(2):
        world.faults.add(Fault(kind, operation, when, seconds=SETTLE - 1))


@pytest.mark.parametrize(("kind", "when"), CELLS)
async def test_units_are_disposed_once_whatever_becomes_of_the_answer(
    world: World, monkeypatch: pytest.MonkeyPatch, kind: FaultKind, when: When
) -> None:
    """Of two units that wait one is put back; the other still waits."""
    world.auto_restock = False
    world.return_(units=2)
    await world.until_quiet()
    spoil(world, "reverseFulfillmentOrderDispose", kind, when)
    monkeypatch.setattr(work, "decide", restock_one)
    monkeypatch.setattr(work, "due", lambda _case, _policy: None)
    world.clock.advance(7 * 3600)

    await world.until_quiet()
    world.pair.shopify_server.front.settle()

    assert 1 == world.restocked()
    assert [State.SYNCED] == [case.state for case in world.cases()]
