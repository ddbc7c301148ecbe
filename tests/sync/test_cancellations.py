"""Cancellations from TikTok's answer to Shopify's order."""

import itertools

import pytest

from syncd.model.cases import CancelStatus, Case, ReturnStatus, State
from syncd.model.reasons import Reason
from syncd.sandbox.faults import Fault, FaultKind, When
from syncd.sandbox.http import json_reply
from syncd.sandbox.pair import Sold
from syncd.sandbox.shopify.build import OrderLine
from syncd.sandbox.tiktok.world import TikTokSale
from syncd.service.decisions import Asked, Command, decide
from syncd.sync.cycle import CycleResult
from tests.sync.world import SETTLE, World, open_to_write

DAY = 24 * 3600
COMPLETE = CancelStatus.COMPLETE
LOST = (FaultKind.RESET, FaultKind.STATUS_502, FaultKind.HTML_200)


@pytest.fixture(autouse=True)
def on(world: World) -> None:
    """The switch is on from the start, unless a test says otherwise."""
    world.cancellations = True


def on_delivery(world: World) -> Sold:
    """An order that nobody has paid on either side."""
    sale = TikTokSale("SHIRT", "20.00", quantity=2)
    tiktok = world.pair.tiktok.add_order([sale], status="AWAITING_SHIPMENT", cash_on_delivery=True)
    placed = [OrderLine("SHIRT", 2, 2000, fulfilled=0)]
    return Sold(tiktok, world.pair.imported(tiktok, placed, paid=False))


def refunds(sold: Sold) -> list[tuple[int, list[tuple[int, str]]]]:
    """What was refunded on Shopify: amounts, and the units with what became of them."""
    return [
        (one.total_refunded, [(line.quantity, line.restock_type) for line in one.refund_line_items])
        for one in sold.shopify.refunds
    ]


def known(world: World) -> dict[str, Case]:
    """What the store has, by case."""
    return {case.case_id: case for case in world.cases()}


def told(world: World) -> set[tuple[State, str | None]]:
    """How the cases stand."""
    return {(case.state, case.reason) for case in world.cases()}


def searches(world: World) -> int:
    """How often TikTok was asked for cancellations."""
    return sum(call.operation == "cancellations/search" for call in world.pair.tiktok.calls)


async def test_a_whole_order_is_refunded_and_cancelled(world: World) -> None:
    """TikTok's amount, every unit given up once, and the order cancelled with our mark."""
    sold = world.sell_unshipped()
    before = world.restocked()
    case = world.cancel(sold)

    await world.until_quiet()

    order = sold.shopify
    assert [(4499, [(2, "CANCEL")])] == refunds(sold)
    assert order.cancelled_at is not None
    assert order.cancellation is not None
    assert f"TikTok Shop cancellation {case.cancel_id} (syncd)" == order.cancellation.staff_note
    assert 2 == world.restocked() - before
    assert {(State.SYNCED, None)} == told(world)


async def test_a_part_of_an_order_is_refunded_and_given_up(world: World) -> None:
    """The other unit is still to be shipped."""
    sold = world.sell_unshipped()
    world.cancel(sold, 1)

    await world.until_quiet()

    assert [(2000, [(1, "CANCEL")])] == refunds(sold)
    assert (None, 1) == (sold.shopify.cancelled_at, sold.shopify.line_items[0].unfulfilled_quantity)
    assert {(State.SYNCED, None)} == told(world)


async def test_two_parts_cancel_the_order_with_the_second(world: World) -> None:
    """One after another, in one cycle."""
    sold = world.sell_unshipped()
    for unit in sold.tiktok.line_ids:
        world.cancel(sold, [unit])

    await world.until_quiet()

    assert [(2000, [(1, "CANCEL")])] * 2 == refunds(sold)
    assert sold.shopify.cancelled_at is not None


async def test_units_that_tiktok_keeps_out_of_stock_are_not_given_back(world: World) -> None:
    """The amount alone, then the order is cancelled without its stock."""
    sold = world.sell_unshipped()
    before = world.restocked()
    world.cancel(sold, replenish=False)

    await world.until_quiet()

    assert [(4499, [])] == refunds(sold)
    assert sold.shopify.cancelled_at is not None
    assert world.restocked() == before


@pytest.mark.parametrize(("replenish", "back"), [(True, 2), (None, 2), (False, 0)])
async def test_an_unpaid_order_is_cancelled_with_its_stock(
    world: World, *, replenish: bool | None, back: int
) -> None:
    """No money moves; the units that were reserved are free again, unless TikTok keeps them."""
    sold = on_delivery(world)
    before = world.restocked()
    world.cancel(sold, replenish=replenish)

    await world.until_quiet()

    assert sold.shopify.cancelled_at is not None
    assert (0, back) == (sold.shopify.total_refunded, world.restocked() - before)
    assert {(State.SYNCED, None)} == told(world)
    world.clock.advance(DAY)
    await world.until_quiet()
    assert {(State.SYNCED, None)} == told(world)


async def test_a_cancellation_is_followed_to_its_end(world: World) -> None:
    """Asked for, agreed to, done; the refund is made at the end alone, and once."""
    sold = world.sell_unshipped()
    case = world.pair.tiktok.add_cancellation(sold.tiktok, shipping="4.99")
    for status in (CancelStatus.SUCCESS, COMPLETE):
        await world.until_quiet()
        assert [] == refunds(sold)
        assert {(State.TRACKING, None)} == told(world)
        world.pair.tiktok.advance_cancellation(case, status)

    await world.until_quiet()

    assert [(4499, [(2, "CANCEL")])] == refunds(sold)


async def test_what_was_shipped_meanwhile_is_held(world: World) -> None:
    """Nothing is written then."""
    sold = world.pair.sell({"SHIRT": "20.00"}, quantity=2, shipping=499)
    world.cancel(sold)

    await world.until_quiet()

    assert {(State.HELD, Reason.SHIPPED_MEANWHILE)} == told(world)
    assert [] == refunds(sold)


async def test_what_a_connector_has_cancelled_is_left_alone(world: World) -> None:
    """Recorded, and not written again."""
    sold = world.sell_unshipped()
    world.pair.shopify.foreign_cancel(sold.shopify)
    world.cancel(sold)
    writes = len(world.pair.shopify.writes())

    await world.until_quiet()

    assert {(State.SKIPPED, Reason.ALREADY_CANCELLED)} == told(world)
    assert writes == len(world.pair.shopify.writes())


@pytest.mark.parametrize("job_seconds", [0.0, 2.0, 20.0])
@pytest.mark.parametrize("paid", [True, False])
async def test_a_slow_job_is_followed_to_its_end(world: World, *, job_seconds: float, paid: bool) -> None:
    """Shopify answers before it has cancelled; the case is done when the order shows it."""
    world.pair.shopify.switches.job_seconds = job_seconds
    sold = world.sell_unshipped() if paid else on_delivery(world)
    world.cancel(sold)

    first = await world.cycle()
    pending = sold.shopify.cancelled_at is None
    assert pending == (State.WRITING in {case.state for case in world.cases()})
    await world.until_quiet()

    assert first.ok
    assert sold.shopify.cancelled_at is not None
    assert {(State.SYNCED, None)} == told(world)


@pytest.mark.parametrize(
    ("operation", "job_seconds"), [("refundCreate", 0.0), ("orderCancel", 0.0), ("orderCancel", 2.0)]
)
@pytest.mark.parametrize(("kind", "when"), [*itertools.product(LOST, When)])
async def test_it_is_done_once_whatever_becomes_of_the_answers(
    world: World, operation: str, kind: FaultKind, when: When, job_seconds: float
) -> None:
    """One refund, its units once, one cancellation."""
    world.pair.shopify.switches.job_seconds = job_seconds
    sold = world.sell_unshipped()
    before = world.restocked()
    for _ in range(2):
        world.faults.add(Fault(kind, operation, when, seconds=SETTLE - 1))
    world.cancel(sold)

    await world.until_quiet()
    world.pair.shopify_server.front.settle()

    assert [(4499, [(2, "CANCEL")])] == refunds(sold)
    assert 2 == world.restocked() - before
    assert sold.shopify.cancelled_at is not None
    assert {(State.SYNCED, None)} == told(world)


async def test_another_store_finds_what_was_done(world: World) -> None:
    """The mark on the refund, or on the cancellation, tells that it was us."""
    paid, unpaid = world.sell_unshipped(), on_delivery(world)
    world.cancel(paid)
    world.cancel(unpaid)
    await world.until_quiet()
    changes = world.pair.shopify.world.changes

    await world.until_quiet("other.db")

    assert {State.SYNCED} == {case.state for case in world.cases("other.db")}
    assert changes == world.pair.shopify.world.changes


async def test_a_return_and_a_cancellation_of_one_order_are_written_one_after_another(world: World) -> None:
    """One unit was shipped and came back, the other one was cancelled."""
    sold = world.sell_unshipped()
    world.pair.shopify.ship(sold.shopify, SHIRT=1)
    first, second = sold.tiktok.line_ids
    returned = world.pair.tiktok.add_return(sold.tiktok, [first], refund_total="20.00")
    world.pair.tiktok.advance(returned, ReturnStatus.COMPLETE, tracking_number="940010000000")
    world.cancel(sold, [second])

    await world.until_quiet()

    assert {State.SYNCED} == {case.state for case in world.cases()}
    assert [2000, 2000] == [one.total_refunded for one in sold.shopify.refunds]
    assert sold.shopify.cancelled_at is None


async def test_ceilings_count_cancellations(world: World) -> None:
    """The second one waits for the next cycle."""
    world.tables["guard"] = {"max_refunds_per_cycle": 1}
    for _ in range(2):
        world.cancel(world.sell_unshipped(), 1)

    first = await world.cycle()
    world.clock.advance(300)
    second = await world.cycle()

    assert [(1, 1), (1, 0)] == [(first.written, first.deferred), (second.written, second.deferred)]


# Reading


async def test_nothing_is_asked_about_cancellations_while_they_are_off(world: World) -> None:
    """A quiet cycle is one search; what the store already has is not asked for either."""
    world.cancel(world.sell_unshipped(), 1)
    await world.until_quiet()
    world.cancellations = False
    await world.cycle()
    asked = searches(world)
    counts = []
    for _ in range(3):
        world.clock.advance(5 * 3600)
        before = len(world.pair.tiktok.calls)
        await world.cycle()
        counts.append([call.operation for call in world.pair.tiktok.calls[before:]].count("returns/search"))

    assert (asked, [1, 1, 1]) == (searches(world), counts)


async def test_a_quiet_cycle_is_one_search_of_each_kind(world: World) -> None:
    """And nothing else."""
    await world.cycle()
    world.clock.advance(60)
    before = len(world.pair.tiktok.calls)
    await world.cycle()

    assert ["returns/search", "cancellations/search"] == [
        call.operation for call in world.pair.tiktok.calls[before:]
    ]


async def test_a_change_without_a_new_update_time_is_noticed(world: World) -> None:
    """Open cancellations are asked for by id now and then, each kind on its own."""
    sold = world.sell_unshipped()
    case = world.pair.tiktok.add_cancellation(sold.tiktok)
    world.return_(ReturnStatus.AWAITING_BUYER_SHIP)
    await world.cycle()
    before = searches(world)
    world.clock.advance(7 * 3600)
    await world.cycle()

    assert 2 == searches(world) - before
    assert {case.cancel_id} <= known(world).keys()


@pytest.mark.parametrize("fault", [Fault(FaultKind.RESET, "cancellations/search", times=20)])
async def test_cancellations_that_cannot_be_read_hold_up_no_returns(world: World, fault: Fault) -> None:
    """What is known is written, the error is told, and nothing is missed afterwards."""
    await world.cycle()
    world.clock.advance(3600)
    sold, other = world.sell_unshipped(), world.refund()
    world.cancel(sold)
    faults = world.pair.tiktok_server.front.faults
    faults.add(fault)

    broken: CycleResult = await world.cycle()

    assert ["cancellations/search"] == [getattr(error, "operation", "") for error in broken.errors]
    assert 1 == len(world.refunds_of(other))
    faults.clear()
    world.clock.advance(3600)
    await world.until_quiet()
    assert [(4499, [(2, "CANCEL")])] == refunds(sold)


async def test_a_row_that_makes_no_sense_is_read_again(world: World) -> None:
    """The watermark of cancellations stays where it is, that of returns moves on."""
    await world.cycle()
    world.clock.advance(3600)
    sold = world.sell_unshipped()
    world.cancel(sold)
    broken = json_reply({"code": 0, "data": {"cancellations": [{"order_id": "1"}], "next_page_token": ""}})
    world.pair.tiktok_server.front.faults.add(
        Fault(FaultKind.REPLY, "cancellations/search", reply=broken, times=9)
    )
    await world.cycle()
    world.pair.tiktok_server.front.faults.clear()
    world.clock.advance(3600)

    await world.until_quiet()

    assert [(4499, [(2, "CANCEL")])] == refunds(sold)


# Switched on and off


def approve_all(world: World) -> None:
    """A person lets through what waits."""
    store = open_to_write(world.folder / "syncd.db")
    for case in world.cases():
        if case.reason == Reason.PAUSED:
            decide(store, case, Asked(Command.APPROVE, "kim"), world.clock.now())
    store.close()


async def test_what_was_cancelled_before_they_were_switched_on_waits_for_leave(world: World) -> None:
    """Since `start_from`, also before the store was made; what comes afterwards is written at once."""
    world.cancellations = False
    before, between, after = world.sell_unshipped(), world.sell_unshipped(), world.sell_unshipped()
    world.cancel(before)
    await world.until_quiet()
    world.cancel(between)
    await world.until_quiet()
    assert [] == world.cases()

    world.cancellations = True
    world.clock.advance(60)
    await world.cycle()
    world.clock.advance(60)
    world.cancel(after)
    await world.until_quiet()

    assert {(State.HELD, Reason.PAUSED), (State.SYNCED, None)} == told(world)
    assert [[], [], [(4499, [(2, "CANCEL")])]] == [refunds(one) for one in (before, between, after)]
    approve_all(world)
    await world.until_quiet()
    assert [[(4499, [(2, "CANCEL")])]] * 3 == [refunds(one) for one in (before, between, after)]


async def test_a_new_store_with_them_on_writes_what_was_cancelled_since_start_from(world: World) -> None:
    """There was no time in which anybody had left them out."""
    sold = world.sell_unshipped()
    world.cancel(sold)
    world.clock.advance(3600)

    await world.until_quiet()

    assert [(4499, [(2, "CANCEL")])] == refunds(sold)


async def test_switched_off_and_on_again(world: World) -> None:
    """What was written before stays; what was cancelled meanwhile waits; what is open is held and let go."""
    first, second = world.sell_unshipped(), world.sell_unshipped()
    world.cancel(first)
    await world.until_quiet()
    world.cancellations = False
    await world.cycle()
    world.clock.advance(3600)
    world.cancel(second)
    await world.until_quiet()
    world.cancellations = True
    world.clock.advance(3600)
    await world.until_quiet()

    assert {(State.SYNCED, None), (State.HELD, Reason.PAUSED)} == told(world)
    assert [] == refunds(second)


async def test_what_is_known_when_they_are_switched_off_is_held_until_they_are_on_again(world: World) -> None:
    """The hold names the switch, and ends with it."""
    sold = world.sell_unshipped()
    world.faults.add(Fault(FaultKind.STATUS_502, "order", times=40))
    world.cancel(sold)
    await world.cycle()
    world.faults.clear()
    world.cancellations = False
    world.clock.advance(3600)
    await world.cycle()
    assert {(State.HELD, Reason.CANCELLATIONS_OFF)} == told(world)

    world.cancellations = True
    world.clock.advance(3600)
    await world.until_quiet()

    assert {(State.SYNCED, None)} == told(world)
    assert [(4499, [(2, "CANCEL")])] == refunds(sold)


async def test_what_was_complete_before_start_from_is_not_woken_by_a_later_touch(world: World) -> None:
    """A new store lists it first, and skips it."""
    sold = world.sell_unshipped()
    case = world.cancel(sold)
    world.clock.advance(12 * 3600)
    start_from = world.clock.now()
    await world.cycle(start_from=start_from)
    world.clock.advance(3600)
    world.pair.tiktok.advance_cancellation(case, COMPLETE)

    for _ in range(3):
        world.clock.advance(300)
        await world.cycle(start_from=start_from)

    assert {(State.SKIPPED, Reason.BEFORE_START)} == told(world)
    assert [] == refunds(sold)
