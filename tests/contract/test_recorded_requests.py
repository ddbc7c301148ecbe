"""Requests that are wrong in themselves, as a Shopify development store answered them (API 2026-04)."""

from typing import Any

import pytest

from syncd.sandbox.shopify import OrderLine
from syncd.sandbox.shopify.order import Order
from tests.contract.store import Json, Store


@pytest.fixture
def order(store: Store) -> Order:
    """One unit at 10.00, paid and shipped, with an open return of it."""
    order = store.shop.add_order([OrderLine("A")])
    store.shop.foreign_return(order, A=1)
    return order


def asked(order: Order, **given: Any) -> Json:
    """1.00 to be paid back."""
    money = {"kind": "REFUND", "gateway": "manual", "parentId": order.transactions[0].id, "amount": "1.00"}
    return {"orderId": order.id, "transactions": [{"orderId": order.id, **money}], **given}


UNKEYED = """mutation Unkeyed($input: RefundInput!) {
  refundCreate(input: $input) {
    refund { id } order { id } userErrors { field message }
  }
}"""
NO_KEY = "The @idempotent directive is required for this mutation but was not provided."


def test_a_missing_key(store: Store, order: Order) -> None:
    """An error beside the data, at the mutation's field; recorded of mutations with the same rule."""
    assert store.ask(UNKEYED, input=asked(order)) == {
        "errors": [
            {
                "message": NO_KEY,
                "locations": [{"line": 2, "column": 3}],
                "path": ["refundCreate"],
                "extensions": {"code": "BAD_REQUEST"},
            }
        ],
        "data": {"refundCreate": None},
    }
    assert order.refunds == []


def test_an_older_version_needs_no_key(store: Store, order: Order) -> None:
    """Before 2026-04 the same request is carried out."""
    body = store.ask(UNKEYED, "2026-01", input=asked(order))
    assert body["data"]["refundCreate"]["userErrors"] == []
    assert order.total_refunded == 100


UNKNOWN_FIELDS = ("pointOfSaleDeviceId", "locationId", "userId", "transactionGroupId")


def test_fields_that_a_refund_does_not_have(store: Store, order: Order) -> None:
    """They are told all at once, in their order, before the missing key is."""
    given = {"orderId": order.id, **dict.fromkeys(UNKNOWN_FIELDS, "0"), "userId": 0}
    why = "Field is not defined on RefundInput"
    told = ", ".join(f"{name} ({why})" for name in UNKNOWN_FIELDS)
    assert store.ask(UNKEYED, input=given) == {
        "errors": [
            {
                "message": f"Variable $input of type RefundInput! was provided invalid value for {told}",
                "locations": [{"line": 1, "column": 18}],
                "extensions": {
                    "code": "INVALID_VARIABLE",
                    "value": given,
                    "problems": [{"path": [name], "explanation": why} for name in UNKNOWN_FIELDS],
                },
            }
        ]
    }
    assert order.refunds == []


INLINE = """mutation Inline {
  refundCreate(input: {
    orderId: "gid://shopify/Order/1"
    pointOfSaleDeviceId: "9"
    userId: 0
  }) {
    refund { id } order { id } userErrors { field message }
  }
}"""


def test_fields_in_the_document_itself(store: Store) -> None:
    """One error for each, with its place in the document, and no data."""
    assert store.ask(INLINE) == {
        "errors": [
            {
                "message": f"InputObject 'RefundInput' doesn't accept argument '{name}'",
                "locations": [{"line": line, "column": 5}],
                "path": ["mutation Inline", "refundCreate", "input", name],
                "extensions": {
                    "code": "argumentNotAccepted",
                    "name": "RefundInput",
                    "typeName": "InputObject",
                    "argumentName": name,
                },
            }
            for line, name in ((4, "pointOfSaleDeviceId"), (5, "userId"))
        ]
    }


CREATE = """mutation Create($returnInput: ReturnInput!) {
  returnCreate(returnInput: $returnInput) { return { id } userErrors { field message code } }
}"""
REASONS = (
    "SIZE_TOO_SMALL, SIZE_TOO_LARGE, UNWANTED, NOT_AS_DESCRIBED, WRONG_ITEM, DEFECTIVE, STYLE, COLOR, OTHER, "
    "UNKNOWN"
)


def test_an_unknown_reason(store: Store, order: Order) -> None:
    """The places in lists are numbers; the known words stand in an order of their own."""
    part = order.fulfillments[0].fulfillment_line_items[0].id
    line = {"fulfillmentLineItemId": part, "quantity": 1, "returnReason": "NOT_A_REASON"}
    given = {"orderId": order.id, "returnLineItems": [line]}
    why = f'Expected "NOT_A_REASON" to be one of: {REASONS}'
    place = "returnLineItems.0.returnReason"
    assert store.ask(CREATE, returnInput=given) == {
        "errors": [
            {
                "message": "Variable $returnInput of type ReturnInput! was provided invalid value for "
                f"{place} ({why})",
                "locations": [{"line": 1, "column": 17}],
                "extensions": {
                    "code": "INVALID_VARIABLE",
                    "value": given,
                    "problems": [{"path": ["returnLineItems", 0, "returnReason"], "explanation": why}],
                },
            }
        ]
    }


DISPOSE = """mutation Dispose($inputs: [ReverseFulfillmentOrderDisposeInput!]!) {
  reverseFulfillmentOrderDispose(dispositionInputs: $inputs) { userErrors { field message code } }
}"""
READ_REVERSE = """query Read($id: ID!) {
  reverseFulfillmentOrder(id: $id) { status }
}"""


@pytest.mark.parametrize("wrong", ["reverseFulfillmentOrderLineItemId", "locationId"])
def test_an_id_of_another_type_in_a_mutation(store: Store, order: Order, wrong: str) -> None:
    """The mutation's field is null, and nothing is done."""
    ret = order.returns[0]
    line = ret.reverse_fulfillment_orders[0].line_items[0]
    good = {"reverseFulfillmentOrderLineItemId": line.id, "locationId": store.shop.warehouse.id}
    given = {**good, "quantity": 1, "dispositionType": "RESTOCKED", wrong: ret.id}
    assert store.ask(DISPOSE, inputs=[given]) == invalid(ret.id, "reverseFulfillmentOrderDispose")
    assert line.dispositions == []


def test_an_id_of_another_type_in_a_query(store: Store, order: Order) -> None:
    """The same; an id of the right type that nothing has is null without an error."""
    ret = order.returns[0]
    assert store.ask(READ_REVERSE, id=ret.id) == invalid(ret.id, "reverseFulfillmentOrder")
    unknown = "gid://shopify/ReverseFulfillmentOrder/999999999999999"
    assert store.ask(READ_REVERSE, id=unknown) == {"data": {"reverseFulfillmentOrder": None}}


def invalid(gid: str, field: str) -> Json:
    error = {"message": f"Invalid id: {gid}", "locations": [{"line": 2, "column": 3}], "path": [field]}
    return {"errors": [{**error, "extensions": {"code": "RESOURCE_NOT_FOUND"}}], "data": {field: None}}


NODES = "query Nodes($ids: [ID!]!) { nodes(ids: $ids) { __typename ... on Location { id isActive } } }"


def test_nodes(store: Store, order: Order) -> None:
    """Each id is looked up for itself, whatever its type; null where there is nothing."""
    place = store.shop.warehouse.id
    ids = [order.returns[0].id, place, "gid://shopify/Location/999999999999999"]
    found = {"__typename": "Location", "id": place, "isActive": True}
    assert store.ask(NODES, ids=ids) == {"data": {"nodes": [{"__typename": "Return"}, found, None]}}
