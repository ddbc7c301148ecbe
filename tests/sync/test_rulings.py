"""What people decide, in a running world: it is heeded, and every other store finds it on the order."""

from collections.abc import Callable

import pytest

from syncd.model.cases import Case, ReturnStatus, State
from syncd.model.reasons import Reason
from syncd.sandbox.faults import Fault, FaultKind, When
from syncd.sandbox.http import Request, json_reply
from syncd.sandbox.pair import Sold
from syncd.sandbox.tiktok.world import Paid, SandboxReturn
from syncd.service.decisions import Asked, Command, decide
from tests.sync.world import SETTLE, World, open_to_write, rule

HOUR = 3600
GUARD = {"settle": f"{SETTLE}s"}


def only(world: World, store: str = "syncd.db") -> Case:
    """The one case that the store knows."""
    [case] = world.cases(store)
    return case


def foreign(world: World, app: str | None = "AfterShip Feed") -> tuple[Sold, SandboxReturn, str]:
    """A refund that an app made for the same case, after it was opened."""
    sold = world.pair.sell({"SHIRT": "20.00"}, quantity=2)
    case = world.refund(sold)
    made = world.pair.shopify.foreign_refund(sold.shopify, amount=2000, units={"SHIRT": 1}, app=app)
    return sold, case, made.id


def moved(sold: Sold) -> list[int]:
    """The money of every refund on the order."""
    return [refund.total_refunded for refund in sold.shopify.refunds]


@pytest.mark.parametrize(("app", "told"), [("AfterShip Feed", "by AfterShip Feed"), (None, "of 20.00 USD")])
async def test_a_foreign_refund_is_held_with_the_app_that_made_it(
    world: World, app: str | None, told: str
) -> None:
    """A person sees at once who works in the same orders."""
    _, _, made = foreign(world, app)

    await world.cycle()

    held = only(world)
    assert (State.HELD, Reason.FOREIGN_REFUND, (made,)) == (held.state, held.reason, held.subjects)
    assert told in held.detail


async def test_an_app_that_may_not_read_events_holds_all_the_same(world: World) -> None:
    """Who made it stays unknown."""
    denied = {"message": "Access denied", "extensions": {"code": "ACCESS_DENIED"}}
    reply = json_reply({"errors": [denied], "data": {"order": {"events": None}}})

    def deny(operation: str, request: Request) -> None:
        if b"ReadEvents" in request.body:
            world.faults.add(Fault(FaultKind.REPLY, operation, reply=reply))

    foreign(world)
    world.faults.before.append(deny)

    await world.cycle()

    assert (Reason.FOREIGN_REFUND, True) == (only(world).reason, "AfterShip" not in only(world).detail)


async def test_a_linked_refund_settles_the_case_for_every_store(world: World) -> None:
    """Nothing more is refunded, now or after the store is lost."""
    sold, _, made = foreign(world)
    await world.cycle()
    rule(world, Command.LINK, made)

    await world.cycle()
    await world.until_quiet("other.db")

    assert (State.SYNCED, (made,)) == (only(world).state, only(world).refund_ids)
    assert (State.SYNCED, (made,)) == (only(world, "other.db").state, only(world, "other.db").refund_ids)
    assert [2000] == moved(sold)


async def test_a_linked_refund_holds_no_other_case_of_the_order(world: World) -> None:
    """It is known whose it is."""
    sold, _, made = foreign(world)
    await world.cycle()
    rule(world, Command.LINK, made)
    await world.cycle()
    world.refund(sold)

    await world.until_quiet("other.db")

    assert [State.SYNCED] * 2 == [case.state for case in world.cases("other.db")]
    assert [2000, 2000] == moved(sold)


async def test_a_linked_return_is_the_one(world: World) -> None:
    """The return that a connector made is processed; no second one is shown."""
    sold = world.pair.sell({"SHIRT": "20.00"}, quantity=2)
    made = world.pair.shopify.foreign_return(sold.shopify, SHIRT=1, app="AfterShip Feed")
    case = world.return_(ReturnStatus.BUYER_SHIPPED_ITEM, sold)
    await world.cycle()
    held = only(world)
    rule(world, Command.LINK, made.id)
    await world.cycle()
    shown = only(world).state
    world.pair.tiktok.advance(case, ReturnStatus.COMPLETE)

    await world.until_quiet()

    assert (Reason.FOREIGN_RETURN, (made.id,), State.TRACKING) == (held.reason, held.subjects, shown)
    assert "by AfterShip Feed" in held.detail
    assert (State.SYNCED, ["CLOSED"], [2000]) == (
        only(world).state,
        [one.status for one in sold.shopify.returns],
        moved(sold),
    )


async def test_an_approved_foreign_refund_is_about_something_else(world: World) -> None:
    """Both stand, and a refund that comes later is held again."""
    sold, _, _ = foreign(world)
    await world.cycle()
    rule(world, Command.APPROVE)

    await world.cycle()

    assert (State.SYNCED, [2000, 2000]) == (only(world).state, moved(sold))


@pytest.mark.parametrize("lose", [False, True])
async def test_a_dismissed_case_is_written_by_nobody(world: World, *, lose: bool) -> None:
    """Its own store keeps to it, and another one finds it on the order."""
    sold, _, _ = foreign(world)
    await world.cycle()
    rule(world, Command.DISMISS, "settled by hand")
    await world.cycle()
    sold.shopify.refunds.clear()
    world.pair.shopify.world.changed(sold.shopify)

    await world.until_quiet("other.db" if lose else "syncd.db")

    found = only(world, "other.db" if lose else "syncd.db")
    assert (State.DISMISSED, "by kim: settled by hand") == (found.state, found.detail)
    assert [] == moved(sold)


async def test_a_dismissal_whose_answer_is_lost_is_written_down_once_more(world: World) -> None:
    """Writing it twice does no harm."""
    foreign(world)
    await world.cycle()
    rule(world, Command.DISMISS, "settled by hand")
    for when in (When.BEFORE, When.AFTER):
        world.faults.add(world.lost("metafieldsSet", when))

    await world.until_quiet()
    await world.until_quiet("other.db")

    assert [State.DISMISSED] * 2 == [only(world).state, only(world, "other.db").state]


async def test_a_dismissal_does_not_outlive_a_change_of_the_amount(world: World) -> None:
    """It is held, in every store, and a person decides anew."""
    _, case, _ = foreign(world)
    await world.cycle()
    rule(world, Command.DISMISS, "settled by hand")
    await world.cycle()
    world.pair.tiktok.advance(case, paid=Paid("25.00"))

    await world.until_quiet()
    await world.until_quiet("other.db")
    held = [only(world).reason, only(world, "other.db").reason]
    rule(world, Command.DISMISS, "settled by hand, too")
    await world.until_quiet()

    assert [Reason.CHANGED_AFTER_DECISION] * 2 == held
    assert State.DISMISSED is only(world).state


async def test_a_dismissal_that_is_taken_back_is_taken_back_everywhere(world: World) -> None:
    """Also for a store that had heard of the dismissal."""
    case = world.refund()
    world.tables = {"guard": GUARD | {"max_refund": {"USD": "1.00"}}}
    await world.cycle()
    rule(world, Command.DISMISS, "too much")
    await world.cycle()
    await world.cycle("other.db")
    rule(world, Command.RETRY)
    world.tables = {}
    world.clock.advance(60)

    await world.until_quiet()
    await world.until_quiet("other.db")

    world.assert_exactly_once(case)
    assert State.SYNCED is only(world).state


async def test_a_case_with_an_open_outcome_is_settled_before_it_is_dismissed(world: World) -> None:
    """The refund that was made is not hidden by the decision."""
    world.faults.add(world.lost("refundCreate", When.AFTER))
    case = world.refund()
    await world.cycle()
    rule(world, Command.DISMISS, "never mind")
    world.clock.advance(60)

    await world.until_quiet()

    assert (State.DISMISSED, [world.refunds_of(case)[0].id]) == (
        only(world).state,
        list(only(world).refund_ids),
    )


@pytest.mark.parametrize(
    "guard", [{"max_refund": {"USD": "15.00"}}, {"max_refunded_per_day": {"USD": "15.00"}}]
)
async def test_an_approved_case_passes_a_ceiling(world: World, guard: dict[str, object]) -> None:
    """That of one refund, and that of a day, which it would never fit under."""
    world.tables = {"guard": GUARD | guard}
    case = world.refund()
    await world.cycle()
    held = only(world).reason
    rule(world, Command.APPROVE)

    await world.cycle()

    assert Reason.OVER_CEILING == held
    world.assert_exactly_once(case)


# Pauses


PAUSES: list[Callable[[World], None]] = [
    lambda world: world.tables.update({"guard": GUARD | {"dry_run": True}}),
    lambda world: world.tables.update({"sync": {"enabled": False}}),
]


@pytest.mark.parametrize("pause", PAUSES, ids=["rehearsal", "switched off"])
async def test_what_was_paid_back_during_a_pause_waits_for_leave(
    world: World, pause: Callable[[World], None]
) -> None:
    """What was paid back before and after it does not."""
    before = world.refund()
    await world.cycle()
    pause(world)
    async with world.running() as cycle:
        if "guard" in world.tables:
            await cycle.run()
    world.clock.advance(HOUR)
    between = world.refund()
    world.clock.advance(HOUR)
    world.tables = {}
    await world.cycle()
    world.clock.advance(1)
    after = world.refund()
    world.clock.advance(60)
    await world.cycle()
    held = {case.case_id: case.reason for case in world.cases() if case.state is State.HELD}
    rule_held(world)

    await world.cycle()

    assert {between.return_id: Reason.PAUSED} == held
    world.assert_exactly_once(before, between, after)


def rule_held(world: World) -> None:
    """Kim lets through what is held."""
    kept = open_to_write(world.folder / "syncd.db")
    for case in world.cases():
        if case.state is State.HELD:
            decide(kept, case, Asked(Command.APPROVE, "kim"), world.clock.now())
    kept.close()


async def test_a_shop_that_was_never_switched_off_has_no_pause(world: World) -> None:
    """A daemon that was down for a day goes on where it was."""
    await world.cycle()
    case = world.refund()
    world.clock.advance(24 * HOUR)

    await world.cycle()

    world.assert_exactly_once(case)


# Looking once more


async def test_a_refund_that_somebody_adds_afterwards_is_found_some_hours_later(world: World) -> None:
    """The order is read once more, and a person is told."""
    sold = world.pair.sell({"SHIRT": "20.00"}, quantity=2)
    world.refund(sold)
    await world.cycle()
    world.clock.advance(60)
    made = world.pair.shopify.foreign_refund(sold.shopify, amount=2000, app="AfterShip Feed")
    world.clock.advance(5 * HOUR)
    await world.cycle()
    early = only(world).state
    world.clock.advance(HOUR)

    await world.cycle()

    found = only(world)
    assert (State.SYNCED, State.HELD, Reason.DOUBLED) == (early, found.state, found.reason)
    assert (made.id,) == found.subjects
    assert "AfterShip Feed" in found.detail


async def test_the_order_of_a_written_case_is_read_once_more_and_then_no_more(world: World) -> None:
    """Quiet cycles cost nothing again."""
    world.refund()
    await world.cycle()
    counts = []
    for _ in range(3):
        world.clock.advance(6 * HOUR)
        before = len(world.pair.shopify.calls)
        await world.cycle()
        counts.append(sum(call.operation == "order" for call in world.pair.shopify.calls[before:]))

    assert [True, False, False] == [count > 0 for count in counts]


async def test_a_double_that_is_approved_stays_quiet(world: World) -> None:
    """It was for something else."""
    sold = world.pair.sell({"SHIRT": "20.00"}, quantity=2)
    world.refund(sold)
    await world.cycle()
    world.clock.advance(60)
    world.pair.shopify.foreign_refund(sold.shopify, amount=500)
    world.clock.advance(7 * HOUR)
    await world.cycle()
    rule(world, Command.APPROVE)

    for _ in range(3):
        await world.cycle()
        world.clock.advance(7 * HOUR)

    assert State.SYNCED is only(world).state
