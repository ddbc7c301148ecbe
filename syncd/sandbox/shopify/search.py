"""`orders(query:)`: an index that lags behind, and that ignores what it does not know."""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from graphql import GraphQLError

from syncd.sandbox.shopify.order import Order
from syncd.sandbox.shopify.search_entry import TIMES, Entry, Kept, Live, kept, words_of
from syncd.sandbox.shopify.search_query import Term, Test, parse, terms, test_of
from syncd.sandbox.shopify.world import World

_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "": operator.eq,
}
_ENUMS = {
    "financial_status": frozenset(
        {
            "paid",
            "pending",
            "authorized",
            "partially_paid",
            "partially_refunded",
            "refunded",
            "voided",
            "expired",
            "any",
            "unpaid",
        }
    ),
    "fulfillment_status": frozenset({"shipped", "unshipped", "partial", "fulfilled", "unfulfilled", "any"}),
    "return_status": frozenset(
        {
            "return_requested",
            "in_progress",
            "inspection_complete",
            "returned",
            "return_failed",
            "no_return",
        }
    ),
    "status": frozenset({"open", "closed", "cancelled", "not_closed", "any"}),
    "test": frozenset({"true", "false"}),
}
_EXACT = ("name", "source_identifier", "source_name", "po_number", "email", "gateway", "id")
_PARTLY = ("name", "source_identifier", "tag", "metafields.")
_KNOWN_ELSEWHERE = frozenset(
    {
        "cart_token",
        "channel",
        "channel_id",
        "chargeback_status",
        "checkout_token",
        "confirmation_number",
        "credit_card_last4",
        "current_total_price",
        "customer_id",
        "delivery_method",
        "discount_code",
        "fraud_protection_level",
        "fulfillment_location_id",
        "location_id",
        "payment_id",
        "payment_provider_id",
        "reference_location_id",
        "risk_level",
        "sales_channel",
        "subtotal_line_items_quantity",
        "total_weight",
    }
)
_SIMULATED = frozenset({*TIMES, *_ENUMS, *_EXACT, "default", "tag", "tag_not", "sku"})


@dataclass(frozen=True, slots=True)
class Found:
    """The hits, and what `extensions.search` says about the query (None: nothing)."""

    orders: list[Order]
    notes: dict[str, Any] | None


class Search:
    """The index of one world's orders."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._history: dict[str, list[tuple[float, Kept]]] = {}

    def refresh(self) -> None:
        """Take present changes into the index, where they become visible after the lag."""
        if not self._world.switches.search_lag_seconds:
            return
        visible = self._world.clock.monotonic() + self._world.switches.search_lag_seconds
        for order in self._world.orders.values():
            history = self._history.setdefault(order.id, [])
            entry = kept(Live(order, self._world.switches))
            if not history or history[-1][1] != entry:
                history.append((visible, entry))

    def run(self, query: str | None, *, debug: bool) -> Found:
        """Every order that the index finds; unknown fields are left out and warned about."""
        node = parse(query or "")
        if node is None:
            return Found([order for order in self._world.orders.values() if self._known(order)], None)
        warnings = [one for term in terms(node) if (one := self._warning(term))]
        test = test_of(node, self._test)
        hits = [
            order
            for order in self._world.orders.values()
            if (entry := self._known(order)) and test(entry) is not False
        ]
        shown = debug or (warnings and not self._world.switches.warnings_need_debug_header)
        notes = {"query": query, "parsed": node.parsed(), "warnings": warnings}
        return Found(hits, notes if shown else None)

    def _known(self, order: Order) -> Entry | None:
        if not self._world.switches.search_lag_seconds:
            return Live(order, self._world.switches)
        now = self._world.clock.monotonic()
        entries = [entry for visible, entry in self._history.get(order.id, ()) if visible <= now]
        return entries[-1] if entries else None

    def _warning(self, term: Term) -> dict[str, str] | None:
        if term.field in _KNOWN_ELSEWHERE:
            raise GraphQLError(f"The stand-in does not search by {term.field}.")
        if not self._is_field(term.field):
            text = "Invalid search field for this query."
            return {"field": term.field, "message": text, "code": "invalid_field"}
        accepted = _ENUMS.get(term.field)
        if accepted and term.value.lower() not in accepted:
            text = f"Input `{term.value}` is not an accepted value."
            return {"field": term.field, "message": text, "code": "invalid_value"}
        return None

    def _is_field(self, name: str) -> bool:
        if name.startswith("metafields."):
            return name.removeprefix("metafields.") in self._world.filterable_metafields
        return name in _SIMULATED

    def _test(self, term: Term) -> Test[Entry]:
        field, wanted = term.field, term.value.casefold()
        if not self._is_field(field):
            return lambda _entry: None
        if field in TIMES:
            return self._test_of_time(term)
        if field == "default":
            words = words_of(wanted)
            return lambda entry: words <= entry.words()
        if field == "tag_not":
            return lambda entry: wanted not in entry.texts("tag")
        if field in ("status", "financial_status", "fulfillment_status") and wanted == "any":
            return lambda _entry: True
        if field == "name":
            wanted = wanted.lstrip("#")
        if self._world.switches.search_is_partial and field.startswith(_PARTLY):
            return lambda entry: any(wanted in one for one in entry.texts(field))
        return lambda entry: wanted in entry.texts(field)

    def _test_of_time(self, term: Term) -> Test[Entry]:
        wanted, compare = self._time(term.value), _COMPARE[term.op]
        return lambda entry: wanted is not None and compare(entry.time(term.field), wanted)

    def _time(self, text: str) -> datetime | None:
        try:
            time = datetime.fromisoformat(text)
        except ValueError:
            return None
        return time if time.tzinfo else time.replace(tzinfo=ZoneInfo(self._world.time_zone)).astimezone(UTC)
