"""Units that TikTok cancelled before they were shipped: refunded, given up, and the whole order cancelled."""

from syncd.decide.facts import Facts, stop_hold
from syncd.decide.lines import Share, shares
from syncd.decide.payment import payment
from syncd.decide.refund import archive, create_refund, no_foreign_return, nobody_else, unshipped_unit
from syncd.decide.traces import cancelled_by
from syncd.model import mark
from syncd.model.cases import Restock
from syncd.model.orders import Order, Refund
from syncd.model.plans import Action, CancelOrder, Plan, skip, synced, write
from syncd.model.policy import Policy
from syncd.model.reasons import Reason

_SHIPPED = frozenset({"IN_TRANSIT", "DELIVERED", "COMPLETED"})
"""What TikTok says of units that were shipped (TikTok Shop: Get Order Detail, `status`)."""


def cancellation_plan(facts: Facts, order: Order, policy: Policy) -> Plan:
    """TikTok cancelled units: its amount is refunded, they are given up; last of all the whole order."""
    nobody_else(facts.case, order)
    if not _paid_back(facts):
        return _unpaid_plan(facts, order, policy)
    money = payment(facts, order, policy)
    found = _unshipped(facts, order, policy)
    whole = _whole(order, found)
    if facts.case.latest.replenish is False:
        if not whole:
            stop_hold(Reason.PART_CANCELLED, _part(found, order, "their stock is not replenished"))
        return write(create_refund(facts.case, order, money, ()), _cancel_order(facts, order))
    units = tuple(unshipped_unit(facts, share.line, share.quantity, policy) for share in found)
    last: tuple[Action, ...] = (_cancel_order(facts, order),) if whole else tuple(archive(facts.case, order))
    return write(create_refund(facts.case, order, money, units), *last)


def given_up_plan(facts: Facts, order: Order, ours: Refund | None, policy: Policy) -> Plan:
    """Our refund is on the order, or the order is cancelled: what is left to do, if anything is."""
    if order.cancelled:
        return synced(Restock.NONE, None) if ours else _cancelled_plan(facts, order)
    if facts.case.written is None and ours and _nothing_left(facts, order, ours, policy):
        return write(_cancel_order(facts, order))
    again = () if order.archived else tuple(archive(facts.case, order))
    return write(*again) if again else synced(Restock.NONE, None)


def _paid_back(facts: Facts) -> bool:
    refund = facts.case.latest.refund
    return refund is not None and refund.total.minor > 0


def _unpaid_plan(facts: Facts, order: Order, policy: Policy) -> Plan:
    """Nothing to pay back: right where nothing was paid, and then the whole order is cancelled."""
    sold = facts.tiktok_order
    if sold is None:
        stop_hold(Reason.AMOUNT_MISSING, "TikTok does not show the order")
    if sold.paid and not sold.cash_on_delivery:
        stop_hold(Reason.AMOUNT_MISSING, "TikTok's order was paid")
    if order.net_payment.minor > 0:
        stop_hold(Reason.AMOUNT_MISSING, f"order {order.name} has {order.net_payment} paid on Shopify")
    found = _unshipped(facts, order, policy)
    if not _whole(order, found):
        stop_hold(Reason.PART_CANCELLED, _part(found, order, "nothing is paid back"))
    return write(_cancel_order(facts, order, restock=facts.case.latest.replenish is not False))


def _cancelled_plan(facts: Facts, order: Order) -> Plan:
    """The order is cancelled, without a refund of ours: by us, or by somebody else."""
    if cancelled_by(order) == facts.case.case_id:
        if _paid_back(facts):
            reason = Reason.REFUND_GONE if facts.case.written else Reason.CHANGED_AFTER_WRITE
            stop_hold(reason, f"order {order.name} was cancelled by syncd and has no refund of this case")
        return synced(Restock.NONE, None)
    if order.net_payment.minor > 0:
        stop_hold(Reason.CANCELLED_NOT_REFUNDED, f"order {order.name} still has {order.net_payment}")
    return skip(Reason.ALREADY_CANCELLED, f"order {order.name}")


def _unshipped(facts: Facts, order: Order, policy: Policy) -> tuple[Share, ...]:
    """The units of the case, of which neither side may have shipped one."""
    found = _shares(facts, order, policy)
    no_foreign_return(order, found)
    gone = [share for share in found if share.quantity > share.line.unfulfilled]
    if gone:
        skus = ", ".join(repr(share.line.sku) for share in gone)
        stop_hold(Reason.SHIPPED_MEANWHILE, f"SKU {skus} on order {order.name}")
    sold = facts.tiktok_order
    ids = [line.order_line_id for line in facts.case.latest.lines]
    words = {(line.status if (line := sold.line(one)) else "") or sold.status for one in ids} if sold else ()
    on_tiktok = sorted(_SHIPPED.intersection(words))
    if on_tiktok:
        stop_hold(Reason.SHIPPED_MEANWHILE, f"TikTok's order says {', '.join(on_tiktok)}")
    return found


def _shares(facts: Facts, order: Order, policy: Policy) -> tuple[Share, ...]:
    return shares(facts.case.latest.lines, order, policy.match.skus, facts.tiktok_order)


def _whole(order: Order, found: tuple[Share, ...]) -> bool:
    """Whether these units are all that is left of an order of which nothing was ever shipped."""
    left = sum(line.refundable for line in order.lines)
    return not order.fulfillments and left == sum(share.quantity for share in found)


def _nothing_left(facts: Facts, order: Order, ours: Refund, policy: Policy) -> bool:
    """The same once our refund is there: it took the units of the case, or left them to be cancelled."""
    taken = bool(ours.lines)
    return _whole(order, () if taken else _shares(facts, order, policy))


def _cancel_order(facts: Facts, order: Order, *, restock: bool = False) -> CancelOrder:
    return CancelOrder(order.id, mark.note(facts.case.latest.kind, facts.case.case_id), restock)


def _part(found: tuple[Share, ...], order: Order, why: str) -> str:
    units = sum(share.quantity for share in found)
    left = sum(line.refundable for line in order.lines)
    return f"{units} of {left} units left on order {order.name}; {why}"
