"""How what was written, or is to be written beside others, comes to wait or to be held."""

from collections.abc import Callable

from syncd.model.reasons import Reason
from syncd.sandbox.faults import Fault, FaultKind, When
from syncd.sandbox.http import Reply, Request, json_reply
from syncd.sandbox.shopify.records import Refund
from syncd.service.decisions import Command
from tests.sync.world import MINUTES, World, rule

HOURS = 60 * MINUTES


def once_refunded(world: World, change: Callable[[Refund], None]) -> None:
    """What becomes of our refund right after Shopify made it: restocked units are looked at once more."""
    world.import_returns = False
    case = world.return_()

    def hook(operation: str, _request: Request, _reply: Reply) -> None:
        if operation == "refundCreate":
            [refund] = world.refunds_of(case)
            change(refund)

    world.faults.after.append(hook)


def payment_is(status: str) -> Callable[[Refund], None]:
    """Its money has not moved."""

    def change(refund: Refund) -> None:
        for transaction in refund.transactions:
            transaction.status = status

    return change


def lost(refund: Refund) -> None:
    """The order does not show it."""
    refund.order.refunds.remove(refund)


async def claimed(world: World) -> None:
    """Another store's answer got lost; its claim is on the order."""
    world.faults.add(world.lost("refundCreate"))
    world.refund()
    await world.cycle("other.db")


async def answer_lost(world: World) -> None:
    """It was sent a moment ago."""
    world.faults.add(world.lost("refundCreate", When.AFTER))
    world.refund()
    await world.cycle()


async def payment_pending(world: World) -> None:
    """The money is on its way."""
    once_refunded(world, payment_is("PENDING"))
    await world.cycle()


async def payment_failed(world: World) -> None:
    """It never arrived."""
    once_refunded(world, payment_is("FAILURE"))
    await world.cycle()


async def confirmed_and_not_there(world: World) -> None:
    """Shopify has said yes, and shows nothing."""
    once_refunded(world, lost)
    await world.cycle()


async def stock_as_before(world: World) -> None:
    """Shopify made the refund and left the stock alone."""
    world.import_returns = False
    case = world.return_()

    def forget(operation: str, _request: Request, _reply: Reply) -> None:
        if operation == "refundCreate":
            [refund] = world.refunds_of(case)
            for line in refund.refund_line_items:
                line.restocked = False

    world.faults.after.append(forget)
    await world.cycle()


async def day_is_full(world: World) -> None:
    """One refund a day, and two cases."""
    world.tables["guard"] = {"max_refunds_per_day": 1}
    world.refund()
    world.refund()
    await world.cycle()


async def above_the_ceiling(world: World) -> None:
    """The merchant wants to see such refunds first."""
    world.tables["guard"] = {"max_refund": {"USD": "15.00"}}
    world.refund()


async def rehearsed(world: World) -> None:
    """Paid back while it only rehearsed; now it is live."""
    world.tables["guard"] = {"dry_run": True}
    await world.cycle()
    world.clock.advance(1 * MINUTES)
    world.refund()
    world.clock.advance(1 * MINUTES)
    world.tables.clear()


def by_staff(world: World, amount: int = 2000) -> Refund:
    """A refund that was made by hand after the case was opened."""
    sold = world.pair.sell({"SHIRT": "20.00"}, quantity=2)
    world.refund(sold)
    return world.pair.shopify.foreign_refund(sold.shopify, amount=amount, units={"SHIRT": 1})


async def refunded_by_staff(world: World) -> None:
    """They were faster."""
    by_staff(world)


async def returned_by_staff(world: World) -> None:
    """They show the return already."""
    sold = world.pair.sell({"SHIRT": "20.00"})
    world.pair.shopify.foreign_return(sold.shopify, SHIRT=1)
    world.return_(sold=sold)


async def linked(world: World, subject: str) -> None:
    """Kim says which refund it is."""
    await world.cycle()
    rule(world, Command.LINK, subject)
    await world.cycle()


async def linked_to_nothing(world: World) -> None:
    """A slip of the pen."""
    by_staff(world)
    await linked(world, "4711")


async def linked_to_less(world: World) -> None:
    """Staff refunded a part."""
    await linked(world, by_staff(world, 1500).id)


async def refund_is_gone(world: World) -> None:
    """The order was made anew from a copy, without it."""
    case = world.refund()
    await world.cycle()
    [refund] = world.refunds_of(case)
    lost(refund)
    world.clock.advance(7 * HOURS)


async def refunded_again_by_others(world: World) -> None:
    """An app was slower than we."""
    sold = world.pair.sell({"SHIRT": "20.00"}, quantity=2)
    world.refund(sold)
    await world.cycle()
    world.clock.advance(1 * MINUTES)
    world.pair.shopify.foreign_refund(sold.shopify, amount=2000, app="AfterShip Feed")
    world.clock.advance(7 * HOURS)


async def refused(world: World) -> None:
    """Shopify has its reasons."""
    no = {"data": {"refundCreate": {"refund": None, "userErrors": [{"field": None, "message": "No."}]}}}
    world.faults.add(Fault(FaultKind.REPLY, "refundCreate", reply=json_reply(no)))
    world.refund()
    await world.cycle()


async def no_reasons(world: World) -> None:
    """Shopify has given up its standard reasons."""
    world.pair.shopify.world.reasons.clear()
    world.return_()


async def wrong_request(world: World) -> None:
    """Shopify cannot make sense of what we ask."""
    wrong = json_reply({"errors": "bad request"}, 400)
    world.faults.add(Fault(FaultKind.REPLY, "order", reply=wrong))
    world.refund()
    await world.cycle()


SCENARIOS = {
    Reason.CLAIMED_ELSEWHERE: claimed,
    Reason.OUTCOME_UNKNOWN: answer_lost,
    Reason.REFUND_PENDING: payment_pending,
    Reason.REFUND_FAILED: payment_failed,
    Reason.OUTCOME_UNPROVEN: confirmed_and_not_there,
    Reason.RESTOCK_DIFFERS: stock_as_before,
    Reason.DAY_CEILING: day_is_full,
    Reason.OVER_CEILING: above_the_ceiling,
    Reason.PAUSED: rehearsed,
    Reason.FOREIGN_REFUND: refunded_by_staff,
    Reason.FOREIGN_RETURN: returned_by_staff,
    Reason.LINK_INVALID: linked_to_nothing,
    Reason.REFUND_DIFFERS: linked_to_less,
    Reason.REFUND_GONE: refund_is_gone,
    Reason.DOUBLED: refunded_again_by_others,
    Reason.REFUSED_BY_SHOPIFY: refused,
    Reason.NO_RETURN_REASON: no_reasons,
    Reason.INTERNAL_ERROR: wrong_request,
}
