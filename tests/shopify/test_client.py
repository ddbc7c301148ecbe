"""The client over real HTTP: what it sends, when it sends again, and when it does not."""

import asyncio
import json
import logging
from typing import TYPE_CHECKING, Any

import pytest

from syncd.calls import Call
from syncd.errors import (
    ApiError,
    CredentialsRefused,
    NotReached,
    OutcomeUnknown,
    RateLimited,
    RequestRefused,
    SearchNotUnderstood,
    ShopStopped,
)
from syncd.sandbox.clock import HandClock
from syncd.sandbox.faults import Fault, FaultKind, When
from syncd.sandbox.server import LoopbackServer
from syncd.shopify.client import ShopifyClient, body
from syncd.shopify.operations import CLOSE_RETURN, CREATE_REFUND, FIND_ORDERS, READ_ORDER, READ_SHOP

if TYPE_CHECKING:
    from tests.shopify.conftest import ClientMaker

QUERY = {"id": "gid://shopify/Order/1", "claim": "case_1"}
REFUND = {"refundCreate": {"refund": {"id": "gid://shopify/Refund/1"}, "userErrors": []}}
BUCKET = {"maximumAvailable": 2000.0, "currentlyAvailable": 1990, "restoreRate": 100.0}
COST = {"requestedQueryCost": 38, "actualQueryCost": 12, "throttleStatus": BUCKET}
THROTTLED = [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}]


def refund_bytes() -> bytes:
    return body(CREATE_REFUND, {"input": {"orderId": "gid://shopify/Order/1"}, "key": "k"})


def test_the_bytes_keep_the_order_of_the_variables() -> None:
    """The same variables give the same bytes, and their order is the caller's."""
    one = body(CLOSE_RETURN, {"b": 1, "a": "ü"})
    assert (one.endswith('"variables":{"b":1,"a":"ü"}}'.encode()), json.loads(one)["operationName"]) == (
        True,
        "CloseReturn",
    )


async def test_what_is_sent(client: ShopifyClient, shop: Any) -> None:
    """One POST of exactly those bytes to the version's address, with the token."""
    shop.answers(REFUND)
    await client.send(CREATE_REFUND, refund_bytes())
    request = shop.requests[0]
    assert (request.method, request.path, request.body) == (
        "POST",
        "/admin/api/2026-10/graphql.json",
        refund_bytes(),
    )
    assert (request.headers["x-shopify-access-token"], request.headers["content-type"]) == (
        "shpat_static",
        "application/json",
    )


async def test_only_searches_ask_for_warnings(client: ShopifyClient, shop: Any) -> None:
    """The debug header goes with order searches and with nothing else."""
    shop.answers({"orders": {}})
    shop.answers({"shop": {}})
    await client.query(FIND_ORDERS, {"query": "tag:'x'", "first": 5})
    await client.query(READ_SHOP, {})
    asked = [request.headers.get("shopify-search-query-debug") for request in shop.requests]
    assert asked == ["1", None]


async def test_a_search_that_was_not_understood(client: ShopifyClient, shop: Any) -> None:
    """A warning makes the whole answer worthless, and asking again would not help."""
    search = [{"warnings": [{"field": "tagg", "message": "Invalid search field for this query."}]}]
    shop.answers({"orders": {"nodes": [{"id": "1"}]}}, extensions={"search": search})
    with pytest.raises(SearchNotUnderstood, match="tagg: Invalid search field"):
        await client.query(FIND_ORDERS, {"query": "tagg:x", "first": 5})
    assert len(shop.requests) == 1


async def test_each_exchange_is_reported(client: ShopifyClient, shop: Any, records: list[Call]) -> None:
    """A listener learns of every exchange: also of the one that failed."""
    shop.says(502)
    shop.answers({"shop": {}}, extensions={"cost": COST})
    await client.query(READ_SHOP, {})
    told = [(one.operation, one.status, one.request_id, one.outcome) for one in records]
    assert told == [("ReadShop", 502, "", "NotReached"), ("ReadShop", 200, "req-2", "ok")]
    assert [one.cost.actual if one.cost else None for one in records] == [None, 12.0]


@pytest.mark.parametrize("kind", [FaultKind.RESET, FaultKind.CLOSE, FaultKind.TRUNCATE, FaultKind.STATUS_503])
@pytest.mark.parametrize("when", [When.BEFORE, When.AFTER])
async def test_a_query_is_sent_again(
    client: ShopifyClient, shop: Any, server: LoopbackServer, kind: FaultKind, when: When
) -> None:
    """After a fault on the way a query is simply asked once more."""
    server.front.faults.add(Fault(kind, when=when))
    shop.answers({"shop": {"id": 1}})
    shop.answers({"shop": {"id": 1}})
    answer = await client.query(READ_SHOP, {})
    assert answer.data == {"shop": {"id": 1}}


@pytest.mark.parametrize(
    "kind",
    [
        FaultKind.RESET,
        FaultKind.CLOSE,
        FaultKind.TRUNCATE,
        FaultKind.STATUS_500,
        FaultKind.STATUS_502,
        FaultKind.STATUS_503,
        FaultKind.HTML_200,
        FaultKind.GARBAGE_JSON,
    ],
)
async def test_a_mutation_is_not(
    client: ShopifyClient, shop: Any, server: LoopbackServer, kind: FaultKind
) -> None:
    """A mutation whose answer is lost is sent once, and its outcome is unknown."""
    server.front.faults.add(Fault(kind, when=When.AFTER))
    shop.answers(REFUND)
    with pytest.raises(OutcomeUnknown):
        await client.send(CREATE_REFUND, refund_bytes())
    assert shop.operations == ["CreateRefund"]


@pytest.mark.parametrize(
    ("operation", "kind"),
    [(CREATE_REFUND, OutcomeUnknown), (READ_SHOP, NotReached)],
    ids=lambda each: str(each)[:20],
)
async def test_a_slow_answer(
    make_client: "ClientMaker", shop: Any, server: LoopbackServer, operation: Any, kind: type[ApiError]
) -> None:
    """An answer that drips past the timeout is an unknown outcome of a mutation, and no answer to a query."""
    server.front.faults.add(Fault(FaultKind.DRIP, when=When.AFTER, seconds=8.0, times=9))
    for _ in range(4):
        shop.answers(REFUND)
    with pytest.raises(kind):
        await make_client(timeout=0.2).send(operation, body(operation, {}))


async def test_no_connection_surely_sent_nothing(make_client: "ClientMaker", server: LoopbackServer) -> None:
    """Where nobody listens nothing ran, also for a mutation, and it is tried a few times."""
    client = make_client()
    await server.stop()
    with pytest.raises(NotReached):
        await client.send(CREATE_REFUND, refund_bytes())


async def test_queries_give_up(client: ShopifyClient, shop: Any, clock: HandClock) -> None:
    """Four attempts with growing pauses, then the error."""
    for _ in range(4):
        shop.says(502)
    with pytest.raises(NotReached):
        await client.query(READ_SHOP, {})
    assert [int(pause * 2) / 2 for pause in clock.pauses] == [0.5, 1.0, 2.0]


async def test_a_throttled_mutation_is_sent_again(client: ShopifyClient, shop: Any, clock: HandClock) -> None:
    """THROTTLED ran nothing: the same bytes go again once the bucket holds enough."""
    empty = {**COST, "throttleStatus": {**BUCKET, "currentlyAvailable": 0, "restoreRate": 10.0}}
    shop.answers(errors=THROTTLED, extensions={"cost": empty})
    shop.answers(REFUND)
    await client.send(CREATE_REFUND, refund_bytes())
    assert [request.body for request in shop.requests] == [refund_bytes()] * 2
    assert 4.0 <= clock.monotonic() <= 4.5


async def test_retry_after_is_waited_for(client: ShopifyClient, shop: Any, clock: HandClock) -> None:
    """429 says how long, and the pause is at least that."""
    shop.says(429, Retry_After="3")
    shop.answers(REFUND)
    await client.send(CREATE_REFUND, refund_bytes())
    assert 3.0 <= clock.monotonic() <= 3.5


async def test_a_long_pause_is_left_to_the_caller(client: ShopifyClient, shop: Any, clock: HandClock) -> None:
    """Nobody's lease may run out in a pause that the caller did not choose."""
    error = {"field": None, "message": "Too many attempts. Please try again later."}
    shop.answers({"refundCreate": {"refund": None, "userErrors": [error]}})
    with pytest.raises(RateLimited):
        await client.send(CREATE_REFUND, refund_bytes())
    assert (len(shop.requests), clock.monotonic()) == (1, 0.0)


async def test_before_runs_right_before_each_sending(client: ShopifyClient, shop: Any) -> None:
    """The last check comes after the waiting, for each attempt."""
    shop.says(429)
    shop.answers(REFUND)
    seen: list[int] = []
    await client.send(CREATE_REFUND, refund_bytes(), before=lambda: seen.append(len(shop.requests)))
    assert seen == [0, 1]


async def test_before_can_prevent_the_sending(client: ShopifyClient, shop: Any, records: list[Call]) -> None:
    """When the last check fails, nothing is sent and nothing is reported."""

    def lost() -> None:
        raise RuntimeError("the lease is over")

    with pytest.raises(RuntimeError, match="lease"):
        await client.send(CREATE_REFUND, refund_bytes(), before=lost)
    assert (shop.requests, records) == ([], [])


async def test_a_refused_token_is_renewed_once(make_client: "ClientMaker", shop: Any) -> None:
    """401 ran nothing: one new grant, and the same bytes again."""
    shop.grants("shpat_1")
    shop.says(401)
    shop.grants("shpat_2")
    shop.answers(REFUND)
    await make_client(client_id="c", client_secret="s").send(CREATE_REFUND, refund_bytes())
    tokens = [request.headers.get("x-shopify-access-token") for request in shop.requests]
    assert tokens == [None, "shpat_1", None, "shpat_2"]


async def test_a_token_that_stays_refused(make_client: "ClientMaker", shop: Any) -> None:
    """When the new token is refused too, that is the end."""
    shop.grants("shpat_1")
    shop.says(401)
    shop.grants("shpat_2")
    shop.says(401)
    with pytest.raises(CredentialsRefused):
        await make_client(client_id="c", client_secret="s").query(READ_SHOP, {})
    assert shop.operations == ["token", "ReadShop", "token", "ReadShop"]


async def test_a_refused_static_token(client: ShopifyClient, shop: Any) -> None:
    """A static token cannot be renewed, so one refusal is enough."""
    shop.says(401)
    with pytest.raises(CredentialsRefused):
        await client.query(READ_SHOP, {})
    assert len(shop.requests) == 1


async def test_another_version_stops_queries_and_later_mutations(client: ShopifyClient, shop: Any) -> None:
    """After an answer in another version no mutation leaves, until a query is answered well."""
    shop.answers({"shop": {}}, version="2026-01")
    with pytest.raises(ShopStopped, match="2026-01"):
        await client.query(READ_SHOP, {})
    with pytest.raises(ShopStopped, match="2026-01"):
        await client.send(CREATE_REFUND, refund_bytes())
    shop.answers({"shop": {}})
    shop.answers(REFUND)
    await client.query(READ_SHOP, {})
    await client.send(CREATE_REFUND, refund_bytes())
    assert shop.operations == ["ReadShop", "ReadShop", "CreateRefund"]


async def test_a_refund_made_in_another_version_is_known(client: ShopifyClient, shop: Any) -> None:
    """What a mutation says it did counts in any version; only the next one is stopped."""
    shop.answers(REFUND, version="2026-01")
    answer = await client.send(CREATE_REFUND, refund_bytes())
    with pytest.raises(ShopStopped):
        await client.send(CREATE_REFUND, refund_bytes())
    assert (answer.data, len(shop.requests)) == (REFUND, 1)


async def test_a_mutation_refused_by_another_version(client: ShopifyClient, shop: Any) -> None:
    """An error that another version gives is blamed on the version, and nothing ran."""
    errors = [{"message": "Field is not defined", "extensions": {"code": "undefinedField"}}]
    shop.answers(errors=errors, version="2026-01")
    with pytest.raises(ShopStopped) as caught:
        await client.send(CREATE_REFUND, refund_bytes())
    assert isinstance(caught.value.__cause__, RequestRefused)


async def test_doubt_stays_doubt_in_another_version(client: ShopifyClient, shop: Any) -> None:
    """A version cannot make an unknown outcome known."""
    shop.answers({"refundCreate": None}, version="2026-01")
    with pytest.raises(OutcomeUnknown):
        await client.send(CREATE_REFUND, refund_bytes())


async def test_a_missing_version_is_fine(client: ShopifyClient, shop: Any) -> None:
    """Nobody promises the header, so its absence stops nothing."""
    shop.answers({"shop": {}}, version="")
    shop.answers(REFUND, version="")
    await client.query(READ_SHOP, {})
    answer = await client.send(CREATE_REFUND, refund_bytes())
    assert answer.data == REFUND


async def test_a_frozen_shop_is_left_alone(client: ShopifyClient, shop: Any) -> None:
    """After 402 no further mutation is sent."""
    shop.says(402)
    for _ in range(2):
        with pytest.raises(ShopStopped, match="frozen"):
            await client.send(CREATE_REFUND, refund_bytes())
    assert len(shop.requests) == 1


async def test_cancellation_passes_through(client: ShopifyClient, shop: Any, server: LoopbackServer) -> None:
    """A cancelled sender is cancelled, and no error of ours takes its place."""
    server.latency = 30.0
    shop.answers(REFUND)
    arrived = asyncio.Event()
    server.front.faults.before.append(lambda *_: arrived.set())
    task = asyncio.create_task(client.send(CREATE_REFUND, refund_bytes()))
    await arrived.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize("status", [400, 401, 403, 429, 500])
async def test_no_secret_leaks(
    make_client: "ClientMaker",
    shop: Any,
    caplog: pytest.LogCaptureFixture,
    status: int,
    records: list[Call],
) -> None:
    """Tokens show in no error, record, representation or log line, also where Shopify echoes them."""
    caplog.set_level(logging.DEBUG)
    client = make_client(access_token="shpat_canary")
    for _ in range(4):
        shop.says(status, "shpat_canary")
    with pytest.raises(ApiError) as caught:
        await client.query(READ_ORDER, QUERY)
    told = f"{caught.value!r} {caught.value} {caught.value.hint} {client!r} {client.settings!r} {records!r}"
    assert "shpat_canary" not in told + caplog.text
