"""suggestedRefund of an order and suggestedFinancialOutcome of a return."""

from collections.abc import Sequence
from dataclasses import dataclass

from syncd.sandbox.shopify.inputs import Json, refund_lines
from syncd.sandbox.shopify.lines import Line
from syncd.sandbox.shopify.money import minor, share
from syncd.sandbox.shopify.order import Order
from syncd.sandbox.shopify.records import Location, RefundLine, Transaction
from syncd.sandbox.shopify.return_records import Return, ReturnLine
from syncd.sandbox.shopify.world import World


@dataclass(frozen=True, slots=True)
class SuggestedTransaction:
    """What could be paid back on one payment."""

    order: Order
    amount: int
    maximum_refundable: int
    parent_transaction: Transaction

    kind = "SUGGESTED_REFUND"

    @property
    def gateway(self) -> str:
        """The payment's."""
        return self.parent_transaction.gateway

    formatted_gateway = gateway


@dataclass(frozen=True, slots=True)
class ShippingRefund:
    """Shipping that would be paid back, and the most there is."""

    order: Order
    amount: int
    maximum_refundable: int
    tax: int = 0


@dataclass(frozen=True, slots=True)
class SuggestedRefund:
    """Shopify's proposal; a ceiling, not an instruction."""

    order: Order
    amount: int
    maximum_refundable: int
    subtotal: int
    total_tax: int
    shipping: ShippingRefund
    refund_line_items: list[RefundLine]
    suggested_transactions: list[SuggestedTransaction]

    @property
    def discounted_subtotal(self) -> int:
        """All discounts are line discounts here."""
        return self.subtotal


@dataclass(frozen=True, slots=True)
class RefundOutcome:
    """The money part of a return's outcome."""

    order: Order
    amount: int
    suggested_transactions: list[SuggestedTransaction]


@dataclass(frozen=True, slots=True)
class FinancialOutcome:
    """What processing these units would pay back."""

    order: Order
    discounted_subtotal: int
    total_tax: int
    maximum_refundable: int
    shipping: ShippingRefund
    financial_transfer: RefundOutcome


def transactions(order: Order, amount: int) -> list[SuggestedTransaction]:
    """Spread an amount over the payments, first come first served."""
    spread = []
    for sale in order.sales():
        part = min(amount, sale.rest)
        amount -= part
        if sale.rest:
            spread.append(SuggestedTransaction(order, part, sale.rest, sale))
    return spread


def suggested_refund(world: World, order: Order, asked: Json) -> SuggestedRefund:
    """Lines at their worth, shipping as asked, never more than was paid."""
    entries: Sequence[Json] | None = asked.get("refundLineItems")
    if asked.get("suggestFullRefund"):
        entries = [{"lineItemId": one.id, "quantity": one.refundable_quantity} for one in order.line_items]
    lines = [
        _line(world, order, line, one.quantity, one.restock_type)
        for one in refund_lines(entries)
        if (line := world.find("LineItem", one.line_item_id, Line)) is not None
    ]
    subtotal, tax = sum(one.subtotal for one in lines), sum(one.total_tax for one in lines)
    shipping = _shipping(order, asked)
    added = 0 if order.taxes_included else tax
    amount = min(subtotal + added + shipping.amount, order.net_payment)
    spread = transactions(order, amount)
    return SuggestedRefund(order, amount, order.net_payment, subtotal, tax, shipping, lines, spread)


def _shipping(order: Order, asked: Json) -> ShippingRefund:
    rest = order.total_shipping_price - order.total_refunded_shipping
    wanted = asked.get("shippingAmount")
    whole = rest if asked.get("refundShipping") or asked.get("suggestFullRefund") else 0
    amount = whole if wanted is None else min(rest, minor(wanted, order.presentment_currency_code))
    return ShippingRefund(order, amount, rest)


def _line(world: World, order: Order, line: Line, quantity: int, restock_type: str) -> RefundLine:
    return RefundLine(
        world.new_id("RefundLineItem"),
        order,
        line,
        quantity,
        min(quantity, line.fulfilled_quantity),
        restock_type,
        _home(order, line),
        restocked=False,
        subtotal=share(line.discounted_total(), quantity, line.quantity),
        total_tax=share(line.tax, quantity, line.quantity),
    )


def _home(order: Order, line: Line) -> Location | None:
    for shipment in order.fulfillments:
        if any(one.line_item is line for one in shipment.fulfillment_line_items):
            return shipment.location
    for todo in order.fulfillment_orders:
        if any(one.line_item is line for one in todo.line_items):
            return todo.assigned_location.location
    return None


def financial_outcome(world: World, ret: Return, asked: Json) -> FinancialOutcome:
    """What the units named are worth, capped by what was paid."""
    subtotal = tax = 0
    for one in asked["returnLineItems"]:
        part = world.find("ReturnLineItem", one["id"], ReturnLine)
        if part is not None:
            line = part.fulfillment_line_item.line_item
            subtotal += share(line.discounted_total(), one["quantity"], line.quantity)
            tax += share(line.tax, one["quantity"], line.quantity)
    order = ret.order
    shipping = _shipping(order, {"refundShipping": (asked.get("refundShipping") or {}).get("fullRefund")})
    added = 0 if order.taxes_included else tax
    amount = min(subtotal + added + shipping.amount, order.net_payment)
    transfer = RefundOutcome(order, amount, transactions(order, amount))
    return FinancialOutcome(order, subtotal, tax, order.net_payment, shipping, transfer)
