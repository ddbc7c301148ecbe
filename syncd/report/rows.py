"""What a report says: one row a case, both sides beside each other, and one word for how they compare."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from syncd.errors import SyncdError
from syncd.model.cases import Case, Kind, Restock, Snapshot
from syncd.model.money import Money
from syncd.model.orders import Refund


class Result(StrEnum):
    """How the two sides of a case compare."""

    MATCHED = "matched"
    """Shopify has TikTok's amount, once and on its day; or there was no money to pay back."""
    LEFT_OUT = "left_out"
    """Not to be in Shopify: paid back before `start_from`, dismissed by a person, or never imported."""
    DUE = "due"
    """Still to be written, in its turn."""
    HELD = "held"
    BY_HAND = "refunded_by_hand"
    """A refund of that very amount is on the order which syncd did not make, and nobody has linked it."""
    WRONG_DAY = "wrong_day"
    MISSING = "missing"
    DIFFERENT_AMOUNT = "different_amount"
    NOT_PAID_BACK = "not_paid_back"
    """Shopify has our refund, and TikTok has not paid."""
    DOUBLED = "doubled"
    UNREAD = "unread"
    """The Shopify order could not be read: nothing is known."""


AGREES = frozenset({Result.MATCHED, Result.LEFT_OUT})
"""All other results are differences."""


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case from both sides.

    `snapshot` is what TikTok says now, None where it does not know the case. `case` is what the store has of
    it. `refunds` are those on the Shopify order that are for this case, ours or linked, `others` the ids of
    those of its amount that may be. `paid_back_on` and `refunded_on` are days of the Shopify shop.
    """

    shop: str
    case_id: str
    kind: Kind
    result: Result
    detail: str = ""
    snapshot: Snapshot | None = None
    case: Case | None = None
    shopify_order_id: str = ""
    shopify_order_name: str = ""
    refunds: Sequence[Refund] = ()
    others: Sequence[str] = ()
    paid_back_on: date | None = None
    refunded_on: date | None = None
    paid_back_at: datetime | None = None
    restock: Restock = Restock.NONE

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
        """What Shopify's refunds for this case have moved."""
        moved = [refund.moved for refund in self.refunds]
        return Money(sum(one.minor for one in moved), moved[0].currency) if moved else None

    @property
    def discounts(self) -> dict[str, Money]:
        """What the buyer never paid, by TikTok's own names: the platform's part, and the seller's."""
        refund = self.snapshot.refund if self.snapshot else None
        return dict(refund.discounts) if refund else {}

    @property
    def refunded_at(self) -> datetime | None:
        """When Shopify made the first refund of this case, whatever day it carries in the books."""
        times = [refund.created_at for refund in self.refunds if refund.created_at]
        return min(times, default=None)

    @property
    def reason(self) -> str:
        """TikTok's reason, as people read it."""
        return (self.snapshot.reason_text or self.snapshot.reason) if self.snapshot else ""


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """One shop's period, case by case. `errors` says what could not be read: then it is not whole.

    `held_by_day` is how many cases were held at the end of each day.
    """

    shop: str
    since: datetime
    until: datetime
    rows: Sequence[CaseRow] = ()
    errors: Sequence[SyncdError] = ()
    held_by_day: Sequence[tuple[date, int]] = ()

    @property
    def differences(self) -> list[CaseRow]:
        """The rows that do not agree, the worst kind first."""
        worst = list(Result)
        found = [row for row in self.rows if row.result not in AGREES]
        return sorted(found, key=lambda row: -worst.index(row.result))

    @property
    def agrees(self) -> bool:
        """Whether everything was read, and every row agrees."""
        return not self.errors and not self.differences
