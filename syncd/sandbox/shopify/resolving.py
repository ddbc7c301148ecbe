"""From the world's objects to the schema's fields.

A field is the attribute of the same name in snake case, without `Set` for money; a method gets the field's
arguments. What comes out is shaped by the field's type: pages, money bags, times.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema, get_named_type
from graphql.pyutils import Path

from syncd.sandbox.shopify import connections, suggestions
from syncd.sandbox.shopify.access import NEEDED
from syncd.sandbox.shopify.money import Bag, Money, wire
from syncd.sandbox.shopify.order import Order
from syncd.sandbox.shopify.problems import access_denied, not_approved
from syncd.sandbox.shopify.records import Event, Metafield
from syncd.sandbox.shopify.return_records import Return
from syncd.sandbox.shopify.schema import shop_schema
from syncd.sandbox.shopify.world import World

_TYPES = {
    "Adjustment": "OrderAdjustment",
    "App": "OrderApp",
    "Event": "BasicEvent",
    "Disposition": "ReverseFulfillmentOrderDisposition",
    "FulfillmentLine": "FulfillmentLineItem",
    "FulfillmentOrderLine": "FulfillmentOrderLineItem",
    "Line": "LineItem",
    "LineGroup": "LineItemGroup",
    "Parcel": "ReverseDelivery",
    "ParcelLine": "ReverseDeliveryLineItem",
    "ReasonDefinition": "ReturnReasonDefinition",
    "RefundLine": "RefundLineItem",
    "RefundOutcome": "RefundReturnOutcome",
    "ReturnLine": "ReturnLineItem",
    "Shipping": "ReverseDeliveryShippingDeliverable",
    "ReverseLine": "ReverseFulfillmentOrderLineItem",
    "ReverseOrder": "ReverseFulfillmentOrder",
    "Transaction": "OrderTransaction",
    "Variant": "ProductVariant",
}
_ORDERS = ("Order", "OrderConnection")
"""What is hidden from an app that has not declared its use of customer data."""


@dataclass(slots=True)
class Context:
    """What belongs to one request while it is carried out."""

    world: World
    scopes: frozenset[str]
    search_debug: bool
    idempotency_required: bool
    keys: dict[str, str]  # idempotency keys by response key
    raw: dict[str, object]  # arguments in the order they were sent, by response key
    search_notes: list[dict[str, Any]]

    @property
    def all_orders(self) -> bool:
        """Whether orders older than 60 days may be seen."""
        return "read_all_orders" in self.scopes


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an object type, with all that is the same for each request."""

    parent: GraphQLObjectType
    name: str
    definition: GraphQLField
    named: str  # its type, without lists and "not null"
    attribute: str
    needed: tuple[str, ...]  # scopes of which it takes one


@cache
def field_of(parent: GraphQLObjectType, name: str) -> Field:
    """The field of that name, also one of GraphQL's own such as `__typename`."""
    definition = shop_schema().get_field(parent, name)
    if definition is None:
        raise LookupError(f"{parent.name} has no field {name}")
    named = get_named_type(definition.type).name
    return Field(parent, name, definition, named, _attribute(name), NEEDED.get((parent.name, name), ()))


@dataclass(slots=True)
class Info:
    """What a resolver may know of the request."""

    field: Field
    path: Path
    context: Context
    schema: GraphQLSchema

    @property
    def field_name(self) -> str:
        """As in the schema."""
        return self.field.name

    @property
    def parent_type(self) -> GraphQLObjectType:
        """The type that the field is of."""
        return self.field.parent


def _suggested_refund(source: Order, context: Context, asked: Mapping[str, Any]) -> object:
    return suggestions.suggested_refund(context.world, source, asked)


def _outcome(source: Return, context: Context, asked: Mapping[str, Any]) -> object:
    return suggestions.financial_outcome(context.world, source, asked)


def _metafields(source: Order, _context: Context, asked: Mapping[str, Any]) -> object:
    kept = [one for one in source.metafields if asked.get("namespace") in (None, one.namespace)]
    keys = asked.get("keys")
    return [one for one in kept if keys is None or f"{one.namespace}.{one.key}" in keys]


def _events(source: Order, _context: Context, asked: Mapping[str, Any]) -> object:
    def sorting(event: Event) -> tuple[object, str]:
        return (event.created_at if asked["sortKey"] == "CREATED_AT" else 0, event.id)

    return sorted(source.events, key=sorting)


def _json(source: Metafield, _context: Context, _asked: Mapping[str, Any]) -> object:
    return json.loads(source.value) if source.type == "json" else source.value


_SPECIAL: dict[tuple[str, str], Callable[[Any, Context, Mapping[str, Any]], object]] = {
    ("Order", "suggestedRefund"): _suggested_refund,
    ("Order", "metafields"): _metafields,
    ("Order", "events"): _events,
    ("Return", "suggestedFinancialOutcome"): _outcome,
    ("Metafield", "jsonValue"): _json,
    ("Metafield", "sizeInBytes"): lambda one, _context, _asked: len(one.value.encode()),
}


def resolve(source: object, info: Info, arguments: Mapping[str, object]) -> object:
    """Find the value of any field, or deny it."""
    field, context = info.field, info.context
    if field.definition.resolve:
        return field.definition.resolve(source, info, **arguments)
    if field.needed and not context.scopes.intersection(field.needed):
        raise access_denied(field.name, field.needed)
    if field.named in _ORDERS and not context.world.switches.customer_data_approved:
        raise not_approved()
    special = _SPECIAL.get((field.parent.name, field.name))
    value = special(source, context, arguments) if special else _plain(source, info, arguments)
    return _shaped(value, field.named, source, arguments)


def _plain(source: object, info: Info, arguments: Mapping[str, object]) -> object:
    field = info.field
    if isinstance(source, Mapping):
        return source.get(field.name)
    if field.name == "legacyResourceId":
        return str(getattr(source, "id", "")).rpartition("/")[2]
    value = getattr(source, field.attribute)
    if not callable(value):
        return value
    if field.parent.name in ("QueryRoot", "Mutation"):
        return value(info, arguments)
    return value(**{_attribute(key): one for key, one in arguments.items()})


@cache
def _attribute(name: str) -> str:
    snake = re.sub(r"(?<!^)([A-Z])", lambda match: f"_{match[1].lower()}", name)
    if name != "metafieldsSet":
        snake = snake.removesuffix("_set")
    return "return_" if snake == "return" else snake


def _shaped(value: object, named: str, source: object, arguments: Mapping[str, Any]) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, list | tuple) and named.endswith("Connection"):
        return connections.page(value, arguments)
    if isinstance(value, list) and arguments.get("first") is not None:
        return value[: arguments["first"]]
    if isinstance(value, int) and named in ("MoneyBag", "Money", "MoneyV2"):
        return _money(value, named, source)
    return value


def _money(value: int, kind: str, source: object) -> Bag | Money | str:
    order = source if isinstance(source, Order) else getattr(source, "order", None)
    if not isinstance(order, Order):
        raise TypeError(f"{type(source).__name__} has money but no order")
    if kind == "Money":
        return wire(value, order.presentment_currency_code)
    bag = order.bag(value)
    return bag if kind == "MoneyBag" else bag.presentment_money


def type_of(value: object, _info: object, _abstract: object) -> str:
    """The schema's name for an object of the world."""
    name = type(value).__name__
    return _TYPES.get(name, name)
