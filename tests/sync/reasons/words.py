"""How TikTok's words, and the settings they meet, come to hold or settle a case."""

from syncd.model.cases import ReturnStatus, ReturnType
from syncd.model.reasons import Reason
from syncd.sandbox.faults import Fault, FaultKind
from syncd.sandbox.shopify import returns
from syncd.sandbox.tiktok.world import Paid
from syncd.service.decisions import Command
from tests.sync.reasons.orders import DAYS
from tests.sync.world import MINUTES, World, rule


async def new_type(world: World) -> None:
    """TikTok invents a word."""
    sold = world.pair.sell({"SHIRT": "20.00"})
    world.pair.tiktok.add_return(sold.tiktok, type="LOAN", status=ReturnStatus.COMPLETE)


async def new_status(world: World) -> None:
    """And another one."""
    world.pair.tiktok.advance(world.refund(), "LOAN_GIVEN")


async def no_amount(world: World) -> None:
    """TikTok says that it paid, but not how much."""
    sold = world.pair.sell({"SHIRT": "20.00"})
    world.pair.tiktok.add_return(
        sold.tiktok, type=ReturnType.REFUND, status=ReturnStatus.COMPLETE, amount=False
    )


async def shown(world: World, status: ReturnStatus, **changes: object) -> None:
    """A return whose parcel is under way is to be seen in Shopify; then TikTok says something else."""
    case = world.return_(ReturnStatus.BUYER_SHIPPED_ITEM)
    await world.cycle()
    world.clock.advance(1 * MINUTES)
    world.pair.tiktok.advance(case, status, **changes)  # type: ignore[arg-type] # as that takes them


async def parcel_of_a_refund(world: World) -> None:
    """Nothing was to come back, says TikTok now."""
    await shown(world, ReturnStatus.COMPLETE, type=ReturnType.REFUND)


async def replaced_after_all(world: World) -> None:
    """The buyer got another one instead of money."""
    await shown(world, ReturnStatus.REPLACEMENT_COMPLETE, type=ReturnType.REPLACEMENT)


async def closed_by_staff(world: World) -> None:
    """Somebody was done with the return before it was withdrawn."""
    await shown(world, ReturnStatus.CANCELLED)
    [return_] = (one for order in world.pair.shopify.orders for one in order.returns)
    returns.close(world.pair.shopify.world, return_)
    world.clock.advance(1 * MINUTES)


async def more_money_later(world: World) -> None:
    """TikTok raised the amount after it was written."""
    case = world.refund()
    await world.cycle()
    world.clock.advance(1 * MINUTES)
    world.pair.tiktok.advance(case, paid=Paid("25.00"))


async def dismissed(world: World) -> None:
    """Kim has refunded it by hand."""
    world.refund(world.pair.sell({"SHIRT": "20.00"}, paid=False))
    await world.cycle()
    rule(world, Command.DISMISS, "refunded by hand")
    await world.cycle()


async def more_money_than_dismissed(world: World) -> None:
    """What Kim has refunded is not what TikTok says now."""
    await dismissed(world)
    [(case, _)] = world.agreed.values()
    world.pair.tiktok.advance(case, paid=Paid("25.00"))  # type: ignore[arg-type] # a return


async def switched_off_meanwhile(world: World) -> None:
    """A cancellation could not be written while they were on."""
    world.cancellations = True
    world.faults.add(Fault(FaultKind.STATUS_502, "order", times=40))
    world.cancel()
    await world.cycle()
    world.faults.clear()
    world.cancellations = False
    world.clock.advance(60 * MINUTES)


async def shipped_meanwhile(world: World) -> None:
    """The parcel was faster than the cancellation."""
    world.cancellations = True
    world.cancel(world.pair.sell({"SHIRT": "20.00"}, quantity=2, shipping=499))


async def part_kept_out_of_stock(world: World) -> None:
    """One of two units, and TikTok keeps it."""
    world.cancellations = True
    world.cancel(units=1, replenish=False)


async def cancelled_with_its_money(world: World) -> None:
    """Somebody cancelled the order and left the payment on it."""
    world.cancellations = True
    sold = world.sell_unshipped()
    world.pair.shopify.foreign_cancel(sold.shopify, refund=False)
    world.cancel(sold)


async def cancelled_by_others(world: World) -> None:
    """The connector was faster."""
    world.cancellations = True
    sold = world.sell_unshipped()
    world.pair.shopify.foreign_cancel(sold.shopify)
    world.cancel(sold)


async def paid_back_early(world: World) -> None:
    """The merchant starts later."""
    world.refund()
    world.clock.advance(60 * MINUTES)
    await world.cycle(start_from=world.clock.now())


async def withdrawn(world: World) -> None:
    """The buyer keeps it after all."""
    world.return_(ReturnStatus.CANCELLED)


async def replaced(world: World) -> None:
    """The buyer got another one."""
    sold = world.pair.sell({"SHIRT": "20.00"})
    world.pair.tiktok.add_return(
        sold.tiktok, type=ReturnType.REPLACEMENT, status=ReturnStatus.REPLACEMENT_COMPLETE
    )


async def tiktoks_own_parcel(world: World) -> None:
    """Such orders are not imported, and three days have passed."""
    world.refund(
        world.pair.sell({"SHIRT": "20.00"}, fulfillment_type="FULFILLMENT_BY_TIKTOK", tags=("other",))
    )
    await world.cycle()
    world.clock.advance(4 * DAYS)


SCENARIOS = {
    Reason.UNKNOWN_TYPE: new_type,
    Reason.UNKNOWN_STATUS: new_status,
    Reason.AMOUNT_MISSING: no_amount,
    Reason.TYPE_CHANGED: parcel_of_a_refund,
    Reason.RETURN_WITHOUT_MONEY: replaced_after_all,
    Reason.RETURN_TOUCHED: closed_by_staff,
    Reason.CHANGED_AFTER_WRITE: more_money_later,
    Reason.CHANGED_AFTER_DECISION: more_money_than_dismissed,
    Reason.CANCELLATIONS_OFF: switched_off_meanwhile,
    Reason.SHIPPED_MEANWHILE: shipped_meanwhile,
    Reason.PART_CANCELLED: part_kept_out_of_stock,
    Reason.CANCELLED_NOT_REFUNDED: cancelled_with_its_money,
    Reason.ALREADY_CANCELLED: cancelled_by_others,
    Reason.BEFORE_START: paid_back_early,
    Reason.WITHDRAWN: withdrawn,
    Reason.NO_MONEY: replaced,
    Reason.NOT_IMPORTED: tiktoks_own_parcel,
    Reason.DISMISSED: dismissed,
}
