"""Returns: their lines, and the reverse fulfillment orders that carry what was decided about the units."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from syncd.sandbox.shopify.money import share
from syncd.sandbox.shopify.records import FulfillmentLine, Location, Refund, Transaction

if TYPE_CHECKING:
    from syncd.sandbox.shopify.order import Order


@dataclass(slots=True, eq=False)
class Disposition:
    """What was decided about returned units."""

    id: str
    type: str
    quantity: int
    location: Location | None
    created_at: datetime


@dataclass(slots=True, eq=False)
class ReverseLine:
    """Units that are on their way back."""

    id: str
    order: "Order" = field(repr=False)
    return_line: "ReturnLine" = field(repr=False)
    dispositions: list[Disposition] = field(default_factory=list)

    @property
    def fulfillment_line_item(self) -> FulfillmentLine:
        """What they were shipped as."""
        return self.return_line.fulfillment_line_item

    @property
    def total_quantity(self) -> int:
        """All units on this line."""
        return self.return_line.quantity

    @property
    def undisposed(self) -> int:
        """Units about which nothing was decided."""
        return self.total_quantity - sum(one.quantity for one in self.dispositions)


@dataclass(frozen=True, slots=True)
class Tracking:
    """How a parcel can be followed."""

    number: str | None
    url: str | None

    carrier_name = None


@dataclass(frozen=True, slots=True)
class Shipping:
    """How a parcel travels."""

    tracking: Tracking | None


@dataclass(slots=True, eq=False)
class ParcelLine:
    """Units that are in a parcel."""

    id: str
    reverse_fulfillment_order_line_item: ReverseLine
    quantity: int

    @property
    def dispositions(self) -> list[Disposition]:
        """What was decided about them."""
        return self.reverse_fulfillment_order_line_item.dispositions


@dataclass(slots=True, eq=False)
class Parcel:
    """A delivery that brings units of a return back."""

    id: str
    reverse_fulfillment_order: "ReverseOrder" = field(repr=False)
    deliverable: Shipping
    reverse_delivery_line_items: list[ParcelLine]


@dataclass(slots=True, eq=False)
class ReverseOrder:
    """The warehouse's side of a return."""

    id: str
    order: "Order" = field(repr=False)
    return_: "Return" = field(repr=False)
    line_items: list[ReverseLine] = field(default_factory=list)
    reverse_deliveries: list[Parcel] = field(default_factory=list)
    status: str = "OPEN"


@dataclass(slots=True, eq=False)
class ReasonDefinition:
    """One of Shopify's standard return reasons."""

    id: str
    handle: str
    name: str
    deleted: bool = False


@dataclass(slots=True, eq=False)
class ReturnLine:
    """Units of one shipment that come back."""

    id: str
    order: "Order" = field(repr=False)
    return_: "Return" = field(repr=False)
    fulfillment_line_item: FulfillmentLine
    quantity: int
    return_reason: str
    return_reason_definition: ReasonDefinition | None
    return_reason_note: str
    processed_quantity: int = 0
    refunded_quantity: int = 0

    customer_note = None

    @property
    def unprocessed_quantity(self) -> int:
        """Units that are still to be processed."""
        return self.quantity - self.processed_quantity

    @property
    def processable_quantity(self) -> int:
        """Units that may be processed now."""
        return self.unprocessed_quantity if self.return_.status == "OPEN" else 0

    @property
    def refundable_quantity(self) -> int:
        """Units of this line that can still be paid back."""
        own = self.quantity - self.refunded_quantity
        return min(own, self.fulfillment_line_item.line_item.refundable_quantity)

    @property
    def with_code_discounted_total_price(self) -> int:
        """The worth of these units."""
        line = self.fulfillment_line_item.line_item
        return share(line.discounted_total(), self.quantity, line.quantity)


@dataclass(slots=True, eq=False)
class Return:
    """One return."""

    id: str
    order: "Order" = field(repr=False)
    name: str
    created_at: datetime
    request_approved_at: datetime
    status: str = "OPEN"
    closed_at: datetime | None = None
    return_line_items: list[ReturnLine] = field(default_factory=list)
    reverse_fulfillment_orders: list[ReverseOrder] = field(default_factory=list)

    @property
    def refunds(self) -> list[Refund]:
        """The refunds that were made by processing this return."""
        return [one for one in self.order.refunds if one.return_ is self]

    @property
    def transactions(self) -> list[Transaction]:
        """The money of those refunds."""
        return [each for one in self.refunds for each in one.transactions]

    @property
    def total_quantity(self) -> int:
        """All units on it."""
        return sum(one.quantity for one in self.return_line_items)
