"""One GraphQL request, in Shopify's order: document, variables, cost, idempotency, then the work."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    parse,
    validate,
    value_from_ast_untyped,
)

from syncd.sandbox.shopify import document_errors, variables
from syncd.sandbox.shopify.bucket import Bucket
from syncd.sandbox.shopify.cost import SINGLE_QUERY_LIMIT, Meter
from syncd.sandbox.shopify.quick import Subfields, execute
from syncd.sandbox.shopify.resolving import Context
from syncd.sandbox.shopify.schema import shop_schema

_DOCUMENTATION = "https://shopify.dev/api/usage/rate-limits"
Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Document:
    """A document that was read and checked once, with the meters of what was run of it."""

    operations: Mapping[str, OperationDefinitionNode]
    fragments: Mapping[str, FragmentDefinitionNode]
    whole: DocumentNode
    errors: tuple[Mapping[str, Any], ...]
    meters: dict[tuple[object, ...], Meter] = field(default_factory=dict, compare=False)
    selected: dict[tuple[object, ...], Subfields] = field(default_factory=dict, compare=False)
    """What its objects select, by the variables that decide about it."""

    def operation(self, name: str | None) -> OperationDefinitionNode | None:
        """The operation of this name, or the only one."""
        if name:
            return self.operations.get(name)
        return next(iter(self.operations.values())) if len(self.operations) == 1 else None

    def meter(self, operation: OperationDefinitionNode, given: Mapping[str, Any]) -> Meter:
        """The meter of one of its operations: of the variables only numbers and switches count."""
        sizes = sorted(one for one in given.items() if isinstance(one[1], int))
        wanted = (operation.name.value if operation.name else None, *sizes)
        if wanted not in self.meters:
            self.meters[wanted] = Meter(shop_schema(), operation, self.fragments, given)
        return self.meters[wanted]

    def kept(self, given: Mapping[str, Any]) -> Subfields:
        """Where to keep what is selected under these variables: only switches change it."""
        switches = tuple(sorted(one for one in given.items() if isinstance(one[1], bool)))
        return self.selected.setdefault(switches, {})


@lru_cache(maxsize=512)
def read(query: str) -> Document:
    """Parse a document and check it against the schema."""
    try:
        whole = parse(query)
    except GraphQLSyntaxError as error:
        return Document({}, {}, DocumentNode(definitions=()), (document_errors.shown(error, None),))
    operations = {
        one.name.value if one.name else "": one
        for one in whole.definitions
        if isinstance(one, OperationDefinitionNode)
    }
    fragments = {one.name.value: one for one in whole.definitions if isinstance(one, FragmentDefinitionNode)}
    errors = tuple(document_errors.shown(one, whole) for one in validate(shop_schema(), whole))
    return Document(operations, fragments, whole, errors)


def root_fields(operation: OperationDefinitionNode) -> list[FieldNode]:
    """The fields at the top of an operation."""
    return [one for one in operation.selection_set.selections if isinstance(one, FieldNode)]


def is_write(operation: OperationDefinitionNode | None) -> bool:
    """Whether it is a mutation."""
    return operation is not None and operation.operation is OperationType.MUTATION


class Executor:
    """Runs documents on one world's root objects, paid from one bucket."""

    def __init__(self, queries: object, mutations: object, bucket: Bucket) -> None:
        self._queries = queries
        self._mutations = mutations
        self._bucket = bucket

    def run(self, document: Document, name: str | None, given: Mapping[str, Any], context: Context) -> Body:
        """The whole answer, as it goes into the HTTP body."""
        operation = document.operation(name)
        if document.errors or operation is None:
            return {"errors": list(document.errors) or [_NO_OPERATION]}
        try:
            variables.check(shop_schema(), operation, given)
        except GraphQLError as error:
            return {"errors": [error.formatted]}
        meter = document.meter(operation, given)
        requested = meter.requested()
        if refusal := self._refusal(requested):
            return refusal
        self._note_arguments(operation, given, context)
        return self._carry_out(document, operation, given, context, meter)

    def _refusal(self, requested: int) -> Body | None:
        if requested > SINGLE_QUERY_LIMIT:
            text = f"Query cost is {requested}, which exceeds the single query max cost limit "
            text += f"({SINGLE_QUERY_LIMIT})."
            extensions = {
                "code": "MAX_COST_EXCEEDED",
                "cost": requested,
                "maxCost": SINGLE_QUERY_LIMIT,
                "documentation": _DOCUMENTATION,
            }
            return {"errors": [{"message": text, "extensions": extensions}]}
        if requested > self._bucket.available():
            extensions = {"code": "THROTTLED", "documentation": _DOCUMENTATION}
            errors = [{"message": "Throttled", "extensions": extensions}]
            return {"errors": errors, "extensions": self._cost(requested, None)}
        return None

    def _carry_out(
        self,
        document: Document,
        operation: OperationDefinitionNode,
        given: Mapping[str, Any],
        context: Context,
        meter: Meter,
    ) -> Body:
        root = self._mutations if is_write(operation) else self._queries
        result = execute(
            document.whole, operation, root, given=given, context=context, kept=document.kept(given)
        )
        actual = meter.actual(result.data)
        self._bucket.spend(actual)
        body: Body = {"errors": [one.formatted for one in result.errors]} if result.errors else {}
        body["data"] = result.data
        body["extensions"] = self._cost(meter.requested(), actual)
        if context.search_notes:
            body["extensions"]["search"] = context.search_notes
        return body

    def _cost(self, requested: int, actual: int | None) -> Body:
        status = self._bucket.status()
        return {
            "cost": {"requestedQueryCost": requested, "actualQueryCost": actual, "throttleStatus": status}
        }

    @staticmethod
    def _note_arguments(
        operation: OperationDefinitionNode, given: Mapping[str, Any], context: Context
    ) -> None:
        """Keep keys and arguments as sent: a fingerprint depends on the order of the fields."""
        for root in root_fields(operation):
            name = root.alias.value if root.alias else root.name.value
            known = dict(given)
            context.raw[name] = {
                one.name.value: value_from_ast_untyped(one.value, known) for one in root.arguments or ()
            }
            for directive in root.directives or ():
                if directive.name.value == "idempotent":
                    for one in directive.arguments or ():
                        context.keys[name] = str(value_from_ast_untyped(one.value, known))


_NO_OPERATION = {"message": "An operation name is required", "extensions": {"code": "BAD_REQUEST"}}
