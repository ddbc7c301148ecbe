"""A report reads both sides afresh, and names every difference between them."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncd.model.cases import ReturnStatus, ReturnType
from syncd.model.period import Period
from syncd.report.rows import CaseRow, Reconciliation, Result
from syncd.sandbox.faults import Fault, FaultKind, When
from syncd.sandbox.shopify.records import Refund
from syncd.sandbox.tiktok.world import SandboxCancellation, SandboxReturn
from syncd.service.both_sides import reconcile
from syncd.service.decisions import Command
from syncd.service.session import previewing
from tests.sync.world import World, rule

DAYS = timedelta(days=2)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Both stand-ins, answering."""
    world = World(tmp_path)
    with world.pair.serving():
        yield world


async def reported(world: World, store: str = "syncd.db") -> Reconciliation:
    """The report of the days around now."""
    world.clock.advance(1)
    today = world.clock.now().date()
    period = Period(today - DAYS, today + DAYS)
    with previewing(world.folder / store) as view:
        [found] = await reconcile(world.settings(store), view, world.own_clock, period)
    return found


def results(found: Reconciliation) -> dict[str, Result]:
    """The result of each case."""
    return {row.case_id: row.result for row in found.rows}


def row_of(found: Reconciliation, case: SandboxReturn | SandboxCancellation) -> CaseRow:
    return next(row for row in found.rows if row.case_id == case.id)


def refund_of(world: World, case: SandboxReturn) -> Refund:
    [refund] = world.refunds_of(case)
    return refund


async def test_what_was_written_agrees(world: World) -> None:
    """Refunds, returns and the units that staff have to inspect; nothing is written by reading."""
    refund, returned = world.refund(), world.return_()
    await world.cycle()
    before = (world.folder / "syncd.db").read_bytes()
    writes = len(world.pair.shopify.writes())
    found = await reported(world)
    assert results(found) == {refund.id: Result.MATCHED, returned.id: Result.MATCHED}
    assert found.agrees
    row = row_of(found, refund)
    assert (str(row.tiktok), str(row.shopify)) == ("20.00 USD", "20.00 USD")
    assert row.paid_back_on == row.refunded_on == date(2026, 11, 2)
    assert len(world.pair.shopify.writes()) == writes
    assert (world.folder / "syncd.db").read_bytes() == before


async def test_a_store_that_was_lost_changes_nothing(world: World) -> None:
    """Both sides are read: what the store knew is not needed."""
    refund, returned, unwritten = world.refund(), world.return_(), world.refund()
    await world.cycle()
    order = world.agreed[unwritten.id][1].shopify
    order.refunds.clear()
    assert results(await reported(world, "another.db")) == {
        refund.id: Result.MATCHED,
        returned.id: Result.MATCHED,
        unwritten.id: Result.MISSING,
    }


Plant = Callable[[World, SandboxReturn], None]


def delete(world: World, case: SandboxReturn) -> None:
    world.agreed[case.id][1].shopify.refunds.remove(refund_of(world, case))


def double(world: World, case: SandboxReturn) -> None:
    refund = refund_of(world, case)
    world.agreed[case.id][1].shopify.refunds.append(replace(refund, id=f"{refund.id}99"))


def double_by_hand(world: World, case: SandboxReturn) -> None:
    world.pair.shopify.foreign_refund(world.agreed[case.id][1].shopify, amount=2000)


def one_cent_less(world: World, case: SandboxReturn) -> None:
    refund_of(world, case).transactions[0].amount -= 1


def another_day(world: World, case: SandboxReturn) -> None:
    refund_of(world, case).processed_at -= timedelta(days=1)


def without_its_mark(world: World, case: SandboxReturn) -> None:
    refund = refund_of(world, case)
    refund.note = "by Kim"
    refund.return_ = None


def one_cent_more_on_tiktok(world: World, case: SandboxReturn) -> None:
    paid = case.paid
    assert paid
    world.pair.tiktok.advance(case, paid=replace(paid, total="20.01"))


def not_paid_on_tiktok(world: World, case: SandboxReturn) -> None:
    world.pair.tiktok.advance(case, ReturnStatus.CANCELLED)


def gone_from_tiktok(world: World, case: SandboxReturn) -> None:
    world.pair.tiktok.returns.forget(case.id)


PLANTS: dict[Plant, Result] = {
    delete: Result.MISSING,
    double: Result.DOUBLED,
    double_by_hand: Result.DOUBLED,
    one_cent_less: Result.DIFFERENT_AMOUNT,
    another_day: Result.WRONG_DAY,
    without_its_mark: Result.BY_HAND,
    one_cent_more_on_tiktok: Result.DIFFERENT_AMOUNT,
    not_paid_on_tiktok: Result.NOT_PAID_BACK,
    gone_from_tiktok: Result.NOT_PAID_BACK,
}


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__)
@pytest.mark.parametrize("place", [0, 2])
@pytest.mark.parametrize("store", ["syncd.db", "lost.db"])
async def test_a_planted_fault_is_found_and_no_other(
    world: World, plant: Plant, place: int, store: str
) -> None:
    """Whichever side it is on, whichever case it is, and with a lost store as well."""
    cases = [world.refund() for _ in range(3)]
    await world.cycle()
    plant(world, cases[place])
    found = await reported(world, store)
    expected = {case.id: Result.MATCHED for case in cases} | {cases[place].id: PLANTS[plant]}
    assert results(found) == expected
    assert not found.agrees


@given(plants=st.lists(st.none() | st.sampled_from(sorted(PLANTS, key=repr)), min_size=1, max_size=6))
@settings(max_examples=15, deadline=None)
def test_any_faults_at_once_are_found_each(plants: list[Plant | None]) -> None:
    """Each case has its own result, whatever is wrong with the others."""
    with TemporaryDirectory() as folder:
        world = World(Path(folder))
        with world.pair.serving():
            cases = [world.refund() for _ in plants]
            asyncio.run(world.cycle())
            for plant, case in zip(plants, cases, strict=True):
                if plant:
                    plant(world, case)
            found = asyncio.run(reported(world))
    expected = [PLANTS[plant] if plant else Result.MATCHED for plant in plants]
    assert results(found) == dict(zip((case.id for case in cases), expected, strict=True))


async def test_what_waits_is_a_difference_with_its_reason(world: World) -> None:
    """A case that is held, one whose order is not there yet, and one that came since the last poll."""
    held = world.refund(world.pair.sell({"SHIRT": "20.00"}, gateway="Invented", manual_gateway=False))
    due = world.refund(world.pair.sell({"SHIRT": "20.00"}, tags=["none"]))
    await world.cycle()
    world.clock.advance(60)
    fresh = world.refund()
    found = await reported(world)
    assert results(found) == {held.id: Result.HELD, due.id: Result.DUE, fresh.id: Result.DUE}
    assert row_of(found, held).detail.startswith("The order was paid through a gateway")
    assert row_of(found, due).detail.startswith("No Shopify order carries this TikTok order id")
    assert row_of(found, fresh).detail == "TikTok has news that was not polled yet"


async def test_what_is_not_to_be_written_is_left_out(world: World) -> None:
    """What was paid back before `start_from`, and what a person has dismissed, are no differences."""
    sold = world.pair.sell({"SHIRT": "20.00"}, gateway="Invented", manual_gateway=False)
    dismissed = world.refund(sold)
    world.tables["sync"] = {"start_from": world.clock.now() - timedelta(minutes=30)}
    await world.cycle()
    rule(world, Command.DISMISS, "settled by hand")
    early = world.pair.tiktok.add_return(
        world.pair.sell({"SHIRT": "20.00"}).tiktok,
        type=ReturnType.REFUND,
        status=ReturnStatus.COMPLETE,
        updated_at=world.clock.now() - timedelta(hours=1),
    )
    await world.cycle()
    found = await reported(world)
    assert results(found) == {early.id: Result.LEFT_OUT, dismissed.id: Result.LINKED}
    assert found.agrees
    assert "settled by hand" in row_of(found, dismissed).detail
    assert results(await reported(world, "lost.db"))[early.id] is Result.LEFT_OUT


async def test_a_refund_by_hand_that_was_linked_agrees(world: World) -> None:
    """Before that it is named, so that somebody links it."""
    case = world.refund()
    made = world.pair.shopify.foreign_refund(world.agreed[case.id][1].shopify, amount=2000)
    await world.cycle()
    before = row_of(await reported(world), case)
    rule(world, Command.LINK, made.id)
    await world.cycle()
    after = row_of(await reported(world), case)
    assert (before.result, before.by_other and before.by_other.id) == (Result.BY_HAND, made.id)
    assert after.result is Result.LINKED
    assert row_of(await reported(world, "lost.db"), case).result is Result.LINKED


async def test_a_refund_of_another_amount_by_somebody_else_is_not_taken_for_ours(world: World) -> None:
    """Only the very amount may be the same case."""
    case = world.refund()
    await world.cycle()
    world.pair.shopify.foreign_refund(world.agreed[case.id][1].shopify, amount=100)
    assert row_of(await reported(world), case).result is Result.MATCHED


async def test_units_that_wait_for_staff_are_told(tmp_path: Path) -> None:
    """By the store, and where that was lost, by the return that is open."""
    world = World(tmp_path, auto_restock=False)
    with world.pair.serving():
        case = world.return_()
        await world.cycle()
        told = [
            row_of(await reported(world, store), case).restock_waiting for store in ("syncd.db", "lost.db")
        ]
    assert told == [True, True]


async def test_a_return_may_be_refunded_after_midnight_but_not_days_later(world: World) -> None:
    """Shopify dates a refund through a return itself: a day later is no fault, two days later is."""
    case = world.return_()
    await world.cycle()
    refund = refund_of(world, case)
    refund.created_at = refund.processed_at = refund.processed_at + timedelta(hours=23)
    assert row_of(await reported(world), case).result is Result.MATCHED
    refund.created_at = refund.processed_at = refund.processed_at + timedelta(hours=25)
    assert row_of(await reported(world), case).result is Result.WRONG_DAY


async def test_only_the_period_is_compared(world: World) -> None:
    """A case belongs to the moment at which TikTok paid it back."""
    world.refund()
    await world.cycle()
    world.clock.advance(10 * 86_400)
    later = world.refund()
    await world.cycle()
    assert list(results(await reported(world))) == [later.id]


async def test_cancellations_are_compared_where_they_are_carried_over(world: World) -> None:
    """And are nobody's business where they are not."""
    world.cancellations = True
    case = world.cancel()
    await world.cycle()
    assert results(await reported(world)) == {case.id: Result.MATCHED}


async def test_an_order_that_cannot_be_read_is_named_and_the_others_are_compared(world: World) -> None:
    """Nothing is known of it, so it does not agree."""
    good, bad = world.refund(), world.refund()
    await world.cycle()
    order = world.agreed[bad.id][1].shopify
    order.refunds += [replace(refund_of(world, bad), id=f"gid://shopify/Refund/{n}") for n in range(60)]
    found = await reported(world)
    assert results(found) == {good.id: Result.MATCHED, bad.id: Result.UNREAD}


async def test_an_order_with_many_returns_is_read_by_itself(world: World) -> None:
    """What does not fit into the common answer is not cut off."""
    sold = world.pair.sell({"SHIRT": "20.00"}, quantity=9)
    for _ in range(7):
        world.pair.shopify.foreign_return(sold.shopify, SHIRT=1)
    case = world.refund(sold, total="5.00")
    await world.cycle()
    assert row_of(await reported(world), case).result is Result.MATCHED


@pytest.mark.parametrize("operation", ["nodes", "orders", "returns/search"])
async def test_a_side_that_cannot_be_read_is_an_error_and_nothing_agrees(
    world: World, operation: str
) -> None:
    """There are no rows then that somebody could take for the whole."""
    world.refund()
    await world.cycle()
    for server in (world.pair.shopify_server, world.pair.tiktok_server):
        server.front.faults.add(Fault(FaultKind.STATUS_503, operation, When.BEFORE, times=30))
    found = await reported(world)
    assert not found.rows
    assert [type(error).__name__ for error in found.errors] == ["NotReached"]
    assert not found.agrees


async def test_the_report_counts_who_was_held(world: World) -> None:
    """From the store's history."""
    world.refund(world.pair.sell({"SHIRT": "20.00"}, gateway="Invented", manual_gateway=False))
    await world.cycle()
    assert (await reported(world)).held_by_day[-1][1] == 1
