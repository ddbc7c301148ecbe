"""Strict reading of answers: what is missing or of another type is an error, never a default."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import TypeVar

from syncd.errors import AnswerUnreadable, SyncdError
from syncd.model.money import Money, MoneyError, exponent
from syncd.shopify.answers import Answer

T = TypeVar("T")


class OrderTooLarge(SyncdError):
    """A list on an order goes on behind what we read of it, so nothing may be concluded from it."""


@dataclass(frozen=True, slots=True)
class Node:
    """One object of an answer. `path` tells where it stood.

    Methods raise AnswerUnreadable where the field is missing or is something else; `maybe_` ones return None
    where it is null.
    """

    fields: Mapping[str, object]
    path: str
    operation: str
    request_id: str

    @classmethod
    def of(cls, answer: Answer) -> "Node":
        """The whole of an answer."""
        return cls(answer.data, "data", answer.operation, answer.request_id)

    def maybe_text(self, key: str) -> str | None:
        """A string or null."""
        return self._maybe(key, str)

    def text(self, key: str) -> str:
        """A string."""
        return self._is(key, str)

    def number(self, key: str) -> int:
        """A count: an integer, not negative."""
        value = self._is(key, int)
        if value < 0:
            raise self.unreadable(key)
        return value

    def maybe_number(self, key: str) -> int | None:
        """A count or null."""
        return None if self._value(key) is None else self.number(key)

    def flag(self, key: str) -> bool:
        """A boolean."""
        return self._is(key, bool)

    def moment(self, key: str) -> datetime:
        """A point in time, in UTC."""
        try:
            moment = datetime.fromisoformat(self.text(key))
            if moment.tzinfo is not None:
                return moment.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        raise self.unreadable(key)

    def maybe_moment(self, key: str) -> datetime | None:
        """A point in time or null."""
        return None if self._value(key) is None else self.moment(key)

    def node(self, key: str) -> "Node":
        """An object."""
        return self._node(self._is(key, dict), key)

    def maybe_node(self, key: str) -> "Node | None":
        """An object or null."""
        found = self._maybe(key, dict)
        return None if found is None else self._node(found, key)

    def nodes(self, key: str, limit: int | None = None) -> tuple["Node", ...]:
        """A plain list of objects.

        Raises:
            OrderTooLarge: It holds more than `limit`.
        """
        found = self._is(key, list)
        if limit is not None and len(found) > limit:
            raise OrderTooLarge(f"{self.path}.{key} is too long: we read up to {limit}")
        return tuple(self._listed(item, key, place) for place, item in enumerate(found))

    def maybe_nodes(self, key: str, count: int) -> tuple["Node | None", ...]:
        """A plain list of that many objects and nulls."""
        found = self._is(key, list)
        if len(found) != count:
            raise self.unreadable(key)
        return tuple(
            None if item is None else self._listed(item, key, place) for place, item in enumerate(found)
        )

    def texts(self, key: str) -> tuple[str, ...]:
        """A plain list of strings."""
        found = self._is(key, list)
        if not all(isinstance(item, str) for item in found):
            raise self.unreadable(key)
        return tuple(found)

    def whole(self, key: str) -> tuple["Node", ...]:
        """The nodes of a connection that must end on its first page.

        Raises:
            OrderTooLarge: It goes on.
        """
        connection = self.node(key)
        nodes = connection.nodes("nodes")
        if connection.node("pageInfo").flag("hasNextPage"):
            raise OrderTooLarge(f"{self.path}.{key} is too long: we read up to {len(nodes)}")
        return nodes

    def money(self, key: str, currency: str) -> Money:
        """The presentment side of a MoneyBag, which must be in that currency."""
        amount = self._presentment(key, currency)
        try:
            return Money.parse(amount, currency)
        except MoneyError:
            raise self.unreadable(key) from None

    def rounded_money(self, key: str, currency: str) -> Money:
        """The same for a price that Shopify calls approximate: to the nearest minor unit."""
        try:
            minor = Decimal(self._presentment(key, currency)).scaleb(exponent(currency))
            return Money(int(minor.quantize(Decimal(1), ROUND_HALF_UP)), currency)
        except (InvalidOperation, ValueError, OverflowError):
            raise self.unreadable(key) from None

    def unreadable(self, key: str) -> AnswerUnreadable:
        """The error for a field that cannot be read."""
        return AnswerUnreadable(
            f"{self.path}.{key} is missing or cannot be read",
            api="shopify",
            operation=self.operation,
            request_id=self.request_id,
        )

    def _presentment(self, key: str, currency: str) -> str:
        money = self.node(key).node("presentmentMoney")
        if money.text("currencyCode") != currency:
            raise self.unreadable(key)
        return money.text("amount")

    def _value(self, key: str) -> object:
        if key not in self.fields:
            raise self.unreadable(key)
        return self.fields[key]

    def _is(self, key: str, kind: type[T]) -> T:
        value = self._value(key)
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise self.unreadable(key)
        return value

    def _maybe(self, key: str, kind: type[T]) -> T | None:
        return None if self._value(key) is None else self._is(key, kind)

    def _node(self, fields: Mapping[str, object], key: str) -> "Node":
        return Node(fields, f"{self.path}.{key}", self.operation, self.request_id)

    def _listed(self, item: object, key: str, place: int) -> "Node":
        if not isinstance(item, dict):
            raise self.unreadable(key)
        return self._node(item, f"{key}[{place}]")
