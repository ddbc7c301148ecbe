"""The lines of an order, and how many of their units can still be shipped, refunded or returned."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from syncd.sandbox.shopify.money import share
from syncd.sandbox.shopify.records import Attribute, LineGroup, Location, TaxLine, Variant

if TYPE_CHECKING:
    from syncd.sandbox.shopify.order import Order


@dataclass(slots=True, eq=False)
class Line:
    """One line of an order; `discount` and `tax` are for the whole line."""

    id: str
    order: "Order" = field(repr=False)
    sku: str | None
    title: str
    quantity: int
    original_unit_price: int
    discount: int = 0
    tax: int = 0
    variant: Variant | None = None
    line_item_group: LineGroup | None = None
    is_gift_card: bool = False
    custom_attributes: list[Attribute] = field(default_factory=list)
    removed: int = 0  # by an order edit

    requires_shipping = True
    taxable = True
    merchant_editable = True
    variant_title = None
    vendor = None

    @property
    def name(self) -> str:
        """The title as customers see it."""
        return self.title

    @property
    def fulfilled_quantity(self) -> int:
        """Units in shipments."""
        shipped = (each for one in self.order.fulfillments for each in one.fulfillment_line_items)
        return sum(each.quantity for each in shipped if each.line_item is self)

    @property
    def refunded_quantity(self) -> int:
        """Units on refunds, whatever became of them."""
        return sum(one.quantity for one in self.order.refund_lines(self))

    @property
    def refunded_fulfilled(self) -> int:
        """Of these, the ones that had been shipped."""
        return sum(one.from_fulfilled for one in self.order.refund_lines(self))

    @property
    def refundable_quantity(self) -> int:
        """Units that can still be refunded."""
        return self.quantity - self.removed - self.refunded_quantity

    @property
    def current_quantity(self) -> int:
        """Units that the order still has."""
        return 0 if self.order.cancelled_at else self.refundable_quantity

    @property
    def unfulfilled_quantity(self) -> int:
        """Units still to be shipped; NO_RESTOCK does not change it."""
        if self.order.cancelled_at:
            return 0
        cancelled = (one for one in self.order.refund_lines(self) if one.restock_type == "CANCEL")
        return self.quantity - self.removed - self.fulfilled_quantity - sum(one.quantity for one in cancelled)

    @property
    def fulfillable_quantity(self) -> int:
        """All units need shipping here, so the same as unfulfilled."""
        return self.unfulfilled_quantity

    @property
    def non_fulfillable_quantity(self) -> int:
        """Units that will not be shipped any more."""
        return self.quantity - self.unfulfilled_quantity

    @property
    def restockable(self) -> bool:
        """Custom lines and gift cards have no stock."""
        return self.variant is not None and not self.is_gift_card

    @property
    def original_total(self) -> int:
        """Before discounts."""
        return self.original_unit_price * self.quantity

    @property
    def total_discount(self) -> int:
        """The discount on the whole line."""
        return self.discount

    def discounted_total(self, **_options: object) -> int:
        """After discounts; there are no code discounts here, so the options change nothing."""
        return self.original_total - self.discount

    @property
    def discounted_unit_price(self) -> int:
        """One unit's share of it."""
        return share(self.discounted_total(), 1, self.quantity)

    @property
    def discounted_unit_price_after_all_discounts(self) -> int:
        """The same: all discounts are line discounts here."""
        return self.discounted_unit_price

    @property
    def tax_lines(self) -> list[TaxLine]:
        """One tax, if any."""
        return [TaxLine(self.order, self.tax)] if self.tax else []


@dataclass(slots=True, eq=False)
class AssignedLocation:
    """Where units are to be shipped from."""

    location: Location

    @property
    def name(self) -> str:
        """The location's name."""
        return self.location.name


@dataclass(slots=True, eq=False)
class FulfillmentOrderLine:
    """The units of one line that this location ships."""

    id: str
    line_item: Line = field(repr=False)

    @property
    def sku(self) -> str | None:
        """The line's."""
        return self.line_item.sku

    @property
    def total_quantity(self) -> int:
        """Nothing is left of a cancelled order."""
        return 0 if self.line_item.order.cancelled_at else self.line_item.quantity - self.line_item.removed

    @property
    def remaining_quantity(self) -> int:
        """Still to be shipped."""
        return self.line_item.unfulfilled_quantity


@dataclass(slots=True, eq=False)
class FulfillmentOrder:
    """All lines of an order that one location ships."""

    id: str
    order: "Order" = field(repr=False)
    assigned_location: AssignedLocation
    created_at: datetime
    line_items: list[FulfillmentOrderLine] = field(default_factory=list)

    request_status = "UNSUBMITTED"

    @property
    def status(self) -> str:
        """OPEN until something is shipped, CLOSED when nothing remains."""
        remaining = sum(one.remaining_quantity for one in self.line_items)
        if not remaining:
            return "CLOSED"
        return "OPEN" if remaining == sum(one.total_quantity for one in self.line_items) else "IN_PROGRESS"

    @property
    def updated_at(self) -> datetime:
        """The order's."""
        return self.order.updated_at
