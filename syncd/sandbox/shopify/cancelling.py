"""orderCancel, orderClose and orderOpen."""

from dataclasses import dataclass

from syncd.sandbox.shopify.order import Cancellation, Order
from syncd.sandbox.shopify.problems import refused
from syncd.sandbox.shopify.records import Refund
from syncd.sandbox.shopify.refunds import add_shipping, new_refund, pay, refund_line
from syncd.sandbox.shopify.world import Job, World

_NOTE_LIMIT = 255


@dataclass(frozen=True, slots=True)
class CancelInput:
    """The arguments of orderCancel; `both_refunds` when the old and the new one were given."""

    order_id: str
    reason: str
    restock: bool
    refund: bool
    both_refunds: bool
    staff_note: str | None


def order_cancel(world: World, asked: CancelInput) -> Job:
    """Check at once, cancel a little later: the job is not done when this returns."""
    if len(asked.staff_note or "") > _NOTE_LIMIT:
        text = f"Staff note is too long. Maximum length is {_NOTE_LIMIT} characters."
        raise refused("staffNote", text, "INVALID")
    if asked.both_refunds:
        text = "Only one of the arguments `refund` or `refund_method` is allowed."
        raise refused("refund", text, "INVALID")
    order = existing(world, asked.order_id, "orderId", "NOT_FOUND")
    check(order)
    world.changes += 1
    return world.start_job(lambda: cancel(world, order, asked))


def existing(world: World, gid: str, field: str, code: str | None = None) -> Order:
    """The order with this id, or Refused."""
    order = world.find("Order", gid, Order)
    if order is None:
        raise refused(field, "Order does not exist", code)
    return order


def check(order: Order) -> None:
    """Raise Refused where the order cannot be cancelled."""
    if order.cancelled_at:
        raise refused("orderId", "Cannot cancel an order that has already been canceled", "INVALID")
    if order.unpaid:  # as recorded: whatever was shipped, and whatever is on a return
        return
    if any(one.status in ("OPEN", "REQUESTED") for one in order.returns):
        raise refused("orderId", "Cannot cancel an order with active returns", "INVALID")
    if any(one.fulfilled_quantity for one in order.line_items):
        raise refused("orderId", "Cannot cancel an order with fulfilled items", "INVALID")


def cancel(world: World, order: Order, asked: CancelInput) -> None:
    """Cancel the order now, unless somebody has done so since it was checked."""
    if order.cancelled_at:
        return
    if asked.refund or asked.restock:
        order.refunds.append(_undone(world, order, asked))
    order.cancelled_at = order.closed_at = world.now()
    order.cancel_reason = asked.reason
    order.cancellation = Cancellation(asked.staff_note)
    world.changed(order)


def _undone(world: World, order: Order, asked: CancelInput) -> Refund:
    refund = new_refund(world, order, None)
    for line in order.line_items:
        quantity = min(line.refundable_quantity, line.unfulfilled_quantity)
        home = next(
            one.assigned_location.location
            for one in order.fulfillment_orders
            if any(each.line_item is line for each in one.line_items)
        )
        place = home if asked.restock and line.restockable else None
        if place is not None and quantity:
            world.put_back(line, place, quantity)
        if quantity:
            refund.refund_line_items.append(
                refund_line(world, line, quantity, 0, restock_type="CANCEL", place=place)
            )
    if asked.refund:
        add_shipping(world, refund, order.total_shipping_price - order.total_refunded_shipping)
        pay(world, refund, [(one, one.rest) for one in order.sales() if one.rest])
    return refund


def order_close(world: World, gid: str) -> Order:
    """Archive the order."""
    order = existing(world, gid, "id")
    order.closed_at = order.closed_at or world.now()
    world.changed(order)
    return order


def order_open(world: World, gid: str) -> Order:
    """Take the order out of the archive; a cancelled one stays there."""
    order = existing(world, gid, "id")
    if order.cancelled_at:
        raise refused("id", "Order is cancelled")
    order.closed_at = None
    world.changed(order)
    return order
