"""Every field that the stand-in's schema promises has a value that fits."""

from collections.abc import Iterator

import pytest
from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
)

from syncd.sandbox.clock import HandClock
from syncd.sandbox.shopify import OrderLine, ShopifyStandIn
from syncd.sandbox.shopify.local import ask
from syncd.sandbox.shopify.schema import shop_schema

Composite = GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType
ARGUMENTS = {
    "metafield": '(namespace: "syncd", key: "case_1")',
    "suggestedRefund": "(suggestFullRefund: true)",
    "suggestedFinancialOutcome": "(returnLineItems: [], exchangeLineItems: [])",
}
WORK = """
mutation($order: ID!, $part: ID!) {
  metafieldsSet(metafields: [
    {ownerId: $order, namespace: "syncd", key: "case_1", type: "json", value: "{}"}
  ]) { userErrors { message } }
  returnCreate(returnInput: {orderId: $order, returnLineItems: [{
    fulfillmentLineItemId: $part, quantity: 1
    returnReasonDefinitionId: "gid://shopify/ReturnReasonDefinition/2"
  }]}) { userErrors { message } }
}
"""
FINISH = """
mutation($ret: ID!, $line: ID!, $back: ID!, $sale: ID!, $place: ID!) {
  returnProcess(input: {
    returnId: $ret
    refundShipping: {shippingRefundAmount: {amount: "1.00", currencyCode: USD}}
    financialTransfer: {issueRefund: {orderTransactions: [
      {parentId: $sale, transactionAmount: {amount: "9.00", currencyCode: USD}}
    ]}}
    returnLineItems: [{id: $line, quantity: 1, dispositions: [{
      reverseFulfillmentOrderLineItemId: $back, quantity: 1, dispositionType: RESTOCKED, locationId: $place
    }]}]
  }) { userErrors { message } }
}
"""


@pytest.fixture
def shop() -> ShopifyStandIn:
    """One order with something of everything."""
    shop = ShopifyStandIn(HandClock(), static_token="token")
    shop.switches.processing_adjusts = True
    lines = [OrderLine("A", 2, tax=200, discount=100, bundle="Set", attributes={"k": "v"})]
    order = shop.add_order(lines, shipping=500, duties=0, custom_attributes={"TikTok": "1"}, archived=True)
    part = order.fulfillments[0].fulfillment_line_items[0].id
    ask(shop, WORK, {"order": order.id, "part": part})
    ret = order.returns[0]
    back = ret.reverse_fulfillment_orders[0].line_items[0].id
    given = {"ret": ret.id, "line": ret.return_line_items[0].id, "back": back}
    done = ask(shop, FINISH, {**given, "sale": order.transactions[0].id, "place": shop.warehouse.id})
    assert done.data["returnProcess"]["userErrors"] == []
    return shop


def field_text(name: str, field: GraphQLField) -> str:
    return name + ARGUMENTS.get(name, "(first: 1)" if "first" in field.args else "")


def object_types(kind: Composite) -> list[GraphQLObjectType]:
    return [kind] if isinstance(kind, GraphQLObjectType) else shop_schema().get_possible_types(kind)


def walk(kind: GraphQLObjectType, path: tuple[str, ...], seen: set[str]) -> Iterator[str]:
    """Documents that select every field of every type below, each type once."""
    if kind.name in seen:
        return
    seen.add(kind.name)
    for name, field in kind.fields.items():
        named = get_named_type(field.type)
        step = field_text(name, field)
        if is_leaf_type(named):
            yield " { ".join([*path, step]) + " }" * len(path)
        elif isinstance(named, Composite):
            yield " { ".join([*path, step, "__typename"]) + " }" * (len(path) + 1)
            for one in object_types(named):
                yield from walk(one, (*path, step, f"... on {one.name}"), seen)


def test_every_field_below_an_order(shop: ShopifyStandIn) -> None:
    """No field of the schema is without a resolver, and what must not be null is not."""
    shop.switches.bucket_size = 1e9
    order = shop_schema().type_map["Order"]
    assert isinstance(order, GraphQLObjectType)
    start = (f'{{ order(id: "{shop.orders[0].id}")',)
    bodies = {document: ask(shop, document + " }").body for document in walk(order, start, set())}
    assert len(bodies) > 250
    assert {document: body["errors"] for document, body in bodies.items() if "errors" in body} == {}


def test_every_other_root(shop: ShopifyStandIn) -> None:
    """The fields that need no order."""
    query = shop_schema().query_type
    assert query is not None
    plain = {
        name: field
        for name, field in query.fields.items()
        if not any(isinstance(one.type, GraphQLNonNull) for one in field.args.values())
    }
    documents: list[str] = []
    for name, field in plain.items():
        for one in object_types(get_named_type(field.type)):
            documents += walk(one, ("{ " + field_text(name, field),), {"Order"})
    assert len(documents) > 25
    assert [text for text in documents if "errors" in ask(shop, text + " }").body] == []
