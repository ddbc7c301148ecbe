"""From an action to the document and the variables that carry it out."""

from collections.abc import Mapping

from syncd.decide.return_reason import offered
from syncd.model.money import Money
from syncd.model.orders import Order, Return, page
from syncd.model.plans import (
    ActionKind,
    AddTracking,
    ArchiveOrder,
    CancelOrder,
    CancelReturn,
    CloseReturn,
    CreateRefund,
    CreateReturn,
    DisposeReturn,
    DispositionType,
    Mutation,
    Payment,
    ProcessReturn,
    RefundUnit,
    ReopenReturn,
    ReturnUnit,
)
from syncd.shopify import operations
from syncd.shopify.operations import Operation

Variables = dict[str, object]


OPERATION: Mapping[ActionKind, Operation] = {
    ActionKind.CREATE_REFUND: operations.CREATE_REFUND,
    ActionKind.CREATE_RETURN: operations.CREATE_RETURN,
    ActionKind.PROCESS_RETURN: operations.PROCESS_RETURN,
    ActionKind.CLOSE_RETURN: operations.CLOSE_RETURN,
    ActionKind.CANCEL_RETURN: operations.CANCEL_RETURN,
    ActionKind.REOPEN_RETURN: operations.REOPEN_RETURN,
    ActionKind.ADD_TRACKING: operations.ADD_TRACKING,
    ActionKind.ARCHIVE_ORDER: operations.CLOSE_ORDER,
    ActionKind.DISPOSE_RETURN: operations.DISPOSE_RETURN,
    ActionKind.CANCEL_ORDER: operations.CANCEL_ORDER,
}
"""The document that carries out each kind of action; a person's decision is written with the claim."""


def variables_for(action: Mutation, order: Order, key: str, reasons: Mapping[str, str]) -> Variables:
    """The variables of the action's document. `reasons` maps the handles of return reasons to their ids.

    Raises:
        KeyError: The shop has none of the reasons that a return of ours may carry.
    """
    match action:
        case CreateRefund():
            return {"input": _refund(action), "key": key}
        case CreateReturn():
            return {"input": _return(action, reasons)}
        case ProcessReturn():
            return {"input": _process(action, order), "units": page(len(action.units))}
        case CloseReturn() | CancelReturn() | ReopenReturn():
            return {"id": action.return_id}
        case AddTracking():
            return _tracking(action, order)
        case ArchiveOrder():
            return {"input": {"id": action.order_id}}
        case DisposeReturn():
            return {"dispositions": _dispose(action, order)}
        case CancelOrder():
            return {"id": action.order_id, "restock": action.restock, "note": action.note}


def _refund(action: CreateRefund) -> Variables:
    money = action.payment
    variables: Variables = {
        "orderId": action.order_id,
        "currency": money.amount.currency,
        "note": action.note,
        "notify": False,
        "processedAt": action.processed_at.isoformat(),
        "refundLineItems": [_refund_unit(unit) for unit in action.units],
        "transactions": [
            {
                "orderId": action.order_id,
                "parentId": money.parent_id,
                "kind": "REFUND",
                "gateway": money.gateway,
                "amount": money.amount.amount,
            }
        ],
    }
    if money.shipping:
        variables["shipping"] = {"amount": money.shipping.amount}
    if action.discrepancy:
        variables["discrepancyReason"] = action.discrepancy
    return variables


def _refund_unit(unit: RefundUnit) -> Variables:
    variables: Variables = {
        "lineItemId": unit.line_id,
        "quantity": unit.quantity,
        "restockType": unit.restock_type.value,
    }
    if unit.location:
        variables["locationId"] = unit.location.id
    return variables


def _return(action: CreateReturn, reasons: Mapping[str, str]) -> Variables:
    definition = reasons[offered(action.reason, reasons) or action.reason]
    return {
        "orderId": action.order_id,
        "returnLineItems": [
            {
                "fulfillmentLineItemId": unit.fulfillment_line_id,
                "quantity": unit.quantity,
                "returnReasonDefinitionId": definition,
                "returnReasonNote": action.note,
            }
            for unit in action.units
        ],
        "requestedAt": action.requested_at.isoformat(),
    }


def _tracking(action: AddTracking, order: Order) -> Variables:
    return_ = next(r for r in order.returns if r.id == action.return_id)
    return {"reverseOrder": return_.reverse_order_ids[0], "tracking": {"number": action.number}}


def _process(action: ProcessReturn, order: Order) -> Variables:
    return_ = next(r for r in order.returns if r.id == action.return_id)
    variables: Variables = {
        "returnId": return_.id,
        "returnLineItems": [_process_line(unit, return_) for unit in action.units],
        "financialTransfer": {"issueRefund": {"orderTransactions": [_transfer(action.payment)]}},
        "notifyCustomer": False,
    }
    if action.payment.shipping:
        variables["refundShipping"] = {"shippingRefundAmount": _money(action.payment.shipping)}
    return variables


def _transfer(payment: Payment) -> Variables:
    return {"parentId": payment.parent_id, "transactionAmount": _money(payment.amount)}


def _money(money: Money) -> Variables:
    return {"amount": money.amount, "currencyCode": money.currency}


def _process_line(unit: ReturnUnit, return_: Return) -> Variables:
    line = next(x for x in return_.lines if x.fulfillment_line_id == unit.fulfillment_line_id)
    variables: Variables = {"id": line.id, "quantity": unit.quantity}
    if unit.disposition:
        variables["dispositions"] = [_disposition(unit, unit.disposition, return_)]
    return variables


def _dispose(action: DisposeReturn, order: Order) -> list[Variables]:
    return_ = next(r for r in order.returns if r.id == action.return_id)
    return [_disposition(unit, unit.disposition, return_) for unit in action.units if unit.disposition]


def _disposition(unit: ReturnUnit, disposition: DispositionType, return_: Return) -> Variables:
    reverse = next(x for x in return_.reverse_lines if x.fulfillment_line_id == unit.fulfillment_line_id)
    decided: Variables = {
        "reverseFulfillmentOrderLineItemId": reverse.id,
        "quantity": unit.quantity,
        "dispositionType": disposition.value,
    }
    if unit.location:
        decided["locationId"] = unit.location.id
    return decided
