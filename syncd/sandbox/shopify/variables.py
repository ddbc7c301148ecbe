"""Variables against their types, with Shopify's words for what is wrong."""

from collections.abc import Mapping, Sequence
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    GraphQLSchema,
    OperationDefinitionNode,
    is_input_type,
    print_ast,
    type_from_ast,
)

MOST_ENTRIES = 250
Path = list[str | int]
Problem = tuple[Path, str]


def check(schema: GraphQLSchema, operation: OperationDefinitionNode, given: Mapping[str, Any]) -> None:
    """Raise the first variable's problems as one INVALID_VARIABLE error."""
    for definition in operation.variable_definitions or ():
        name = definition.variable.name.value
        kind = type_from_ast(schema, definition.type)
        if not is_input_type(kind):
            continue
        if name not in given and definition.default_value is not None:
            continue
        value = given.get(name)
        if problems := _problems(kind, value, []):
            raise _error(name, print_ast(definition.type), value, problems, definition)


def _error(name: str, kind: str, value: object, problems: Sequence[Problem], node: Any) -> GraphQLError:  # noqa: ANN401
    shown = ", ".join(f"{'.'.join(map(str, path))} ({why})" if path else why for path, why in problems)
    joint = " for " if problems[0][0] else ": "
    extensions = {
        "code": "INVALID_VARIABLE",
        "value": value,
        "problems": [{"path": path, "explanation": why} for path, why in problems],
    }
    text = f"Variable ${name} of type {kind} was provided invalid value{joint}{shown}"
    return GraphQLError(text, nodes=node, extensions=extensions)


def _problems(kind: GraphQLInputType, value: object, path: Path) -> list[Problem]:
    if isinstance(kind, GraphQLNonNull):
        if value is None:
            return [(path, "Expected value to not be null")]
        return _problems(kind.of_type, value, path)
    if value is None:
        return []
    if isinstance(kind, GraphQLList):
        return _list_problems(kind, value, path)
    if isinstance(kind, GraphQLInputObjectType):
        return _object_problems(kind, value, path)
    return _leaf_problems(kind, value, path)


def _list_problems(kind: GraphQLList[Any], value: object, path: Path) -> list[Problem]:
    entries = value if isinstance(value, list) else [value]
    if len(entries) > MOST_ENTRIES:
        text = (
            f"The input array size of {len(entries)} is greater than the maximum allowed of {MOST_ENTRIES}."
        )
        raise GraphQLError(text, extensions={"code": "MAX_INPUT_SIZE_EXCEEDED"})
    return [
        problem
        for place, one in enumerate(entries)
        for problem in _problems(kind.of_type, one, [*path, place])
    ]


def _object_problems(kind: GraphQLInputObjectType, value: object, path: Path) -> list[Problem]:
    if not isinstance(value, dict):
        return [(path, f"Expected {value!r} to be a key-value object.")]
    problems: list[Problem] = [
        ([*path, name], f"Field is not defined on {kind.name}") for name in value if name not in kind.fields
    ]
    for name, field in kind.fields.items():
        if name in value or field.default is None:
            problems += _problems(field.type, value.get(name), [*path, name])
    if kind.is_one_of and len(value) != 1:
        problems.append(
            (path, f"'{kind.name}' requires exactly one argument, but {len(value)} were provided.")
        )
    return problems


def _leaf_problems(kind: object, value: object, path: Path) -> list[Problem]:
    if isinstance(kind, GraphQLEnumType):
        if value in kind.values:
            return []
        return [(path, f'Expected "{value}" to be one of: {", ".join(kind.values)}')]
    if isinstance(kind, GraphQLScalarType):
        try:
            kind.coerce_input_value(value)
        except (GraphQLError, ValueError):
            return [(path, f"Could not coerce value {value!r} to {kind.name}")]
    return []
