"""The documents: what each costs, which are mutations, and which carry a key."""

from importlib.resources import files

import pytest
from graphql import GraphQLSchema, OperationDefinitionNode, build_schema, parse

from syncd.sandbox.shopify.cost import Meter
from syncd.shopify.operations import OPERATIONS, Operation

COSTS = {
    "FindOrders": 24,
    "FindOrdersByMetafield": 35,
    "ReadOrder": 162,
    "FindBooks": 13,
    "ReadBooks": 41,
    "ReadOrderLines": 36,
    "ReadFulfillments": 27,
    "ReadRefunds": 44,
    "ReadReturns": 85,
    "ReadClaims": 10,
    "ReadEvents": 10,
    "ReadAssignments": 30,
    "ReadLocations": 9,
    "ReadShop": 3,
    "ReadReturnReasons": 7,
    "SetClaim": 10,
    "CreateRefund": 23,
    "CreateReturn": 13,
    "ProcessReturn": 54,
    "CloseReturn": 10,
    "CancelReturn": 10,
    "ReopenReturn": 10,
    "AddTracking": 10,
    "DisposeReturn": 10,
    "CloseOrder": 10,
    "CancelOrder": 10,
}

LARGEST: dict[str, dict[str, int]] = {
    "FindOrders": {"first": 250},
    "FindOrdersByMetafield": {"first": 250},
    "ReadOrder": {
        "lines": 250,
        "returned": 250,
        "shipped": True,
        "shown": True,
        "parcels": True,
        "cancelling": True,
    },
    "ReadRefunds": {"lines": 250},
    "ReadReturns": {"lines": 20, "warehouses": 3},
    "ProcessReturn": {"units": 250},
}


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_schema(files("syncd.sandbox.shopify").joinpath("schema.graphql").read_text())


def definition(operation: Operation) -> OperationDefinitionNode:
    (found,) = parse(operation.text).definitions
    assert isinstance(found, OperationDefinitionNode)
    return found


def test_every_document_is_listed() -> None:
    """A file that is not listed would be dead; a listed one without a price would be unknown."""
    names = {each.name.removesuffix(".graphql") for each in files("syncd.shopify.operations").iterdir()}
    assert names - {"__init__.py", "__pycache__"} == set(OPERATIONS) == set(COSTS)


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=lambda each: each.name)
def test_requested_cost(operation: Operation, schema: GraphQLSchema) -> None:
    """The estimate is what the document costs by Shopify's rule with the largest pages that we ask for."""
    measured = Meter(schema, definition(operation), {}, LARGEST.get(operation.name, {})).requested()
    assert (operation.cost, measured) == (COSTS[operation.name], COSTS[operation.name])


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=lambda each: each.name)
def test_name_and_kind_are_the_documents_own(operation: Operation) -> None:
    """The name in the list is the operation's name in its document, and so is its kind."""
    found = definition(operation)
    assert found.name is not None
    assert (found.name.value, found.operation.value == "mutation") == (operation.name, operation.mutation)


def test_only_refunds_carry_a_key() -> None:
    """Shopify takes an idempotency key for refundCreate alone, of what we send."""
    assert [each.name for each in OPERATIONS.values() if each.keyed] == ["CreateRefund"]


def test_no_document_lets_shopify_write_to_the_buyer() -> None:
    """Shopify would, by default, for a parcel."""
    assert "notifyCustomer: false" in OPERATIONS["AddTracking"].text


def test_what_may_not_be_sent_twice() -> None:
    """Whatever moves money or units, or makes an object, counts as not repeatable."""
    names = {each.name for each in OPERATIONS.values() if not each.repeatable}
    assert names == {"CreateRefund", "CreateReturn", "ProcessReturn", "DisposeReturn", "AddTracking"}
