"""Units that wait to be inspected: `syncd restock`, staff in the admin, and what Shopify really did."""

import itertools
import json
import shutil

import pytest

from syncd.errors import UsageError
from syncd.model.cases import Case, Restock, State
from syncd.model.reasons import Reason
from syncd.sandbox.faults import Fault, FaultKind, When
from syncd.sandbox.http import Reply, Request
from syncd.sandbox.pair import Sold
from syncd.sandbox.shopify import dispositions, returns
from syncd.sandbox.shopify.inputs import DispositionInput
from syncd.sandbox.shopify.return_records import Return
from syncd.service.decisions import Asked, Command, decide
from syncd.sync.flow import VERIFIED_PER_CYCLE
from tests.sync.world import SETTLE, World, open_to_write

LOST = (FaultKind.RESET, FaultKind.STATUS_502, FaultKind.HTML_200)
CELLS = [*itertools.product(LOST, When)]
DAY = 24 * 3600


def only(world: World, store: str = "syncd.db") -> Case:
    """The one case that the store knows."""
    [case] = world.cases(store)
    return case


def restock(world: World, command: Command = Command.RESTOCK, store: str = "syncd.db", **units: int) -> None:
    """Kim has inspected the units of the one case."""
    kept = open_to_write(world.folder / store)
    try:
        asked = Asked(command, "kim", json.dumps(units) if units else "")
        decide(kept, only(world, store), asked, world.clock.now())
    finally:
        kept.close()
    world.clock.advance(1)


async def waiting(world: World, units: int = 2) -> tuple[Sold, Return]:
    """A return of so many shirts that was refunded; its units wait."""
    world.auto_restock = False
    world.return_(units=units)
    await world.until_quiet()
    [sold] = [sold for _, sold in world.agreed.values()]
    [return_] = sold.shopify.returns
    assert Restock.WAITING is only(world).restock
    return sold, return_


def dispositions_of(return_: Return) -> list[tuple[str, int]]:
    """What was decided about its units."""
    [reverse] = return_.reverse_fulfillment_orders
    return [(each.type, each.quantity) for line in reverse.line_items for each in line.dispositions]


async def test_waiting_units_are_told_with_the_time_since_they_wait(world: World) -> None:
    """So that somebody looks after them."""
    await waiting(world)

    case = only(world)
    assert ({"SHIRT": 2}, True) == (case.waiting_units, case.restock_since is not None)


async def test_all_waiting_units_are_restocked_and_the_return_is_closed(world: World) -> None:
    """One command, and nothing is left to do."""
    _, return_ = await waiting(world)
    restock(world)

    await world.until_quiet()

    assert ("CLOSED", [("RESTOCKED", 2)], 2) == (return_.status, dispositions_of(return_), world.restocked())
    case = only(world)
    assert (State.SYNCED, Restock.DONE, {}, None) == (
        case.state,
        case.restock,
        case.waiting_units,
        case.restock_since,
    )


async def test_units_are_decided_about_one_after_the_other(world: World) -> None:
    """One is as new, one is broken; the return stays open until both are decided."""
    _, return_ = await waiting(world)
    restock(world, SHIRT=1)
    await world.until_quiet()
    assert ("OPEN", Restock.WAITING, {"SHIRT": 1}) == (
        return_.status,
        only(world).restock,
        only(world).waiting_units,
    )
    restock(world, Command.NOT_RESTOCK)
    await world.until_quiet()

    assert ("CLOSED", [("RESTOCKED", 1), ("NOT_RESTOCKED", 1)]) == (return_.status, dispositions_of(return_))
    assert (1, Restock.DONE) == (world.restocked(), only(world).restock)


async def test_units_that_do_not_come_back_are_refused(world: World) -> None:
    """Nothing goes into stock."""
    _, return_ = await waiting(world)
    restock(world, Command.NOT_RESTOCK)
    await world.until_quiet()

    assert ("CLOSED", 0, Restock.REFUSED) == (return_.status, world.restocked(), only(world).restock)


@pytest.mark.parametrize("closes", [True, False])
@pytest.mark.parametrize("afterwards", [True, False])
async def test_a_closed_return_is_opened_for_it_and_closed_again(
    world: World, *, closes: bool, afterwards: bool
) -> None:
    """Whether Shopify or staff closed it, and whether closed returns take dispositions or not."""
    world.pair.shopify.switches.return_closes_after_processing = closes
    world.pair.shopify.switches.dispose_after_close = afterwards
    _, return_ = await waiting(world)
    returns.close(world.pair.shopify.world, return_)
    restock(world)
    await world.until_quiet()

    assert ("CLOSED", 2, Restock.DONE) == (return_.status, world.restocked(), only(world).restock)


@pytest.mark.parametrize(("kind", "when"), CELLS)
@pytest.mark.parametrize(
    "operation", ["returnReopen", "reverseFulfillmentOrderDispose", "metafieldsSet", "returnClose"]
)
async def test_units_are_disposed_once_whatever_becomes_of_an_answer(
    world: World, operation: str, kind: FaultKind, when: When
) -> None:
    """Of two units that wait one is put back; the other still waits."""
    _, return_ = await waiting(world)
    returns.close(world.pair.shopify.world, return_)
    for _ in range(2):
        world.faults.add(Fault(kind, operation, when, seconds=SETTLE - 1))
    restock(world, SHIRT=1)

    await world.until_quiet()
    world.pair.shopify_server.front.settle()

    assert (1, Restock.WAITING, {"SHIRT": 1}) == (
        world.restocked(),
        only(world).restock,
        only(world).waiting_units,
    )
    restock(world, SHIRT=1)
    await world.until_quiet()
    assert ("CLOSED", 2) == (return_.status, world.restocked())


async def test_an_old_copy_of_the_store_does_not_dispose_further_units(world: World) -> None:
    """The copy was made when the command was given; the order tells how far it has come since."""
    await waiting(world)
    restock(world, SHIRT=1)
    shutil.copyfile(world.folder / "syncd.db", world.folder / "old.db")
    await world.until_quiet()
    assert 1 == world.restocked()

    await world.until_quiet("old.db")

    assert (1, Restock.WAITING) == (world.restocked(), only(world, "old.db").restock)


async def test_a_lost_store_finds_the_units_where_they_are(world: World) -> None:
    """What was decided is on the return, what was not waits."""
    await waiting(world)
    restock(world, SHIRT=1)
    await world.until_quiet()

    await world.until_quiet("new.db")

    assert (Restock.WAITING, {"SHIRT": 1}) == (
        only(world, "new.db").restock,
        only(world, "new.db").waiting_units,
    )


async def test_a_restock_in_the_admin_is_noticed_and_the_return_closed(world: World) -> None:
    """Within a day, without a command."""
    _, return_ = await waiting(world)
    [reverse] = return_.reverse_fulfillment_orders
    [line] = reverse.line_items
    place = next(iter(world.pair.shopify.world.locations))
    dispositions.dispose(world.pair.shopify.world, [DispositionInput("d.0", line.id, 2, "RESTOCKED", place)])
    world.clock.advance(DAY)
    await world.until_quiet()

    assert (Restock.DONE, "CLOSED", 2) == (only(world).restock, return_.status, world.restocked())


async def test_a_place_that_is_no_more_holds_until_another_is_configured(world: World) -> None:
    """The command need not be given again."""
    sold, _ = await waiting(world)
    place = next(iter(world.pair.shopify.world.locations.values()))
    place.is_active = False
    other = world.pair.shopify.add_location("Back room")
    restock(world)
    await world.cycle()
    assert (State.HELD, Reason.LOCATION_UNKNOWN) == (only(world).state, only(world).reason)

    world.tables["restock"] = {"location": "Back room"}
    await world.until_quiet()

    assert (State.SYNCED, Restock.DONE) == (only(world).state, only(world).restock)
    assert 2 == world.pair.shopify.stock[other.id, "SHIRT"], sold


async def test_a_decision_that_is_held_can_be_changed(world: World) -> None:
    """The units go nowhere, so no place is needed."""
    await waiting(world)
    next(iter(world.pair.shopify.world.locations.values())).is_active = False
    restock(world)
    await world.cycle()
    restock(world, Command.NOT_RESTOCK)
    await world.until_quiet()

    assert (State.SYNCED, Restock.REFUSED, 0) == (only(world).state, only(world).restock, world.restocked())


async def test_a_rehearsal_disposes_nothing(world: World) -> None:
    """The command waits until the shop is live."""
    await waiting(world)
    restock(world)
    world.tables["guard"] = {"dry_run": True}
    await world.cycle()
    assert 0 == world.restocked()
    world.tables["guard"] = {"dry_run": False}
    await world.until_quiet()

    assert (2, Restock.DONE) == (world.restocked(), only(world).restock)


async def test_what_does_not_wait_cannot_be_restocked(world: World) -> None:
    """Each refusal says why, and what there is."""
    await waiting(world)
    with pytest.raises(UsageError, match="3 x SHIRT do not wait") as wrong:
        restock(world, SHIRT=3)
    assert "there wait: 2 x SHIRT" == wrong.value.hint
    restock(world)
    await world.until_quiet()

    with pytest.raises(UsageError, match=r"no unit of it waits to be inspected \(restock done\)"):
        restock(world)


async def test_a_case_in_doubt_cannot_be_decided_about(world: World) -> None:
    """Its last answer was lost."""
    await waiting(world)
    restock(world, SHIRT=1)
    world.faults.add(Fault(FaultKind.RESET, "reverseFulfillmentOrderDispose", When.AFTER))
    await world.cycle()

    with pytest.raises(UsageError, match="an earlier decision is still to be carried out"):
        restock(world, SHIRT=1)


async def test_a_second_decision_waits_for_the_first_one(world: World) -> None:
    """Else the first one would be lost without a word."""
    await waiting(world)
    restock(world, SHIRT=1)

    with pytest.raises(UsageError, match="an earlier decision is still to be carried out"):
        restock(world, SHIRT=1)


async def test_without_a_return_there_is_nothing_to_restock_through(world: World) -> None:
    """Staff correct the stock, and say that they have."""
    world.import_returns = False
    world.auto_restock = False
    world.return_()
    await world.until_quiet()
    assert {"SHIRT": 1} == only(world).waiting_units

    with pytest.raises(UsageError, match="without a Shopify return") as wrong:
        restock(world)
    assert "--not" in wrong.value.hint
    restock(world, Command.NOT_RESTOCK)
    await world.until_quiet()
    world.clock.advance(DAY)
    await world.until_quiet()

    assert (Restock.REFUSED, {}) == (only(world).restock, only(world).waiting_units)


async def test_a_restock_that_shopify_did_not_make_is_a_hold(world: World) -> None:
    """The money is right, the stock is not: a person is told both figures, and can accept it."""
    world.import_returns = False
    case = world.return_()

    def forget(operation: str, _request: Request, _reply: Reply) -> None:
        if operation == "refundCreate":
            [refund] = world.refunds_of(case)
            for line in refund.refund_line_items:
                line.restocked = False

    world.faults.after.append(forget)
    await world.cycle()

    held = only(world)
    assert (State.HELD, Reason.RESTOCK_DIFFERS) == (held.state, held.reason)
    assert "asked for 1 x SHIRT at" in held.detail
    world.assert_exactly_once()
    restock_seen = Asked(Command.APPROVE, "kim")
    kept = open_to_write(world.folder / "syncd.db")
    decide(kept, held, restock_seen, world.clock.now())
    kept.close()
    world.clock.advance(1)
    await world.until_quiet()
    assert State.SYNCED is only(world).state


async def test_waiting_units_are_looked_after_a_few_at_a_time(world: World) -> None:
    """Whoever has hundreds of them does not wait for new refunds because of it."""
    world.auto_restock = False
    for _ in range(VERIFIED_PER_CYCLE + 2):
        world.return_()
    await world.until_quiet()
    world.clock.advance(DAY)
    read = [0]

    def count(operation: str, request: Request) -> None:
        read[0] += operation == "order" and b"query ReadOrder(" in request.body

    world.faults.before.append(count)
    await world.cycle()
    first = read[0]
    await world.cycle()

    assert (VERIFIED_PER_CYCLE, VERIFIED_PER_CYCLE + 2) == (first, read[0])
