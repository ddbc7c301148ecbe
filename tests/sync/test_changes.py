"""TikTok changes its word at the worst moment: nothing is forgotten, nothing wrong is sent."""

import json

import pytest

from syncd.model.cases import Case, ReturnStatus, ReturnType, State
from syncd.model.reasons import Reason
from syncd.sandbox.faults import Fault, FaultKind, When
from syncd.sandbox.pair import Sold
from syncd.sandbox.tiktok.world import Paid, SandboxReturn
from tests.sync.world import World


def only(world: World) -> Case:
    """The one case that the store knows."""
    [case] = world.cases()
    return case


async def in_doubt(world: World) -> SandboxReturn:
    """A refund that Shopify made, with its answer lost."""
    world.faults.add(world.lost("refundCreate", When.AFTER))
    case = world.refund()
    await world.cycle()
    world.clock.advance(60)
    return case


@pytest.mark.parametrize("status", [ReturnStatus.REJECTED, ReturnStatus.CANCELLED])
async def test_a_case_taken_back_while_its_refund_is_in_doubt_is_held(
    world: World, status: ReturnStatus
) -> None:
    """The refund is on the order: a person has to know."""
    case = await in_doubt(world)
    world.pair.tiktok.advance(case, status)

    await world.until_quiet()

    assert [20_00] == [refund.total_refunded for refund in world.refunds_of(case)]
    assert (State.HELD, Reason.CHANGED_AFTER_WRITE) == (only(world).state, only(world).reason)


async def test_an_amount_that_becomes_nothing_while_its_refund_is_in_doubt_is_held(world: World) -> None:
    """The same where TikTok says that nothing was paid."""
    case = await in_doubt(world)
    world.pair.tiktok.advance(case, paid=Paid("0"))

    await world.until_quiet()

    assert (State.HELD, Reason.CHANGED_AFTER_WRITE) == (only(world).state, only(world).reason)


async def test_a_start_that_is_moved_while_a_refund_is_in_doubt_hides_nothing(world: World) -> None:
    """What was written before is not called skipped."""
    case = await in_doubt(world)

    for _ in range(3):
        await world.cycle(start_from=world.clock.now())
        world.clock.advance(60)

    assert [refund.id for refund in world.refunds_of(case)] == list(only(world).refund_ids)
    assert State.SKIPPED is not only(world).state


def shirt_or_hat(world: World, type_: ReturnType, status: ReturnStatus) -> tuple[Sold, SandboxReturn]:
    """A case about the shirt of an order of a shirt and a hat."""
    sold = world.pair.sell({"SHIRT": "20.00", "HAT": "20.00"})
    case = world.pair.tiktok.add_return(
        sold.tiktok, (sold.tiktok.line_ids[0],), type=type_, status=ReturnStatus.PENDING, refund_total="20.00"
    )
    return sold, world.pair.tiktok.advance(case, status)


def becomes_hat(world: World, sold: Sold, case: SandboxReturn) -> None:
    """The same case is paid back, and now names the hat."""
    [item] = json.loads(json.dumps(world.pair.tiktok.row_of(case)["return_line_items"]))
    item |= {"order_line_item_id": sold.tiktok.line_ids[1], "seller_sku": "HAT"}
    world.pair.tiktok.advance(
        case, ReturnStatus.COMPLETE, tracking_number="94", extra={"return_line_items": [item]}
    )


def refunded_units(sold: Sold) -> list[str | None]:
    """The SKUs that refunds took off the order."""
    return [line.line_item.sku for refund in sold.shopify.refunds for line in refund.refund_line_items]


async def test_a_return_shown_for_another_unit_is_held(world: World) -> None:
    """The wrong unit is neither refunded nor restocked."""
    sold, case = shirt_or_hat(world, ReturnType.RETURN_AND_REFUND, ReturnStatus.AWAITING_BUYER_SHIP)
    await world.cycle()
    world.clock.advance(60)
    becomes_hat(world, sold, case)

    await world.until_quiet()

    assert (Reason.RETURN_TOUCHED, []) == (only(world).reason, refunded_units(sold))


async def test_units_that_change_while_a_refund_is_in_doubt_are_not_sent_as_they_were(world: World) -> None:
    """Nothing is on the order: the new unit goes out, under a new key."""
    world.faults.add(world.lost("refundCreate"))
    sold, case = shirt_or_hat(world, ReturnType.REFUND, ReturnStatus.COMPLETE)
    await world.cycle()
    world.clock.advance(60)
    becomes_hat(world, sold, case)

    await world.until_quiet()

    assert ["HAT"] == refunded_units(sold)


async def test_a_plain_refund_of_a_case_whose_parcel_is_on_its_way_is_held(world: World) -> None:
    """Somebody has to look at what comes back."""
    case = world.return_(ReturnStatus.AWAITING_BUYER_SHIP)
    await world.cycle()
    world.clock.advance(60)
    world.pair.tiktok.advance(case, ReturnStatus.COMPLETE, type=ReturnType.REFUND)

    await world.until_quiet()

    assert (Reason.TYPE_CHANGED, []) == (only(world).reason, world.refunds_of(case))


@pytest.mark.parametrize("when", When)
async def test_our_open_return_of_a_plain_refund_is_cancelled_and_then_it_is_refunded(
    world: World, when: When
) -> None:
    """Whatever becomes of the answer to the cancelling: once, and no return stays in progress."""
    sold, case = shirt_or_hat(world, ReturnType.RETURN_AND_REFUND, ReturnStatus.AWAITING_BUYER_SHIP)
    await world.cycle()
    world.clock.advance(60)
    world.pair.tiktok.advance(case, ReturnStatus.COMPLETE, type=ReturnType.REFUND)
    world.faults.add(Fault(FaultKind.RESET, "returnCancel", when, seconds=1))

    await world.until_quiet()

    assert ["CANCELED"] == [return_.status for return_ in sold.shopify.returns]
    assert (State.SYNCED, ["SHIRT"]) == (only(world).state, refunded_units(sold))
