"""What the answer to a write proves: the order as it stands after it, without another look.

Only for writes whose answer tells all that a decision heeds. Some hours later the order is read again anyway.
"""

from collections.abc import Callable
from dataclasses import replace

from syncd.errors import AnswerUnreadable
from syncd.model.orders import Order, RefundLine, Return, ReturnLine, ReturnState
from syncd.model.plans import (
    Action,
    AddTracking,
    ArchiveOrder,
    CancelReturn,
    CloseReturn,
    CreateRefund,
    CreateReturn,
    ProcessReturn,
)
from syncd.shopify import wire
from syncd.shopify.answers import Answer
from syncd.shopify.reader import Node, OrderTooLarge


def after(action: Action, order: Order, answer: Answer) -> Order | None:
    """The order as this answer proves it to be; None where that takes a look."""
    try:
        return _after(action, order, Node.of(answer))
    except (AnswerUnreadable, OrderTooLarge):
        return None


def _after(action: Action, order: Order, root: Node) -> Order | None:
    match action:
        case CreateRefund() if not any(unit.restock for unit in action.units):
            return _refunded(action, order, root.node("refundCreate").node("refund"))
        case CreateReturn():
            return _with_return(action, order, root.node("returnCreate").node("return"))
        case ProcessReturn():
            return _processed(action, order, root.node("returnProcess").node("return"))
        case CloseReturn():
            return _moved(order, root.node("returnClose").node("return"), ReturnState.CLOSED)
        case CancelReturn():
            return _moved(order, root.node("returnCancel").node("return"), ReturnState.CANCELED)
        case AddTracking():
            return _tracked(action, order, root.node("reverseDeliveryCreateWithShipping"))
        case ArchiveOrder():
            closed = root.node("orderClose").node("order").flag("closed")
            return replace(order, archived=True) if closed else None
        case _:
            return None


def _refunded(action: CreateRefund, order: Order, made: Node) -> Order:
    """Units that are not put back need no proof: Shopify takes them off the order or refuses the whole."""
    lines = tuple(
        RefundLine(unit.line_id, unit.quantity, unit.restock_type, restocked=False, location_id=None)
        for unit in action.units
    )
    refund = replace(wire.made_refund(made, order.currency), note=action.note, lines=lines)
    return replace(order, refunds=(*order.refunds, refund))


def _with_return(action: CreateReturn, order: Order, made: Node) -> Order | None:
    lines = tuple(
        ReturnLine("", unit.fulfillment_line_id, unit.line_id, unit.quantity, 0, action.note)
        for unit in action.units
    )
    return_ = Return(
        id=made.text("id"),
        name=made.text("name"),
        state=ReturnState.OPEN,
        created_at=made.moment("createdAt"),
        lines=lines,
        reverse_lines=(),
        reverse_order_ids=tuple(each.text("id") for each in made.whole("reverseFulfillmentOrders")),
    )
    if made.text("status") != return_.state or not return_.reverse_order_ids:
        return None
    return replace(order, returns=(*order.returns, return_))


def _processed(action: ProcessReturn, order: Order, made: Node) -> Order | None:
    """The refund and the dispositions, both as Shopify shows them."""
    refunds, disposed = made.whole("refunds"), wire.disposed(made)
    ours = next(return_ for return_ in order.returns if return_.id == action.return_id)
    if made.text("id") != ours.id or len(refunds) != 1 or {x.id for x in ours.reverse_lines} != set(disposed):
        return None
    state = wire.return_state(made)
    units = {unit.fulfillment_line_id: unit.quantity for unit in action.units}

    def change(return_: Return) -> Return:
        lines = (
            replace(line, processed=line.processed + units.get(line.fulfillment_line_id, 0))
            for line in return_.lines
        )
        reverse = (replace(line, dispositions=disposed[line.id]) for line in return_.reverse_lines)
        return replace(return_, state=state, lines=tuple(lines), reverse_lines=tuple(reverse))

    refund = replace(wire.made_refund(refunds[0], order.currency), return_id=ours.id)
    return replace(_changed(order, ours.id, change), refunds=(*order.refunds, refund))


def _changed(order: Order, return_id: str, change: Callable[[Return], Return]) -> Order:
    returns = tuple(change(one) if one.id == return_id else one for one in order.returns)
    return replace(order, returns=returns)


def _moved(order: Order, made: Node, state: ReturnState) -> Order | None:
    if made.text("status") != state:
        return None
    return _changed(order, made.text("id"), lambda return_: replace(return_, state=state))


def _tracked(action: AddTracking, order: Order, payload: Node) -> Order:
    payload.node("reverseDelivery").text("id")
    return _changed(
        order,
        action.return_id or "",
        lambda return_: replace(return_, tracking=(*return_.tracking, action.number)),
    )
