"""Every document and every variable that is sent to Shopify, against Shopify's own schema."""

from typing import Any

import pytest
from graphql import (
    FieldNode,
    GraphQLSchema,
    NoDeprecatedCustomRule,
    parse,
    validate,
)

from syncd.shopify.operations import (
    CREATE_REFUND,
    FIND_ORDERS,
    FIND_ORDERS_BY_METAFIELD,
    OPERATIONS,
    Operation,
)
from tests.contract.variables import check_variables, definition_of

LINE = {"lineItemId": "gid://shopify/LineItem/1", "quantity": 1, "restockType": "NO_RESTOCK"}
PAYMENT = {
    "orderId": "gid://shopify/Order/1",
    "parentId": "gid://shopify/OrderTransaction/1",
    "kind": "REFUND",
    "gateway": "manual",
    "amount": "12.34",
}
REFUND = {
    "orderId": "gid://shopify/Order/1",
    "currency": "USD",
    "note": "x",
    "notify": False,
    "processedAt": "2026-11-01T00:00:00Z",
    "refundLineItems": [LINE],
    "shipping": {"amount": "1.00"},
    "transactions": [PAYMENT],
    "discrepancyReason": "OTHER",
}


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=lambda each: each.name)
def test_document_is_valid(admin_schema: GraphQLSchema, operation: Operation) -> None:
    """Shopify's own schema accepts the document as it stands."""
    assert [error.message for error in validate(admin_schema, parse(operation.text))] == []


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=lambda each: each.name)
def test_document_uses_nothing_deprecated(admin_schema: GraphQLSchema, operation: Operation) -> None:
    """A field that Shopify is about to remove would break a later version."""
    rules = [NoDeprecatedCustomRule]
    assert [error.message for error in validate(admin_schema, parse(operation.text), rules)] == []


def test_refunds_carry_the_key() -> None:
    """The directive stands on the field refundCreate, with the key from a variable."""
    (field,) = definition_of(CREATE_REFUND).selection_set.selections
    assert isinstance(field, FieldNode)
    (directive,) = field.directives or ()
    (argument,) = directive.arguments or ()
    assert (field.name.value, directive.name.value, argument.name.value) == (
        "refundCreate",
        "idempotent",
        "key",
    )


def test_good_variables_pass(admin_schema: GraphQLSchema) -> None:
    """A refund with everything that we ever send is accepted."""
    assert check_variables(admin_schema, CREATE_REFUND, {"input": REFUND, "key": "k"}) == []


@pytest.mark.parametrize("after", [None, "cursor"])
def test_the_variables_of_searches_pass(admin_schema: GraphQLSchema, after: str | None) -> None:
    """On the first page and on later ones, with and without a metafield."""
    variables = {"query": "tag:'x'", "first": 250, "after": after}
    field = {"namespace": "custom", "key": "tiktok_order_id"}
    assert check_variables(admin_schema, FIND_ORDERS, variables) == []
    assert check_variables(admin_schema, FIND_ORDERS_BY_METAFIELD, {**variables, **field}) == []


@pytest.mark.parametrize(
    ("variables", "place"),
    [
        ({"input": REFUND}, "key"),
        ({"input": {**REFUND, "order": 1}, "key": "k"}, "input"),
        ({"input": {**REFUND, "notify": "no"}, "key": "k"}, "input.notify"),
        (
            {"input": {**REFUND, "refundLineItems": [{**LINE, "restockType": "BACK"}]}, "key": "k"},
            "input.refundLineItems.0.restockType",
        ),
        ({"input": REFUND, "key": "k", "note": "x"}, "note"),
    ],
)
def test_bad_variables_are_found(admin_schema: GraphQLSchema, variables: dict[str, Any], place: str) -> None:
    """A wrong variable is named by its path."""
    found = [
        problem.partition(": ")[0] for problem in check_variables(admin_schema, CREATE_REFUND, variables)
    ]
    assert found == [place]
