"""GraphQL's own executor without what a stand-in never has: resolvers to wait for, streams, middleware."""

from collections.abc import Awaitable, Mapping
from typing import Any, TypeGuard

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLEnumType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
    OperationDefinitionNode,
)
from graphql.execution import Executor
from graphql.execution.collect_fields import CollectedFields, FieldDetails
from graphql.execution.values import get_argument_values
from graphql.pyutils import Path

from syncd.sandbox.shopify.resolving import Context, Info, field_of, resolve, type_of
from syncd.sandbox.shopify.schema import shop_schema

_LEAVES = (GraphQLScalarType, GraphQLEnumType)
Details = list[FieldDetails]
Subfields = dict[tuple[object, ...], CollectedFields]


def execute(
    whole: DocumentNode,
    operation: OperationDefinitionNode,
    root: object,
    *,
    given: Mapping[str, Any],
    context: Context,
    kept: Subfields,
) -> ExecutionResult:
    """Carry a checked operation out. What a document selects is kept where no variable can change it."""
    executor = QuickExecutor.build(
        shop_schema(),
        whole,
        root,
        context,
        dict(given),
        operation.name.value if operation.name else None,
        type_resolver=type_of,
        is_awaitable=_never,
        kept=kept,
    )
    if isinstance(executor, list):
        return ExecutionResult(None, executor)
    result = executor.execute_operation()
    assert isinstance(result, ExecutionResult)  # noqa: S101 - nothing is waited for
    return result


def _never(_value: object) -> TypeGuard[Awaitable[Any]]:
    return False


class QuickExecutor(Executor[Context]):
    """The same answers, the same errors at the same places. `kept` outlives one request of a document."""

    def __init__(self, *arguments: Any, kept: Subfields, **options: Any) -> None:  # noqa: ANN401 - not ours
        super().__init__(*arguments, **options)
        self._kept = kept

    def execute_fields(
        self,
        parent_type: GraphQLObjectType,
        source_value: object,
        path: Path | None,
        grouped_field_set: dict[str, Details],
        position_context: Context | None,
    ) -> dict[str, Any]:
        """The fields of one object, in order."""
        return {
            key: self.execute_field(
                parent_type, source_value, details, Path(path, key, parent_type.name), position_context
            )
            for key, details in grouped_field_set.items()
        }

    def execute_field(
        self,
        parent_type: GraphQLObjectType,
        source: object,
        field_details_list: Details,
        path: Path,
        position_context: Context | None,
    ) -> object:
        """One field: its arguments, its value, and that value in the shape that was asked for."""
        node = field_details_list[0].node
        field = field_of(parent_type, node.name.value)
        kind = field.definition.type
        info = Info(field, path, self.context_value, self.schema)
        try:
            asked = get_argument_values(field.definition, node, self.variable_values)
            value = resolve(source, info, asked)
            return self.complete_value(kind, field_details_list, info, path, value, position_context)
        except Exception as error:  # noqa: BLE001 - each becomes an error of the answer
            self.handle_field_error(error, kind, field_details_list, path)
            return None

    def complete_value(  # noqa: PLR0917 - the library's
        self,
        return_type: GraphQLOutputType,
        field_details_list: Details,
        info: Any,  # noqa: ANN401 - the library knows its own class alone
        path: Path,
        result: object,
        position_context: Context | None,
    ) -> object:
        """What occurs most without the library's detours, the rest by the library."""
        kind = return_type.of_type if isinstance(return_type, GraphQLNonNull) else return_type
        if result is None and kind is return_type:
            return None
        if result is not None and isinstance(kind, _LEAVES):
            return self.complete_leaf_value(kind, result)
        if result is not None and isinstance(kind, GraphQLObjectType):
            fields = self.collect_subfields(kind, field_details_list).grouped_field_set
            return self.execute_fields(kind, result, path, fields, position_context)
        return super().complete_value(return_type, field_details_list, info, path, result, position_context)

    def complete_iterable_value(  # noqa: PLR0917 - the library's
        self,
        item_type: GraphQLOutputType,
        field_details_list: Details,
        info: Any,  # noqa: ANN401 - the library knows its own class alone
        path: Path,
        items: Any,  # noqa: ANN401 - whatever can be iterated over
        position_context: Context | None,
    ) -> list[Any]:
        """Each entry; a wrong one is null where it may be."""
        done: list[Any] = []
        for place, item in enumerate(items):
            self.complete_list_item_value(
                item, done, item_type, field_details_list, info, path.add_key(place), position_context
            )
        return done

    def collect_subfields(
        self, return_type: GraphQLObjectType, field_details_list: Details
    ) -> CollectedFields:
        """What is selected of such an object; found once for each document."""
        wanted = (return_type, *(id(one.node) for one in field_details_list))
        if wanted not in self._kept:
            self._kept[wanted] = super().collect_subfields(return_type, field_details_list)
        return self._kept[wanted]
