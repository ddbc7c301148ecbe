"""Shopify's orders as the program would read them, straight from the stand-in's records."""

from collections.abc import Collection

from syncd.model import mark
from syncd.model.money import Money
from syncd.model.orders import (
    Claim,
    Disposition,
    Fulfillment,
    FulfillmentLine,
    Location,
    Order,
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
from syncd.sandbox.shopify import lines, order, records, return_records


def order_of(found: order.Order, case_id: str, by_hand: Collection[str] = ()) -> Order:
    """The whole order, with the claim of that case; without the dispositions `by_hand` (their ids)."""
    currency = found.presentment_currency_code
    claim = found.metafield(mark.claim_key(case_id), mark.NAMESPACE)
    left = max(0, found.total_shipping_price - found.total_refunded_shipping)
    return Order(
        id=found.id,
        name=found.name,
        currency=currency,
        created_at=found.created_at,
        archived=found.closed,
        net_payment=Money(found.net_payment, currency),
        shipping_left=Money(left, currency),
        lines=tuple(_line(one, currency) for one in found.line_items),
        shipments=tuple(_fulfillment(one) for one in found.fulfillments),
        transactions=tuple(_transaction(one, currency) for one in found.transactions),
        refunds=tuple(_refund(one, currency) for one in found.refunds),
        returns=tuple(_return(one, by_hand) for one in found.returns),
        claim=Claim(claim.value, claim.compare_digest) if claim else None,
        cancelled=found.cancelled_at is not None,
        cancel_note=(found.cancellation.staff_note if found.cancellation else None) or "",
        changed_at=found.updated_at.replace(microsecond=0),
    )


def _line(one: lines.Line, currency: str) -> OrderLine:
    return OrderLine(
        id=one.id,
        sku=one.sku or "",
        name=one.name,
        quantity=one.quantity,
        refundable=one.refundable_quantity,
        unfulfilled=min(one.refundable_quantity, one.unfulfilled_quantity),
        unit_price=Money(one.discounted_unit_price, currency),
        gift_card=one.is_gift_card,
        custom=one.variant is None,
        attributes={each.key: each.value for each in one.custom_attributes},
    )


def _location(one: records.Location) -> Location:
    return Location(one.id, one.name, one.is_active, one.is_fulfillment_service)


def _fulfillment(one: records.Fulfillment) -> Fulfillment:
    shipped = (FulfillmentLine(x.id, x.line_item.id, x.quantity) for x in one.fulfillment_line_items)
    return Fulfillment(one.id, _location(one.location), tuple(shipped))


def _kind(word: str) -> TransactionKind:
    return TransactionKind(word) if word in set(TransactionKind) else TransactionKind.OTHER


def _transaction(one: records.Transaction, currency: str) -> Transaction:
    return Transaction(
        id=one.id,
        kind=_kind(one.kind),
        status=one.status,
        gateway=one.gateway,
        manual=one.manual_payment_gateway,
        amount=Money(one.amount, currency),
        parent_id=one.parent_transaction.id if one.parent_transaction else None,
    )


def _refund(one: records.Refund, currency: str) -> Refund:
    return Refund(
        id=one.id,
        created_at=one.created_at,
        note=one.note or "",
        return_id=one.return_.id if one.return_ else None,
        moved=Money(one.total_refunded, currency),
        pending=any(each.status not in {"SUCCESS", "ERROR", "FAILURE"} for each in one.transactions),
        lines=tuple(
            RefundLine(
                line_id=each.line_item.id,
                quantity=each.quantity,
                restock_type=each.restock_type,
                restocked=each.restocked,
                location_id=each.location.id if each.location else None,
            )
            for each in one.refund_line_items
        ),
        processed_at=one.processed_at,
    )


def _return(one: return_records.Return, by_hand: Collection[str]) -> Return:
    return Return(
        id=one.id,
        name=one.name,
        state=ReturnState(one.status),
        created_at=one.created_at,
        lines=tuple(
            ReturnLine(
                id=each.id,
                fulfillment_line_id=each.fulfillment_line_item.id,
                line_id=each.fulfillment_line_item.line_item.id,
                quantity=each.quantity,
                processed=each.processed_quantity,
                note=each.return_reason_note,
            )
            for each in one.return_line_items
        ),
        reverse_lines=tuple(
            _reverse_line(each, back.id, by_hand)
            for back in one.reverse_fulfillment_orders
            for each in back.line_items
        ),
        reverse_order_ids=tuple(back.id for back in one.reverse_fulfillment_orders),
        tracking=tuple(
            (parcel.deliverable.tracking and parcel.deliverable.tracking.number) or ""
            for back in one.reverse_fulfillment_orders
            for parcel in back.reverse_deliveries
        ),
    )


def _reverse_line(one: return_records.ReverseLine, order_id: str, by_hand: Collection[str]) -> ReverseLine:
    return ReverseLine(
        id=one.id,
        fulfillment_line_id=one.fulfillment_line_item.id,
        quantity=one.total_quantity,
        dispositions=tuple(
            Disposition(each.type, each.quantity, each.location.id if each.location else None)
            for each in one.dispositions
            if each.id not in by_hand
        ),
        order_id=order_id,
    )
