"""What belongs to an order: payments, shipments, refunds.

Attribute names are the schema's in snake case, without the `Set` of money; amounts are minor units in the
order's presentment currency.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from syncd.sandbox.shopify.lines import Line
    from syncd.sandbox.shopify.order import Order
    from syncd.sandbox.shopify.return_records import Return


@dataclass(slots=True, eq=False)
class Location:
    """A place with stock."""

    id: str
    name: str
    is_active: bool = True
    is_fulfillment_service: bool = False
    is_primary: bool = False

    fulfills_online_orders = True
    ships_inventory = True


@dataclass(slots=True, eq=False)
class Event:
    """One entry of an order's timeline; `app_title` is None where a person acted."""

    id: str
    action: str
    created_at: datetime
    app_title: str | None

    @property
    def attribute_to_app(self) -> bool:
        """Whether an app acted."""
        return self.app_title is not None

    @property
    def attribute_to_user(self) -> bool:
        """Whether a person acted."""
        return self.app_title is None


@dataclass(slots=True, eq=False)
class Metafield:
    """One value kept on an order."""

    id: str
    namespace: str
    key: str
    type: str
    value: str
    compare_digest: str
    created_at: datetime
    updated_at: datetime

    owner_type = "ORDER"


@dataclass(slots=True, eq=False)
class Attribute:
    """A key and value shown as additional details."""

    key: str
    value: str


@dataclass(slots=True, eq=False)
class InventoryItem:
    """What is counted."""

    id: str
    sku: str
    tracked: bool


@dataclass(slots=True, eq=False)
class Variant:
    """The product variant that a line was sold as."""

    id: str
    sku: str
    inventory_item: InventoryItem
    title: str = "Default Title"


@dataclass(slots=True, eq=False)
class LineGroup:
    """A bundle that lines belong to."""

    id: str
    title: str
    quantity: int = 1
    variant_sku: str = ""


@dataclass(slots=True, eq=False)
class TaxLine:
    """One tax on a line."""

    order: "Order" = field(repr=False)
    price: int
    title: str = "Tax"
    rate: float | None = None


@dataclass(slots=True, eq=False)
class ShippingLine:
    """The shipping that was charged."""

    id: str
    order: "Order" = field(repr=False)
    title: str
    price: int

    code = "Standard"
    source = "shopify"
    is_removed = False
    tax_lines = ()

    @property
    def original_price(self) -> int:
        """The price before and after discounts is the same here."""
        return self.price

    discounted_price = original_price
    current_discounted_price = original_price


@dataclass(slots=True, eq=False)
class Transaction:
    """Money that moved, or was meant to."""

    id: str
    order: "Order" = field(repr=False)
    kind: str
    amount: int
    gateway: str
    manual_payment_gateway: bool
    created_at: datetime
    processed_at: datetime
    parent_transaction: "Transaction | None" = field(default=None, repr=False)
    status: str = "SUCCESS"
    test: bool = False

    @property
    def formatted_gateway(self) -> str:
        """The gateway's name as people read it."""
        return self.gateway

    @property
    def rest(self) -> int:
        """What is left of this payment after its refunds."""
        children = (one for one in self.order.transactions if one.parent_transaction is self)
        return self.amount - sum(one.amount for one in children if one.counts_as("REFUND"))

    def counts_as(self, *kinds: str) -> bool:
        """Whether it is of one of these kinds and succeeded."""
        return self.kind in kinds and self.status == "SUCCESS"


@dataclass(slots=True, eq=False)
class FulfillmentLine:
    """Units of one order line in one shipment."""

    id: str
    order: "Order" = field(repr=False)
    line_item: "Line" = field(repr=False)
    quantity: int


@dataclass(slots=True, eq=False)
class Fulfillment:
    """One shipment."""

    id: str
    order: "Order" = field(repr=False)
    name: str
    location: Location
    created_at: datetime
    fulfillment_line_items: list[FulfillmentLine] = field(default_factory=list)
    status: str = "SUCCESS"
    display_status: str | None = "FULFILLED"

    @property
    def updated_at(self) -> datetime:
        """Shipments do not change here."""
        return self.created_at

    @property
    def total_quantity(self) -> int:
        """All units in the shipment."""
        return sum(one.quantity for one in self.fulfillment_line_items)


@dataclass(slots=True, eq=False)
class RefundLine:
    """Units of one order line in one refund."""

    id: str
    order: "Order" = field(repr=False)
    line_item: "Line" = field(repr=False)
    quantity: int
    from_fulfilled: int
    restock_type: str
    location: Location | None
    restocked: bool
    subtotal: int
    total_tax: int

    @property
    def price(self) -> int:
        """The unit's price."""
        return self.line_item.discounted_unit_price


@dataclass(slots=True, eq=False)
class RefundShippingLine:
    """Shipping that was paid back."""

    id: str
    order: "Order" = field(repr=False)
    shipping_line: ShippingLine
    subtotal_amount: int
    tax_amount: int = 0


@dataclass(slots=True, eq=False)
class Adjustment:
    """The difference between what lines are worth and what was paid back."""

    id: str
    order: "Order" = field(repr=False)
    amount: int
    reason: str
    tax_amount: int = 0


@dataclass(slots=True, eq=False)
class Refund:
    """One refund record."""

    id: str
    order: "Order" = field(repr=False)
    note: str | None
    created_at: datetime
    processed_at: datetime
    return_: "Return | None" = field(default=None, repr=False)
    refund_line_items: list[RefundLine] = field(default_factory=list)
    refund_shipping_lines: list[RefundShippingLine] = field(default_factory=list)
    order_adjustments: list[Adjustment] = field(default_factory=list)
    transactions: list[Transaction] = field(default_factory=list)

    @property
    def updated_at(self) -> datetime:
        """Refunds do not change here."""
        return self.created_at

    @property
    def total_refunded(self) -> int:
        """The money of its successful transactions."""
        return sum(one.amount for one in self.transactions if one.counts_as("REFUND"))
