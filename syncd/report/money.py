"""What can be wrong with the money of one case: the one rule of every comparison of TikTok with Shopify."""

from collections.abc import Iterator, Sequence
from enum import StrEnum

from syncd.model.money import Money
from syncd.model.orders import Refund


class Fault(StrEnum):
    """What is wrong, worst first."""

    DOUBLED = "doubled"
    NOT_PAID_BACK = "not_paid_back"
    DIFFERENT_AMOUNT = "different_amount"
    MISSING = "missing"


def faults(refunds: Sequence[Refund], due: Money | None, *, paid_back: bool) -> Iterator[Fault]:
    """What is wrong with the refunds of a case, of which TikTok pays `due`, once it has `paid_back`."""
    moved = [refund.moved for refund in refunds if refund.moved]
    if len(moved) > 1:
        yield Fault.DOUBLED
    if moved and not paid_back:
        yield Fault.NOT_PAID_BACK
    elif len(moved) == 1 and moved[0] != due:
        yield Fault.DIFFERENT_AMOUNT
    if not moved and paid_back and due:
        yield Fault.MISSING
