"""returnProcess: units of a return are taken as received, paid back, and decided about, all or nothing."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from syncd.sandbox.shopify import dispositions
from syncd.sandbox.shopify.inputs import DispositionInput, Json
from syncd.sandbox.shopify.inputs import dispositions as read_dispositions
from syncd.sandbox.shopify.money import minor
from syncd.sandbox.shopify.order import Order
from syncd.sandbox.shopify.problems import refused
from syncd.sandbox.shopify.refunds import (
    Payments,
    add_shipping,
    adjust,
    check_amounts,
    new_refund,
    parent_by_id,
    pay,
    refund_line,
)
from syncd.sandbox.shopify.return_records import Return, ReturnLine
from syncd.sandbox.shopify.returns import existing
from syncd.sandbox.shopify.world import World


@dataclass(frozen=True, slots=True)
class _Units:
    line: ReturnLine
    quantity: int
    dispositions: Sequence[DispositionInput]


def return_process(world: World, asked: Json) -> Return:
    """Check everything, then process; raises Refused and changes nothing otherwise."""
    ret = existing(world, asked["returnId"], "input.returnId")
    if ret.status != "OPEN":
        raise refused("input.returnId", "Return status is invalid.", "INVALID_STATE")
    units = _units(world, ret, asked.get("returnLineItems") or ())
    transfer: Json | None = (asked.get("financialTransfer") or {}).get("issueRefund")
    payments = _payments(world, ret.order, transfer)
    shipping = _shipping(ret.order, asked.get("refundShipping") or {})
    for one in units:
        one.line.processed_quantity += one.quantity
        dispositions.apply(world, one.dispositions)
    if transfer is not None:
        _refund(world, ret, units, payments, shipping=shipping, note=asked.get("note"))
    world.changed(ret.order)
    return ret


def _units(world: World, ret: Return, entries: Sequence[Json]) -> list[_Units]:
    units: list[_Units] = []
    taken: Counter[ReturnLine] = Counter()
    for place, one in enumerate(entries):
        path = f"input.returnLineItems.{place}"
        line = world.find("ReturnLineItem", one["id"], ReturnLine)
        if line is None or line.return_ is not ret:
            raise refused(f"{path}.id", "Return line item was not found.", "NOT_FOUND")
        taken[line] += one["quantity"]
        if one["quantity"] < 1 or taken[line] > line.processable_quantity:
            raise refused(f"{path}.quantity", "Return line item has an invalid quantity.", "INVALID")
        asked = read_dispositions(one.get("dispositions"), f"{path}.dispositions")
        dispositions.check(world, asked, f"{path}.dispositions")
        units.append(_Units(line, one["quantity"], asked))
    return units


def _payments(world: World, order: Order, transfer: Json | None) -> Payments:
    if transfer is None:
        return []
    entries: Sequence[Json] = transfer["orderTransactions"]
    if not entries and not world.switches.empty_order_transactions_accepted:
        raise refused("input.financialTransfer", "Order transactions can't be blank", "BLANK")
    for one in entries:
        if one["transactionAmount"]["currencyCode"] != order.presentment_currency_code:
            raise refused("input.financialTransfer", "Currency must be the presentment currency", "INVALID")
    payments = [
        (
            parent_by_id(order, one["parentId"]),
            minor(one["transactionAmount"]["amount"], order.presentment_currency_code),
        )
        for one in entries
    ]
    check_amounts(order, payments)
    return payments


def _shipping(order: Order, asked: Json) -> int:
    rest = order.total_shipping_price - order.total_refunded_shipping
    if asked.get("fullRefund"):
        return rest
    wanted: Json | None = asked.get("shippingRefundAmount")
    amount = minor(wanted["amount"], order.presentment_currency_code) if wanted else 0
    if amount > rest:
        raise refused(
            "input.refundShipping", "Shipping amount is greater than the shipping that is left", "INVALID"
        )
    return amount


def _refund(
    world: World, ret: Return, units: Sequence[_Units], payments: Payments, *, shipping: int, note: str | None
) -> None:
    refund = new_refund(world, ret.order, note)
    refund.return_ = ret
    ret.order.refunds.append(refund)
    world.tell(ret.order, "refund")
    for one in units:
        line = one.line.fulfillment_line_item.line_item
        quantity = min(one.quantity, one.line.refundable_quantity)
        if quantity:
            refund.refund_line_items.append(
                refund_line(world, line, quantity, quantity, restock_type="NO_RESTOCK", place=None)
            )
        one.line.refunded_quantity += one.quantity
    add_shipping(world, refund, shipping)
    pay(world, refund, payments)
    if world.switches.processing_adjusts:
        adjust(world, refund, None)
    processed = all(not one.unprocessed_quantity for one in ret.return_line_items)
    if processed and world.switches.return_closes_after_processing:
        ret.status, ret.closed_at = "CLOSED", world.now()
