"""refundCreate: what it refuses, in Shopify's words, and what it does."""

from collections import Counter
from collections.abc import Sequence

from syncd.sandbox.shopify.inputs import PaymentInput, RefundInput, RefundLineInput
from syncd.sandbox.shopify.lines import Line
from syncd.sandbox.shopify.money import in_words, minor, share
from syncd.sandbox.shopify.order import Order
from syncd.sandbox.shopify.problems import Refused, refused
from syncd.sandbox.shopify.records import (
    Adjustment,
    Location,
    Refund,
    RefundLine,
    RefundShippingLine,
    Transaction,
)
from syncd.sandbox.shopify.world import World

_MINUTE = 60.0
_PUTS_BACK = ("RETURN", "CANCEL")
_REASONS = {"CUSTOMER": "CUSTOMER", "DAMAGE": "DAMAGE", "OTHER": "REFUND_DISCREPANCY", "RESTOCK": "RESTOCK"}

Payments = list[tuple[Transaction, int]]


def refund_create(world: World, asked: RefundInput) -> Refund:
    """Check everything, then write the refund; raises Refused and changes nothing otherwise."""
    order = world.find("Order", asked.order_id, Order)
    if order is None:
        raise refused("orderId", "Order does not exist")
    _check_pace(world)
    _check_currency(order, asked)
    _check_lines(world, order, asked.lines)
    payments = _parents(order, asked.payments)
    check_amounts(order, payments)
    shipping = _shipping(order, asked)
    return _write(world, order, asked, payments, shipping)


def _check_pace(world: World) -> None:
    limit = world.switches.dev_store_refund_limit
    recent = [one for one in world.refund_times if one > world.clock.monotonic() - _MINUTE]
    world.refund_times[:] = recent
    if limit is not None and len(recent) >= limit:
        raise refused(None, "Too many attempts. Please try again later.")


def _check_currency(order: Order, asked: RefundInput) -> None:
    wanted = order.presentment_currency_code
    if asked.currency is None and wanted == order.currency_code:
        return
    if asked.currency != wanted:
        raise refused("currency", "Currency must be the presentment currency of the order")


def _check_lines(world: World, order: Order, lines: Sequence[RefundLineInput]) -> None:
    taken: Counter[Line] = Counter()
    cancelled: Counter[Line] = Counter()
    for place, one in enumerate(lines):
        path = f"refundLineItems.{place}"
        line = world.find("LineItem", one.line_item_id, Line)
        if line is None or line.order is not order:
            raise refused(f"{path}.lineItemId", "Line item does not exist")
        if one.quantity < 1:
            raise refused(f"{path}.quantity", "Quantity must be greater than 0")
        taken[line] += one.quantity
        cancelled[line] += one.quantity if one.restock_type == "CANCEL" else 0
        if taken[line] > line.refundable_quantity:
            raise refused(f"{path}.quantity", "Quantity cannot refund more items than were purchased")
        if cancelled[line] > line.unfulfilled_quantity:
            raise refused(f"{path}.restockType", "Restock type cannot be cancel for fulfilled items")
        _check_location(world, one, path)


def _check_location(world: World, one: RefundLineInput, path: str) -> None:
    if one.restock_type not in _PUTS_BACK:
        return
    if one.location_id is None:
        if world.switches.missing_location_refused:
            raise refused(f"{path}.locationId", "Location is required when restocking")
    elif world.find("Location", one.location_id, Location) is None:
        raise refused(f"{path}.locationId", "Location does not exist")


def _parents(order: Order, payments: Sequence[PaymentInput]) -> Payments:
    return [(_parent(order, one), minor(one.amount, order.presentment_currency_code)) for one in payments]


def _parent(order: Order, one: PaymentInput) -> Transaction:
    if one.kind != "REFUND":
        raise refused(None, f"Kind {one.kind.lower()} is not a valid transaction")
    if one.parent_id is not None:
        return parent_by_id(order, one.parent_id)
    if one.gateway not in ("cash", "store-credit", "exchange-credit"):
        gateways = "'store-credit', 'exchange-credit', or 'cash'"
        raise refused("transactions", f"Transactions not on {gateways} gateways require a parent_id")
    if not order.sales():
        raise refused("transactions", "Unable to find parent transaction")
    return order.sales()[0]


def parent_by_id(order: Order, gid: str) -> Transaction:
    """The payment with this id, if it is one of this order's that can be refunded."""
    for sale in order.sales():
        if sale.id == gid:
            return sale
    raise refused("transactions", "Transactions require a parent_id associated with the order")


def check_amounts(order: Order, payments: Payments) -> None:
    """Nothing above what is left, of the order and of each payment, whatever `allowOverRefunding` says."""
    total = sum(amount for _, amount in payments)
    if any(amount <= 0 for _, amount in payments):
        raise refused("transactions", "Amount must be greater than zero")
    if total > order.net_payment:
        raise _too_much(order, total, order.net_payment)
    for parent in {one for one, _ in payments}:
        asked = sum(amount for one, amount in payments if one is parent)
        if asked > parent.rest:
            raise _too_much(order, asked, parent.rest)


def _too_much(order: Order, asked: int, rest: int) -> Refused:
    currency = order.presentment_currency_code
    shown, left = in_words(asked, currency), in_words(rest, currency)
    return refused(None, f"Refund amount {shown} is greater than net payment received {left}")


def _shipping(order: Order, asked: RefundInput) -> int:
    rest = order.total_shipping_price - order.total_refunded_shipping
    if asked.shipping_amount is None:
        return rest if asked.full_shipping else 0
    amount = minor(asked.shipping_amount, order.presentment_currency_code)
    if amount > rest:
        raise refused("shipping.amount", "Shipping amount is greater than the shipping that is left")
    return amount


def _write(world: World, order: Order, asked: RefundInput, payments: Payments, shipping: int) -> Refund:
    refund = new_refund(world, order, asked.note)
    refund.processed_at = asked.processed_at or refund.created_at
    order.refunds.append(refund)  # first, so that two entries for one line see each other
    for one in asked.lines:
        refund.refund_line_items.append(_refund_line(world, one))
    add_shipping(world, refund, shipping)
    pay(world, refund, payments)
    adjust(world, refund, asked.discrepancy_reason)
    world.refund_times.append(world.clock.monotonic())
    world.tell(order, "refund")
    world.changed(order)
    return refund


def new_refund(world: World, order: Order, note: str | None) -> Refund:
    """An empty refund of now, not yet on the order."""
    gid = world.new_id("Refund")
    return world.keep(Refund(gid, order, note, world.now(), world.now()), gid)


def _refund_line(world: World, one: RefundLineInput) -> RefundLine:
    line = world.find("LineItem", one.line_item_id, Line)
    if line is None:
        raise refused("refundLineItems", "Line item does not exist")
    shipped = max(0, line.fulfilled_quantity - line.refunded_fulfilled)
    from_fulfilled = 0 if one.restock_type == "CANCEL" else min(one.quantity, shipped)
    place = world.locations.get(one.location_id or "") if one.restock_type in _PUTS_BACK else None
    if not line.restockable:
        place = None
    if place is not None:
        world.put_back(line, place, one.quantity)
    kind = one.restock_type
    return refund_line(world, line, one.quantity, from_fulfilled, restock_type=kind, place=place)


def refund_line(
    world: World, line: Line, quantity: int, from_fulfilled: int, *, restock_type: str, place: Location | None
) -> RefundLine:
    """A refund line with its worth; NO_RESTOCK books units that are still to be shipped at nothing."""
    priced = quantity
    if restock_type == "NO_RESTOCK":
        priced = from_fulfilled if world.switches.no_restock_prices_fulfilled else 0
    return RefundLine(
        world.new_id("RefundLineItem"),
        line.order,
        line,
        quantity,
        from_fulfilled,
        restock_type,
        place,
        place is not None,
        share(line.discounted_total(), priced, line.quantity),
        share(line.tax, priced, line.quantity),
    )


def add_shipping(world: World, refund: Refund, amount: int) -> None:
    """Book shipping that is paid back."""
    if amount:
        gid = world.new_id("RefundShippingLine")
        shipping_line = refund.order.shipping_lines[0]
        refund.refund_shipping_lines.append(RefundShippingLine(gid, refund.order, shipping_line, amount))


def pay(world: World, refund: Refund, payments: Payments) -> None:
    """Pay back on each payment."""
    refund.transactions = [world.pay_back(one, amount, refund.processed_at) for one, amount in payments]


def worth(refund: Refund) -> int:
    """What the lines and the shipping of a refund are worth."""
    added_tax = 0 if refund.order.taxes_included else 1
    lines = sum(one.subtotal + added_tax * one.total_tax for one in refund.refund_line_items)
    return lines + sum(one.subtotal_amount for one in refund.refund_shipping_lines)


def adjust(world: World, refund: Refund, reason: str | None) -> None:
    """Write the difference between worth and money as a discrepancy."""
    difference = worth(refund) - refund.total_refunded
    if difference:
        shown = _REASONS.get(reason or "", "REFUND_DISCREPANCY")
        gid = world.new_id("OrderAdjustment")
        refund.order_adjustments.append(Adjustment(gid, refund.order, difference, shown))
