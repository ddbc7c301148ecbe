"""Shops, orders, returns and cancellations, and how they change."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from syncd.model.cases import ReturnStatus, ReturnType
from syncd.model.money import Money


@dataclass(frozen=True, slots=True)
class TikTokSale:
    """`quantity` units of one SKU, each at `price` (a decimal text, as sold, after discounts).

    `parts` are the SKUs of a bundle, each as often as one bundle has it.
    """

    sku: str
    price: str
    name: str = ""
    quantity: int = 1
    status: str = ""
    gift: bool = False
    platform_discount: str = "0"
    seller_discount: str = "0"
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SandboxShop:
    """A shop; `cipher` names it in requests."""

    id: str
    name: str
    region: str
    cipher: str


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit of an order: TikTok counts no quantities."""

    line_id: str
    sku_id: str
    sale: TikTokSale


@dataclass(frozen=True, slots=True)
class SandboxOrder:
    """An order as the world has it. `extra` is laid over the row that is sent, field by field."""

    order_id: str
    shop: SandboxShop
    currency: str
    units: tuple[Unit, ...]
    shipping: str
    tax: str
    status: str
    fulfillment_type: str
    created_at: datetime
    updated_at: datetime
    sample: bool = False
    cash_on_delivery: bool = False
    paid_at: datetime | None = None
    extra: Mapping[str, object] = field(default_factory=dict)

    @property
    def line_ids(self) -> tuple[str, ...]:
        """The ids of its units, in order."""
        return tuple(unit.line_id for unit in self.units)

    @property
    def total(self) -> Money:
        """What the buyer paid."""
        parts = [unit.sale.price for unit in self.units] + [self.shipping, self.tax]
        return sum((Money.parse(part, self.currency) for part in parts), Money.zero(self.currency))


@dataclass(frozen=True, slots=True)
class Paid:
    """The amounts of a case: all of it, and of that the shipping and the tax; decimal texts."""

    total: str
    shipping: str = "0"
    tax: str = "0"


@dataclass(frozen=True, slots=True)
class ReturnUnit:
    """One unit of a return or of a cancellation."""

    line_id: str
    unit: Unit


@dataclass(frozen=True, slots=True)
class SandboxReturn:
    """A return at one moment. `paid` is None where TikTok gives no amount.

    `extra` is laid over the row that is sent, field by field, for whatever else a test wants to see.
    """

    return_id: str
    order: SandboxOrder
    units: tuple[ReturnUnit, ...]
    type: ReturnType | str
    status: ReturnStatus | str
    paid: Paid | None
    created_at: datetime
    updated_at: datetime
    role: str = "BUYER"
    reason: str = "ecom_order_delivered_refund_and_return_reason_no_need"
    reason_text: str = "No longer needed"
    tracking_number: str = ""
    quick_refund: bool = False
    keep_item: bool = False
    arbitration: str = ""
    previous_id: str = ""
    next_id: str = ""
    extra: Mapping[str, object] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The id by which it is searched."""
        return self.return_id


@dataclass(frozen=True, slots=True)
class SandboxCancellation:
    """A cancellation at one moment. `paid` is None where nothing is paid back."""

    cancel_id: str
    order: SandboxOrder
    units: tuple[ReturnUnit, ...]
    type: str
    status: str
    paid: Paid | None
    created_at: datetime
    updated_at: datetime
    role: str = "BUYER"
    reason: str = "ecom_order_to_ship_canceled_reason_buyer_change_of_mind"
    reason_text: str = "Change of mind"
    replenish: bool | None = True
    extra: Mapping[str, object] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The id by which it is searched."""
        return self.cancel_id


def shares(paid: Paid, units: tuple[ReturnUnit, ...], currency: str) -> list[Money]:
    """What of the goods' money falls to each unit: its price, or its part of a smaller amount."""
    prices = [Money.parse(unit.unit.sale.price, currency).minor for unit in units]
    goods = Money.parse(paid.total, currency).minor - Money.parse(paid.shipping, currency).minor
    whole, rest = sum(prices), goods
    parts = []
    for price in prices[:-1]:
        part = goods * price // whole if whole else 0
        parts.append(Money(part, currency))
        rest -= part
    return [*parts, Money(rest, currency)] if units else []
