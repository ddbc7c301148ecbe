"""Shopify's objects as ours."""

from collections.abc import Iterable
from dataclasses import replace

from syncd.model import mark
from syncd.model.match import OrderHit
from syncd.model.money import Money
from syncd.model.orders import (
    Assignment,
    Books,
    Claim,
    Disposition,
    Fulfillment,
    FulfillmentLine,
    Location,
    OrderLine,
    Refund,
    RefundLine,
    Return,
    ReturnLine,
    ReturnState,
    ReverseLine,
    Transaction,
    TransactionKind,
)
from syncd.shopify.reader import Node

PLAIN_LIMIT = 50
"""The most that we read of a plain list; the documents ask for one more."""
_NOT_SHIPPED = frozenset({"CANCELLED", "ERROR", "FAILURE"})
_FINAL = frozenset({"SUCCESS", "ERROR", "FAILURE"})


def order_hit(node: Node, *, metafield: bool = False) -> OrderHit:
    """An order in a search's answer, with the one metafield where that was asked for."""
    found = node.maybe_node("metafield") if metafield else None
    return OrderHit(
        id=node.text("id"),
        name=node.text("name"),
        tags=node.texts("tags"),
        source_identifier=node.maybe_text("sourceIdentifier") or "",
        created_at=node.moment("createdAt"),
        note=node.maybe_text("note") or "",
        attributes=tuple(each.maybe_text("value") or "" for each in node.nodes("customAttributes")),
        metafield=found.text("value") if found else "",
    )


def cancel_note(node: Node) -> str:
    """What was written when an order was cancelled; empty where nothing was."""
    cancellation = node.maybe_node("cancellation")
    return (cancellation.maybe_text("staffNote") if cancellation else None) or ""


def location(node: Node) -> Location:
    """A Location."""
    return Location(
        id=node.text("id"),
        name=node.text("name"),
        active=node.flag("isActive"),
        fulfillment_service=node.flag("isFulfillmentService"),
    )


def order_line(node: Node, currency: str) -> OrderLine:
    """A LineItem. Units to be shipped count only as far as they are not refunded yet."""
    refundable = node.number("refundableQuantity")
    price = node.rounded_money("discountedUnitPriceAfterAllDiscountsSet", currency)
    return OrderLine(
        id=node.text("id"),
        sku=node.maybe_text("sku") or "",
        name=node.text("name"),
        quantity=node.number("quantity"),
        refundable=refundable,
        unfulfilled=min(refundable, node.number("unfulfilledQuantity")),
        unit_price=price,
        gift_card=node.flag("isGiftCard"),
        custom=node.maybe_node("variant") is None,
        attributes={a.text("key"): a.maybe_text("value") or "" for a in node.nodes("customAttributes")},
    )


def fulfillments(nodes: Iterable[Node]) -> tuple[Fulfillment, ...]:
    """The Fulfillments that sent something."""
    return tuple(_fulfillment(node) for node in nodes if node.text("status") not in _NOT_SHIPPED)


def _fulfillment(node: Node) -> Fulfillment:
    return Fulfillment(
        id=node.text("id"),
        location=_maybe_location(node),
        lines=tuple(
            FulfillmentLine(
                id=line.text("id"),
                line_id=line.node("lineItem").text("id"),
                quantity=line.maybe_number("quantity") or 0,
            )
            for line in node.whole("fulfillmentLineItems")
        ),
    )


def _maybe_location(node: Node) -> Location | None:
    found = node.maybe_node("location")
    return location(found) if found else None


def transaction(node: Node, currency: str) -> Transaction:
    """An OrderTransaction."""
    parent = node.maybe_node("parentTransaction")
    return Transaction(
        id=node.text("id"),
        kind=_kind(node),
        status=node.text("status"),
        gateway=node.maybe_text("gateway") or "",
        manual=node.flag("manualPaymentGateway"),
        amount=node.money("amountSet", currency),
        parent_id=parent.text("id") if parent else None,
    )


def _kind(node: Node) -> TransactionKind:
    try:
        return TransactionKind(node.text("kind"))
    except ValueError:
        return TransactionKind.OTHER


def refund(node: Node, currency: str) -> Refund:
    """A Refund with its lines."""
    return replace(
        booked_refund(node, currency),
        lines=tuple(_refund_line(line) for line in node.whole("refundLineItems")),
    )


def made_refund(node: Node, currency: str) -> Refund:
    """A Refund as mutations answer with it: when it was made, and what it has moved."""
    transactions = node.whole("transactions")
    return Refund(
        id=node.text("id"),
        created_at=node.maybe_moment("createdAt"),
        note="",
        return_id=None,
        moved=_money_moved(transactions, currency),
        pending=_pending(transactions),
        lines=(),
        processed_at=node.maybe_moment("processedAt"),
    )


def _money_moved(transactions: Iterable[Node], currency: str) -> Money:
    moved = Money.zero(currency)
    for each in transactions:
        if _kind(each) is TransactionKind.REFUND and each.text("status") == "SUCCESS":
            moved += each.money("amountSet", currency)
    return moved


def _pending(transactions: Iterable[Node]) -> bool:
    return any(each.text("status") not in _FINAL for each in transactions)


def booked_refund(node: Node, currency: str) -> Refund:
    """A Refund without its lines; only successful transactions of kind REFUND have moved money."""
    transactions = node.whole("transactions")
    of_return = node.maybe_node("return")
    return Refund(
        id=node.text("id"),
        created_at=node.maybe_moment("createdAt"),
        note=node.maybe_text("note") or "",
        return_id=of_return.text("id") if of_return else None,
        moved=_money_moved(transactions, currency),
        pending=_pending(transactions),
        lines=(),
        processed_at=node.maybe_moment("processedAt"),
    )


def _refund_line(node: Node) -> RefundLine:
    place = node.maybe_node("location")
    return RefundLine(
        line_id=node.node("lineItem").text("id"),
        quantity=node.number("quantity"),
        restock_type=node.text("restockType"),
        restocked=node.flag("restocked"),
        location_id=place.text("id") if place else None,
    )


def booked_return(node: Node) -> Return:
    """A Return with its lines."""
    return Return(
        id=node.text("id"),
        name=node.text("name"),
        state=return_state(node),
        created_at=node.moment("createdAt"),
        lines=tuple(_return_line(line) for line in node.whole("returnLineItems")),
        reverse_lines=(),
    )


def order_return(node: Node, *, parcels: bool = True) -> Return:
    """A Return with its lines, those of its reverse fulfillment orders, and its `parcels` if asked for."""
    reverse_orders = node.whole("reverseFulfillmentOrders")
    return replace(
        booked_return(node),
        reverse_lines=tuple(
            _reverse_line(line, reverse.text("id"))
            for reverse in reverse_orders
            for line in reverse.whole("lineItems")
        ),
        reverse_order_ids=tuple(reverse.text("id") for reverse in reverse_orders),
        tracking=tuple(
            _tracking(parcel)
            for reverse in reverse_orders
            for parcel in (reverse.node("reverseDeliveries").nodes("nodes") if parcels else ())
        ),
    )


def books(node: Node) -> Books:
    """What ReadBooks asks of an Order.

    Raises:
        OrderTooLarge: It has more of something than that document reads.
    """
    currency = node.text("presentmentCurrencyCode")
    return Books(
        id=node.text("id"),
        name=node.text("name"),
        refunds=tuple(booked_refund(each, currency) for each in node.nodes("refunds", PLAIN_LIMIT)),
        returns=tuple(booked_return(each) for each in node.whole("returns")),
        claims=claims(node),
    )


def _tracking(parcel: Node) -> str:
    """The number of a ReverseDelivery; empty where it has none."""
    deliverable = parcel.maybe_node("deliverable")
    tracking = deliverable.maybe_node("tracking") if deliverable else None
    return (tracking.maybe_text("number") or "") if tracking else ""


def return_state(node: Node) -> ReturnState:
    """The status of a Return."""
    try:
        return ReturnState(node.text("status"))
    except ValueError:
        raise node.unreadable("status") from None


def _return_line(node: Node) -> ReturnLine:
    # Lines that Shopify could not match to a fulfillment (UnverifiedReturnLineItem) have none.
    shipped = node.node("fulfillmentLineItem") if "fulfillmentLineItem" in node.fields else None
    return ReturnLine(
        id=node.text("id"),
        fulfillment_line_id=shipped.text("id") if shipped else "",
        line_id=shipped.node("lineItem").text("id") if shipped else "",
        quantity=node.number("quantity"),
        processed=node.number("processedQuantity"),
        note=node.text("returnReasonNote"),
    )


def _reverse_line(node: Node, order_id: str) -> ReverseLine:
    shipped = node.maybe_node("fulfillmentLineItem")
    return ReverseLine(
        id=node.text("id"),
        fulfillment_line_id=shipped.text("id") if shipped else "",
        quantity=node.number("totalQuantity"),
        dispositions=tuple(_disposition(each) for each in node.nodes("dispositions")),
        order_id=order_id,
    )


def disposed(made: Node) -> dict[str, tuple[Disposition, ...]]:
    """What was decided about the units of a Return, by line of its reverse fulfillment orders."""
    return {
        line.text("id"): tuple(_disposition(each) for each in line.nodes("dispositions"))
        for reverse in made.whole("reverseFulfillmentOrders")
        for line in reverse.whole("lineItems")
    }


def _disposition(node: Node) -> Disposition:
    place = node.maybe_node("location")
    return Disposition(
        type=node.text("type"),
        quantity=node.number("quantity"),
        location_id=place.text("id") if place else None,
    )


def assignments(node: Node) -> tuple[Assignment, ...]:
    """What a FulfillmentOrder still has to ship, and from where."""
    place = _maybe_location(node.node("assignedLocation"))
    return tuple(
        Assignment(line.node("lineItem").text("id"), line.number("remainingQuantity"), place)
        for line in node.whole("lineItems")
        if line.number("remainingQuantity")
    )


def claim(node: Node) -> Claim | None:
    """The claim's metafield on an order."""
    found = node.maybe_node("metafield")
    return claim_of(found) if found else None


def claims(order: Node) -> dict[str, Claim]:
    """The claims on an order by case id.

    Raises:
        OrderTooLarge: It has more than the document reads.
    """
    found = {mark.case_of_claim(node.text("key")): claim_of(node) for node in order.whole("metafields")}
    return {case_id: one for case_id, one in found.items() if case_id}


def claim_of(metafield: Node) -> Claim:
    """A claim's metafield itself."""
    return Claim(metafield.text("value"), metafield.text("compareDigest"))


def shipping_left(node: Node, currency: str) -> Money:
    """What was paid for shipping after discounts and is not refunded; never below zero."""
    return max(node.rounded_money("currentShippingPriceSet", currency), Money.zero(currency))
