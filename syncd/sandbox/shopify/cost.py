"""What a document costs.

The cost rule was fitted on recorded documents: a connection asked for n nodes costs 2 + m(n) x (1 + node),
empty or not; an object or a plain list 1; money, page info, user errors and the direct objects of a
mutation's payload nothing of their own; a mutation 10, refundCreate 20.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    SelectionSetNode,
    get_named_type,
    value_from_ast_untyped,
)

SINGLE_QUERY_LIMIT = 1000
MUTATION = 10
MUTATIONS = {"refundCreate": 20}
_SIZES = (1, 2, 3, 5, 10, 20, 50, 250)
_WEIGHTS = (1, 2, 2, 3, 4, 5, 7, 11)
_FREE = frozenset({"MoneyBag", "MoneyV2", "PageInfo"})

Composite = GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType


def weight(nodes: int) -> int:
    """How much a page of this size counts."""
    return _WEIGHTS[min(bisect_left(_SIZES, nodes), len(_SIZES) - 1)]


class Meter:
    """Counts one operation: as asked for, and as it came out."""

    def __init__(
        self,
        schema: GraphQLSchema,
        operation: OperationDefinitionNode,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: Mapping[str, Any],
    ) -> None:
        self._schema = schema
        self._operation = operation
        self._fragments = fragments
        self._variables = variables
        self._requested: int | None = None

    def requested(self) -> int:
        """The worst case, which must be in the bucket before anything runs."""
        if self._requested is None:
            self._requested = self._total(None)
        return self._requested

    def actual(self, data: Mapping[str, Any] | None) -> int:
        """About what the answer is worth: pages count by what came, empty ones without their nodes."""
        return min(self._total(data or {}), self.requested())

    def _total(self, data: Mapping[str, Any] | None) -> int:
        mutation = self._operation.operation is OperationType.MUTATION
        root = self._schema.mutation_type if mutation else self._schema.query_type
        if root is None:
            return 0
        if not mutation:
            return self._selection(self._operation.selection_set, root, data)
        return sum(
            MUTATIONS.get(one.name.value, MUTATION) + self._payload(one, root, data)
            for one in self._fields(self._operation.selection_set, root)
        )

    def _payload(self, mutation: FieldNode, root: GraphQLObjectType, data: Mapping[str, Any] | None) -> int:
        payload = get_named_type(root.fields[mutation.name.value].type)
        came = None if data is None else data.get(_key(mutation)) or {}
        if mutation.selection_set is None or not isinstance(payload, GraphQLObjectType):
            return 0
        total = 0
        for one in self._fields(mutation.selection_set, payload):
            kind = _named(payload, one.name.value)
            if kind is None or one.selection_set is None or one.name.value.endswith("serErrors"):
                continue
            inner = None if came is None else came.get(_key(one))
            if came is not None and not inner:
                continue
            total += self._most(one.selection_set, kind, inner)
        return total

    def _selection(self, selection: SelectionSetNode, kind: Composite, data: Mapping[str, Any] | None) -> int:
        return sum(self._field(one, kind, data) for one in self._fields(selection, kind))

    def _field(self, node: FieldNode, parent: Composite, data: Mapping[str, Any] | None) -> int:
        kind = _named(parent, node.name.value)
        if (
            kind is None
            or node.selection_set is None
            or kind.name in _FREE
            or node.name.value.endswith("serErrors")
        ):
            return 0
        came = None if data is None else data.get(_key(node))
        if data is not None and not came:
            return 1 if _key(node) in data else 0
        if kind.name.endswith("Connection"):
            return self._connection(node, kind, came)
        return 1 + self._most(node.selection_set, kind, came)

    def _connection(self, node: FieldNode, kind: Composite, came: Mapping[str, Any] | None) -> int:
        if node.selection_set is None:
            return 0
        pages = [
            one for one in self._fields(node.selection_set, kind) if one.name.value in ("nodes", "edges")
        ]
        size = self._size(node)
        each = 0
        for page in pages:
            inner = _named(kind, page.name.value)
            entries = None if came is None else came.get(_key(page))
            size = len(entries) if entries else size
            first = None if came is None else (entries or [{}])[0]
            if inner is not None and page.selection_set is not None:
                each = max(each, self._node(page, inner, first))
        return 2 + weight(size) * (1 + each)

    def _node(self, page: FieldNode, inner: Composite, first: Mapping[str, Any] | None) -> int:
        if page.selection_set is None:
            return 0
        cost = self._most(page.selection_set, inner, first)
        return max(0, cost - 1) if page.name.value == "edges" else cost

    def _most(self, selection: SelectionSetNode, kind: Composite, came: object) -> int:
        data = came if isinstance(came, Mapping) else None
        if isinstance(came, list):
            data = next((one for one in came if one), {})
        if isinstance(kind, GraphQLObjectType):
            return self._selection(selection, kind, data)
        return max(self._selection(selection, each, data) for each in self._schema.get_possible_types(kind))

    def _size(self, node: FieldNode) -> int:
        for argument in node.arguments or ():
            if argument.name.value in ("first", "last"):
                return int(value_from_ast_untyped(argument.value, dict(self._variables)) or 0)
        return 0

    def _fields(self, selection: SelectionSetNode, kind: Composite) -> Sequence[FieldNode]:
        found: list[FieldNode] = []
        for one in selection.selections:
            if not self._asked(one):
                continue
            match one:
                case FieldNode():
                    found.append(one)
                case InlineFragmentNode():
                    condition = one.type_condition.name.value if one.type_condition else kind.name
                    if self._fits(kind, condition):
                        found.extend(self._fields(one.selection_set, kind))
                case FragmentSpreadNode():
                    fragment = self._fragments[one.name.value]
                    if self._fits(kind, fragment.type_condition.name.value):
                        found.extend(self._fields(fragment.selection_set, kind))
        return found

    def _asked(self, selection: SelectionNode) -> bool:
        """Whether it is not switched off: what a directive leaves out costs nothing."""
        for directive in selection.directives or ():
            wanted = {"include": True, "skip": False}.get(directive.name.value)
            values = [
                value_from_ast_untyped(one.value, dict(self._variables)) for one in directive.arguments or ()
            ]
            if wanted is not None and bool(values[0]) is not wanted:
                return False
        return True

    def _fits(self, kind: Composite, condition: str) -> bool:
        wanted = self._schema.type_map.get(condition)
        if kind.name == condition:
            return True
        if not isinstance(wanted, GraphQLInterfaceType | GraphQLUnionType):
            return False
        return isinstance(kind, GraphQLObjectType) and self._schema.is_sub_type(wanted, kind)


@lru_cache(maxsize=4096)
def _named(parent: Composite, field: str) -> Composite | None:
    """The type of that field's objects; None where it has none."""
    if isinstance(parent, GraphQLUnionType) or field not in parent.fields:
        return None
    named = get_named_type(parent.fields[field].type)
    return named if isinstance(named, GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType) else None


def _key(node: FieldNode) -> str:
    return node.alias.value if node.alias else node.name.value
