"""Parcels of returns on the stand-in shop: announced, refused as recorded, and in nobody's way."""

from typing import Any

import pytest

from syncd.sandbox.shopify import OrderLine, ShopifyStandIn
from syncd.sandbox.shopify.local import ask
from syncd.sandbox.shopify.return_records import Return

ANNOUNCE = """
mutation($order: ID!, $lines: [ReverseDeliveryLineItemInput!]!, $tracking: ReverseDeliveryTrackingInput) {
  reverseDeliveryCreateWithShipping(
    reverseFulfillmentOrderId: $order, reverseDeliveryLineItems: $lines, trackingInput: $tracking
  ) {
    reverseDelivery {
      reverseFulfillmentOrder { status reverseDeliveries(first: 5) { nodes { id } } }
      reverseDeliveryLineItems(first: 5) { nodes {
        quantity dispositions { type } reverseFulfillmentOrderLineItem { totalQuantity }
      } }
      deliverable {
        __typename ... on ReverseDeliveryShippingDeliverable { tracking { number url carrierName } }
      }
    }
    userErrors { field code message }
  }
}
"""
TRACKING = {"number": "94001", "url": None}
UNKNOWN_LINE = "gid://shopify/ReverseFulfillmentOrderLineItem/999999"


@pytest.fixture
def ret(shop: ShopifyStandIn) -> Return:
    """A return of two units of A and one of B."""
    order = shop.add_order([OrderLine("A", 2, 1000), OrderLine("B", 1, 500)])
    return shop.foreign_return(order, A=2, B=1)


def announce(shop: ShopifyStandIn, ret: Return, *lines: tuple[str, int], **given: Any) -> dict[str, Any]:
    order = ret.reverse_fulfillment_orders[0].id
    wanted = [{"reverseFulfillmentOrderLineItemId": gid, "quantity": quantity} for gid, quantity in lines]
    variables = {"order": order, "lines": wanted, "tracking": TRACKING, **given}
    (payload,) = ask(shop, ANNOUNCE, variables).data.values()
    found: dict[str, Any] = payload
    return found


def line_ids(ret: Return) -> list[str]:
    return [line.id for line in ret.reverse_fulfillment_orders[0].line_items]


def test_without_lines_a_parcel_has_every_unit(shop: ShopifyStandIn, ret: Return) -> None:
    """With its number; the reverse order stays open."""
    parcel = announce(shop, ret)["reverseDelivery"]

    assert [(2, 2), (1, 1)] == [
        (line["quantity"], line["reverseFulfillmentOrderLineItem"]["totalQuantity"])
        for line in parcel["reverseDeliveryLineItems"]["nodes"]
    ]
    assert {
        "__typename": "ReverseDeliveryShippingDeliverable",
        "tracking": {**TRACKING, "carrierName": None},
    } == parcel["deliverable"]
    assert "OPEN" == parcel["reverseFulfillmentOrder"]["status"]


def test_with_lines_it_has_these(shop: ShopifyStandIn, ret: Return) -> None:
    """And without tracking it has no number; a further one is a parcel of its own."""
    parcels = [announce(shop, ret, (line_ids(ret)[0], 1), tracking=None)["reverseDelivery"] for _ in range(2)]

    assert [1] == [line["quantity"] for line in parcels[0]["reverseDeliveryLineItems"]["nodes"]]
    assert parcels[0]["deliverable"]["tracking"] is None
    assert 2 == len(parcels[1]["reverseFulfillmentOrder"]["reverseDeliveries"]["nodes"])


@pytest.mark.parametrize(
    ("lines", "field", "message"),
    [
        ([(UNKNOWN_LINE, 1)], "reverseFulfillmentOrderLineItemId", "must exist"),
        ([("first", 3)], "quantity", "cannot deliver more items than are returned"),
        ([("second", 1), ("second", 1)], "quantity", "cannot deliver more items than are returned"),
    ],
)
def test_what_is_refused(
    shop: ShopifyStandIn, ret: Return, lines: list[tuple[str, int]], field: str, message: str
) -> None:
    """In Shopify's words; nothing is announced then."""
    ids = dict(zip(("first", "second"), line_ids(ret), strict=True))

    payload = announce(shop, ret, *((ids.get(gid, gid), quantity) for gid, quantity in lines))

    path = ["reverseDeliveryLineItems", str(len(lines) - 1), field]
    assert [{"field": path, "code": None, "message": message}] == payload["userErrors"]
    assert [] == ret.reverse_fulfillment_orders[0].reverse_deliveries


def test_a_line_of_another_return_is_refused(shop: ShopifyStandIn, ret: Return) -> None:
    """It must be of this reverse order."""
    other = shop.foreign_return(shop.add_order([OrderLine("A")]), A=1)

    [error] = announce(shop, ret, (line_ids(other)[0], 1))["userErrors"]

    assert "must exist" == error["message"]


def test_an_unknown_reverse_order_is_refused(shop: ShopifyStandIn, ret: Return) -> None:
    """With its code."""
    payload = announce(shop, ret, order="gid://shopify/ReverseFulfillmentOrder/999999")

    text = "Reverse fulfillment order was not found."
    error = {"field": ["reverseFulfillmentOrderId"], "code": "NOT_FOUND", "message": text}
    assert [error] == payload["userErrors"]
    assert payload["reverseDelivery"] is None
