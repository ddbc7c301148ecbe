"""A report finds what is wrong on either side, and nothing else."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from syncd.errors import ApiError, UsageError
from syncd.model.cases import CancelStatus, ReturnStatus, State
from syncd.model.period import Period
from syncd.report.rows import AGREES, CaseRow, Reconciliation, Result
from syncd.sandbox.faults import Fault, FaultKind, When
from syncd.sandbox.shopify.order import Order
from syncd.sandbox.shopify.records import Refund
from syncd.sandbox.tiktok.world import Paid, SandboxCancellation, SandboxReturn
from syncd.service.both_sides import reconcile
from syncd.service.decisions import Command
from syncd.service.session import previewing
from tests.sync.world import World, rule

Case = SandboxReturn | SandboxCancellation
DAY = timedelta(days=1)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    world = World(tmp_path, auto_restock=False, cancellations=True)
    with world.pair.serving():
        yield world


async def report(
    world: World, store: str = "syncd.db", *, days: tuple[int, int] = (-1, 2), **sync: object
) -> Reconciliation:
    """From yesterday to tomorrow, where nothing else is said."""
    first, last = ((world.clock.now() + DAY * number).date().isoformat() for number in days)
    settings = world.settings(store, **sync)
    with previewing(settings.store.path) as view:
        [found] = await reconcile(settings, view, world.clock, Period.parse(first, last))
    return found


def results(found: Reconciliation) -> dict[str, Result]:
    """What differs, by case."""
    assert not found.errors
    return {row.case_id: row.result for row in found.differences}


def refund_of(world: World, case: Case) -> Refund:
    """The one refund of a case."""
    [refund] = world.refunds_of(case)
    return refund


def order_of(world: World, case: Case) -> Order:
    return world.agreed[case.id][1].shopify


# What may go wrong, on either side. Each takes a case that is settled, and says what has to be reported.


def deleted(world: World, case: Case) -> set[Result]:
    order_of(world, case).refunds.remove(refund_of(world, case))
    return {Result.MISSING}


def order_deleted(world: World, case: Case) -> set[Result]:
    shop, order = world.pair.shopify.world, order_of(world, case)
    del shop.orders[order.id], shop._objects[order.id]
    return {Result.MISSING}


def doubled(world: World, case: Case) -> set[Result]:
    refund = refund_of(world, case)
    order_of(world, case).refunds.append(replace(refund, id="gid://shopify/Refund/2"))
    return {Result.DOUBLED}


def doubled_by_hand(world: World, case: Case) -> set[Result]:
    made = replace(refund_of(world, case), id="gid://shopify/Refund/2", note="sorry", return_=None)
    made.created_at = world.clock.now()
    order_of(world, case).refunds.append(made)
    return {Result.DOUBLED}


def doubled_elsewhere(world: World, case: Case) -> set[Result]:
    """On an order that has nothing to do with it."""
    sold = world.pair.sell({"OTHER": "90.00"})
    note = f"TikTok Shop return {case.id} (syncd)"
    world.pair.shopify.foreign_refund(sold.shopify, amount=2000, note=note)
    return {Result.DOUBLED}


def changed_amount(world: World, case: Case) -> set[Result]:
    payment = refund_of(world, case).transactions[0]
    payment.amount -= 1
    return {Result.DIFFERENT_AMOUNT}


def failed_payment(world: World, case: Case) -> set[Result]:
    refund_of(world, case).transactions[0].status = "FAILURE"
    return {Result.MISSING}


def earlier_day(world: World, case: Case) -> set[Result]:
    refund_of(world, case).processed_at -= DAY
    return {Result.WRONG_DAY}


def later_day(world: World, case: Case) -> set[Result]:
    refund_of(world, case).processed_at += 2 * DAY
    return {Result.WRONG_DAY}


def paid_more(world: World, case: Case) -> set[Result]:
    put(world, case, paid=Paid("20.01", "0", "0"))
    return {Result.DIFFERENT_AMOUNT}


def paid_nothing(world: World, case: Case) -> set[Result]:
    put(world, case, paid=None)
    return {Result.DIFFERENT_AMOUNT}


def taken_back(world: World, case: Case) -> set[Result]:
    put(
        world,
        case,
        status=ReturnStatus.CANCELLED if isinstance(case, SandboxReturn) else "CANCELLATION_REQUEST_CANCEL",
    )
    return {Result.NOT_PAID_BACK}


def unknown_to_tiktok(world: World, case: Case) -> set[Result]:
    market = world.pair.tiktok
    del (market.returns if isinstance(case, SandboxReturn) else market.cancellations)._states[case.id]
    return {Result.NOT_PAID_BACK}


def put(world: World, case: Case, **changes: object) -> None:
    """Change what TikTok says now."""
    market, now = world.pair.tiktok, world.clock.now()
    if isinstance(case, SandboxReturn):
        market.returns.put(now, replace(market.returns.latest(case.id), **changes))  # type: ignore[arg-type]
    else:
        market.cancellations.put(now, replace(market.cancellations.latest(case.id), **changes))  # type: ignore[arg-type]


Plant = Callable[[World, Case], set[Result]]
PLANTS: list[Plant] = [
    deleted,
    order_deleted,
    doubled,
    doubled_by_hand,
    doubled_elsewhere,
    changed_amount,
    failed_payment,
    earlier_day,
    later_day,
    paid_more,
    paid_nothing,
    taken_back,
    unknown_to_tiktok,
]


async def settled(world: World, chance: Random) -> list[Case]:
    """Refunds, returns and cancellations, some on the same order, all of them written."""
    pair = world.pair
    shared = pair.sell({"SHIRT": "20.00", "MUG": "20.00"}, quantity=2)
    cases: list[Case] = [
        world.refund(),
        world.refund(total="7.50"),
        world.return_(),
        world.return_(units=2),
        world.cancel(),
    ]
    lines = shared.tiktok.line_ids
    for line in lines[:2]:
        case = pair.tiktok.add_return(
            shared.tiktok, [line], type="REFUND", status=ReturnStatus.COMPLETE, refund_total="20.00"
        )
        world.agreed[case.return_id] = (case, shared)
        cases.append(case)
    chance.shuffle(cases)
    assert (await world.until_quiet()).ok
    world.assert_exactly_once()
    return cases


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("store", ["syncd.db", "new.db"])
@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__)
async def test_what_is_planted_is_found(world: World, plant: Plant, store: str, seed: int) -> None:
    """On any case, and no other case is named, also with a store that knows nothing."""
    chance = Random(seed)
    cases = await settled(world, chance)
    assert results(await report(world)) == {}
    chosen = chance.choice(cases)
    world.clock.advance(60)

    expected = plant(world, chosen)

    found = results(await report(world, store))
    assert set(found) == {chosen.id}
    assert found[chosen.id] in expected


async def one(world: World, store: str = "syncd.db") -> CaseRow:
    """The only row of the report."""
    [row] = (await report(world, store)).rows
    return row


@pytest.mark.parametrize("store", ["syncd.db", "new.db"])
async def test_what_is_deleted_with_its_order_is_missing(world: World, store: str) -> None:
    """Whether the store remembers which order it was, or nobody can tell any more."""
    order_deleted(world, (await settled(world, Random(0)))[0])

    assert list(results(await report(world, store)).values()) == [Result.MISSING]


async def test_by_hand(world: World) -> None:
    """A refund that somebody else made is named with what to type, and once it is linked all agrees."""
    case = world.refund()
    made = world.pair.shopify.foreign_refund(order_of(world, case), amount=2000)
    await world.until_quiet()

    row = await one(world)
    assert (row.result, row.by_other and row.by_other.id, row.shopify) == (Result.BY_HAND, made.id, None)

    rule(world, Command.LINK, made.id)
    await world.until_quiet()

    for store in ("syncd.db", "new.db"):
        row = await one(world, store)
        assert (row.result, str(row.shopify)) == (Result.LINKED, "20.00 USD")


async def test_two_cases_and_one_refund_by_hand(world: World) -> None:
    """It is for one of them only; the other has none."""
    sold = world.pair.sell({"SHIRT": "20.00"}, quantity=2)
    world.refund(sold)
    case = world.pair.tiktok.add_return(
        sold.tiktok, [sold.tiktok.line_ids[1]], type="REFUND", status=ReturnStatus.COMPLETE
    )
    world.agreed[case.return_id] = (case, sold)
    world.pair.shopify.foreign_refund(sold.shopify, amount=2000)

    found = results(await report(world, "new.db"))

    assert sorted(found.values()) == sorted([Result.BY_HAND, Result.MISSING])


async def test_a_refund_by_hand_of_another_month_is_no_double(world: World) -> None:
    """The case that it was made for is of another period, but on the same order."""
    sold = world.pair.sell({"SHIRT": "20.00"}, quantity=2)
    world.refund(sold)
    await world.until_quiet()
    world.clock.advance(3 * 86400)
    later = world.pair.tiktok.add_return(
        sold.tiktok, [sold.tiktok.line_ids[1]], type="REFUND", status=ReturnStatus.COMPLETE
    )
    world.pair.shopify.foreign_refund(sold.shopify, amount=2000)

    assert results(await report(world, days=(-4, -2))) == {}
    assert results(await report(world)) == {later.return_id: Result.BY_HAND}


async def test_dismissed(world: World) -> None:
    """A person's decision agrees, and says whose it is; another store finds it on the order."""
    case = world.refund()
    world.pair.shopify.foreign_refund(order_of(world, case), amount=1500)
    await world.until_quiet()
    assert (await one(world)).result is Result.HELD
    rule(world, Command.DISMISS, "settled by mail")
    await world.until_quiet()

    for store in ("syncd.db", "new.db"):
        row = await one(world, store)
        assert (row.result, row.shopify) == (Result.LINKED, None)
        assert "kim: settled by mail" in row.detail

    put(world, case, paid=Paid("19.00", "0", "0"))
    assert (await one(world, "new.db")).result not in AGREES


async def test_held(world: World) -> None:
    """With the reason of the hold, and how many were held that day."""
    sold = world.pair.sell({"SHIRT": "20.00"}, gateway="paypal", manual_gateway=False)
    world.refund(sold)
    await world.until_quiet()
    world.clock.advance(1)

    found = await report(world)

    [row] = found.rows
    assert (row.result, row.case and row.case.state) == (Result.HELD, State.HELD)
    assert row.detail.startswith("The order was paid through a gateway")
    assert [count for _, count in found.held_by_day][-1] == 1


async def test_waiting_for_inspection(world: World) -> None:
    """The money agrees; the units wait, which also an empty store can tell."""
    world.return_()
    await world.until_quiet()

    for store in ("syncd.db", "new.db"):
        row = await one(world, store)
        assert (row.result, row.restock_waiting) == (Result.MATCHED, True)


async def test_still_to_be_written(world: World) -> None:
    """A rehearsal writes nothing; what is planned is due. News that nobody has polled is due as well."""
    world.tables["guard"] = {"dry_run": True, "settle": "5s"}
    world.refund()
    await world.until_quiet()
    assert (await one(world)).result is Result.DUE
    world.clock.advance(60)
    news = world.refund()

    assert results(await report(world))[news.return_id] is Result.DUE


async def test_before_the_start(world: World) -> None:
    """What was paid back before start_from is outside of the books, and no difference."""
    case = world.refund()

    found = await report(world, "new.db", start_from=world.clock.now() + timedelta(hours=1))

    assert [(row.case_id, row.result) for row in found.rows] == [(case.return_id, Result.LEFT_OUT)]
    assert found.agrees


async def test_cancellations_that_are_not_carried_over(world: World) -> None:
    """They are not read; one that was carried over before still has to be right."""
    world.cancel(status=CancelStatus.COMPLETE)
    assert (await report(world, "new.db", cancellations=False)).rows == []
    await world.until_quiet()
    [case] = [case for case, _ in world.agreed.values()]
    changed_amount(world, case)

    found = await report(world, cancellations=False)

    assert results(found) == {case.id: Result.DIFFERENT_AMOUNT}


async def test_another_period(world: World) -> None:
    """A case is in the period in which it was paid back, and in no other."""
    await settled(world, Random(1))
    world.clock.advance(5 * 86400)

    assert len((await report(world, days=(-6, -3))).rows) == 7
    assert (await report(world)).rows == []
    assert (await report(world, days=(-9, -6))).rows == []


async def test_across_midnight(world: World) -> None:
    """What a return has paid back carries the day on which it was made: that may be the next one."""
    world.clock.advance(16 * 3600 + 55 * 60)  # 23:55 of the shop's day, which is New York's
    world.return_()
    world.clock.advance(600)
    await world.cycle()

    row = await one(world)

    assert row.paid_back_on
    assert row.refunded_on == row.paid_back_on + DAY
    assert row.result is Result.MATCHED


async def test_a_doubled_refund_in_a_later_period(world: World) -> None:
    """The report of that period tells of it as well, though the case was paid back before."""
    case = world.refund()
    await world.until_quiet()
    world.clock.advance(5 * 86400)
    order = order_of(world, case)
    world.pair.shopify.foreign_refund(order, amount=500, note=f"TikTok Shop return {case.return_id} (syncd)")

    assert results(await report(world)) == {case.return_id: Result.DOUBLED}
    assert results(await report(world, days=(-6, -3))) == {case.return_id: Result.DOUBLED}


async def test_an_order_that_makes_no_sense(world: World) -> None:
    """It is not read, and the others are."""
    cases = await settled(world, Random(2))
    order_of(world, cases[0]).name = None  # type: ignore[assignment]

    found = results(await report(world))

    assert set(found.values()) == {Result.UNREAD}
    assert cases[0].id in found


async def test_an_order_that_the_app_may_not_see(world: World) -> None:
    """Nobody can say that its refund is missing."""
    world.pair.shopify.tokens.scopes -= {"read_all_orders"}
    case = world.refund()
    await world.until_quiet()
    order_of(world, case).created_at -= 70 * DAY

    row = await one(world)

    assert row.result is Result.UNREAD
    assert "read_all_orders" in row.detail


@pytest.mark.parametrize("side", ["tiktok", "shopify"])
async def test_a_side_that_cannot_be_reached(world: World, side: str) -> None:
    """Nothing is said of any case."""
    await settled(world, Random(3))
    server = world.pair.tiktok_server if side == "tiktok" else world.pair.shopify_server
    operation = "returns/search" if side == "tiktok" else "nodes"
    server.front.faults.add(Fault(FaultKind.RESET, operation, When.BEFORE, times=99))

    found = await report(world)

    assert not found.rows
    assert not found.agrees
    [error] = found.errors
    assert isinstance(error, ApiError)
    assert error.api == side


async def test_the_wrong_way_round(world: World) -> None:
    """A period that ends before it begins is a mistake of who typed it."""
    with pytest.raises(UsageError):
        await report(world, days=(2, -1))


async def test_nothing_is_written(world: World) -> None:
    """Neither to Shopify nor to the store."""
    await settled(world, Random(4))
    world.refund()
    writes = len(world.pair.shopify.writes())
    before = world.cases()

    await report(world)

    assert len(world.pair.shopify.writes()) == writes
    assert world.cases() == before
