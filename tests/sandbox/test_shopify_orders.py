"""Orders on the stand-in shop: cancelled, archived, tagged, marked with metafields."""

from typing import Any

import pytest

from syncd.sandbox.clock import HandClock
from syncd.sandbox.shopify import OrderLine, ShopifyStandIn
from syncd.sandbox.shopify.local import ask
from syncd.sandbox.shopify.order import Order

CANCEL = """
mutation(
  $id: ID!, $restock: Boolean = true, $note: String
  $refund: Boolean, $method: OrderCancelRefundMethodInput
) {
  orderCancel(
    orderId: $id, reason: CUSTOMER, restock: $restock, staffNote: $note
    refund: $refund, refundMethod: $method
  ) {
    job { id done } orderCancelUserErrors { field code message }
  }
}
"""
SET = """
mutation($m: [MetafieldsSetInput!]!) {
  metafieldsSet(metafields: $m) { metafields { id value compareDigest } userErrors { field message code } }
}
"""
STALE = "The resource has been updated since it was loaded. Try again with an updated `compareDigest` value."


@pytest.fixture
def order(shop: ShopifyStandIn) -> Order:
    """2 x 10.00, not shipped, 5.00 shipping, paid."""
    return shop.add_order([OrderLine("A", 2, price=1000, fulfilled=0)], shipping=500)


def run(shop: ShopifyStandIn, document: str, **variables: Any) -> dict[str, Any]:
    (payload,) = ask(shop, document, variables).data.values()
    found: dict[str, Any] = payload
    return found


def test_cancel_with_refund_and_restock(shop: ShopifyStandIn, order: Order) -> None:
    """The order is closed, paid back in full, its units are stock again, nothing is left to ship."""
    answer = run(shop, CANCEL, id=order.id, method={"originalPaymentMethodsRefund": True}, note="TikTok 1")
    assert (answer["job"]["done"], answer["orderCancelUserErrors"]) == (False, [])
    query = """query($id: ID!) { order(id: $id) {
      closed cancelReason cancellation { staffNote } displayFinancialStatus
      currentTotalPriceSet { shopMoney { amount } }
      fulfillmentOrders(first: 1) { nodes { status lineItems(first: 1) { nodes { totalQuantity } } } }
    } }"""
    todo = {"status": "CLOSED", "lineItems": {"nodes": [{"totalQuantity": 0}]}}
    assert run(shop, query, id=order.id) == {
        "closed": True,
        "cancelReason": "CUSTOMER",
        "cancellation": {"staffNote": "TikTok 1"},
        "displayFinancialStatus": "REFUNDED",
        "currentTotalPriceSet": {"shopMoney": {"amount": "0.0"}},
        "fulfillmentOrders": {"nodes": [todo]},
    }
    assert dict(shop.stock) == {(shop.warehouse.id, "A"): 2}


def test_cancel_without_money_and_stock(shop: ShopifyStandIn, order: Order) -> None:
    """Neither a refund nor stock comes of it."""
    run(shop, CANCEL, id=order.id, restock=False)
    shop.world.run_due_jobs()
    assert (order.closed, order.refunds, dict(shop.stock)) == (True, [], {})
    assert order.display_financial_status == "PAID"


def test_cancelling_takes_its_time(shop: ShopifyStandIn, clock: HandClock, order: Order) -> None:
    """The job is done after a while, and only then is the order cancelled."""
    shop.switches.job_seconds = 10
    job = run(shop, CANCEL, id=order.id)["job"]["id"]
    query = "query($id: ID!) { job(id: $id) { done } }"
    assert (run(shop, query, id=job), order.closed) == ({"done": False}, False)
    clock.advance(10)
    assert (run(shop, query, id=job), order.closed) == ({"done": True}, True)


TWICE = "Cannot cancel an order that has already been canceled"
BOTH = "Only one of the arguments `refund` or `refund_method` is allowed."
LONG = "Staff note is too long. Maximum length is 255 characters."


@pytest.mark.parametrize(
    ("given", "field", "message"),
    [
        ({"note": "x" * 256}, "staffNote", LONG),
        ({"refund": True, "method": {"originalPaymentMethodsRefund": True}}, "refund", BOTH),
        ({"refund": False, "method": {"originalPaymentMethodsRefund": True}}, "refund", BOTH),
    ],
)
def test_refused_cancellations(
    shop: ShopifyStandIn, order: Order, *, given: dict[str, Any], field: str, message: str
) -> None:
    """Each recorded refusal comes word by word."""
    payload = run(shop, CANCEL, id=order.id, **given)
    assert payload["orderCancelUserErrors"] == [{"field": [field], "message": message, "code": "INVALID"}]
    assert payload["job"] is None


def test_cancelling_twice(shop: ShopifyStandIn, order: Order) -> None:
    """The second time it is said that it was done."""
    run(shop, CANCEL, id=order.id)
    again = run(shop, CANCEL, id=order.id)["orderCancelUserErrors"]
    assert again == [{"field": ["orderId"], "message": TWICE, "code": "INVALID"}]


def test_shipped_orders_cannot_be_cancelled(shop: ShopifyStandIn) -> None:
    """What is in a parcel is returned instead."""
    order = shop.add_order([OrderLine("A")])
    assert run(shop, CANCEL, id=order.id)["job"] is None


def test_a_cancelled_order_gives_back_only_what_was_not_shipped(shop: ShopifyStandIn) -> None:
    """An unpaid order of which one unit of two was shipped: the other one is stock again."""
    order = shop.add_order([OrderLine("A", 2, fulfilled=1)], paid=False)
    assert run(shop, CANCEL, id=order.id, restock=True)["orderCancelUserErrors"] == []
    ask(shop, "{ shop { id } }")
    assert order.cancelled_at is not None
    assert dict(shop.stock) == {(shop.warehouse.id, "A"): 1}


def test_close_and_open(shop: ShopifyStandIn, order: Order) -> None:
    """An order goes into the archive and comes out again."""
    document = "mutation($id: ID!) { %s(input: {id: $id}) { order { closed } userErrors { message } } }"
    assert run(shop, document % "orderClose", id=order.id)["order"] == {"closed": True}
    assert run(shop, document % "orderOpen", id=order.id)["order"] == {"closed": False}


TAG = """
mutation($id: ID!, $tags: [String!]!) {
  tagsAdd(id: $id, tags: $tags) { node { id } userErrors { message } }
}
"""


def test_tags_are_added(shop: ShopifyStandIn) -> None:
    """A comma separates two tags, and the same tag in other letters is not added again."""
    order = shop.add_order([OrderLine("A")], tags=["One"])
    assert run(shop, TAG, id=order.id, tags=["two, ONE", "three"])["node"] == {"id": order.id}
    assert order.tags == ["One", "two", "three"]


def test_long_tags_are_refused(shop: ShopifyStandIn, order: Order) -> None:
    """A tag has 40 characters at most."""
    assert run(shop, TAG, id=order.id, tags=["x" * 41])["node"] is None


def claim(order: Order, value: str = "{}", **given: Any) -> dict[str, Any]:
    return {
        "ownerId": order.id,
        "namespace": "syncd",
        "key": "case_1",
        "type": "json",
        "value": value,
        **given,
    }


def test_compare_and_set(shop: ShopifyStandIn, order: Order) -> None:
    """Null creates only what is absent; the digest of the last value replaces it."""
    made = run(shop, SET, m=[claim(order, compareDigest=None)])["metafields"][0]
    stale = run(shop, SET, m=[claim(order, compareDigest=None)])
    assert stale == {
        "metafields": [],
        "userErrors": [{"field": ["metafields", "0"], "message": STALE, "code": "STALE_OBJECT"}],
    }
    next_ = run(shop, SET, m=[claim(order, '{"a":1}', compareDigest=made["compareDigest"])])["metafields"][0]
    assert (next_["id"], next_["value"]) == (made["id"], '{"a":1}')
    late = run(shop, SET, m=[claim(order, "{}", compareDigest=made["compareDigest"])])
    assert late["userErrors"][0]["code"] == "STALE_OBJECT"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"compareDigest": "0" * 64}, "INVALID_COMPARE_DIGEST"),
        ({"key": "k" * 65}, "TOO_LONG"),
        ({"namespace": "ns"}, "TOO_SHORT"),
        ({"value": ""}, "BLANK"),
        ({"value": "{"}, "INVALID_VALUE"),
        ({"type": None}, "BLANK"),
    ],
)
def test_refused_metafields(shop: ShopifyStandIn, order: Order, given: dict[str, Any], code: str) -> None:
    """One that is wrong stops them all."""
    payload = run(shop, SET, m=[claim(order, key="other"), claim(order, **given)])
    assert [one["code"] for one in payload["userErrors"]] == [code]
    assert (payload["metafields"], order.metafields) == ([], [])


def test_metafields_are_read_back(shop: ShopifyStandIn, order: Order) -> None:
    """One by its name, or all of a namespace."""
    run(shop, SET, m=[claim(order, '{"a":1}'), claim(order, key="case_2", namespace="other")])
    query = """query($id: ID!) { order(id: $id) {
      metafield(namespace: "syncd", key: "case_1") { jsonValue updatedAt }
      none: metafield(namespace: "syncd", key: "case_3") { id }
      metafields(first: 9, namespace: "other") { nodes { key } }
    } }"""
    assert run(shop, query, id=order.id) == {
        "metafield": {"jsonValue": {"a": 1}, "updatedAt": "2026-11-02T12:00:00Z"},
        "none": None,
        "metafields": {"nodes": [{"key": "case_2"}]},
    }


def test_shipping_state(shop: ShopifyStandIn) -> None:
    """Shipments by place, what remains, and the order's status follow the units."""
    other = shop.add_location("Second")
    order = shop.add_order([OrderLine("A", 2, fulfilled=1), OrderLine("B", location=other)])
    assert [one.location.name for one in order.fulfillments] == ["Warehouse", "Second"]
    assert [one.status for one in order.fulfillment_orders] == ["IN_PROGRESS", "CLOSED"]
    assert order.display_fulfillment_status == "PARTIALLY_FULFILLED"
    shop.ship(order, A=1)
    assert order.display_fulfillment_status == "FULFILLED"


def test_locations(shop: ShopifyStandIn) -> None:
    """Inactive ones and those of fulfillment services are listed only when asked for."""
    shop.add_location("Closed", active=False)
    shop.add_location("Service", fulfillment_service=True)
    query = """query($all: Boolean!) { locations(first: 9, includeInactive: $all, includeLegacy: $all) {
      nodes { name isActive isFulfillmentService }
    } }"""
    assert [one["name"] for one in run(shop, query, all=False)["nodes"]] == ["Warehouse"]
    names = [one["name"] for one in run(shop, query, all=True)["nodes"]]
    assert names == ["Closed", "Service", "Warehouse"]


def test_pages(shop: ShopifyStandIn) -> None:
    """A cursor leads from page to page until there is no next one."""
    order = shop.add_order([OrderLine(name) for name in "ABCDE"])
    query = """query($id: ID!, $after: String) { order(id: $id) { lineItems(first: 2, after: $after) {
      nodes { sku } pageInfo { hasNextPage endCursor }
    } } }"""
    seen, after, more = [], None, True
    while more:
        found = run(shop, query, id=order.id, after=after)["lineItems"]
        seen.append([one["sku"] for one in found["nodes"]])
        after, more = found["pageInfo"]["endCursor"], found["pageInfo"]["hasNextPage"]
    assert seen == [["A", "B"], ["C", "D"], ["E"]]
