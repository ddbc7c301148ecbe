"""The stand-in's schema: a true subset of Shopify's 2026-10, with scalars that check what they read."""

import re
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib import resources

from graphql import GraphQLError, GraphQLScalarType, GraphQLSchema, build_schema


@cache
def shop_schema() -> GraphQLSchema:
    """Build the schema once."""
    text = resources.files(__package__).joinpath("schema.graphql").read_text("utf-8")
    schema = build_schema(text)
    for name, read in (("Decimal", _decimal), ("Money", _decimal), ("DateTime", _time)):
        scalar = schema.type_map[name]
        if isinstance(scalar, GraphQLScalarType):
            scalar.coerce_input_value = read
            scalar.parse_value = read  # type: ignore[method-assign]  # meant to be set
    return schema


def _decimal(value: object) -> str:
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        raise GraphQLError(f"Could not coerce value {value!r} to a decimal") from None
    if isinstance(value, bool) or not amount.is_finite():
        raise GraphQLError(f"Could not coerce value {value!r} to a decimal")
    return str(value)


def _time(value: object) -> datetime:
    text = str(value)
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise GraphQLError(f"Could not coerce value {value!r} to DateTime") from None
    if not re.match(r"\d{4}-\d\d-\d\dT", text) or time.tzinfo is None:
        raise GraphQLError(f"Could not coerce value {value!r} to DateTime")
    return time.astimezone(UTC).replace(microsecond=0)
