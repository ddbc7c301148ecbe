"""Cases: what TikTok Shop says about a return or a cancellation, and what we remember about it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from syncd.model.money import Money
from syncd.model.rulings import Ruling, last_inspection, last_ruling


class Kind(StrEnum):
    """The two after-sales objects of TikTok Shop."""

    RETURN = "return"
    CANCELLATION = "cancellation"


class ReturnType(StrEnum):
    """`return_type` (TikTok Shop: Search Returns). `UNKNOWN` stands for a word not listed there."""

    REFUND = "REFUND"
    RETURN_AND_REFUND = "RETURN_AND_REFUND"
    REPLACEMENT = "REPLACEMENT"
    EXCHANGE = "EXCHANGE"
    UNKNOWN = "UNKNOWN"


class ReturnStatus(StrEnum):
    """`return_status` (TikTok Shop: Search Returns). `UNKNOWN` stands for a word not listed there."""

    PENDING = "RETURN_OR_REFUND_REQUEST_PENDING"
    REJECTED = "REFUND_OR_RETURN_REQUEST_REJECT"
    AWAITING_BUYER_SHIP = "AWAITING_BUYER_SHIP"
    BUYER_SHIPPED_ITEM = "BUYER_SHIPPED_ITEM"
    PARCEL_REJECTED = "REJECT_RECEIVE_PACKAGE"
    AWAITING_BUYER_RESPONSE = "AWAITING_BUYER_RESPONSE"
    SUCCESS = "RETURN_OR_REFUND_REQUEST_SUCCESS"
    CANCELLED = "RETURN_OR_REFUND_REQUEST_CANCEL"
    COMPLETE = "RETURN_OR_REFUND_REQUEST_COMPLETE"
    REPLACEMENT_PENDING = "REPLACEMENT_REQUEST_PENDING"
    REPLACEMENT_REJECTED = "REPLACEMENT_REQUEST_REJECT"
    REPLACEMENT_CANCELLED = "REPLACEMENT_REQUEST_CANCEL"
    REPLACEMENT_COMPLETE = "REPLACEMENT_REQUEST_COMPLETE"
    REPLACEMENT_REFUNDED = "REPLACEMENT_REQUEST_REFUND_SUCCESS"
    EXCHANGE_PENDING = "EXCHANGE_REQUEST_PENDING"
    EXCHANGE_CANCELLED = "EXCHANGE_REQUEST_CANCEL"
    EXCHANGE_COMPLETE = "EXCHANGE_REQUEST_COMPLETE"
    EXCHANGE_REFUNDED = "EXCHANGE_REQUEST_REFUND_SUCCESS"
    UNKNOWN = "UNKNOWN"


class CancelType(StrEnum):
    """`cancel_type` (TikTok Shop: Search Cancellations), and the stale word of its sample.

    `UNKNOWN` stands for a word not listed there.
    """

    CANCEL = "CANCEL"
    BUYER_CANCEL = "BUYER_CANCEL"
    REQUEST_CANCEL_REFUND = "REQUEST_CANCEL_REFUND"
    UNKNOWN = "UNKNOWN"


class CancelStatus(StrEnum):
    """`cancel_status` (TikTok Shop: Search Cancellations). `UNKNOWN` stands for a word not listed there."""

    PENDING = "CANCELLATION_REQUEST_PENDING"
    SUCCESS = "CANCELLATION_REQUEST_SUCCESS"
    COMPLETE = "CANCELLATION_REQUEST_COMPLETE"
    CANCELLED = "CANCELLATION_REQUEST_CANCEL"
    UNKNOWN = "UNKNOWN"


Type = ReturnType | CancelType
Status = ReturnStatus | CancelStatus
PAID_BACK: frozenset[Status] = frozenset(
    {
        ReturnStatus.COMPLETE,
        ReturnStatus.REPLACEMENT_REFUNDED,
        ReturnStatus.EXCHANGE_REFUNDED,
        CancelStatus.COMPLETE,
    }
)
"""The states in which the buyer has the money, if there was any to pay back.

TikTok Shop: Search Returns, `return_status`; Search Cancellations, `cancel_status`.
"""


@dataclass(frozen=True, slots=True)
class RefundAmount:
    """What TikTok pays back: `total` is the amount, of which `shipping` is what the buyer paid for shipping.

    `parts` is how TikTok splits the total, `discounts` what the buyer had not paid in the first place, both
    by TikTok's own names. They are shown and never added up: tax is sometimes inside the subtotal, sometimes
    beside it, and nobody gets a discount back.
    """

    total: Money
    shipping: Money | None = None
    parts: Mapping[str, Money] = field(default_factory=dict)
    discounts: Mapping[str, Money] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One unit of a case: TikTok has no quantities, two units are two lines. `parts` are a bundle's SKUs."""

    line_id: str
    order_line_id: str
    sku: str
    refund: Money | None = None
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What TikTok said about a case at one moment.

    `digest` is the hash of what is kept of the answer. `refund` is None where TikTok gave no amount, and
    `trouble` then says what was wrong with it, if anything was there.
    `type_word` and `status_word` are TikTok's own words, also those that we do not know. `replenish` says
    whether cancelled units go back into stock, None where TikTok does not tell.
    """

    case_id: str
    kind: Kind
    order_id: str
    type: Type
    type_word: str
    status: Status
    status_word: str
    created_at: datetime
    updated_at: datetime
    digest: str
    lines: tuple[CaseLine, ...] = ()
    refund: RefundAmount | None = None
    trouble: str = ""
    reason: str = ""
    reason_text: str = ""
    tracking_number: str = ""
    quick_refund: bool = False
    buyer_keeps_item: bool = False
    previous_id: str = ""
    next_id: str = ""
    replenish: bool | None = None

    @property
    def paid_back(self) -> bool:
        """Whether the buyer has the money; also once a cancellation is done that had none to pay back."""
        return self.status in PAID_BACK

    @property
    def parcel_under_way(self) -> bool:
        """Whether the buyer has sent the goods."""
        return self.status is ReturnStatus.BUYER_SHIPPED_ITEM

    @property
    def basis(self) -> str:
        """What a person's decision is bound to: money and units once paid back; empty before that."""
        if not self.paid_back or (self.refund is None and self.kind is Kind.RETURN):
            return ""
        total = str(self.refund.total) if self.refund else "no amount"
        units = sorted(line.order_line_id for line in self.lines)
        digest = hashlib.sha256(" ".join(units).encode()).hexdigest()[:12]
        return f"{total}, {len(units)} units {digest}"


class State(StrEnum):
    """Where a case stands with us."""

    TRACKING = "tracking"
    DUE = "due"
    WRITING = "writing"
    SYNCED = "synced"
    HELD = "held"
    SKIPPED = "skipped"
    DISMISSED = "dismissed"


UNDONE = (State.DUE, State.WRITING, State.HELD)
"""Something is still to be done by us or by a person; the others are as many as there is history."""


class Restock(StrEnum):
    """What became of the returned units: not asked for, put back, waiting for staff, or refused by staff."""

    NONE = "none"
    DONE = "done"
    WAITING = "waiting"
    REFUSED = "refused"


class Path(StrEnum):
    """How a RETURN_AND_REFUND is written; fixed once the first write is made."""

    RETURN = "return"
    REFUND = "refund"


@dataclass(frozen=True, slots=True)
class Written:
    """What Shopify has been given for a case, once and for good.

    `units` are TikTok's line ids in order. `total` is None for a cancellation that had no amount. Compared
    with every later snapshot: a difference is a hold.
    """

    total: Money | None
    units: tuple[str, ...]

    @classmethod
    def of(cls, snapshot: Snapshot) -> "Written | None":
        """What would be written for that snapshot; None without an amount that has to be there."""
        if snapshot.refund is None and (snapshot.kind is Kind.RETURN or snapshot.trouble):
            return None
        total = snapshot.refund.total if snapshot.refund else None
        return cls(total, tuple(sorted(line.order_line_id for line in snapshot.lines)))


@dataclass(frozen=True, slots=True)
class Case:
    """One case: its latest snapshot and what we remember of its life.

    `paid_back_at` is TikTok's time of the first snapshot in which it was paid back, `paid_back_seen_at`
    ours. `parcel_seen` is true once any snapshot showed the parcel under way. `due_at` is when we look at it
    again, None for not before there is news; `tries` counts the looks since the last news. `was_archived`:
    the Shopify order was archived before we first wrote to it. `subjects` are the Shopify ids that a hold is
    about. `verify_at` is when the order of a written case is read once more. `waiting_units` are the units
    that wait for inspection, by Shopify's SKU, `restock_since` is since when. `tracked_return_id` is the
    Shopify return that shows a tracking number, or for which Shopify refused it.
    """

    shop: str
    latest: Snapshot
    first_seen: datetime
    updated: datetime
    state: State = State.TRACKING
    reason: str | None = None
    detail: str = ""
    paid_back_at: datetime | None = None
    paid_back_seen_at: datetime | None = None
    parcel_seen: bool = False
    path: Path | None = None
    written: Written | None = None
    restock: Restock = Restock.NONE
    waiting_since: datetime | None = None
    due_at: datetime | None = None
    shopify_order_id: str | None = None
    shopify_order_name: str | None = None
    refund_ids: tuple[str, ...] = ()
    return_ids: tuple[str, ...] = ()
    was_archived: bool = False
    tries: int = 0
    rulings: tuple[Ruling, ...] = ()
    subjects: tuple[str, ...] = ()
    verify_at: datetime | None = None
    waiting_units: Mapping[str, int] = field(default_factory=dict)
    restock_since: datetime | None = None
    tracked_return_id: str | None = None

    @property
    def case_id(self) -> str:
        """TikTok's id of the case."""
        return self.latest.case_id

    @property
    def order_id(self) -> str:
        """TikTok's id of the order."""
        return self.latest.order_id

    @property
    def verifying(self) -> bool:
        """Whether it is looked at now because what was written is to be verified."""
        return self.verify_at is not None and self.due_at == self.verify_at

    @property
    def unrecorded(self) -> bool:
        """Whether a person's decision may still have to be written onto the Shopify order."""
        ruling = last_ruling(self.rulings)
        return ruling is not None and not ruling.recorded

    @property
    def inspected(self) -> Ruling | None:
        """What a person decided about returned units, as long as it is not carried out."""
        ruling = last_inspection(self.rulings)
        return None if ruling is None or ruling.recorded else ruling
