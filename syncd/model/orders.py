"""Orders: what TikTok says of its order, and what Shopify has."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from syncd.model.money import Money


@dataclass(frozen=True, slots=True)
class TikTokLine:
    """One unit of a TikTok order.

    `sale_price` is what the buyer paid for it before tax, where known, `parts` are the SKUs of a bundle.
    """

    line_id: str
    sku: str
    sale_price: Money | None
    status: str = ""
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TikTokOrder:
    """The parts of a TikTok order that decisions need. `total` is what the buyer paid or is to pay."""

    order_id: str
    status: str
    created_at: datetime
    lines: tuple[TikTokLine, ...]
    total: Money | None = None
    fulfilled_by_tiktok: bool = False
    sample: bool = False
    cash_on_delivery: bool = False
    paid: bool = False

    def line(self, line_id: str) -> TikTokLine | None:
        """The unit with that id."""
        return next((line for line in self.lines if line.line_id == line_id), None)


@dataclass(frozen=True, slots=True)
class Location:
    """A place that holds stock. Only active places of the merchant's own take units back."""

    id: str
    name: str
    active: bool
    fulfillment_service: bool

    @property
    def usable(self) -> bool:
        """Whether we may put units back there."""
        return self.active and not self.fulfillment_service


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A line of a Shopify order.

    `refundable` counts all units not refunded or removed yet, `unfulfilled` those of them still to be
    shipped. `unit_price` is after discounts, in the order's presentment currency. `attributes` are the
    connector's notes on the line.
    """

    id: str
    sku: str
    name: str
    quantity: int
    refundable: int
    unfulfilled: int
    unit_price: Money
    gift_card: bool = False
    custom: bool = False
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def returnable(self) -> int:
        """Units that were shipped and are neither refunded nor removed."""
        return max(0, self.refundable - self.unfulfilled)


@dataclass(frozen=True, slots=True)
class FulfillmentLine:
    """Units of one order line that were shipped together."""

    id: str
    line_id: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Fulfillment:
    """One shipment, and where it was sent from."""

    id: str
    location: Location | None
    lines: tuple[FulfillmentLine, ...]


@dataclass(frozen=True, slots=True)
class Assignment:
    """Where units of an order line wait to be shipped from."""

    line_id: str
    quantity: int
    location: Location | None


class TransactionKind(StrEnum):
    """The kinds that move the buyer's money (Shopify: OrderTransactionKind)."""

    SALE = "SALE"
    CAPTURE = "CAPTURE"
    REFUND = "REFUND"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True)
class Transaction:
    """A movement of money on an order, in presentment currency."""

    id: str
    kind: TransactionKind
    status: str
    gateway: str
    manual: bool
    amount: Money
    parent_id: str | None = None


@dataclass(frozen=True, slots=True)
class RefundLine:
    """Units that a refund took off an order."""

    line_id: str
    quantity: int
    restock_type: str
    restocked: bool
    location_id: str | None


@dataclass(frozen=True, slots=True)
class Refund:
    """A refund on a Shopify order. `moved` is the sum of its successful transactions.

    `processed_at` is the day in the books, which may be before `created_at`.
    """

    id: str
    created_at: datetime | None
    note: str
    return_id: str | None
    moved: Money
    pending: bool
    lines: tuple[RefundLine, ...]
    processed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Disposition:
    """What was decided about returned units."""

    type: str
    quantity: int
    location_id: str | None


@dataclass(frozen=True, slots=True)
class ReverseLine:
    """Units on their way back, of one fulfillment line; `order_id` is the reverse fulfillment order's."""

    id: str
    fulfillment_line_id: str
    quantity: int
    dispositions: tuple[Disposition, ...]
    order_id: str = ""

    @property
    def disposed(self) -> int:
        """Units about which something was decided."""
        return sum(d.quantity for d in self.dispositions)

    @property
    def undisposed(self) -> int:
        """Units about which nothing was decided."""
        return self.quantity - self.disposed


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """Units of one fulfillment line on a return."""

    id: str
    fulfillment_line_id: str
    line_id: str
    quantity: int
    processed: int
    note: str


class ReturnState(StrEnum):
    """Shopify: ReturnStatus."""

    CANCELED = "CANCELED"
    CLOSED = "CLOSED"
    DECLINED = "DECLINED"
    OPEN = "OPEN"
    REQUESTED = "REQUESTED"


@dataclass(frozen=True, slots=True)
class Return:
    """A return on a Shopify order.

    `tracking` has a text for each parcel that is announced on it: its number, empty where it has none.
    """

    id: str
    name: str
    state: ReturnState
    created_at: datetime
    lines: tuple[ReturnLine, ...]
    reverse_lines: tuple[ReverseLine, ...]
    reverse_order_ids: tuple[str, ...] = ()
    tracking: tuple[str, ...] = ()


_SIZES = (1, 3, 5, 10, 20, 50, 250)
"""Pages that Shopify prices alike, each at its largest: fewer places cost as much (Shopify: API limits)."""
MOST_LINES = _SIZES[-1]


def page(count: int) -> int:
    """The page for so many entries that costs no more than theirs."""
    return next((size for size in _SIZES if size >= count), MOST_LINES)


@dataclass(frozen=True, slots=True)
class Selection:
    """How much of an order is to be read. Lists that turn out longer are read whole all the same.

    `lines` and `returned` are the lines expected on the order and on a return. Without `shipped` the
    shipments are left out, unless there are returns. `shown`: a return is expected, and without `parcels` the
    tracking numbers on it are left out. Without `cancelling` the note of a cancelled order is left out.
    """

    lines: int = 5
    shipped: bool = True
    shown: bool = False
    returned: int = 3
    parcels: bool = True
    cancelling: bool = True


@dataclass(frozen=True, slots=True)
class Claim:
    """The record on the order of who works on a case: see `syncd.decide.claim`."""

    value: str
    digest: str


@dataclass(frozen=True, slots=True)
class Order:
    """A Shopify order as decisions need it, read whole: nothing was cut off by paging.

    `currency` is the presentment currency, in which every amount here is given. `links` are the cases to
    which people have linked refunds and returns, by their ids; `makers` who made them, where that is known.
    `changed_at` is of whole seconds. `cancel_note` is what was written when it was cancelled. `shipments` are
    None where they were left out by the `Selection`.
    """

    id: str
    name: str
    currency: str
    created_at: datetime
    archived: bool
    net_payment: Money
    shipping_left: Money
    lines: tuple[OrderLine, ...]
    shipments: tuple[Fulfillment, ...] | None
    transactions: tuple[Transaction, ...]
    refunds: tuple[Refund, ...]
    returns: tuple[Return, ...]
    claim: Claim | None
    links: Mapping[str, str] = field(default_factory=dict)
    makers: Mapping[str, str] = field(default_factory=dict)
    cancelled: bool = False
    cancel_note: str = ""
    changed_at: datetime | None = None

    @property
    def fulfillments(self) -> tuple[Fulfillment, ...]:
        """What was shipped.

        Raises:
            LookupError: That was not read.
        """
        if self.shipments is None:
            raise LookupError(f"the shipments of {self.name} were not read")
        return self.shipments

    def line(self, line_id: str) -> OrderLine:
        """The line with that id.

        Raises:
            KeyError: The order has no such line.
        """
        for line in self.lines:
            if line.id == line_id:
                return line
        raise KeyError(line_id)

    @property
    def unfulfilled(self) -> bool:
        """Whether any unit still waits to be shipped."""
        return any(line.unfulfilled for line in self.lines)


@dataclass(frozen=True, slots=True)
class Books:
    """What the books need of a Shopify order: its refunds and returns, without their units.

    `claims` are those on it by case id, `links` what people have linked, by the id of a refund or return.
    """

    id: str
    name: str
    refunds: tuple[Refund, ...] = ()
    returns: tuple[Return, ...] = ()
    claims: Mapping[str, Claim] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
