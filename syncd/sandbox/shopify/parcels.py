"""Reverse deliveries: the parcels that bring the units of a return back, for information."""

from collections import Counter
from collections.abc import Sequence

from syncd.sandbox.shopify.inputs import Json
from syncd.sandbox.shopify.problems import refused
from syncd.sandbox.shopify.return_records import (
    Parcel,
    ParcelLine,
    ReverseLine,
    ReverseOrder,
    Shipping,
    Tracking,
)
from syncd.sandbox.shopify.world import World


def create(world: World, asked: Json) -> Parcel:
    """ReverseDeliveryCreateWithShipping, checked as recorded; without lines it has all units."""
    order = world.find("ReverseFulfillmentOrder", asked["reverseFulfillmentOrderId"], ReverseOrder)
    if order is None:
        text = "Reverse fulfillment order was not found."
        raise refused("reverseFulfillmentOrderId", text, "NOT_FOUND")
    lines = _lines(world, order, asked["reverseDeliveryLineItems"])
    wanted = asked.get("trackingInput")
    tracking = Tracking(wanted.get("number"), wanted.get("url")) if wanted else None
    gid = world.new_id("ReverseDelivery")
    parcel = world.keep(Parcel(gid, order, Shipping(tracking), lines), gid)
    order.reverse_deliveries.append(parcel)
    world.changed(order.order)
    return parcel


def _lines(world: World, order: ReverseOrder, entries: Sequence[Json]) -> list[ParcelLine]:
    if not entries:
        return [_line(world, line, line.total_quantity) for line in order.line_items]
    taken: Counter[ReverseLine] = Counter()
    found: list[tuple[ReverseLine, int]] = []
    for place, one in enumerate(entries):
        path = f"reverseDeliveryLineItems.{place}"
        gid = one["reverseFulfillmentOrderLineItemId"]
        line = world.find("ReverseFulfillmentOrderLineItem", gid, ReverseLine)
        if line is None or line not in order.line_items:
            raise refused(f"{path}.reverseFulfillmentOrderLineItemId", "must exist", None)
        taken[line] += one["quantity"]
        if taken[line] > line.total_quantity:
            raise refused(f"{path}.quantity", "cannot deliver more items than are returned", None)
        found.append((line, one["quantity"]))
    return [_line(world, line, quantity) for line, quantity in found]


def _line(world: World, line: ReverseLine, quantity: int) -> ParcelLine:
    gid = world.new_id("ReverseDeliveryLineItem")
    return world.keep(ParcelLine(gid, line, quantity), gid)
