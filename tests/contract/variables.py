"""Checking the variables of a document against a schema."""

from collections.abc import Mapping
from typing import Any

from graphql import (
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    is_input_type,
    parse,
    type_from_ast,
    validate_input_value,
)

from syncd.shopify.operations import Operation


def check_variables(schema: GraphQLSchema, operation: Operation, variables: Mapping[str, Any]) -> list[str]:
    """What is wrong with these variables: `path: problem` each, empty where all is well."""
    problems: list[str] = []
    declared = {}
    for each in definition_of(operation).variable_definitions or ():
        kind = type_from_ast(schema, each.type)
        assert is_input_type(kind)
        declared[each.variable.name.value] = kind
    problems += [f"{name}: not a variable of {operation.name}" for name in variables if name not in declared]
    for name, kind in declared.items():

        def note(error: GraphQLError, path: list[str | int], name: str = name) -> None:
            problems.append(f"{'.'.join(map(str, [name, *path]))}: {error.message}")

        validate_input_value(variables.get(name), kind, note)
    return problems


def definition_of(operation: Operation) -> OperationDefinitionNode:
    """The one definition in the document."""
    (found,) = parse(operation.text).definitions
    assert isinstance(found, OperationDefinitionNode)
    return found
