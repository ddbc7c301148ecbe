"""What is wrong with a document, in Shopify's words and with its codes."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLSyntaxError,
    Node,
    ObjectFieldNode,
    OperationDefinitionNode,
)

_UNDEFINED = re.compile(r"Cannot query field '(\w+)' on type '(\w+)'")
_NOT_ACCEPTED = re.compile(r"Expected value of type '(\w+)' not to include unknown field '(\w+)'")
_CODES = (
    ("Unknown argument", "argumentNotAccepted"),
    ("to include required field", "missingRequiredInputObjectAttribute"),
    ("is required, but it was not provided", "missingRequiredArguments"),
    ("is never used", "variableNotUsed"),
)


def shown(error: GraphQLError, whole: DocumentNode | None) -> Mapping[str, Any]:
    """The error as it stands in the answer; `whole` is the document, where it could be read at all."""
    found: dict[str, Any] = dict(error.formatted)
    if whole and error.nodes and (path := _path(whole, error.nodes[0])):
        found["path"] = path
    if match := _UNDEFINED.match(error.message):
        field, kind = match.groups()
        found["message"] = f"Field '{field}' doesn't exist on type '{kind}'"
        found["extensions"] = {"code": "undefinedField", "typeName": kind, "fieldName": field}
    elif match := _NOT_ACCEPTED.match(error.message):
        kind, name = match.groups()
        found["message"] = f"InputObject '{kind}' doesn't accept argument '{name}'"
        about = {"name": kind, "typeName": "InputObject", "argumentName": name}
        found["extensions"] = {"code": "argumentNotAccepted", **about}
    elif "extensions" not in found:
        found["extensions"] = {"code": _code(error)}
    return found


def _code(error: GraphQLError) -> str:
    if isinstance(error, GraphQLSyntaxError):
        return "parseError"
    return next((code for words, code in _CODES if words in error.message), "invalidDocument")


def _path(inside: Node, wanted: Node) -> list[str] | None:
    """The names on the way to a part of a document; None where it is not in there."""
    here = _name(inside)
    if inside is wanted:
        return here
    for child in _children(inside):
        below = _path(child, wanted)
        if below is not None:
            return [*here, *below]
    return None


def _children(node: Node) -> Iterator[Node]:
    for key in node.keys:
        found = getattr(node, key)
        for one in found if isinstance(found, list | tuple) else (found,):
            if isinstance(one, Node):
                yield one


def _name(node: Node) -> list[str]:
    match node:
        case OperationDefinitionNode():
            return [f"{node.operation.value} {node.name.value}" if node.name else node.operation.value]
        case FieldNode():
            return [(node.alias or node.name).value]
        case ArgumentNode() | ObjectFieldNode():
            return [node.name.value]
        case _:
            return []
