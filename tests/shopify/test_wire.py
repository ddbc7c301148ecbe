"""Shopify's objects as ours, where it takes more than copying."""

from typing import Any

import pytest

from syncd.errors import AnswerUnreadable
from syncd.model.money import Money
from syncd.model.orders import Fulfillment, FulfillmentLine, ReturnLine, TransactionKind
from syncd.shopify import wire
from syncd.shopify.reader import Node

PLACE = {"id": "L1", "name": "Warehouse", "isActive": True, "isFulfillmentService": False}


def node(**fields: Any) -> Node:
    return Node(fields, "order", "ReadOrder", "req-1")


def bag(amount: str) -> dict[str, Any]:
    return {"presentmentMoney": {"amount": amount, "currencyCode": "USD"}}


def page(*nodes: Any) -> dict[str, Any]:
    return {"nodes": list(nodes), "pageInfo": {"hasNextPage": False}}


def line(**changes: Any) -> Node:
    known = {
        "id": "1",
        "sku": "A",
        "name": "Shirt",
        "quantity": 3,
        "refundableQuantity": 2,
        "unfulfilledQuantity": 1,
        "isGiftCard": False,
        "variant": {"id": "v"},
        "discountedUnitPriceAfterAllDiscountsSet": bag("9.99"),
        "customAttributes": [{"key": "tiktok_line", "value": "77"}, {"key": "empty", "value": None}],
    }
    return node(**{**known, **changes})


def test_line_attributes() -> None:
    """The connector's notes on a line are kept by key; one without value is empty."""
    assert wire.order_line(line(), "USD").attributes == {"tiktok_line": "77", "empty": ""}


def test_a_line_without_variant_is_custom() -> None:
    """No variant means that nothing can be put back into stock."""
    lines = [wire.order_line(line(variant=variant), "USD") for variant in ({"id": "v"}, None)]
    assert [each.custom for each in lines] == [False, True]


def test_units_refunded_before_they_were_shipped_do_not_count_as_unfulfilled() -> None:
    """NO_RESTOCK leaves a refunded unit to be shipped; of what is refundable, no more is unfulfilled."""
    found = wire.order_line(line(refundableQuantity=1, unfulfilledQuantity=2), "USD")
    assert (found.refundable, found.unfulfilled, found.returnable) == (1, 1, 0)


def test_a_line_without_sku() -> None:
    """A line may have no SKU."""
    assert wire.order_line(line(sku=None), "USD").sku == ""


def test_a_line_in_another_currency_is_unreadable() -> None:
    """Amounts are believed in the order's own currency only."""
    with pytest.raises(AnswerUnreadable):
        wire.order_line(line(), "EUR")


def fulfillment(status: str = "SUCCESS", quantity: Any = 2) -> Node:
    lines = page({"id": "FL1", "quantity": quantity, "lineItem": {"id": "1"}})
    return node(id="F1", status=status, location=PLACE, fulfillmentLineItems=lines)


@pytest.mark.parametrize(
    ("status", "counts"),
    [
        ("SUCCESS", True),
        ("OPEN", True),
        ("PENDING", True),
        ("CANCELLED", False),
        ("ERROR", False),
        ("FAILURE", False),
    ],
)
def test_only_shipments_that_went_out_count(status: str, counts: bool) -> None:
    """A cancelled or failed fulfillment shipped nothing."""
    assert len(wire.fulfillments([fulfillment(status)])) == counts


def test_a_fulfillment_line_of_unknown_quantity_offers_no_units() -> None:
    """Where Shopify tells no quantity, nothing can be returned on that line."""
    (found,) = wire.fulfillments([fulfillment(quantity=None)])
    assert found == Fulfillment("F1", wire.location(node(**PLACE)), (FulfillmentLine("FL1", "1", 0),))


@pytest.mark.parametrize(
    ("word", "kind"),
    [("SALE", TransactionKind.SALE), ("CAPTURE", TransactionKind.CAPTURE), ("VOID", "OTHER")],
)
def test_transaction_kinds(word: str, kind: TransactionKind) -> None:
    """Kinds that move no money of the buyer's are one."""
    found = wire.transaction(
        node(
            id="T",
            kind=word,
            status="SUCCESS",
            gateway=None,
            manualPaymentGateway=True,
            amountSet=bag("1.0"),
            parentTransaction=None,
        ),
        "USD",
    )
    assert (found.kind, found.gateway) == (kind, "")


def refund(*transactions: tuple[str, str, str]) -> Node:
    each = [
        {"kind": kind, "status": status, "amountSet": bag(amount)} for kind, status, amount in transactions
    ]
    fields = {"id": "R", "createdAt": None, "processedAt": None, "note": None, "return": None}
    return node(**fields, refundLineItems=page(), transactions=page(*each))


def test_only_successful_refund_transactions_have_moved_money() -> None:
    """Failed and pending ones, and other kinds, do not count as paid back."""
    found = wire.refund(
        refund(
            ("REFUND", "SUCCESS", "5.0"),
            ("REFUND", "SUCCESS", "1.25"),
            ("REFUND", "FAILURE", "7.0"),
            ("VOID", "SUCCESS", "3.0"),
        ),
        "USD",
    )
    assert (found.moved, found.pending, found.note, found.created_at) == (Money(625, "USD"), False, "", None)


@pytest.mark.parametrize(
    ("status", "pending"),
    [("PENDING", True), ("AWAITING_RESPONSE", True), ("UNKNOWN", True), ("ERROR", False), ("SUCCESS", False)],
)
def test_a_refund_is_pending_until_its_transactions_are_final(status: str, pending: bool) -> None:
    """Anything that is neither done nor failed may still move money."""
    assert wire.refund(refund(("REFUND", status, "5.0")), "USD").pending == pending


def test_a_return_line_that_shopify_could_not_match() -> None:
    """A line without fulfillment is listed, with no ids to act on."""
    lines = page({"id": "RL", "quantity": 1, "processedQuantity": 0, "returnReasonNote": "x"})
    found = wire.order_return(
        node(
            id="R",
            name="#1-R1",
            status="OPEN",
            createdAt="2026-11-01T00:00:00Z",
            returnLineItems=lines,
            reverseFulfillmentOrders=page(),
        )
    )
    assert found.lines == (ReturnLine("RL", "", "", 1, 0, "x"),)


@pytest.mark.parametrize(
    ("deliverable", "number"),
    [
        ({"tracking": {"number": "94001"}}, "94001"),
        ({"tracking": {"number": None}}, ""),
        ({"tracking": None}, ""),
        (None, ""),
    ],
)
def test_a_parcel_without_a_number_is_a_parcel(deliverable: object, number: str) -> None:
    """Staff may have attached a label alone."""
    reverse = {
        "id": "RO",
        "lineItems": page(),
        "reverseDeliveries": {"nodes": [{"deliverable": deliverable}]},
    }
    found = wire.order_return(
        node(
            id="R",
            name="#1-R1",
            status="OPEN",
            createdAt="2026-11-01T00:00:00Z",
            returnLineItems=page(),
            reverseFulfillmentOrders=page(reverse),
        )
    )
    assert (("RO",), (number,)) == (found.reverse_order_ids, found.tracking)


def test_an_unknown_return_status_is_unreadable() -> None:
    """A status that we don't know decides nothing."""
    fields = {"id": "R", "name": "#1-R1", "status": "PAUSED", "createdAt": "2026-11-01T00:00:00Z"}
    with pytest.raises(AnswerUnreadable, match="status"):
        wire.order_return(node(**fields, returnLineItems=page(), reverseFulfillmentOrders=page()))


@pytest.mark.parametrize(("current", "left"), [("0.0", 0), ("6.5", 650), ("6.5049", 650), ("-1.0", 0)])
def test_shipping_that_is_left(current: str, left: int) -> None:
    """Shopify's own figure, and never below zero."""
    assert wire.shipping_left(node(currentShippingPriceSet=bag(current)), "USD") == Money(left, "USD")
