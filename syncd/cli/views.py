"""Cases as programs see them."""

from collections.abc import Mapping

from syncd.model.cases import Case, RefundAmount
from syncd.service.telling import hint

Json = dict[str, object]


def case_json(case: Case) -> Json:
    """One case with the field names that other programs rely on."""
    refund = case.latest.refund
    return {
        "shop": case.shop,
        "case_id": case.case_id,
        "kind": case.latest.kind.value,
        "type": case.latest.type_word,
        "order_id": case.order_id,
        "tiktok_status": case.latest.status_word,
        "state": case.state.value,
        "reason": case.reason,
        "detail": case.detail,
        "hint": hint(case.reason, case),
        "refund_total": refund.total.amount if refund else None,
        "currency": refund.total.currency if refund else None,
        "shopify_order_id": case.shopify_order_id,
        "shopify_refund_ids": list(case.refund_ids),
        "shopify_return_ids": list(case.return_ids),
        "restock": case.restock.value,
        "waiting_units": dict(case.waiting_units),
        "restock_since": case.restock_since.isoformat() if case.restock_since else None,
        "first_seen": case.first_seen.isoformat(),
        "updated": case.updated.isoformat(),
        "due_at": case.due_at.isoformat() if case.due_at else None,
    }


def refund_json(refund: RefundAmount | None) -> Mapping[str, object] | None:
    """What TikTok pays back, with its parts by TikTok's names."""
    if refund is None:
        return None
    return {
        "total": refund.total.amount,
        "currency": refund.total.currency,
        "parts": {name: money.amount for name, money in refund.parts.items()},
        "discounts": {name: money.amount for name, money in refund.discounts.items()},
    }
