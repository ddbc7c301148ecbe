"""What a report says: one row a case, both sides beside each other, and one word for how they compare."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from syncd.errors import SyncdError
from syncd.model.cases import Case, Kind, Snapshot
from syncd.model.money import Money
from syncd.model.orders import Refund


class Result(StrEnum):
    """How the two sides of a case compare."""

    MATCHED = "matched"
    """Shopify has TikTok's amount once, on TikTok's day; or there was no money to pay back."""
    LINKED = "linked"
    """A person has said that a refund which syncd did not make is the one, or that none is to be written."""
    LEFT_OUT = "left_out"
    """Outside of syncd's books: paid back before `start_from`, or of a sort that is not carried over."""
    HELD = "held"
    DUE = "due"
    """Still to be written, in its turn."""
    BY_HAND = "refunded_by_hand"
    """Not linked; a refund of that very amount which syncd did not make is on the order."""
    MISSING = "missing"
    DOUBLED = "doubled"
    DIFFERENT_AMOUNT = "different_amount"
    WRONG_DAY = "wrong_day"
    NOT_PAID_BACK = "not_paid_back"
    """Shopify has our refund, and TikTok has not paid."""
    UNREAD = "unread"
    """One side could not be read: nothing is known, and nothing agrees."""


AGREES = frozenset({Result.MATCHED, Result.LINKED, Result.LEFT_OUT})
"""All other results are differences."""


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case from both sides.

    `snapshot` is what TikTok says now, None where it does not know the case (any more). `case` is what the
    store remembers of it, if it had it before. `refunds` are those for this case in Shopify, ours or linked;
    `by_other` is one of its very amount that somebody else made. `paid_back_on` and `refunded_on` are
    days by the Shopify shop's calendar. `platform` is the part of the price that the buyer never paid because
    TikTok did.
    """

    shop: str
    case_id: str
    kind: Kind
    snapshot: Snapshot | None
    case: Case | None
    result: Result
    detail: str = ""
    shopify_order_id: str = ""
    shopify_order_name: str = ""
    refunds: Sequence[Refund] = ()
    by_other: Refund | None = None
    paid_back_at: datetime | None = None
    paid_back_on: date | None = None
    refunded_at: datetime | None = None
    refunded_on: date | None = None
    platform: Money | None = None
    restock_waiting: bool = False

    @property
    def name(self) -> str:
        """As people type it."""
        return f"{self.shop}:{self.case_id}"

    @property
    def tiktok(self) -> Money | None:
        """What TikTok has paid back; None where it has not, or there was nothing to pay."""
        paid = self.snapshot if self.snapshot and self.snapshot.paid_back else None
        return paid.refund.total if paid and paid.refund else None

    @property
    def shopify(self) -> Money | None:
        """The sum of what Shopify's refunds for this case moved."""
        moved = [refund.moved for refund in self.refunds]
        return Money(sum(one.minor for one in moved), moved[0].currency) if moved else None

    @property
    def reason(self) -> str:
        """TikTok's reason, as people read it."""
        return (self.snapshot.reason_text or self.snapshot.reason) if self.snapshot else ""


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """One shop's period, case by case. `errors` says what could not be read: then it is not whole."""

    shop: str
    since: datetime
    until: datetime
    rows: Sequence[CaseRow] = ()
    errors: Sequence[SyncdError] = ()
    held_by_day: Sequence[tuple[date, int]] = field(default=())
    """How many cases were held at the end of each day."""

    @property
    def differences(self) -> list[CaseRow]:
        """The rows that do not agree, the worst kind first."""
        return sorted(
            (row for row in self.rows if row.result not in AGREES), key=lambda row: _WORST[row.result]
        )

    @property
    def agrees(self) -> bool:
        """Whether everything was read, and every row agrees."""
        return not self.errors and not self.differences


_WORST = {
    result: place
    for place, result in enumerate(
        (
            Result.DOUBLED,
            Result.NOT_PAID_BACK,
            Result.DIFFERENT_AMOUNT,
            Result.MISSING,
            Result.UNREAD,
            Result.BY_HAND,
            Result.WRONG_DAY,
            Result.HELD,
            Result.DUE,
        )
    )
}
