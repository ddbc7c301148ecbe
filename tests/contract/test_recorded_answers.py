"""Cancellations, metafields and searches on the stand-in, as a Shopify development store answered.

API 2026-04 for cancellations, 2025-01 for the rest. What was recorded of a product's metafields is asked of
an order's, and what was recorded of a search for draft orders is asked of one for orders.
"""

import re
from typing import Any

import pytest

from syncd.sandbox.shopify import OrderLine
from syncd.sandbox.shopify.order import Order
from tests.contract.store import Json, Store

CANCEL = """
mutation(
  $id: ID!, $restock: Boolean!, $refund: Boolean, $method: OrderCancelRefundMethodInput, $note: String
) {
  orderCancel(
    orderId: $id, reason: OTHER, restock: $restock, refund: $refund, refundMethod: $method, staffNote: $note
  ) {
    job { id done } orderCancelUserErrors { field message code } userErrors { field message }
  }
}
"""
READ_CANCELLED = "query($id: ID!) { order(id: $id) { closed closedAt cancelledAt cancelReason } }"
TOO_LONG = "Staff note is too long. Maximum length is 255 characters."
ONE_REFUND = "Only one of the arguments `refund` or `refund_method` is allowed."
TWICE = "Cannot cancel an order that has already been canceled"
METHOD = {"originalPaymentMethodsRefund": True}


def unpaid(store: Store, *, fulfilled: int = 0) -> Order:
    """One line of two units at 10.00, without any transaction."""
    return store.shop.add_order([OrderLine("A", 2, fulfilled=fulfilled)], paid=False)


def cancel(store: Store, order: Order, **given: Any) -> Json:
    return store.payload(CANCEL, id=order.id, **{"restock": False, **given})


@pytest.mark.parametrize(
    ("given", "field", "message"),
    [
        pytest.param({"note": "x" * 256}, "staffNote", TOO_LONG, id="a note of 256 characters"),
        pytest.param({"refund": True, "method": METHOD}, "refund", ONE_REFUND, id="both refunds"),
        pytest.param({"refund": False, "method": METHOD}, "refund", ONE_REFUND, id="false counts as given"),
    ],
)
def test_refused_cancellations(store: Store, given: Json, field: str, message: str) -> None:
    """Without a job, and told twice: with a code in the field of its own, without in the old one."""
    order = unpaid(store)
    error = {"field": [field], "message": message}
    assert cancel(store, order, **given) == {
        "job": None,
        "orderCancelUserErrors": [{**error, "code": "INVALID"}],
        "userErrors": [error],
    }
    assert order.cancelled_at is None


def test_a_cancellation_is_a_job(store: Store) -> None:
    """Not done in the answer; afterwards the order is closed, and cannot be cancelled again."""
    order = unpaid(store)
    first = cancel(store, order)
    job = first.pop("job")
    assert (job["done"], bool(re.match(r"gid://shopify/Job/", job["id"]))) == (False, True)
    assert first == {"orderCancelUserErrors": [], "userErrors": []}
    read = store.payload(READ_CANCELLED, id=order.id)
    times = {read.pop("closedAt"), read.pop("cancelledAt")}
    assert (len(times), None in times, read) == (1, False, {"closed": True, "cancelReason": "OTHER"})
    error = {"field": ["orderId"], "message": TWICE}
    assert cancel(store, order) == {
        "job": None,
        "orderCancelUserErrors": [{**error, "code": "INVALID"}],
        "userErrors": [error],
    }


def test_an_unpaid_order_is_cancelled_whatever_was_shipped_or_is_coming_back(store: Store) -> None:
    """An order without transactions, shipped, one unit of it on an open return: a job and no error."""
    order = unpaid(store, fulfilled=2)
    store.shop.foreign_return(order, A=1)
    payload = cancel(store, order, restock=True)
    assert (payload["job"]["done"], payload["orderCancelUserErrors"]) == (False, [])


def test_a_partly_refunded_order_is_cancelled(store: Store) -> None:
    """Paid, unshipped, 1.00 of it paid back."""
    order = store.shop.add_order([OrderLine("A", fulfilled=0)])
    store.shop.foreign_refund(order, amount=100)
    payload = cancel(store, order)
    assert (payload["job"]["done"], payload["orderCancelUserErrors"]) == (False, [])


SET = """
mutation($metafields: [MetafieldsSetInput!]!) {
  metafieldsSet(metafields: $metafields) {
    metafields { value } userErrors { field message code elementIndex }
  }
}
"""
READ_METAFIELD = """
query($id: ID!) { order(id: $id) { metafield(namespace: "custom", key: "material") {
  namespace key type value compareDigest
} } }
"""
STALE = "The resource has been updated since it was loaded. Try again with an updated `compareDigest` value."


def metafield(order: Order, value: str, **given: Any) -> Json:
    usual = {"ownerId": order.id, "namespace": "custom", "key": "material", "type": "single_line_text_field"}
    return {**usual, "value": value, **given}


def set_metafields(store: Store, *wanted: Json) -> Json:
    return store.payload(SET, metafields=list(wanted))


@pytest.mark.parametrize("digest", ["0" * 64, None], ids=["of another value", "of no value"])
def test_a_stale_digest(store: Store, digest: str | None) -> None:
    """The error names the entry by its path alone, and the value stays, with its digest."""
    order = unpaid(store)
    set_metafields(store, metafield(order, "Wool"))
    before = store.payload(READ_METAFIELD, id=order.id)
    assert set_metafields(store, metafield(order, "Linen", compareDigest=digest)) == {
        "metafields": [],
        "userErrors": [
            {"field": ["metafields", "0"], "message": STALE, "code": "STALE_OBJECT", "elementIndex": None}
        ],
    }
    assert store.payload(READ_METAFIELD, id=order.id) == before
    assert re.fullmatch("[0-9a-f]{64}", before["metafield"].pop("compareDigest"))
    assert before["metafield"] == {
        "namespace": "custom",
        "key": "material",
        "type": "single_line_text_field",
        "value": "Wool",
    }


def test_the_present_digest_lets_through(store: Store) -> None:
    """A value that does not exist yet has the digest null; afterwards only the one that was read will do."""
    order = unpaid(store)
    made = set_metafields(store, metafield(order, "Wool", compareDigest=None))
    assert made == {"metafields": [{"value": "Wool"}], "userErrors": []}
    digest = store.payload(READ_METAFIELD, id=order.id)["metafield"]["compareDigest"]
    changed = set_metafields(store, metafield(order, "Linen", compareDigest=digest))
    assert changed == {"metafields": [{"value": "Linen"}], "userErrors": []}


def test_a_digest_of_what_is_not_there(store: Store) -> None:
    """It has a code of its own, and nothing is written."""
    order = unpaid(store)
    payload = set_metafields(store, metafield(order, "Wool", compareDigest="0" * 64))
    assert [one["code"] for one in payload["userErrors"]] == ["INVALID_COMPARE_DIGEST"]
    assert store.payload(READ_METAFIELD, id=order.id) == {"metafield": None}


FIND = """
query($q: String, $first: Int!, $after: String, $sort: OrderSortKeys, $reverse: Boolean) {
  orders(first: $first, after: $after, query: $q, sortKey: $sort, reverse: $reverse) {
    nodes { name } edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}
"""


@pytest.fixture
def two_orders(store: Store) -> Store:
    """Alpha before beta; alpha was changed after beta was made."""
    for name in ("alpha", "beta"):
        store.shop.add_order([OrderLine("A")], name=name, tags=["both", name])
        store.clock.advance(1)
    store.shop.world.changed(store.shop.orders[0])
    return store


def find(store: Store, query: str, **given: Any) -> Json:
    return store.ask(FIND, q=query, **{"first": 2, "sort": "ID", **given})


def names(body: Json) -> list[str]:
    return [one["name"] for one in body["data"]["orders"]["nodes"]]


@pytest.mark.parametrize(
    ("query", "given", "found"),
    [
        ("tag:both", {"sort": None}, ["alpha", "beta"]),
        ("tag:both", {"reverse": True}, ["beta", "alpha"]),
        ("tag:both", {"sort": "UPDATED_AT"}, ["beta", "alpha"]),
        ("status:open tag:alpha", {}, ["alpha"]),
        ("created_at:>=2024-01-01 tag:both", {}, ["alpha", "beta"]),
        ("updated_at:>=2024-01-01 tag:both", {}, ["alpha", "beta"]),
    ],
)
def test_searches_without_a_warning(two_orders: Store, query: str, given: Json, found: list[str]) -> None:
    """What is found, and no word about the search beside it."""
    body = find(two_orders, query, **given)
    assert (names(body), list(body)) == (found, ["data"])


def test_a_search_has_pages(two_orders: Store) -> None:
    """The second page begins behind the first one's end; both cursors of a page of one are the same."""
    first = find(two_orders, "tag:both", first=1)["data"]["orders"]
    [edge] = first["edges"]
    ends = {"startCursor": edge["cursor"], "endCursor": edge["cursor"]}
    assert first["pageInfo"] == {"hasNextPage": True, "hasPreviousPage": False, **ends}
    second = find(two_orders, "tag:both", first=1, after=edge["cursor"])
    page = second["data"]["orders"]["pageInfo"]
    assert (names(second), page["hasNextPage"], page["hasPreviousPage"]) == (["beta"], False, True)


def test_an_unknown_field_is_left_out_and_warned_about(two_orders: Store) -> None:
    """Without asking for it: the path of the field, the query, how it was read, and the warning."""
    body = find(two_orders, "nosuchfield:ignored tag:both")
    assert names(body) == ["alpha", "beta"]
    assert body["extensions"]["search"] == [
        {
            "path": ["orders"],
            "query": "nosuchfield:ignored tag:both",
            "parsed": {
                "and": [
                    {"field": "nosuchfield", "match_all": "ignored"},
                    {"field": "tag", "match_all": "both"},
                ]
            },
            "warnings": [
                {
                    "field": "nosuchfield",
                    "message": "Invalid search field for this query.",
                    "code": "invalid_field",
                }
            ],
        }
    ]


def test_an_unknown_value_finds_nothing(two_orders: Store) -> None:
    """A lone term is no `and`; the warning has another code."""
    body = find(two_orders, "status:EXPIRED")
    assert names(body) == []
    [search] = body["extensions"]["search"]
    assert search["parsed"] == {"field": "status", "match_all": "EXPIRED"}
    assert search["warnings"] == [
        {"field": "status", "message": "Input `EXPIRED` is not an accepted value.", "code": "invalid_value"}
    ]
