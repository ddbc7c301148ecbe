"""An order as the search index knows it: as it is now, or as it was when the index last looked."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from syncd.sandbox.shopify.order import Order
from syncd.sandbox.shopify.switches import Switches

TIMES = ("created_at", "processed_at", "updated_at")
Texts = tuple[str, ...]


class Entry(Protocol):
    """What a term of a query is compared with; texts are in small letters."""

    def texts(self, field: str) -> Texts:
        """The values of a filter."""
        ...

    def time(self, field: str) -> datetime:
        """The value of a filter on time."""
        ...

    def words(self) -> frozenset[str]:
        """What plain text finds."""
        ...


@dataclass(frozen=True, slots=True)
class Live:
    """The order as it is now. Only what is asked for is computed, and that once."""

    order: Order
    switches: Switches
    _texts: dict[str, Texts] = field(default_factory=dict)
    _words: list[frozenset[str]] = field(default_factory=list)

    def texts(self, field: str) -> Texts:
        """As they are."""
        found = self._texts.get(field)
        if found is None:
            found = self._texts[field] = self._read(field)
        return found

    def _read(self, field: str) -> Texts:
        if field.startswith("metafields."):
            kept = self.order.metafields
            return _small(*(one.value for one in kept if f"metafields.{one.namespace}.{one.key}" == field))
        return _TEXTS[field](self.order)

    def time(self, field: str) -> datetime:
        """The attribute of that name."""
        moment: datetime = getattr(self.order, field)
        return moment

    def words(self) -> frozenset[str]:
        """Name, tags, mail, SKUs and source, and by switch notes and attributes."""
        if not self._words:
            self._words.append(self._read_words())
        return self._words[0]

    def _read_words(self) -> frozenset[str]:
        covered = [text for name in _PLAIN for text in self.texts(name)]
        if self.switches.default_text_covers_note:
            covered.append(self.order.note or "")
        if self.switches.default_text_covers_attributes:
            covered += [one.value for one in self.order.custom_attributes]
        return words_of(" ".join(covered))


@dataclass(frozen=True, slots=True)
class Kept:
    """The order as it was."""

    _texts: Mapping[str, Texts]
    _times: Mapping[str, datetime]
    _words: frozenset[str]

    def texts(self, field: str) -> Texts:
        """As they were."""
        return self._texts.get(field, ())

    def time(self, field: str) -> datetime:
        """As it was."""
        return self._times[field]

    def words(self) -> frozenset[str]:
        """As they were."""
        return self._words


def kept(live: Live) -> Kept:
    """Remember everything about an order."""
    fields = [*_TEXTS, *(f"metafields.{one.namespace}.{one.key}" for one in live.order.metafields)]
    texts = {field: live.texts(field) for field in fields}
    return Kept(texts, {field: live.time(field) for field in TIMES}, live.words())


def words_of(text: str) -> frozenset[str]:
    """The words of a text, in small letters."""
    return frozenset(re.findall(r"\w+", text.casefold()))


def _small(*values: str | None) -> Texts:
    return tuple(one.casefold() for one in values if one)


def _statuses(order: Order) -> Texts:
    if order.cancelled_at:
        return ("cancelled", "closed")
    return ("closed",) if order.closed else ("open", "not_closed")


def _shipping_statuses(order: Order) -> Texts:
    match order.display_fulfillment_status:
        case "FULFILLED":
            return ("shipped", "fulfilled")
        case "PARTIALLY_FULFILLED":
            return ("partial", "unfulfilled")
        case _:
            return ("unshipped", "unfulfilled")


_PLAIN = ("name", "tag", "email", "sku", "source_identifier")
_TEXTS: dict[str, Callable[[Order], Texts]] = {
    "name": lambda order: _small(order.name.lstrip("#")),
    "source_identifier": lambda order: _small(order.source_identifier),
    "source_name": lambda order: _small(order.source_name),
    "po_number": lambda order: _small(order.po_number),
    "email": lambda order: _small(order.email),
    "id": lambda order: _small(order.id.rpartition("/")[2]),
    "financial_status": lambda order: _small(order.display_financial_status),
    "return_status": lambda order: _small(order.return_status),
    "test": lambda order: _small(str(order.test)),
    "tag": lambda order: _small(*order.tags),
    "sku": lambda order: _small(*(one.sku for one in order.line_items)),
    "gateway": lambda order: _small(*order.payment_gateway_names),
    "status": _statuses,
    "fulfillment_status": _shipping_statuses,
}
