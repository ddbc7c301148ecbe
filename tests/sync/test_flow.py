"""Many due cases: some at a time, the orders of the next ones found while those of others are worked on."""

import pytest

from syncd.errors import NotReached
from syncd.model.cases import State
from syncd.sandbox.faults import Fault, FaultKind
from syncd.sandbox.pair import Sold
from syncd.sync import flow
from syncd.sync.cycle import ShopCycle
from tests.sync.world import World


@pytest.fixture
def two_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces of two cases, so that a few cases are several pieces."""
    monkeypatch.setattr(flow, "PIECE", 2)


@pytest.mark.usefixtures("two_at_a_time")
@pytest.mark.parametrize("count", [1, 2, 3, 7])
async def test_each_is_written_once_however_many_pieces_they_are(world: World, count: int) -> None:
    """Each order is searched for once, with the others of its piece."""
    for _ in range(count):
        world.refund()
    searches: list[str] = []
    front = world.pair.shopify_server.front
    front.faults.before.append(lambda operation, _request: searches.append(operation))
    result = await world.cycle()
    assert (result.written, searches.count("orders")) == (count, -(-count // 2))
    world.assert_exactly_once()


@pytest.mark.usefixtures("two_at_a_time")
async def test_what_cannot_be_found_does_not_disturb_what_is_in_flight(world: World) -> None:
    """The first cases are written to their end, though the side went away while the next were looked for."""
    for _ in range(5):
        world.refund()
        world.clock.advance(1)
    world.faults.add(Fault(FaultKind.STATUS_502, "orders", skip=1, times=4))
    async with world.opened() as shop:
        result = await ShopCycle(shop).run()
        states = [case.state for case in world.cases()]
        assert not any(shop.store.intents.open(case.shop, case.case_id) for case in world.cases())
    assert [type(error) for error in result.errors] == [NotReached]
    assert (result.written, states.count(State.SYNCED), result.more) == (2, 2, False)
    await world.until_quiet()
    world.assert_exactly_once()


@pytest.mark.usefixtures("two_at_a_time")
async def test_cases_of_one_order_are_never_worked_on_at_once(world: World) -> None:
    """Also where they are of different pieces: the second sees what the first has written."""
    sold: Sold = world.pair.sell({"SHIRT": "20.00"}, quantity=4)
    for _ in range(4):
        world.refund(sold)
    writes: list[str] = []
    front = world.pair.shopify_server.front
    front.faults.before.append(lambda operation, _request: writes.append(operation))
    result = await world.cycle()
    written = [operation for operation in writes if operation in {"metafieldsSet", "refundCreate"}]
    assert (result.written, written) == (4, ["metafieldsSet", "refundCreate"] * 4)
    world.assert_exactly_once()
