"""An order, with everything that Shopify computes about it.

Attribute names are the schema's in snake case, without the `Set` of money; amounts are minor units in the
order's presentment currency.
"""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from syncd.sandbox.shopify.lines import FulfillmentOrder, Line
from syncd.sandbox.shopify.money import Bag, Money, exchanged, wire
from syncd.sandbox.shopify.records import (
    Attribute,
    Event,
    Fulfillment,
    Metafield,
    Refund,
    RefundLine,
    ShippingLine,
    TaxLine,
    Transaction,
)
from syncd.sandbox.shopify.return_records import Return

_RETURN_STATUS = (("REQUESTED", "RETURN_REQUESTED"), ("OPEN", "IN_PROGRESS"), ("CLOSED", "RETURNED"))


@dataclass(frozen=True, slots=True)
class App:
    """An app as orders name it."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Attribution:
    """The channel that an order came from."""

    handle: str
    display_name: str


@dataclass(frozen=True, slots=True)
class Cancellation:
    """What was written when the order was cancelled."""

    staff_note: str | None


@dataclass(slots=True, eq=False)
class Order:
    """What an order was made with, what happened to it, and what Shopify computes from that."""

    id: str
    name: str
    created_at: datetime
    processed_at: datetime
    updated_at: datetime
    currency_code: str  # the shop's
    presentment_currency_code: str  # the buyer's
    rate: Decimal = Decimal(1)  # shop money for one unit of presentment money
    app: App | None = None
    attribution: Attribution | None = None
    email: str | None = None
    note: str | None = None
    po_number: str | None = None
    source_identifier: str | None = None
    source_name: str | None = None
    tags: list[str] = field(default_factory=list)
    custom_attributes: list[Attribute] = field(default_factory=list)
    taxes_included: bool = False
    test: bool = False
    edited: bool = False
    closed_at: datetime | None = None
    cancelled_at: datetime | None = None
    cancel_reason: str | None = None
    cancellation: Cancellation | None = None
    tip: int = 0
    duties: int | None = None
    line_items: list[Line] = field(default_factory=list)
    shipping_lines: list[ShippingLine] = field(default_factory=list)
    transactions: list[Transaction] = field(default_factory=list)
    fulfillments: list[Fulfillment] = field(default_factory=list)
    fulfillment_orders: list[FulfillmentOrder] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)
    returns: list[Return] = field(default_factory=list)
    metafields: list[Metafield] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    confirmed = True
    merchant_editable = True
    duties_included = False

    @property
    def closed(self) -> bool:
        """Whether it is archived."""
        return self.closed_at is not None

    def bag(self, amount: int) -> Bag:
        """An amount of the buyer's currency in both currencies."""
        source, target = self.presentment_currency_code, self.currency_code
        shop = exchanged(amount, self.rate, source, target)
        return Bag(Money(wire(shop, target), target), Money(wire(amount, source), source))

    def refund_lines(self, line: Line) -> list[RefundLine]:
        """What refunds took of one line."""
        return [each for one in self.refunds for each in one.refund_line_items if each.line_item is line]

    def sales(self) -> list[Transaction]:
        """The payments that can be refunded."""
        return [one for one in self.transactions if one.counts_as("SALE", "CAPTURE")]

    @property
    def total_shipping_price(self) -> int:
        """All shipping lines."""
        return sum(one.price for one in self.shipping_lines)

    @property
    def current_shipping_price(self) -> int:
        """What is left of it after refunds."""
        return max(0, self.total_shipping_price - self.total_refunded_shipping)

    @property
    def total_tax(self) -> int:
        """All lines' taxes."""
        return sum(one.tax for one in self.line_items)

    @property
    def tax_lines(self) -> list[TaxLine]:
        """One tax for the whole order, if any."""
        return [TaxLine(self, self.total_tax)] if self.total_tax else []

    @property
    def total_price(self) -> int:
        """What the buyer was asked for."""
        goods = sum(one.discounted_total() for one in self.line_items)
        added = 0 if self.taxes_included else self.total_tax
        return goods + added + self.total_shipping_price + self.tip

    @property
    def current_total_price(self) -> int:
        """The same without what was refunded line by line; nothing once cancelled."""
        if self.cancelled_at:
            return 0
        lines = (each for one in self.refunds for each in one.refund_line_items)
        gone = sum(one.subtotal + (0 if self.taxes_included else one.total_tax) for one in lines)
        return self.total_price - gone - self.total_refunded_shipping

    @property
    def total_received(self) -> int:
        """All successful payments."""
        return sum(one.amount for one in self.sales())

    @property
    def total_refunded(self) -> int:
        """All successful refund transactions."""
        return sum(one.amount for one in self.transactions if one.counts_as("REFUND"))

    @property
    def total_refunded_shipping(self) -> int:
        """Shipping that was paid back."""
        return sum(each.subtotal_amount for one in self.refunds for each in one.refund_shipping_lines)

    @property
    def net_payment(self) -> int:
        """What the shop still has."""
        return self.total_received - self.total_refunded

    @property
    def refund_discrepancy(self) -> int:
        """All adjustments together."""
        return sum(each.amount for one in self.refunds for each in one.order_adjustments)

    @property
    def total_outstanding(self) -> int:
        """What the buyer still owes."""
        return self.current_total_price if self.unpaid else 0

    @property
    def unpaid(self) -> bool:
        """No payment has succeeded."""
        return not self.total_received

    @property
    def fully_paid(self) -> bool:
        """Payments cover the price."""
        return self.total_received >= self.total_price

    @property
    def total_tip_received(self) -> int:
        """The tip in the price."""
        return self.tip

    @property
    def current_total_duties(self) -> int | None:
        """Duties, where there are any."""
        return self.duties

    @property
    def payment_gateway_names(self) -> list[str]:
        """Each gateway once."""
        return list(dict.fromkeys(one.gateway for one in self.transactions))

    @property
    def refundable(self) -> bool:
        """Whether a payment has something left."""
        return any(one.rest > 0 for one in self.sales())

    @property
    def restockable(self) -> bool:
        """Whether a line has units that could go back to stock."""
        return any(one.restockable and one.refundable_quantity for one in self.line_items)

    @property
    def fulfillable(self) -> bool:
        """Whether something is still to be shipped."""
        return any(one.unfulfilled_quantity for one in self.line_items)

    @property
    def shipping_line(self) -> ShippingLine | None:
        """The first of them."""
        return self.shipping_lines[0] if self.shipping_lines else None

    @property
    def display_financial_status(self) -> str | None:
        """Null without any transaction."""
        if not self.transactions:
            return None
        if not self.total_received:
            return "PENDING"
        if self.total_refunded:
            return "REFUNDED" if self.net_payment <= 0 else "PARTIALLY_REFUNDED"
        return "PAID" if self.fully_paid else "PARTIALLY_PAID"

    @property
    def display_fulfillment_status(self) -> str:
        """By what was shipped and what remains."""
        shipped = any(one.fulfilled_quantity for one in self.line_items)
        if not shipped:
            return "UNFULFILLED"
        return "PARTIALLY_FULFILLED" if self.fulfillable else "FULFILLED"

    @property
    def return_status(self) -> str:
        """REQUESTED before OPEN before CLOSED; others do not count."""
        statuses = {one.status for one in self.returns}
        for status, shown in _RETURN_STATUS:
            if status in statuses:
                return shown
        return "NO_RETURN"

    def metafield(self, key: str, namespace: str | None = None) -> Metafield | None:
        """One value by its name."""
        wanted = (namespace or "app", key)
        return next((one for one in self.metafields if (one.namespace, one.key) == wanted), None)
