"""Returns: created, closed, reopened, cancelled; and what is returnable at all."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from syncd.sandbox.shopify.inputs import Json
from syncd.sandbox.shopify.order import Order
from syncd.sandbox.shopify.problems import Refused, refused
from syncd.sandbox.shopify.reasons import LEGACY
from syncd.sandbox.shopify.records import Fulfillment, FulfillmentLine
from syncd.sandbox.shopify.return_records import (
    ReasonDefinition,
    Return,
    ReturnLine,
    ReverseLine,
    ReverseOrder,
)
from syncd.sandbox.shopify.world import World

_GONE = ("CANCELED", "DECLINED")
_NOTE_LIMIT = 255
_BAD_QUANTITY = "Return line item has an invalid quantity."


@dataclass(frozen=True, slots=True)
class Returnable:
    """Units of a shipment that can be put on a return."""

    fulfillment_line_item: FulfillmentLine
    quantity: int


@dataclass(frozen=True, slots=True)
class ReturnableFulfillment:
    """A shipment of which something can be returned."""

    id: str
    fulfillment: Fulfillment
    returnable_fulfillment_line_items: list[Returnable]


def returnable(part: FulfillmentLine) -> int:
    """Units that are on no other return and on no refund of their own."""
    on_returns = sum(
        one.quantity
        for ret in part.order.returns
        if ret.status not in _GONE
        for one in ret.return_line_items
        if one.fulfillment_line_item is part
    )
    return max(0, part.quantity - on_returns - _refunded_directly(part))


def _refunded_directly(part: FulfillmentLine) -> int:
    """Units on refunds without a return, which take the order's shipments in their order."""
    line = part.line_item
    refunds = (one for one in part.order.refunds if one.return_ is None)
    left = sum(
        each.from_fulfilled for one in refunds for each in one.refund_line_items if each.line_item is line
    )
    parts = (each for one in part.order.fulfillments for each in one.fulfillment_line_items)
    for each in parts:
        if each is part:
            break
        left -= each.quantity if each.line_item is line else 0
    return min(max(0, left), part.quantity)


def returnable_fulfillments(order: Order) -> list[ReturnableFulfillment]:
    """The shipments of which something can be returned."""
    found = []
    for shipment in order.fulfillments:
        parts = [Returnable(one, returnable(one)) for one in shipment.fulfillment_line_items]
        left = [one for one in parts if one.quantity]
        if left:
            gid = shipment.id.replace("Fulfillment/", "ReturnableFulfillment/")
            found.append(ReturnableFulfillment(gid, shipment, left))
    return found


def return_create(world: World, asked: Json) -> Return:
    """Check every line, then write the return with its reverse fulfillment order."""
    order = world.find("Order", asked["orderId"], Order)
    if order is None:
        raise refused("returnInput.orderId", "Order was not found.", "NOT_FOUND")
    entries: Sequence[Json] = asked["returnLineItems"]
    if not entries:
        raise refused("returnInput.returnLineItems", "Return line items can't be blank", "BLANK")
    taken: Counter[str] = Counter()
    for place, one in enumerate(entries):
        _check_line(world, order, one, f"returnInput.returnLineItems.{place}", taken)
    return _write(world, order, entries)


def _check_line(world: World, order: Order, one: Json, path: str, taken: Counter[str]) -> None:
    gid = one["fulfillmentLineItemId"]
    part = world.find("FulfillmentLineItem", gid, FulfillmentLine)
    if part is None or part.order is not order:
        raise refused(f"{path}.fulfillmentLineItemId", "Fulfillment Line Item was not found.", "NOT_FOUND")
    taken[gid] += one["quantity"]
    if one["quantity"] < 1 or taken[gid] > returnable(part):
        raise refused(f"{path}.quantity", _BAD_QUANTITY, "INVALID")
    _check_reason(world, one, path)


def _check_reason(world: World, one: Json, path: str) -> None:
    note, definition = one.get("returnReasonNote") or "", one.get("returnReasonDefinitionId")
    if definition is None and one.get("returnReason") is None:
        text = "Either return reason or return reason definition must be provided"
        raise refused(path, f"Return line items {text}", "NOT_FOUND")
    if definition is not None and world.find("ReturnReasonDefinition", definition, ReasonDefinition) is None:
        raise refused(
            f"{path}.returnReasonDefinitionId", "Return reason definition was not found.", "NOT_FOUND"
        )
    if one.get("returnReason") == "OTHER" and not note.strip():
        text = 'The note is required when the return reason is "Other"'
        raise refused(f"{path}.returnReasonNote", f"Return line items return reason note {text}", "BLANK")
    if len(note) > _NOTE_LIMIT:
        text = f"is too long (maximum is {_NOTE_LIMIT} characters)"
        raise refused(f"{path}.returnReasonNote", f"Return line items return reason note {text}", "TOO_LONG")


def _write(world: World, order: Order, entries: Sequence[Json]) -> Return:
    gid, now = world.new_id("Return"), world.now()
    made = world.keep(Return(gid, order, f"{order.name}-R{len(order.returns) + 1}", now, now), gid)
    back = world.new_id("ReverseFulfillmentOrder")
    reverse = world.keep(ReverseOrder(back, order, made), back)
    made.reverse_fulfillment_orders.append(reverse)
    for one in entries:
        line = _line(world, made, one)
        made.return_line_items.append(line)
        gid = world.new_id("ReverseFulfillmentOrderLineItem")
        reverse.line_items.append(world.keep(ReverseLine(gid, order, line), gid))
    order.returns.append(made)
    order.closed_at = None  # a return takes an order out of the archive
    world.tell(order, "return")
    world.changed(order)
    return made


def _line(world: World, made: Return, one: Json) -> ReturnLine:
    part = world.find("FulfillmentLineItem", one["fulfillmentLineItemId"], FulfillmentLine)
    if part is None:
        raise refused("returnInput", "Fulfillment Line Item was not found.", "NOT_FOUND")
    wanted = one.get("returnReasonDefinitionId")
    definition = world.find("ReturnReasonDefinition", wanted, ReasonDefinition) if wanted else None
    reason = one.get("returnReason") or LEGACY.get(definition.handle if definition else "", "OTHER")
    gid = world.new_id("ReturnLineItem")
    note = one.get("returnReasonNote") or ""
    return world.keep(ReturnLine(gid, made.order, made, part, one["quantity"], reason, definition, note), gid)


def existing(world: World, gid: str, field: str) -> Return:
    """The return with this id, or Refused."""
    found = world.find("Return", gid, Return)
    if found is None:
        raise refused(field, "Return not found.", "NOT_FOUND")
    return found


def close(world: World, ret: Return) -> None:
    """Close an open return, also with units unprocessed; closing it again changes nothing."""
    if ret.status == "CLOSED":
        return
    if ret.status != "OPEN":
        raise _bad_status("id")
    ret.status, ret.closed_at = "CLOSED", world.now()
    world.changed(ret.order)


def reopen(world: World, ret: Return) -> None:
    """Open a closed return; an open one stays as it is."""
    if ret.status == "OPEN":
        return
    if ret.status != "CLOSED":
        raise _bad_status("id")
    ret.status, ret.closed_at = "OPEN", None
    world.changed(ret.order)


def cancel(world: World, ret: Return) -> None:
    """Cancel a return of which nothing was processed, refunded or disposed."""
    touched = any(one.processed_quantity or one.refunded_quantity for one in ret.return_line_items)
    disposed = any(one.dispositions for back in ret.reverse_fulfillment_orders for one in back.line_items)
    if ret.status not in ("OPEN", "REQUESTED") or touched or disposed:
        raise refused("id", "Return is not cancelable.", "INVALID_STATE")
    ret.status = "CANCELED"
    for back in ret.reverse_fulfillment_orders:
        back.status = "CANCELED"
    world.changed(ret.order)


def remove(world: World, ret: Return, entries: Sequence[Json]) -> None:
    """Take units off a return; without any left it closes."""
    if ret.status not in ("OPEN", "REQUESTED"):
        raise _bad_status("returnId")
    for place, one in enumerate(entries):
        _check_removal(world, ret, one, f"returnLineItems.{place}")
    for one in entries:
        _remove(world, ret, one)
    if not ret.return_line_items:
        ret.status, ret.closed_at = "CLOSED", world.now()
    world.changed(ret.order)


def _check_removal(world: World, ret: Return, one: Json, path: str) -> None:
    line = world.find("ReturnLineItem", one["returnLineItemId"], ReturnLine)
    if line is None or line.return_ is not ret:
        raise refused(f"{path}.returnLineItemId", "Return line item was not found.", "NOT_FOUND")
    if one["quantity"] < 1:
        raise refused(None, "Quantity must be greater than 0", "GREATER_THAN")
    if one["quantity"] > line.unprocessed_quantity:
        raise refused(f"{path}.quantity", _BAD_QUANTITY, "INVALID")


def _remove(world: World, ret: Return, one: Json) -> None:
    line = world.find("ReturnLineItem", one["returnLineItemId"], ReturnLine)
    if line is None:
        return
    line.quantity -= one["quantity"]
    if line.quantity:
        return
    ret.return_line_items.remove(line)
    for back in ret.reverse_fulfillment_orders:
        back.line_items = [each for each in back.line_items if each.return_line is not line]


def _bad_status(field: str) -> Refused:
    return refused(field, "Return status is invalid.", "INVALID_STATE")
