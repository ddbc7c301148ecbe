"""What a report says: one row a case, both sides beside each other, and one word for how they compare."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from syncd.model.cases import Case, Snapshot
from syncd.model.money import Money
from syncd.model.orders import Refund


class Result(StrEnum):
    """How the two sides of a case compare."""

    MATCHED = "matched"
    """Shopify has TikTok's amount once, on TikTok's day; or there was no money to pay back."""
    LINKED = "linked"
    """A person has said that a refund which syncd did not make is the one, or that none is to be written."""
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


AGREES = frozenset({Result.MATCHED, Result.LINKED})
"""All other results are differences."""


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case from both sides.

    `snapshot` is what TikTok says now, `case` what the store remembers of it, if it knows it. `refunds` are
    those for this case on the Shopify order, ours or linked. `paid_back_on` and `refunded_on` are days by the
    Shopify shop's calendar. `platform` is the part of the price that the buyer never paid because TikTok did.
    """

    shop: str
    snapshot: Snapshot
    case: Case | None
    result: Result
    detail: str = ""
    shopify_order_id: str = ""
    shopify_order_name: str = ""
    refunds: Sequence[Refund] = ()
    paid_back_at: datetime | None = None
    paid_back_on: date | None = None
    refunded_at: datetime | None = None
    refunded_on: date | None = None
    platform: Money | None = None
    restock_waiting: bool = False

    @property
    def tiktok(self) -> Money | None:
        """TikTok's amount."""
        return self.snapshot.refund.total if self.snapshot.refund else None

    @property
    def shopify(self) -> Money | None:
        """The sum of what Shopify's refunds for this case moved."""
        moved = [refund.moved for refund in self.refunds]
        return Money(sum(one.minor for one in moved), moved[0].currency) if moved else None


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """One shop's period, case by case. `errors` says what could not be read: then it is not whole."""

    shop: str
    since: datetime
    until: datetime
    rows: Sequence[CaseRow] = ()
    errors: Sequence[str] = ()
    held_by_day: Sequence[tuple[date, int]] = field(default=())
    """How many cases were held at the end of each day."""

    @property
    def agrees(self) -> bool:
        """Whether everything was read, and every row agrees."""
        return not self.errors and all(row.result in AGREES for row in self.rows)
