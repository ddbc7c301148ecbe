"""Reading from the stand-in shop, over real HTTP."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from syncd.errors import AnswerUnreadable, MissingScope, SearchNotUnderstood
from syncd.model.money import Money
from syncd.model.orders import (
    Assignment,
    Claim,
    Disposition,
    FulfillmentLine,
    Location,
    OrderLine,
    RefundLine,
    ReturnState,
    Selection,
    TransactionKind,
)
from syncd.sandbox.clock import HandClock
from syncd.sandbox.faults import Fault, FaultKind
from syncd.sandbox.http import json_reply
from syncd.sandbox.server import LoopbackServer
from syncd.sandbox.shopify import OrderLine as Ordered
from syncd.sandbox.shopify import ShopifyStandIn
from syncd.sandbox.shopify.order import Order as MadeOrder
from syncd.shopify.client import ShopifyClient, body
from syncd.shopify.operations import (
    ADD_TRACKING,
    CANCEL_ORDER,
    CLOSE_ORDER,
    CREATE_REFUND,
    CREATE_RETURN,
    DISPOSE_RETURN,
    PROCESS_RETURN,
    SET_CLAIM,
    Operation,
)
from syncd.shopify.reader import OrderTooLarge
from syncd.shopify.reads import (
    find_orders,
    read_assignments,
    read_locations,
    read_order,
    read_return_reasons,
    read_shop,
)
from tests.loopback import served

if TYPE_CHECKING:
    from tests.shopify.conftest import ClientMaker

KEY = "case_4035318504086604100"
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


async def write(client: ShopifyClient, operation: Operation, **variables: Any) -> Any:
    """Carry out a mutation that must succeed; its payload."""
    answer = await client.send(operation, body(operation, variables))
    assert answer.user_errors == ()
    return next(iter(answer.data.values()))


async def refund(client: ShopifyClient, order: MadeOrder, amount: str, *units: dict[str, Any]) -> str:
    """Refund an amount with our note, and units of its lines; the refund's id."""
    payment = {
        "orderId": order.id,
        "parentId": order.sales()[0].id,
        "kind": "REFUND",
        "gateway": "x",
        "amount": amount,
    }
    refunded = {
        "orderId": order.id,
        "currency": order.presentment_currency_code,
        "note": NOTE,
        "notify": False,
        "refundLineItems": list(units),
        "transactions": [payment],
    }
    payload = await write(client, CREATE_REFUND, input=refunded, key="4b7c7b52-0000-5000-8000-000000000001")
    return str(payload["refund"]["id"])


async def make_return(client: ShopifyClient, *fulfillment_lines: tuple[str, int], order_id: str) -> str:
    """Open a return of these units; its id."""
    lines = [
        {
            "fulfillmentLineItemId": line,
            "quantity": quantity,
            "returnReasonDefinitionId": "gid://shopify/ReturnReasonDefinition/1",
            "returnReasonNote": NOTE,
        }
        for line, quantity in fulfillment_lines
    ]
    payload = await write(client, CREATE_RETURN, input={"orderId": order_id, "returnLineItems": lines})
    return str(payload["return"]["id"])


async def test_an_order(client: ShopifyClient, store: ShopifyStandIn, clock: HandClock) -> None:
    """Everything that decisions need comes back, in one request for an ordinary order."""
    made = store.add_order(
        [
            Ordered("SHIRT", 2, 1500, discount=200, title="Shirt", attributes={"tiktok_line": "77"}),
            Ordered("GIFT", 1, 500, fulfilled=0, title="Card", gift_card=True, custom=True),
        ],
        shipping=450,
        tiktok_order_id="577012345678901234",
    )
    order = await read_order(client, made.id, KEY)
    assert order is not None
    shirt, gift = made.line_items
    assert order.lines == (
        OrderLine(shirt.id, "SHIRT", "Shirt", 2, 2, 0, Money(1400, "USD"), attributes={"tiktok_line": "77"}),
        OrderLine(gift.id, "GIFT", "Card", 1, 1, 1, Money(500, "USD"), gift_card=True, custom=True),
    )
    assert (order.id, order.name, order.currency, order.created_at) == (
        made.id,
        made.name,
        "USD",
        clock.now(),
    )
    assert (order.archived, order.claim) == (False, None)
    assert (order.net_payment, order.shipping_left) == (Money(3750, "USD"), Money(450, "USD"))
    assert (order.refunds, order.returns) == ((), ())
    assert [call.operation for call in store.calls] == ["token", "order"]


@pytest.mark.parametrize("note", ["TikTok Shop cancellation 77 (syncd)", None])
async def test_a_cancelled_order(
    client: ShopifyClient, store: ShopifyStandIn, clock: HandClock, note: str | None
) -> None:
    """What was written when it was cancelled tells whose work it was."""
    made = store.add_order([Ordered("SHIRT", 1, 1500, fulfilled=0)])
    before = await read_order(client, made.id, KEY)
    await write(client, CANCEL_ORDER, id=made.id, restock=False, note=note or "")
    clock.advance(60)
    order = await read_order(client, made.id, KEY)
    assert before is not None
    assert order is not None
    assert (before.cancelled, before.cancel_note) == (False, "")
    assert (order.cancelled, order.cancel_note, order.lines[0].unfulfilled) == (True, note or "", 0)


async def test_payments_and_shipments(client: ShopifyClient, store: ShopifyStandIn) -> None:
    """Transactions and fulfillments come with their ids, places and units."""
    service = store.add_location("3PL", fulfillment_service=True)
    made = store.add_order([Ordered("A", 2), Ordered("B", 1, location=service)], gateway="TikTok Payments")
    order = await read_order(client, made.id, KEY)
    assert order is not None
    (sale,) = order.transactions
    assert (sale.kind, sale.status, sale.gateway, sale.manual, sale.amount, sale.parent_id) == (
        TransactionKind.SALE,
        "SUCCESS",
        "TikTok Payments",
        True,
        Money(3000, "USD"),
        None,
    )
    places = [each.location for each in order.fulfillments]
    assert places == [
        Location(store.warehouse.id, "Warehouse", active=True, fulfillment_service=False),
        Location(service.id, "3PL", active=True, fulfillment_service=True),
    ]
    shipped = made.fulfillments[0].fulfillment_line_items[0]
    assert order.fulfillments[0].lines == (FulfillmentLine(shipped.id, made.line_items[0].id, 2),)


async def test_an_order_that_is_not_there(client: ShopifyClient) -> None:
    """Shopify shows no such order: None, and no error."""
    assert await read_order(client, "gid://shopify/Order/404", KEY) is None


async def test_amounts_are_the_buyers_currency(client: ShopifyClient, store: ShopifyStandIn) -> None:
    """An order in another currency than the shop's is read in the buyer's."""
    store.set_rate("JPY", Decimal("0.0065"))
    made = store.add_order([Ordered("A", 1, 1200)], currency="JPY")
    order = await read_order(client, made.id, KEY)
    assert order is not None
    assert (order.currency, order.net_payment, order.lines[0].unit_price) == (
        "JPY",
        Money(1200, "JPY"),
        Money(1200, "JPY"),
    )


async def test_refunds(client: ShopifyClient, store: ShopifyStandIn, clock: HandClock) -> None:
    """A refund of ours and a foreign one come back with note, money and units."""
    made = store.add_order([Ordered("A", 3)], shipping=500)
    clock.advance(10)
    unit = {"lineItemId": made.line_items[0].id, "quantity": 1}
    ours = await refund(
        client, made, "10.00", {**unit, "restockType": "RETURN", "locationId": store.warehouse.id}
    )
    foreign = store.foreign_refund(made, amount=250, note="goodwill")
    order = await read_order(client, made.id, KEY)
    assert order is not None
    first, second = order.refunds
    assert (first.id, first.note, first.moved, first.pending, first.created_at, first.return_id) == (
        ours,
        NOTE,
        Money(1000, "USD"),
        False,
        clock.now(),
        None,
    )
    assert first.lines == (
        RefundLine(made.line_items[0].id, 1, "RETURN", restocked=True, location_id=store.warehouse.id),
    )
    assert (second.id, second.note, second.moved, second.lines) == (
        foreign.id,
        "goodwill",
        Money(250, "USD"),
        (),
    )
    assert (order.net_payment, order.lines[0].refundable) == (Money(2250, "USD"), 2)
    assert order.transactions[1].parent_id == order.transactions[0].id


async def test_returns(client: ShopifyClient, store: ShopifyStandIn) -> None:
    """Returns come with their lines, what was processed, the refund, and what became of the units."""
    made = store.add_order([Ordered("A", 3)])
    (shipped,) = made.fulfillments[0].fulfillment_line_items
    first = await make_return(client, (shipped.id, 1), order_id=made.id)
    second = await make_return(client, (shipped.id, 2), order_id=made.id)
    opened = await read_order(client, made.id, KEY)
    assert opened is not None
    line, reverse = opened.returns[0].lines[0], opened.returns[0].reverse_lines[0]
    payment = {
        "parentId": made.sales()[0].id,
        "transactionAmount": {"amount": "10.00", "currencyCode": "USD"},
    }
    processed = {
        "returnId": first,
        "returnLineItems": [{"id": line.id, "quantity": 1}],
        "financialTransfer": {"issueRefund": {"orderTransactions": [payment]}},
    }
    await write(client, PROCESS_RETURN, input=processed, units=1)
    disposition = {
        "reverseFulfillmentOrderLineItemId": reverse.id,
        "quantity": 1,
        "dispositionType": "RESTOCKED",
        "locationId": store.warehouse.id,
    }
    await write(client, DISPOSE_RETURN, dispositions=[disposition])
    order = await read_order(client, made.id, KEY)
    assert order is not None
    assert [each.id for each in order.returns] == [first, second]
    after = order.returns[0]
    assert (after.lines[0].fulfillment_line_id, after.lines[0].line_id, after.lines[0].quantity) == (
        shipped.id,
        made.line_items[0].id,
        1,
    )
    assert (line.processed, after.lines[0].processed, after.lines[0].note) == (0, 1, NOTE)
    assert (reverse.undisposed, reverse.fulfillment_line_id, opened.returns[1].state) == (
        1,
        shipped.id,
        ReturnState.OPEN,
    )
    assert after.reverse_lines[0].dispositions == (Disposition("RESTOCKED", 1, store.warehouse.id),)
    assert [(each.return_id, each.moved) for each in order.refunds] == [(first, Money(1000, "USD"))]


async def test_the_parcels_of_a_return(client: ShopifyClient, store: ShopifyStandIn) -> None:
    """One text for each: its number, empty where there is none; and the reverse order to announce more on."""
    made = store.add_order([Ordered("A")])
    (shipped,) = made.fulfillments[0].fulfillment_line_items
    await make_return(client, (shipped.id, 1), order_id=made.id)
    reverse_order = made.returns[0].reverse_fulfillment_orders[0].id
    for tracking in ({"number": "94001"}, {"url": "https://example.com/1"}):
        await write(client, ADD_TRACKING, reverseOrder=reverse_order, tracking=tracking)

    order = await read_order(client, made.id, KEY)

    assert order is not None
    [found] = order.returns
    assert ((reverse_order,), ("94001", "")) == (found.reverse_order_ids, found.tracking)


async def test_a_large_order_is_read_whole(client: ShopifyClient, store: ShopifyStandIn) -> None:
    """250 lines in one shipment: all of them, in order, with their units."""
    made = store.add_order([Ordered(f"SKU-{number}") for number in range(250)])
    order = await read_order(client, made.id, KEY)
    assert order is not None
    assert [line.sku for line in order.lines] == [f"SKU-{number}" for number in range(250)]
    assert [line.line_id for line in order.fulfillments[0].lines] == [line.id for line in order.lines]


SELECTIONS = [
    Selection(lines, shipped, shown, returned, parcels, cancelling)
    for lines in (1, 3, 50)
    for returned in (1, 20)
    for shipped, shown, parcels, cancelling in product((False, True), repeat=4)
]


@pytest.mark.parametrize("returns", [0, 1, 2])
async def test_every_selection_reads_the_same_order(
    client: ShopifyClient, store: ShopifyStandIn, returns: int
) -> None:
    """Larger or smaller pages, in one answer or in several: only what was left out is missing."""
    made = store.add_order([Ordered("A", 2), Ordered("B", 2), Ordered("C", 2), Ordered("D", 2, fulfilled=0)])
    units = [(line.id, 1) for line in made.fulfillments[0].fulfillment_line_items]
    for number in range(returns):
        await make_return(client, *units[number:], order_id=made.id)
        reverse_order = made.returns[number].reverse_fulfillment_orders[0].id
        await write(client, ADD_TRACKING, reverseOrder=reverse_order, tracking={"number": f"9400{number}"})
    store.foreign_refund(made, amount=100, units={"D": 1})
    whole = await read_order(client, made.id, KEY)
    assert whole is not None
    assert (len(whole.lines), len(whole.returns)) == (4, returns)

    for selection in SELECTIONS:
        order = await read_order(client, made.id, KEY, selection)
        assert order is not None
        left_out = selection.shown and not selection.parcels
        assert [one.tracking for one in order.returns[1:]] == [one.tracking for one in whole.returns[1:]]
        assert all(one.tracking == () or not left_out for one in order.returns[:1]) or selection.returned == 1
        read = replace(order, returns=tuple(replace(one, tracking=()) for one in order.returns))
        wanted = replace(whole, returns=tuple(replace(one, tracking=()) for one in whole.returns))
        if not (selection.shipped or returns):
            wanted = replace(wanted, shipments=None)
        assert read == wanted, selection


async def test_a_return_that_was_expected_comes_with_its_order(
    client: ShopifyClient, store: ShopifyStandIn, server: LoopbackServer
) -> None:
    """One request reads both; where the return has more lines than expected, a second one."""
    made = store.add_order([Ordered("A"), Ordered("B")])
    shipped = [(line.id, 1) for line in made.fulfillments[0].fulfillment_line_items]
    await make_return(client, *shipped, order_id=made.id)
    seen: list[str] = []
    server.front.faults.before.append(lambda operation, _request: seen.append(operation))
    for returned, requests in ((1, 2), (3, 1)):
        seen.clear()
        order = await read_order(client, made.id, KEY, Selection(3, shown=True, returned=returned))
        assert order is not None
        assert (len(order.returns[0].lines), len(seen)) == (2, requests)


@pytest.mark.parametrize("count", [5, 6, 255, 256])
async def test_pages_meet_without_gap(client: ShopifyClient, store: ShopifyStandIn, count: int) -> None:
    """Around the page sizes no line is lost and none comes twice."""
    made = store.add_order([Ordered(f"SKU-{number}", fulfilled=0) for number in range(count)])
    order = await read_order(client, made.id, KEY)
    assert order is not None
    assert [line.id for line in order.lines] == [line.id for line in made.line_items]


async def test_more_than_we_read_is_an_error(client: ShopifyClient, store: ShopifyStandIn) -> None:
    """51 refunds are not taken for 50."""
    made = store.add_order([Ordered("A", 1, 100_000)])
    for _ in range(51):
        store.foreign_refund(made, amount=1)
    with pytest.raises(OrderTooLarge, match="transactions"):
        await read_order(client, made.id, KEY)


@pytest.mark.parametrize("count", [1, 3, 4, 20])
async def test_returns_and_refunds_are_read_whole_at_any_size(
    client: ShopifyClient, store: ShopifyStandIn, count: int
) -> None:
    """Few lines are asked for at first; where there are more, all of them."""
    made = store.add_order([Ordered(f"SKU-{number}", 2) for number in range(count)])
    shipped = [(line.id, 1) for line in made.fulfillments[0].fulfillment_line_items]
    await make_return(client, *shipped, order_id=made.id)
    store.foreign_refund(made, amount=1, units={f"SKU-{number}": 1 for number in range(count)})
    order = await read_order(client, made.id, KEY)
    assert order is not None
    [return_], [refund] = order.returns, order.refunds
    assert [line.line_id for line in return_.lines] == [line.id for line in order.lines]
    assert len(return_.reverse_lines) == len(refund.lines) == count


async def test_a_return_of_too_many_lines_is_an_error(client: ShopifyClient, store: ShopifyStandIn) -> None:
    """A return with 21 lines is not taken for one with 20."""
    made = store.add_order([Ordered(f"SKU-{number}") for number in range(21)])
    shipped = [(line.id, 1) for line in made.fulfillments[0].fulfillment_line_items]
    await make_return(client, *shipped, order_id=made.id)
    with pytest.raises(OrderTooLarge, match="returnLineItems"):
        await read_order(client, made.id, KEY)


def disturb(
    server: LoopbackServer, store: ShopifyStandIn, order: MadeOrder, clock: HandClock, *places: int
) -> None:
    """Change the order right before the requests in these places, counted from 1."""
    seen: list[str] = []

    def before(operation: str, _request: object) -> None:
        seen.append(operation)
        if seen.count("order") in places and operation == "order":
            clock.advance(1)
            store.world.changed(order)

    server.front.faults.before.append(before)


async def test_an_order_that_changes_meanwhile_is_read_again(
    client: ShopifyClient, store: ShopifyStandIn, server: LoopbackServer, clock: HandClock
) -> None:
    """Parts of two states are never put together: the reading starts over."""
    made = store.add_order([Ordered(f"SKU-{number}") for number in range(11)])
    disturb(server, store, made, clock, 2)
    order = await read_order(client, made.id, KEY)
    assert order is not None
    assert (len(order.lines), [call.operation for call in store.calls].count("order")) == (11, 5)


async def test_an_order_that_never_stands_still(
    client: ShopifyClient, store: ShopifyStandIn, server: LoopbackServer, clock: HandClock
) -> None:
    """After three tries nothing is concluded."""
    made = store.add_order([Ordered(f"SKU-{number}", fulfilled=0) for number in range(11)])
    disturb(server, store, made, clock, 2, 4, 6)
    with pytest.raises(AnswerUnreadable, match="changed each time"):
        await read_order(client, made.id, KEY)


async def test_the_claim(client: ShopifyClient, store: ShopifyStandIn) -> None:
    """A claim is created once, comes back with its digest, and a stale digest changes nothing."""
    made = store.add_order([Ordered("A")])
    field = {
        "ownerId": made.id,
        "namespace": "syncd",
        "key": KEY,
        "type": "json",
        "value": json.dumps({"by": 1}),
    }
    await write(client, SET_CLAIM, metafields=[{**field, "compareDigest": None}])
    second = await client.send(SET_CLAIM, body(SET_CLAIM, {"metafields": [{**field, "compareDigest": None}]}))
    order = await read_order(client, made.id, KEY)
    other = await read_order(client, made.id, "case_1")
    assert order is not None
    assert other is not None
    assert (order.claim, other.claim) == (
        Claim('{"by": 1}', made.metafields[0].compare_digest),
        None,
    )
    assert [error.code for error in second.user_errors] == ["STALE_OBJECT"]


async def test_an_archived_order(client: ShopifyClient, store: ShopifyStandIn) -> None:
    """Archiving shows on the order."""
    made = store.add_order([Ordered("A")])
    await write(client, CLOSE_ORDER, input={"id": made.id})
    order = await read_order(client, made.id, KEY)
    assert order is not None
    assert order.archived


async def test_find_orders_reads_every_page(
    client: ShopifyClient, store: ShopifyStandIn, clock: HandClock
) -> None:
    """All hits come back, also behind the first page, with what an exact comparison needs."""
    made = [store.add_order([Ordered("A")], tiktok_order_id=f"57701234567890123{n}") for n in range(7)]
    query = " OR ".join(f"tag:'TikTokOrderID:57701234567890123{number}'" for number in range(7))
    hits = await find_orders(client, query, page=3)
    assert sorted(hit.id for hit in hits) == sorted(order.id for order in made)
    assert {hit.tags for hit in hits} == {(order.tags[0],) for order in made}
    assert {(hit.source_identifier, hit.created_at) for hit in hits} == {("", clock.now())}


async def test_find_orders_reads_every_text_that_may_carry_an_id(
    client: ShopifyClient, store: ShopifyStandIn
) -> None:
    """Note and additional details always, the metafield where one is named."""
    store.world.filterable_metafields.add("custom.id")
    fields = {"custom.id": "577", "custom.other": "578"}
    store.add_order([Ordered("A")], note="n", custom_attributes={"a": "1", "b": ""}, metafields=fields)
    store.add_order([Ordered("A")])
    with_field, without = await find_orders(client, "sku:A", metafield="custom.id")
    (plain,) = await find_orders(client, "metafields.custom.id:'577'")
    assert (with_field.note, with_field.attributes, with_field.metafield) == ("n", ("1", ""), "577")
    assert (without.note, without.attributes, without.metafield) == ("", (), "")
    assert (plain.note, plain.attributes, plain.metafield) == ("n", ("1", ""), "")


async def test_a_search_with_an_unknown_field_is_not_believed(
    client: ShopifyClient, store: ShopifyStandIn
) -> None:
    """Shopify leaves out what it does not understand and returns everything: that is no answer."""
    store.add_order([Ordered("A")])
    with pytest.raises(SearchNotUnderstood, match="search"):
        await find_orders(client, "tiktok_id:'577012345678901234'")
    with pytest.raises(SearchNotUnderstood, match=r"metafields\.custom\.id"):
        await find_orders(client, "metafields.custom.id:'577'", metafield="custom.id")


async def test_assignments(client: ShopifyClient, store: ShopifyStandIn) -> None:
    """Only units that are still to be shipped are assigned, each with its place."""
    other = store.add_location("Outlet")
    made = store.add_order(
        [Ordered("A", 3, fulfilled=1), Ordered("B", 2), Ordered("C", 2, fulfilled=0, location=other)]
    )
    found = await read_assignments(client, made.id)
    assert found == (
        Assignment(made.line_items[0].id, 2, Location(store.warehouse.id, "Warehouse", True, False)),
        Assignment(made.line_items[2].id, 2, Location(other.id, "Outlet", True, False)),
    )


async def test_assignments_of_no_order(client: ShopifyClient) -> None:
    """No order, no assignments."""
    assert await read_assignments(client, "gid://shopify/Order/404") == ()


async def test_locations(client: ShopifyClient, store: ShopifyStandIn) -> None:
    """Every location is listed, so that a wrong choice can be explained."""
    for number in range(60):
        store.add_location(f"L{number}", active=number % 2 == 0, fulfillment_service=number == 4)
    found = await read_locations(client)
    assert len(found) == 61
    assert {place.name for place in found if not place.usable} == {"L4"} | {f"L{n}" for n in range(1, 60, 2)}


async def test_shop(client: ShopifyClient, store: ShopifyStandIn) -> None:
    """The shop tells its zone and currency, and the app's scopes."""
    shop = await read_shop(client)
    assert (shop.domain, shop.time_zone, shop.currency, set(shop.scopes)) == (
        "acme.myshopify.com",
        "America/New_York",
        "USD",
        set(store.tokens.scopes),
    )
    assert client.tokens.scopes is not None
    assert set(client.tokens.scopes) == set(shop.scopes)


async def test_return_reasons(client: ShopifyClient, store: ShopifyStandIn) -> None:
    """Reasons are found by handle; an unknown one is left out, and so is one that Shopify gave up."""
    store.world.reasons[0].deleted = True
    found = await read_return_reasons(client, ["unknown", "other-reason", "too-small", "made-up"])
    assert found == {
        "other-reason": "gid://shopify/ReturnReasonDefinition/5",
        "too-small": "gid://shopify/ReturnReasonDefinition/7",
    }


@pytest.mark.parametrize("scope", ["read_returns", "read_locations", "read_fulfillments", "read_products"])
async def test_a_missing_scope_makes_no_partial_order(
    client: ShopifyClient, store: ShopifyStandIn, scope: str
) -> None:
    """An order of which a part may not be read is not read at all, and the scope is named."""
    store.tokens.scopes -= {scope, scope.replace("read", "write")}
    made = store.add_order([Ordered("A")])
    with pytest.raises(MissingScope) as caught:
        await read_order(client, made.id, KEY)
    assert scope in caught.value.scope


async def test_revoked_tokens_are_renewed(client: ShopifyClient, store: ShopifyStandIn) -> None:
    """A token that Shopify forgot is replaced while reading, unnoticed."""
    made = store.add_order([Ordered("A")])
    await read_order(client, made.id, KEY)
    store.tokens.revoke_all()
    order = await read_order(client, made.id, KEY)
    assert order is not None
    assert [call.operation for call in store.calls] == ["token", "order", "order", "token", "order"]


async def test_a_small_bucket_is_never_overdrawn(
    client: ShopifyClient, store: ShopifyStandIn, clock: HandClock
) -> None:
    """With points for two reads at a time, ten of them wait and none is throttled."""
    store.switches.bucket_size, store.switches.restore_rate = 100.0, 10.0
    made = store.add_order([Ordered("A")])
    await asyncio.gather(*[read_order(client, made.id, KEY) for _ in range(10)])
    assert len(store.calls) == 11
    assert clock.monotonic() > 5


async def test_a_circle_of_cursors_is_noticed(client: ShopifyClient, server: LoopbackServer) -> None:
    """A page that points to itself ends the reading with an error instead of never."""
    place = {"id": "L1", "name": "L", "isActive": True, "isFulfillmentService": False}
    page = {"nodes": [place], "pageInfo": {"hasNextPage": True, "endCursor": "again"}}
    reply = json_reply({"data": {"locations": page}})
    server.front.faults.add(Fault(FaultKind.REPLY, "locations", times=3, reply=reply))
    with pytest.raises(AnswerUnreadable, match="endCursor"):
        await read_locations(client)
