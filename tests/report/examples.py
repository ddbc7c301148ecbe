"""Rows of a report, made up."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import Any

from syncd.model.cases import Case, CaseLine, Kind, RefundAmount, ReturnStatus
from syncd.model.money import Money
from syncd.model.orders import Refund
from syncd.report.rows import CaseRow, Result
from syncd.report.totals import platform_part
from tests.decide.examples import a_case

_NUMBERS = count(4035000000000000001)
PAID_AT = datetime(2026, 11, 2, 12, tzinfo=UTC)


def usd(amount: str) -> Money:
    """Dollars."""
    return Money.parse(amount, "USD")


def row(
    tiktok: str | None,
    shopify: str | None,
    result: Result = Result.MATCHED,
    *,
    currency: str = "USD",
    reason: str = "",
    detail: str = "",
    discounts: Mapping[str, Money] | None = None,
    lines: Sequence[CaseLine] = (),
    paid_back_at: datetime = PAID_AT,
    refunded_at: datetime | None = PAID_AT,
) -> CaseRow:
    """A case that TikTok paid back, unless it has no amount there, and its refund."""
    case_id = str(next(_NUMBERS))
    amount = RefundAmount(Money.parse(tiktok or "1.00", currency), discounts=dict(discounts or {}))
    snapshot = replace(
        a_case().latest,
        case_id=case_id,
        refund=amount,
        status=ReturnStatus.COMPLETE if tiktok else ReturnStatus.CANCELLED,
        reason="",
        reason_text=reason,
        lines=tuple(lines),
    )
    moved = Money.parse(shopify, currency) if shopify else None
    refunds = (
        (Refund(f"gid://shopify/Refund/{case_id}", refunded_at, "", None, moved, False, ()),) if moved else ()
    )
    return CaseRow(
        shop="us",
        case_id=case_id,
        kind=Kind.RETURN,
        result=result,
        detail=detail,
        snapshot=snapshot,
        case=None,
        shopify_order_id="gid://shopify/Order/1",
        shopify_order_name="#1001",
        refunds=refunds,
        paid_back_at=paid_back_at if tiktok else None,
        paid_back_on=paid_back_at.date() if tiktok else None,
        refunded_at=refunded_at if moved else None,
        refunded_on=refunded_at.date() if moved and refunded_at else None,
        platform=platform_part(amount.discounts),
    )


def of_amount(total: Money | None, **changes: Any) -> Case:
    """A case that TikTok has paid back."""
    return a_case(refund=RefundAmount(total) if total else None, **changes)
