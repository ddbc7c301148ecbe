"""Many orders' refunds, returns and claims in one request."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from syncd.errors import SearchNotUnderstood
from syncd.model.money import Money
from syncd.sandbox.clock import HandClock
from syncd.sandbox.server import LoopbackServer
from syncd.sandbox.shopify import OrderLine, ShopifyStandIn
from syncd.sandbox.shopify.order import Order
from syncd.shopify.client import ShopifyClient, body
from syncd.shopify.operations import SET_CLAIM
from syncd.shopify.reads import find_books, read_books, read_order
from tests.loopback import served

if TYPE_CHECKING:
    from tests.shopify.conftest import ClientMaker

NOTE = "TikTok Shop return 4035318504086604100 (syncd)"


@pytest.fixture
def store(clock: HandClock) -> ShopifyStandIn:
    return ShopifyStandIn(clock)


@pytest.fixture
async def server(store: ShopifyStandIn) -> AsyncIterator[LoopbackServer]:
    async with served(store) as server:
        yield server


@pytest.fixture
def client(make_client: "ClientMaker") -> ShopifyClient:
    return make_client(client_id="client-id", client_secret="client-secret")


def sold(store: ShopifyStandIn, *amounts: int) -> Order:
    """An order of 90 with refunds of these amounts."""
    order = store.add_order([OrderLine("MUG", 3, 3000)])
    for amount in amounts:
        store.foreign_refund(order, amount=amount, note=NOTE)
    return order


async def claim(client: ShopifyClient, order: Order, case_id: str) -> None:
    field = {"ownerId": order.id, "namespace": "syncd", "key": f"case_{case_id}", "type": "json"}
    fields = [{**field, "value": '{"instance":"i"}', "compareDigest": None}]
    answer = await client.send(SET_CLAIM, body(SET_CLAIM, {"metafields": fields}))
    assert answer.user_errors == ()


async def test_the_books_say_what_the_order_says(store: ShopifyStandIn, client: ShopifyClient) -> None:
    """The same refunds, without their lines, and the same returns, with their marks."""
    order = sold(store, 500, 700)
    store.foreign_return(order, MUG=1)
    await claim(client, order, "1")

    books = (await read_books(client, [order.id]))[order.id]
    whole = await read_order(client, order.id, "case_1")

    assert whole
    assert [(one.id, one.moved, one.note, one.processed_at) for one in books.refunds] == [
        (one.id, one.moved, one.note, one.processed_at) for one in whole.refunds
    ]
    assert [(one.id, one.state, one.name) for one in books.returns] == [
        (one.id, one.state, one.name) for one in whole.returns
    ]
    assert books.claims == {"1": whole.claim}


async def test_an_order_that_is_not_there_is_left_out(store: ShopifyStandIn, client: ShopifyClient) -> None:
    """The others come all the same."""
    order = sold(store, 500)

    books = await read_books(client, ["gid://shopify/Order/404", order.id])

    assert list(books) == [order.id]


@pytest.mark.parametrize("returns", [6, 7])
async def test_no_list_is_cut_off(store: ShopifyStandIn, client: ShopifyClient, returns: int) -> None:
    """An order with more returns than fit is read by itself, since a part of them proves nothing."""
    order = store.add_order([OrderLine("MUG", returns, 3000)])
    for _ in range(returns):
        store.foreign_return(order, MUG=1)
    await claim(client, order, "1")

    books = (await read_books(client, [order.id]))[order.id]

    assert (len(books.returns), list(books.claims)) == (returns, ["1"])


async def test_no_claim_is_cut_off(store: ShopifyStandIn, client: ShopifyClient) -> None:
    """Nor where an order has the claims of many cases."""
    order = sold(store, 500)
    for number in range(1, 12):
        await claim(client, order, str(number))

    books = (await read_books(client, [order.id]))[order.id]

    assert len(books.claims) == 11
    assert [one.moved for one in books.refunds] == [Money(500, "USD")]


async def test_only_changed_orders_with_refunds_are_found(
    store: ShopifyStandIn, client: ShopifyClient, clock: HandClock
) -> None:
    """Neither those that were refunded before, nor those that were only changed."""
    sold(store, 500)
    clock.advance(60)
    since = clock.now()
    part, whole = sold(store, 700), sold(store, 9000)
    sold(store)

    assert set(await find_books(client, since)) == {part.id, whole.id}
    assert await find_books(client, since + timedelta(minutes=1)) == ()


async def test_a_search_that_is_not_understood_finds_nothing(
    store: ShopifyStandIn, client: ShopifyClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shopify would leave out the part, and bring back every order."""
    monkeypatch.setattr("syncd.sandbox.shopify.search.TIMES", ())
    monkeypatch.setattr("syncd.sandbox.shopify.search._SIMULATED", frozenset({"financial_status"}))
    sold(store, 500)

    with pytest.raises(SearchNotUnderstood):
        await find_books(client, store.clock.now())
