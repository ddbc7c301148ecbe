"""Returns of a store's orders, as its tests make them."""

from typing import Any

from syncd.sandbox.shopify import OrderLine
from syncd.sandbox.shopify.order import Order
from tests.contract.store import Json, Store

ERRORS = "userErrors { field message code }"
RETURN = """
  name status totalQuantity
  returnLineItems(first: 5) { nodes { quantity processedQuantity unprocessedQuantity } }
  reverseFulfillmentOrders(first: 5) { nodes { status lineItems(first: 5) { nodes {
    totalQuantity fulfillmentLineItem { lineItem { title } } dispositions { type quantity location { id } }
  } } } }
"""
CREATE = f"""
mutation($input: ReturnInput!) {{ returnCreate(returnInput: $input) {{ return {{ {RETURN} }} {ERRORS} }} }}
"""


def shipped(store: Store, *quantities: int) -> Order:
    """A line of units for each quantity, all shipped in one parcel; nothing was paid."""
    lines = [OrderLine(f"LINE-{place}", one) for place, one in enumerate(quantities)]
    return store.shop.add_order(lines, paid=False)


def units(order: Order, quantity: int, place: int = 0, **given: Any) -> Json:
    part = order.fulfillments[0].fulfillment_line_items[place].id
    return {"fulfillmentLineItemId": part, "quantity": quantity, "returnReason": "UNWANTED", **given}


def create(store: Store, order: Order, *lines: Json) -> Json:
    return store.payload(CREATE, input={"orderId": order.id, "returnLineItems": list(lines)})
