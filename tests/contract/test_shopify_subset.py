"""The stand-in's schema is a true subset of Shopify's own."""

from collections.abc import Iterator

import pytest
from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    print_ast,
)

from syncd.sandbox.shopify.schema import shop_schema

Argument = GraphQLArgument | GraphQLInputField


def _default(argument: Argument) -> str:
    if argument.default is None or argument.default.literal is None:
        return ""
    return print_ast(argument.default.literal)


def _differing_arguments(where: str, ours: dict[str, Argument], theirs: dict[str, Argument]) -> Iterator[str]:
    for name, argument in ours.items():
        real = theirs.get(name)
        if real is None:
            yield f"{where}({name}:) is not there"
        elif str(argument.type) != str(real.type):
            yield f"{where}({name}:) is {real.type}, not {argument.type}"
        elif _default(argument) != _default(real):
            yield f"{where}({name}:) has another default"
    for name, real in theirs.items():
        required = isinstance(real.type, GraphQLNonNull) and real.default is None
        if required and name not in ours:
            yield f"{where}({name}:) is required"


def _differing_fields(ours: GraphQLNamedType, theirs: GraphQLNamedType) -> Iterator[str]:
    assert isinstance(ours, GraphQLObjectType | GraphQLInterfaceType)
    assert isinstance(theirs, GraphQLObjectType | GraphQLInterfaceType)
    known = {one.name for one in theirs.interfaces}
    yield from (f"{ours.name} is no {one.name}" for one in ours.interfaces if one.name not in known)
    for name, field in ours.fields.items():
        where, real = f"{ours.name}.{name}", theirs.fields.get(name)
        if real is None:
            yield f"{where} is not there"
        elif str(field.type) != str(real.type):
            yield f"{where} is {real.type}, not {field.type}"
        else:
            yield from _differing_arguments(where, dict(field.args), dict(real.args))


def _differences(ours: GraphQLNamedType, theirs: GraphQLNamedType | None) -> Iterator[str]:
    if theirs is None or type(ours) is not type(theirs):
        yield f"{ours.name} is no such type"
    elif isinstance(ours, GraphQLEnumType) and isinstance(theirs, GraphQLEnumType):
        if ours.values.keys() != theirs.values.keys():
            yield f"{ours.name} has other values"
    elif isinstance(ours, GraphQLUnionType) and isinstance(theirs, GraphQLUnionType):
        if not {one.name for one in ours.types} <= {one.name for one in theirs.types}:
            yield f"{ours.name} has other members"
    elif isinstance(ours, GraphQLInputObjectType) and isinstance(theirs, GraphQLInputObjectType):
        if ours.is_one_of != theirs.is_one_of:
            yield f"{ours.name} differs in @oneOf"
        yield from _differing_arguments(ours.name, dict(ours.fields), dict(theirs.fields))
    elif isinstance(ours, GraphQLObjectType | GraphQLInterfaceType):
        yield from _differing_fields(ours, theirs)


def test_the_stand_in_speaks_a_subset_of_shopify(admin_schema: GraphQLSchema) -> None:
    """Every type, field, argument, default, enum value and nullability is as in Shopify's 2026-10."""
    found = [
        difference
        for name, ours in shop_schema().type_map.items()
        if not name.startswith("__")
        for difference in _differences(ours, admin_schema.type_map.get(name))
    ]
    assert found == []


def test_the_directive_is_shopifys(admin_schema: GraphQLSchema) -> None:
    """@idempotent stands on fields and takes one key."""
    ours, real = shop_schema().get_directive("idempotent"), admin_schema.get_directive("idempotent")
    assert ours is not None
    assert real is not None
    assert ours.locations == real.locations
    assert {name: str(one.type) for name, one in ours.args.items()} == {"key": "String!"}


def test_a_difference_would_be_seen(admin_schema: GraphQLSchema) -> None:
    """The comparison itself notices another type and a missing field."""
    order = admin_schema.type_map["Order"]
    refund = shop_schema().type_map["Refund"]
    assert "Refund.refundLineItems is not there" in list(_differences(refund, order))


@pytest.mark.parametrize(("argument", "default"), [("sortKey", "PROCESSED_AT"), ("reverse", "false")])
def test_defaults_are_compared(admin_schema: GraphQLSchema, argument: str, default: str) -> None:
    """The defaults of both schemas are read in the same way."""
    for schema in (admin_schema, shop_schema()):
        assert schema.query_type is not None
        assert _default(schema.query_type.fields["orders"].args[argument]) == default
