"""The stand-in shop as a whole: HTTP in, HTTP out, and a way to fill it and to look inside."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, Unpack
from uuid import UUID

from syncd.clock import Clock
from syncd.sandbox.http import Call, Reply, Request, html_reply, json_reply
from syncd.sandbox.shopify import cancelling, tokens
from syncd.sandbox.shopify.access import ALL_SCOPES
from syncd.sandbox.shopify.bucket import Bucket
from syncd.sandbox.shopify.build import Builder, OrderLine, OrderOptions, OrderSpec
from syncd.sandbox.shopify.execution import Executor, is_write, read, root_fields
from syncd.sandbox.shopify.idempotency import REQUIRED_SINCE, Keys
from syncd.sandbox.shopify.inputs import PaymentInput, RefundInput, RefundLineInput
from syncd.sandbox.shopify.money import wire
from syncd.sandbox.shopify.order import Order
from syncd.sandbox.shopify.records import Location, Refund
from syncd.sandbox.shopify.refunds import refund_create
from syncd.sandbox.shopify.resolving import Context
from syncd.sandbox.shopify.return_records import Return
from syncd.sandbox.shopify.returns import return_create
from syncd.sandbox.shopify.roots import Mutations, Queries, Shop
from syncd.sandbox.shopify.search import Search
from syncd.sandbox.shopify.switches import SUPPORTED_VERSIONS, Switches
from syncd.sandbox.shopify.world import World

_GRAPHQL = re.compile(r"/admin/api/(?P<version>[^/]+)/graphql\.json")
_ERROR_STATUS = 400


@dataclass(frozen=True, slots=True)
class _Asked:
    """The body of a GraphQL request."""

    query: str
    variables: Mapping[str, Any]
    operation: str | None


class ShopifyStandIn:
    """One Shopify store with one app installed.

    `world` has everything that the store holds; `switches` may be turned at any time; `tokens` can be made
    to refuse; `keys.busy` holds idempotency keys that are answered as still running; `bucket` has
    the points that pay for documents.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        domain: str = "acme.myshopify.com",
        client_id: str = "client-id",
        client_secret: str = "client-secret",  # noqa: S107 -- made up
        static_token: str = "",
        scopes: frozenset[str] = ALL_SCOPES,
        currency: str = "USD",
        time_zone: str = "America/New_York",
        switches: Switches | None = None,
    ) -> None:
        self.clock = clock
        self.domain = domain
        self.switches = switches or Switches()
        self.calls: list[Call] = []
        self.world = World(clock, self.switches, currency=currency, time_zone=time_zone)
        self.keys = Keys(clock, self.switches)
        self.tokens = tokens.Tokens(
            clock,
            self.switches,
            client_id=client_id,
            client_secret=client_secret,
            static_token=static_token,
            scopes=scopes,
        )
        self._builder = Builder(self.world)
        self.warehouse = self._builder.location("Warehouse", primary=True)
        self._search = Search(self.world)
        self.bucket = Bucket(clock, lambda: self.switches.bucket_size, lambda: self.switches.restore_rate)
        shop = Shop("gid://shopify/Shop/1", domain.partition(".")[0].title(), domain, time_zone, currency)
        queries = Queries(self.world, shop, self._search)
        self._executor = Executor(queries, Mutations(self.world, self.keys), self.bucket)

    # What the store holds

    def add_location(self, name: str, *, active: bool = True, fulfillment_service: bool = False) -> Location:
        """A further location; `warehouse` is there from the start."""
        return self._builder.location(name, active=active, fulfillment_service=fulfillment_service)

    def add_order(self, lines: Sequence[OrderLine], **options: Unpack[OrderOptions]) -> Order:
        """A new order, paid and shipped unless said otherwise; `OrderOptions` has all that can be said."""
        return self._builder.order(OrderSpec(lines, **options), self.warehouse)

    def ship(self, order: Order, **units: int) -> None:
        """Ship more units of an order: SKU and quantity."""
        wanted = {one: units[one.sku] for one in order.line_items if one.sku in units}
        self._builder.ship(order, wanted, self.warehouse)
        self.world.changed(order)

    def foreign_refund(
        self,
        order: Order,
        *,
        amount: int = 0,
        units: Mapping[str, int] | None = None,
        note: str | None = None,
        app: str | None = None,
    ) -> Refund:
        """A refund that another app makes, or a person: money on the first payment, units by SKU."""
        wanted = dict(units or {})
        lines = [
            RefundLineInput(one.id, quantity, "NO_RESTOCK", None)
            for one in order.line_items
            if (quantity := wanted.pop(one.sku or "", 0))
        ]
        currency = order.presentment_currency_code
        paid = [PaymentInput(order.sales()[0].id, wire(amount, currency))] if amount else []
        asked = RefundInput(order.id, note, currency, lines, paid, None, False, None, None)
        with self.world.acting(app):
            return refund_create(self.world, asked)

    def foreign_return(self, order: Order, *, app: str | None = None, **units: int) -> Return:
        """An open return that another app makes, or a person: units by SKU, of the first shipment."""
        lines = [
            {"fulfillmentLineItemId": one.id, "quantity": units[sku], "returnReason": "UNKNOWN"}
            for one in order.fulfillments[0].fulfillment_line_items
            if (sku := one.line_item.sku or "") in units
        ]
        with self.world.acting(app):
            return return_create(self.world, {"orderId": order.id, "returnLineItems": lines})

    def foreign_cancel(self, order: Order, *, refund: bool = True, restock: bool = True) -> None:
        """Somebody else cancels the order, at once; raises Refused where that cannot be."""
        cancelling.check(order)
        with self.world.acting(None):
            cancelling.cancel(
                self.world,
                order,
                cancelling.CancelInput(
                    order.id,
                    "CUSTOMER",
                    restock=restock,
                    refund=refund,
                    both_refunds=False,
                    staff_note="by somebody else",
                ),
            )

    def set_rate(self, currency: str, rate: Decimal) -> None:
        """Shop money for one unit of another currency, for orders made from now on."""
        self.world.rates[currency] = rate

    @property
    def orders(self) -> list[Order]:
        """Every order, oldest first."""
        return list(self.world.orders.values())

    @property
    def stock(self) -> Mapping[tuple[str, str], int]:
        """Units that were put back, by location id and SKU."""
        return self.world.stock

    def writes(self, operation: str = "") -> list[Call]:
        """The mutations that reached the shop, in order; with a name, only these."""
        return [one for one in self.calls if one.write and operation in ("", one.operation)]

    # HTTP

    def operation_of(self, request: Request) -> str:
        """`token`, or the first root field of the document."""
        if request.path == tokens.PATH:
            return "token"
        asked = _asked(request.body)
        operation = read(asked.query).operation(asked.operation) if asked else None
        fields = root_fields(operation) if operation else []
        return fields[0].name.value if fields else "unknown"

    def handle(self, request: Request) -> Reply:
        """Carry one request out and log it."""
        self.world.run_due_jobs()
        self._search.refresh()
        changes, request_id = self.world.changes, str(UUID(int=len(self.calls) + 1))
        reply = self._answer(request)
        asked = _asked(request.body)
        write = bool(asked and is_write(read(asked.query).operation(asked.operation)))
        applied = self.world.changes > changes if write else reply.status < _ERROR_STATUS
        now = self.clock.now()
        name = self.operation_of(request)
        self.calls.append(Call(name, request_id, now, reply.status, applied, write))
        self._search.refresh()
        return Reply(reply.status, {**reply.headers, "X-Request-Id": request_id}, reply.body)

    def _answer(self, request: Request) -> Reply:
        if request.path == tokens.PATH and request.method == "POST":
            return self.tokens.grant(request)
        match = _GRAPHQL.fullmatch(request.path)
        if match is None or request.method != "POST":
            return html_reply("<h1>Not Found</h1>", 404)
        scopes = self.tokens.scopes_of(request.headers.get("x-shopify-access-token", ""))
        if scopes is None:
            realm = {"WWW-Authenticate": 'Basic Realm="Shopify API Authentication"'}
            return json_reply({"errors": tokens.WRONG_TOKEN}, 401, realm)
        asked = _asked(request.body)
        if asked is None:
            return json_reply({"errors": {"query": "Required parameter missing or invalid"}}, 400)
        version = self._version(match["version"])
        body = self._run(asked, version, scopes, request)
        return json_reply(body, headers={"X-Shopify-API-Version": version})

    def _run(self, asked: _Asked, version: str, scopes: frozenset[str], request: Request) -> dict[str, Any]:
        debug = request.headers.get("shopify-search-query-debug") == "1"
        strict = version >= REQUIRED_SINCE
        context = Context(self.world, scopes, debug, strict, {}, {}, [])
        return self._executor.run(read(asked.query), asked.operation, asked.variables, context)

    def _version(self, wanted: str) -> str:
        known = wanted if wanted in SUPPORTED_VERSIONS else SUPPORTED_VERSIONS[0]
        return self.switches.answers_version or known


@lru_cache(maxsize=64)
def _asked(content: bytes) -> _Asked | None:
    """Each body is looked into several times: by faults, by the log of calls, and to carry it out."""
    try:
        body = json.loads(content)
    except ValueError:
        return None
    if not isinstance(body, dict) or not isinstance(body.get("query"), str):
        return None
    given = body.get("variables") or {}
    return _Asked(body["query"], given, body.get("operationName")) if isinstance(given, dict) else None
