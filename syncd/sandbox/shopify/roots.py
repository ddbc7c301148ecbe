"""The root fields: what can be asked for, and what can be done."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from syncd.sandbox.shopify import (
    cancelling,
    dispositions,
    inputs,
    marking,
    parcels,
    processing,
    refunds,
    returns,
)
from syncd.sandbox.shopify.idempotency import REQUIRED_FOR, Keys, Payload
from syncd.sandbox.shopify.order import Order
from syncd.sandbox.shopify.problems import Refused, bad_request
from syncd.sandbox.shopify.records import Location, Refund
from syncd.sandbox.shopify.resolving import Info
from syncd.sandbox.shopify.return_records import Return, ReverseOrder
from syncd.sandbox.shopify.search import Search
from syncd.sandbox.shopify.world import Job, World

Arguments = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Shop:
    """The shop itself."""

    id: str
    name: str
    myshopify_domain: str
    iana_timezone: str
    currency_code: str


class Queries:
    """Each method is one field of QueryRoot."""

    def __init__(self, world: World, shop: Shop, search: Search) -> None:
        self._world = world
        self._shop = shop
        self._search = search

    def order(self, info: Info, asked: Arguments) -> Order | None:
        """Always the present state; null when it does not exist or may not be seen."""
        found = self._world.find("Order", asked["id"], Order)
        context = info.context
        return found if found and self._world.visible(found, all_orders=context.all_orders) else None

    def orders(self, info: Info, asked: Arguments) -> list[Order]:
        """What the index finds."""
        context = info.context
        found = self._search.run(asked.get("query"), debug=context.search_debug)
        if found.notes is not None:
            context.search_notes.append({"path": info.path.as_list(), **found.notes})
        seen = [one for one in found.orders if self._world.visible(one, all_orders=context.all_orders)]
        return sorted(seen, key=_ORDERINGS.get(asked.get("sortKey", ""), _ORDERINGS["PROCESSED_AT"]))

    def returnable_fulfillments(self, info: Info, asked: Arguments) -> list[object]:
        """The order's shipments of which something can be returned."""
        order = self.order(info, {"id": asked["orderId"]})
        return list(returns.returnable_fulfillments(order)) if order else []

    def return_(self, _info: Info, asked: Arguments) -> Return | None:
        """One return."""
        return self._world.find("Return", asked["id"], Return)

    def refund(self, _info: Info, asked: Arguments) -> Refund | None:
        """One refund."""
        return self._world.find("Refund", asked["id"], Refund)

    def reverse_fulfillment_order(self, _info: Info, asked: Arguments) -> ReverseOrder | None:
        """The warehouse's side of a return."""
        return self._world.find("ReverseFulfillmentOrder", asked["id"], ReverseOrder)

    def job(self, _info: Info, asked: Arguments) -> Job | None:
        """Whether work that was started is done."""
        return self._world.find("Job", asked["id"], Job)

    def location(self, _info: Info, asked: Arguments) -> Location | None:
        """One location; without an id the primary one."""
        if asked.get("id"):
            return self._world.find("Location", asked["id"], Location)
        return next((one for one in self._world.locations.values() if one.is_primary), None)

    def locations(self, _info: Info, asked: Arguments) -> list[Location]:
        """Active locations by name, and others when asked for."""
        wanted = (
            one
            for one in self._world.locations.values()
            if (one.is_active or asked.get("includeInactive"))
            and (not one.is_fulfillment_service or asked.get("includeLegacy"))
        )
        return sorted(wanted, key=lambda one: one.name)

    def shop(self, _info: Info, _asked: Arguments) -> Shop:
        """The shop itself."""
        return self._shop

    def current_app_installation(self, info: Info, _asked: Arguments) -> dict[str, object]:
        """The scopes of the token that asks."""
        context = info.context
        scopes = [{"handle": one, "description": one.replace("_", " ")} for one in sorted(context.scopes)]
        app = {"id": "gid://shopify/App/2", "handle": "syncd", "title": "syncd"}
        return {"id": "gid://shopify/AppInstallation/1", "app": app, "accessScopes": scopes}

    def return_reason_definitions(self, _info: Info, asked: Arguments) -> list[object]:
        """Shopify's standard reasons."""
        handles, ids = asked.get("handles"), asked.get("ids")
        wanted = (one for one in self._world.reasons if handles is None or one.handle in handles)
        return [one for one in wanted if ids is None or one.id in ids]

    def node(self, info: Info, asked: Arguments) -> object | None:
        """Anything by its id that the app may see."""
        found = self._world.anything(asked["id"])
        hidden = isinstance(found, Order) and not self._world.visible(
            found, all_orders=info.context.all_orders
        )
        return None if hidden else found

    def nodes(self, info: Info, asked: Arguments) -> list[object | None]:
        """Several things by their ids."""
        return [self.node(info, {"id": one}) for one in asked["ids"]]


_ORDERINGS: dict[str, Callable[[Order], Any]] = {
    "PROCESSED_AT": lambda one: (one.processed_at, one.id),
    "CREATED_AT": lambda one: (one.created_at, one.id),
    "UPDATED_AT": lambda one: (one.updated_at, one.id),
    "ID": lambda one: one.id,
    "ORDER_NUMBER": lambda one: one.name,
}


class Mutations:
    """Each method is one field of Mutation."""

    def __init__(self, world: World, keys: Keys) -> None:
        self._world = world
        self._keys = keys

    def refund_create(self, info: Info, asked: Arguments) -> Payload:
        """Runs once for each key."""

        def work() -> Payload:
            return {"refund": (made := refunds.refund_create(self._world, wanted)), "order": made.order}

        wanted = inputs.refund_input(asked["input"])
        return self._once(info, work, {"refund": None, "order": self._world.anything(wanted.order_id)})

    def return_create(self, _info: Info, asked: Arguments) -> Payload:
        """A new open return."""
        return _answer("return", lambda: returns.return_create(self._world, asked["returnInput"]))

    def return_process(self, _info: Info, asked: Arguments) -> Payload:
        """Receive, pay back, decide."""
        return _answer("return", lambda: processing.return_process(self._world, asked["input"]))

    def return_close(self, _info: Info, asked: Arguments) -> Payload:
        """Close a return."""
        return self._on_return(asked["id"], "id", returns.close)

    def return_reopen(self, _info: Info, asked: Arguments) -> Payload:
        """Open it again."""
        return self._on_return(asked["id"], "id", returns.reopen)

    def return_cancel(self, _info: Info, asked: Arguments) -> Payload:
        """Cancel a return that nothing was done on."""
        return self._on_return(asked["id"], "id", returns.cancel)

    def remove_from_return(self, _info: Info, asked: Arguments) -> Payload:
        """Take units off a return."""
        entries = asked.get("returnLineItems") or ()
        return self._on_return(
            asked["returnId"], "returnId", lambda world, ret: returns.remove(world, ret, entries)
        )

    def reverse_delivery_create_with_shipping(self, _info: Info, asked: Arguments) -> Payload:
        """Announce a parcel."""
        return _answer("reverseDelivery", lambda: parcels.create(self._world, asked))

    def reverse_fulfillment_order_dispose(self, _info: Info, asked: Arguments) -> Payload:
        """Decide about units."""
        wanted = inputs.dispositions(asked["dispositionInputs"], "dispositionInputs")
        return _answer("reverseFulfillmentOrderLineItems", lambda: dispositions.dispose(self._world, wanted))

    def order_cancel(self, _info: Info, asked: Arguments) -> Payload:
        """Start to cancel an order."""
        method = asked.get("refundMethod")
        wanted = cancelling.CancelInput(
            asked["orderId"],
            asked["reason"],
            asked["restock"],
            bool(asked.get("refund") or (method or {}).get("originalPaymentMethodsRefund")),
            asked.get("refund") is not None and method is not None,
            asked.get("staffNote"),
        )
        payload = _answer("job", lambda: cancelling.order_cancel(self._world, wanted))
        return {**payload, "orderCancelUserErrors": payload["userErrors"]}

    def order_close(self, _info: Info, asked: Arguments) -> Payload:
        """Archive an order."""
        return _answer("order", lambda: cancelling.order_close(self._world, asked["input"]["id"]))

    def order_open(self, _info: Info, asked: Arguments) -> Payload:
        """Take an order out of the archive."""
        return _answer("order", lambda: cancelling.order_open(self._world, asked["input"]["id"]))

    def tags_add(self, _info: Info, asked: Arguments) -> Payload:
        """Add tags to an order."""
        return _answer("node", lambda: marking.tags_add(self._world, asked["id"], asked["tags"]))

    def metafields_set(self, _info: Info, asked: Arguments) -> Payload:
        """Write metafields, all or none."""
        payload = _answer("metafields", lambda: marking.metafields_set(self._world, asked["metafields"]))
        return {**payload, "metafields": payload["metafields"] or []}

    def _on_return(self, gid: str, field: str, work: Callable[[World, Return], None]) -> Payload:
        def done() -> Return:
            ret = returns.existing(self._world, gid, field)
            work(self._world, ret)
            return ret

        return _answer("return", done)

    def _once(self, info: Info, work: Callable[[], Payload], otherwise: Payload) -> Payload:
        context = info.context
        name = str(info.path.key)
        key = context.keys.get(name)
        if key is None and context.idempotency_required and info.field_name in REQUIRED_FOR:
            raise bad_request("The @idempotent directive is required for this mutation but was not provided.")
        try:
            return {"userErrors": [], **self._keys.run(info.field_name, key, context.raw.get(name), work)}
        except Refused as refusal:
            return {**otherwise, "userErrors": refusal.errors}


def _answer(name: str, work: Callable[[], object]) -> Payload:
    try:
        return {name: work(), "userErrors": []}
    except Refused as refusal:
        return {name: None, "userErrors": refusal.errors}
