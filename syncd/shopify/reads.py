"""What is read from a shop: orders, locations, the shop itself."""

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TypeVar

from syncd.errors import AnswerUnreadable, MissingScope
from syncd.model import mark
from syncd.model.match import OrderHit
from syncd.model.orders import (
    Assignment,
    Books,
    Claim,
    Fulfillment,
    Location,
    Order,
    OrderLine,
    Refund,
    Return,
    Selection,
)
from syncd.shopify import operations, wire
from syncd.shopify.client import ShopifyClient
from syncd.shopify.operations import Operation
from syncd.shopify.reader import Node, OrderTooLarge

T = TypeVar("T", Refund, Return)
_EVERYTHING = Selection()
_PAGE = 50
_TRIES = 3
_FEW_LINES = 3
"""Lines of a refund or a further return that are asked for at first: each place costs, also an empty one."""
_MOST_LINES, _MOST_RETURNED, _MOST_WAREHOUSES = 250, 20, 3
"""What is asked for where that was too little: lines of refunds, of returns, and warehouses of a return."""


@dataclass(frozen=True, slots=True)
class Shop:
    """The store itself, and what our app may do there."""

    id: str
    name: str
    domain: str
    time_zone: str
    currency: str
    scopes: tuple[str, ...]


class _Changed(Exception):
    """The order was changed between two of the answers that make it up."""


async def find_orders(
    client: ShopifyClient, query: str, *, page: int = _PAGE, metafield: str = ""
) -> tuple[OrderHit, ...]:
    """Every order that Shopify's search brings back for `query`; compare exactly before one is believed.

    They come with the metafield of that name (`namespace.key`), if one is named.

    Raises:
        SearchNotUnderstood: Shopify left out a part of the search.
    """
    operation, variables = operations.FIND_ORDERS, {"query": query, "first": page}
    if metafield:
        namespace, _, key = metafield.partition(".")
        operation = operations.FIND_ORDERS_BY_METAFIELD
        variables |= {"namespace": namespace, "key": key}
    found = _pages(client, operation, variables, lambda root: root.node("orders"))
    return tuple([wire.order_hit(node, metafield=bool(metafield)) async for node in found])


async def read_order(
    client: ShopifyClient, order_id: str, claim_key: str, selection: Selection = _EVERYTHING
) -> Order | None:
    """The order as selected, with the claim under that key; None where Shopify shows no such order.

    The parts are read one after another, and again from the start when the order was changed meanwhile.

    Raises:
        OrderTooLarge: It has more refunds, transactions or lines on a return than we read.
        AnswerUnreadable: An answer makes no sense, or the order never stood still.
    """
    wanted = {"id": order_id, "claim": claim_key, **asdict(selection)}
    for _ in range(_TRIES):
        head = Node.of(await client.query(operations.READ_ORDER, wanted)).maybe_node("order")
        if head is None:
            return None
        try:
            return await _OrderParts(client, order_id, head, selection).order()
        except _Changed:
            continue
    raise AnswerUnreadable(
        "the order was changed each time while it was read",
        api="shopify",
        operation=operations.READ_ORDER.name,
    )


async def find_books(client: ShopifyClient, changed_from: datetime) -> tuple[str, ...]:
    """The ids of all orders with money refunded that were changed since then, as far as the search knows."""
    since = changed_from.astimezone(UTC).isoformat(timespec="seconds")
    query = f"updated_at:>='{since}' AND (financial_status:refunded OR financial_status:partially_refunded)"
    found = _pages(client, operations.FIND_BOOKS, {"query": query}, lambda root: root.node("orders"))
    return tuple([node.text("id") async for node in found])


async def read_books(client: ShopifyClient, order_ids: Sequence[str]) -> Mapping[str, Books]:
    """The refunds, returns and claims of these orders by order id, in one request; without orders not there.

    An order with more of something than one request reads is read again by itself, whole.

    Raises:
        OrderTooLarge: One has more even than that.
    """
    root = Node.of(await client.query(operations.READ_BOOKS, {"ids": list(order_ids)}))
    nodes = dict(zip(order_ids, root.maybe_nodes("nodes", len(order_ids)), strict=True))
    found = {order_id: await _books(client, order_id, node) for order_id, node in nodes.items() if node}
    return {order_id: books for order_id, books in found.items() if books}


async def _books(client: ShopifyClient, order_id: str, node: Node) -> Books | None:
    try:
        return wire.books(node)
    except OrderTooLarge:
        order = await read_order(client, order_id, mark.claim_key(""))
        claims = await read_claims(client, order_id)
    return Books(order_id, order.name, order.refunds, order.returns, claims) if order else None


async def read_claims(client: ShopifyClient, order_id: str) -> Mapping[str, Claim]:
    """The claims on an order by case id; nothing where there is no such order.

    Raises:
        OrderTooLarge: It has more claims than we read.
    """
    order = Node.of(await client.query(operations.READ_CLAIMS, {"id": order_id})).maybe_node("order")
    return wire.claims(order) if order else {}


async def read_makers(client: ShopifyClient, order_id: str) -> tuple[tuple[datetime, str], ...]:
    """Which apps did something to an order lately, and when; nothing where that may not be read."""
    try:
        root = Node.of(await client.query(operations.READ_EVENTS, {"id": order_id}))
    except MissingScope:
        return ()
    order = root.maybe_node("order")
    events = order.node("events").nodes("nodes") if order else ()
    told = ((event.moment("createdAt"), event.maybe_text("appTitle") or "") for event in events)
    return tuple((at, app) for at, app in told if app)


async def read_assignments(client: ShopifyClient, order_id: str) -> tuple[Assignment, ...]:
    """Where the units of an order that are still to be shipped wait; nothing where there is no such order."""
    variables = {"id": order_id}
    found = _pages(
        client,
        operations.READ_ASSIGNMENTS,
        variables,
        lambda root: order.node("fulfillmentOrders") if (order := root.maybe_node("order")) else None,
    )
    return tuple([each async for node in found for each in wire.assignments(node)])


async def read_locations(client: ShopifyClient) -> tuple[Location, ...]:
    """Every location of the shop, also inactive ones and those of fulfillment services."""
    found = _pages(client, operations.READ_LOCATIONS, {}, lambda root: root.node("locations"))
    return tuple([wire.location(node) async for node in found])


async def read_return_reasons(client: ShopifyClient, handles: Collection[str]) -> Mapping[str, str]:
    """The ids of return reason definitions by handle; what the shop does not have any more is left out."""
    root = Node.of(await client.query(operations.READ_RETURN_REASONS, {"handles": list(handles)}))
    found = [node for node in root.whole("returnReasonDefinitions") if not node.flag("deleted")]
    return {node.text("handle"): node.text("id") for node in found if node.text("handle") in handles}


async def read_shop(client: ShopifyClient) -> Shop:
    """The shop and the scopes that our app holds in it."""
    root = Node.of(await client.query(operations.READ_SHOP, {}))
    shop = root.node("shop")
    scopes = root.node("currentAppInstallation").nodes("accessScopes")
    return Shop(
        id=shop.text("id"),
        name=shop.text("name"),
        domain=shop.text("myshopifyDomain"),
        time_zone=shop.text("ianaTimezone"),
        currency=shop.text("currencyCode"),
        scopes=tuple(scope.text("handle") for scope in scopes),
    )


class _OrderParts:
    """Makes one order out of its first answer and of further ones where its lists are longer."""

    def __init__(self, client: ShopifyClient, order_id: str, head: Node, selection: Selection) -> None:
        self._client = client
        self._id = order_id
        self._head = head
        self._selection = selection
        self._version = head.text("updatedAt")
        self._currency = head.text("presentmentCurrencyCode")

    async def order(self) -> Order:
        head, currency = self._head, self._currency
        transactions = head.nodes("transactions", wire.PLAIN_LIMIT)
        return Order(
            id=head.text("id"),
            name=head.text("name"),
            currency=currency,
            created_at=head.moment("createdAt"),
            archived=head.flag("closed"),
            changed_at=head.moment("updatedAt"),
            cancelled=head.maybe_moment("cancelledAt") is not None,
            cancel_note=wire.cancel_note(head) if self._selection.cancelling else "",
            net_payment=head.money("netPaymentSet", currency),
            shipping_left=wire.shipping_left(head, currency),
            lines=await self._lines(),
            shipments=await self._shipments(),
            transactions=tuple(wire.transaction(node, currency) for node in transactions),
            refunds=await self._refunds(),
            returns=await self._returns(),
            claim=wire.claim(head),
        )

    async def _lines(self) -> tuple[OrderLine, ...]:
        connection = self._head.node("lineItems")
        nodes = list(connection.nodes("nodes"))
        while (after := _next(connection)) is not None:
            order = await self._more(operations.READ_ORDER_LINES, after=after)
            connection = _moved_on(order.node("lineItems"), after)
            nodes += connection.nodes("nodes")
        return tuple(wire.order_line(node, self._currency) for node in nodes)

    async def _shipments(self) -> tuple[Fulfillment, ...] | None:
        """Whoever has a return to decide about needs them, also where none was expected."""
        if self._selection.shipped:
            try:
                return wire.fulfillments(self._head.nodes("fulfillments", wire.PLAIN_LIMIT))
            except OrderTooLarge:
                pass
        elif not self._head.node("returns").nodes("nodes"):
            return None
        order = await self._more(operations.READ_FULFILLMENTS)
        return wire.fulfillments(order.nodes("fulfillments", wire.PLAIN_LIMIT))

    async def _refunds(self) -> tuple[Refund, ...]:
        first = self._head.nodes("refunds")
        if not first:
            return ()
        try:
            return await self._all_refunds(first, _FEW_LINES)
        except OrderTooLarge:
            return await self._all_refunds(first, _MOST_LINES)

    async def _all_refunds(self, first: tuple[Node, ...], lines: int) -> tuple[Refund, ...]:
        order = await self._more(operations.READ_REFUNDS, lines=lines)
        nodes = order.nodes("refunds", wire.PLAIN_LIMIT)
        return _with(first, tuple(wire.refund(node, self._currency) for node in nodes), order, "refunds")

    async def _returns(self) -> tuple[Return, ...]:
        page = self._head.node("returns")
        if not page.nodes("nodes"):
            return ()
        try:
            found = await self._returns_after(page, lines=_FEW_LINES, warehouses=1)
        except OrderTooLarge:
            found = await self._returns_from(None, lines=_MOST_RETURNED, warehouses=_MOST_WAREHOUSES)
        return _with(page.nodes("nodes"), found, self._head, "returns")

    async def _returns_after(self, page: Node, **most: int) -> tuple[Return, ...]:
        """All of them; the first came with the order where one was expected."""
        if not self._selection.shown:
            return await self._returns_from(None, **most)
        parcels = self._selection.parcels
        first = tuple(wire.order_return(node, parcels=parcels) for node in page.nodes("nodes"))
        after = _next(page)
        return first if after is None else (*first, *await self._returns_from(after, **most))

    async def _returns_from(self, after: str | None, **most: int) -> tuple[Return, ...]:
        found: list[Return] = []
        while True:
            order = await self._more(operations.READ_RETURNS, after=after, **most)
            connection = _moved_on(order.node("returns"), after)
            found += [wire.order_return(node) for node in connection.nodes("nodes")]
            after = _next(connection)
            if after is None:
                return tuple(found)

    async def _more(self, operation: Operation, **variables: str | int | None) -> Node:
        root = Node.of(await self._client.query(operation, {"id": self._id, **variables}))
        order = root.maybe_node("order")
        if order is None or order.text("updatedAt") != self._version:
            raise _Changed
        return order


def _with(first: tuple[Node, ...], found: tuple[T, ...], order: Node, key: str) -> tuple[T, ...]:
    """The same list, if it holds what the order itself has told of it: else it proves nothing."""
    if {node.text("id") for node in first} <= {one.id for one in found}:
        return found
    raise order.unreadable(key)


async def _pages(
    client: ShopifyClient,
    operation: Operation,
    variables: Mapping[str, object],
    find: Callable[[Node], Node | None],
) -> AsyncIterator[Node]:
    """The nodes of a connection, page after page."""
    after: str | None = None
    while True:
        connection = find(Node.of(await client.query(operation, {**variables, "after": after})))
        if connection is None:
            return
        for node in _moved_on(connection, after).nodes("nodes"):
            yield node
        after = _next(connection)
        if after is None:
            return


def _next(connection: Node) -> str | None:
    """Where the next page begins; None at the end."""
    info = connection.node("pageInfo")
    return info.text("endCursor") if info.flag("hasNextPage") else None


def _moved_on(connection: Node, after: str | None) -> Node:
    """The same connection, once it is sure that it does not send us in a circle."""
    if after is not None and _next(connection) == after:
        raise connection.unreadable("pageInfo.endCursor")
    return connection
