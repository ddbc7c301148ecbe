"""Typed views of mutation inputs, read from what GraphQL has already validated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RefundLineInput:
    """One entry of `refundLineItems`."""

    line_item_id: str
    quantity: int
    restock_type: str
    location_id: str | None


@dataclass(frozen=True, slots=True)
class PaymentInput:
    """Money to be paid back on a payment; `kind` and `gateway` are only in refundCreate."""

    parent_id: str | None
    amount: str
    kind: str = "REFUND"
    gateway: str = ""


@dataclass(frozen=True, slots=True)
class RefundInput:
    """The input of refundCreate."""

    order_id: str
    note: str | None
    currency: str | None
    lines: Sequence[RefundLineInput]
    payments: Sequence[PaymentInput]
    shipping_amount: str | None
    full_shipping: bool
    discrepancy_reason: str | None
    processed_at: datetime | None


def refund_lines(entries: Sequence[Json] | None) -> list[RefundLineInput]:
    """Read `refundLineItems`."""
    return [
        RefundLineInput(
            one["lineItemId"],
            one["quantity"],
            one.get("restockType") or "NO_RESTOCK",
            one.get("locationId"),
        )
        for one in entries or ()
    ]


def refund_input(data: Json) -> RefundInput:
    """Read the input of refundCreate."""
    shipping = data.get("shipping") or {}
    payments = [
        PaymentInput(one.get("parentId"), str(one["amount"]), one["kind"], one["gateway"])
        for one in data.get("transactions") or ()
    ]
    return RefundInput(
        data["orderId"],
        data.get("note"),
        data.get("currency"),
        refund_lines(data.get("refundLineItems")),
        payments,
        None if shipping.get("amount") is None else str(shipping["amount"]),
        bool(shipping.get("fullRefund")),
        data.get("discrepancyReason"),
        data.get("processedAt"),
    )


@dataclass(frozen=True, slots=True)
class DispositionInput:
    """One entry of `dispositionInputs`, and where it stood in the request."""

    path: str
    line_id: str
    quantity: int
    type: str
    location_id: str | None


def dispositions(entries: Sequence[Json] | None, path: str) -> list[DispositionInput]:
    """Read a list of dispositions that stands at `path`."""
    return [
        DispositionInput(
            f"{path}.{place}",
            one["reverseFulfillmentOrderLineItemId"],
            one["quantity"],
            one["dispositionType"],
            one.get("locationId"),
        )
        for place, one in enumerate(entries or ())
    ]
