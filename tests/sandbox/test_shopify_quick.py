"""The quick executor answers as GraphQL's own does, errors and their places included."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from graphql import ExecutionResult, GraphQLObjectType, GraphQLResolveInfo, execute_sync

from syncd.sandbox.clock import HandClock
from syncd.sandbox.shopify import OrderLine, ShopifyStandIn
from syncd.sandbox.shopify.access import ALL_SCOPES
from syncd.sandbox.shopify.execution import read
from syncd.sandbox.shopify.quick import execute
from syncd.sandbox.shopify.resolving import Context, Info, field_of, resolve, type_of
from syncd.sandbox.shopify.schema import shop_schema
from tests.sandbox.test_shopify_resolving import walk

Given = dict[str, Any]
Way = Callable[[str, Context, Given], ExecutionResult]


@pytest.fixture
def shop() -> ShopifyStandIn:
    shop = ShopifyStandIn(HandClock())
    order = shop.add_order([OrderLine("A", 2, tax=200), OrderLine("B")], shipping=500)
    shop.foreign_refund(order, amount=100, units={"B": 1})
    shop.foreign_return(order, A=1)
    return shop


def context_of(shop: ShopifyStandIn, scopes: frozenset[str] = ALL_SCOPES) -> Context:
    return Context(
        shop.world,
        scopes,
        search_debug=True,
        idempotency_required=True,
        keys={},
        raw={},
        search_notes=[],
    )


def quick(shop: ShopifyStandIn, text: str, context: Context, given: Given) -> ExecutionResult:
    document = read(text)
    operation = document.operation(None)
    assert (document.errors, operation is None) == ((), False)
    assert operation
    root = shop._executor._queries
    kept = document.kept(given)
    return execute(document.whole, operation, root, given=given, context=context, kept=kept)


def plain(shop: ShopifyStandIn, text: str, context: Context, given: Given) -> ExecutionResult:
    def found(source: object, info: GraphQLResolveInfo[Context], **asked: object) -> object:
        field = field_of(info.parent_type, info.field_name)
        return resolve(source, Info(field, info.path, info.context, info.schema), asked)

    return execute_sync(
        shop_schema(),
        read(text).whole,
        shop._executor._queries,
        context,
        given,
        field_resolver=found,
        type_resolver=type_of,
    )


def both(
    shop: ShopifyStandIn, text: str, context: Context, given: Given | None = None
) -> tuple[Given, Given]:
    """The same document by each, its errors with their places; twice, since something is kept."""
    quick(shop, text, replace(context), given or {})
    [ours, theirs] = [way(shop, text, replace(context), given or {}) for way in (quick, plain)]
    return ours.formatted, theirs.formatted  # type: ignore[return-value]  # typed dictionaries


def test_every_field_is_the_same(shop: ShopifyStandIn) -> None:
    """Whatever can be asked of an order, with every right and with few of them."""
    order = shop_schema().type_map["Order"]
    assert isinstance(order, GraphQLObjectType)
    few = ALL_SCOPES - {"read_returns", "write_returns", "read_locations"}
    errors = 0
    for document in walk(order, (f'{{ order(id: "{shop.orders[0].id}")',), set()):
        for scopes in (ALL_SCOPES, few):
            ours, theirs = both(shop, document + " }", context_of(shop, scopes))
            assert ours == theirs, document
            errors += len(ours.get("errors", ()))

    assert errors > 50, "nothing was denied"


@pytest.mark.parametrize(
    "text",
    [
        "{ orders(first: 2) { nodes { id lineItems(first: 1) { nodes { id } } } pageInfo { endCursor } } }",
        """{ a: orders(first: 1) { nodes { name } } a: orders(first: 1) { nodes { ...more } } }
        fragment more on Order { id name tags }""",
        "{ orders(first: 251) { nodes { id } } shop { name } }",
        "{ shop { name } orders(last: 1, first: 999) { nodes { id } } }",
        '{ order(id: "gid://shopify/Order/0") { id } }',
        '{ order(id: "gid://shopify/Refund/1") { id } shop { __typename currencyCode } }',
        '{ order(id: "nonsense") { id } }',
        "{ __typename __schema { queryType { name fields { name args { name } } } } }",
        '{ __type(name: "Order") { kind name interfaces { name } possibleTypes { name } } }',
    ],
)
def test_wrong_and_odd_documents_are_the_same(shop: ShopifyStandIn, text: str) -> None:
    """Aliases, fragments, introspection, wrong ids and pages that are too large."""
    ours, theirs = both(shop, text, context_of(shop))

    assert ours == theirs


def test_what_must_not_be_null_takes_its_parent_with_it(shop: ShopifyStandIn) -> None:
    """Null where the schema says never: the error is that of the field, the hole is its nearest parent."""
    shop.orders[0].line_items[0].title = None  # type: ignore[assignment]  # that is the fault
    shop.orders[0].refunds[0].id = None  # type: ignore[assignment]
    text = "{ orders(first: 1) { nodes { id refunds { id } lineItems(first: 2) { nodes { title } } } } }"
    ours, theirs = both(shop, text, context_of(shop))

    assert ours == theirs
    assert ours["errors"]


def test_an_app_without_approval_sees_no_order(shop: ShopifyStandIn) -> None:
    """A denied field that must not be null leaves no data at all."""
    shop.switches.customer_data_approved = False
    ours, theirs = both(shop, "{ shop { name } orders(first: 1) { nodes { id } } }", context_of(shop))

    assert ours == theirs
    assert ours["data"] is None


@pytest.mark.parametrize("shown", [True, False])
def test_conditions_count_each_time_anew(shop: ShopifyStandIn, shown: bool) -> None:
    """One document, once with and once without a part of it."""
    text = "query($on: Boolean!) { shop { id name @include(if: $on) currencyCode @skip(if: $on) } }"
    ours, theirs = both(shop, text, context_of(shop), {"on": shown})

    assert ours == theirs
    assert ("name" in ours["data"]["shop"]) is shown


def test_variables_that_do_not_fit_are_refused_alike(shop: ShopifyStandIn) -> None:
    """What the check of the variables before would have let through."""
    text = "query($first: Int!) { orders(first: $first) { nodes { id } } }"
    ours, theirs = both(shop, text, context_of(shop), {"first": "one"})

    assert ours == theirs
    assert ours["errors"]
