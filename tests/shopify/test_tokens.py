"""Access tokens: granted, kept, renewed in time, and refused in plain words."""

import asyncio
import hashlib
from datetime import timedelta
from typing import Any

import httpx
import pytest

from syncd.errors import AnswerUnreadable, CredentialsRefused, NotReached
from syncd.model.tokens import StoredToken
from syncd.sandbox.clock import HandClock
from syncd.sandbox.faults import Fault, FaultKind
from syncd.sandbox.http import Reply
from syncd.sandbox.server import LoopbackServer
from syncd.shopify.settings import ShopifySettings
from syncd.shopify.tokens import Tokens
from tests.memory import TokenTable

KEY = "shopify acme.myshopify.com client-1"
SEED = hashlib.sha256(b"canary-secret").hexdigest()


@pytest.fixture
def settings(server: LoopbackServer) -> ShopifySettings:
    return ShopifySettings(
        "acme.myshopify.com", server.url, client_id="client-1", client_secret="canary-secret", timeout=5.0
    )


@pytest.fixture
def tokens(http: httpx.AsyncClient, settings: ShopifySettings, table: TokenTable, clock: HandClock) -> Tokens:
    return Tokens(http, settings, table, clock)


def stored(clock: HandClock, access: str, seconds: float, seed: str = SEED) -> StoredToken:
    return StoredToken(access, clock.now() + timedelta(seconds=seconds), None, None, ("read_orders",), seed)


async def test_asks_for_a_grant_with_a_form(tokens: Tokens, shop: Any) -> None:
    """The grant is a form post with id and secret."""
    shop.grants("shpat_1")
    access = await tokens.access()
    request = shop.requests[0]
    assert (access, request.path, request.headers["content-type"], request.body) == (
        "shpat_1",
        "/admin/oauth/access_token",
        "application/x-www-form-urlencoded",
        b"grant_type=client_credentials&client_id=client-1&client_secret=canary-secret",
    )


async def test_keeps_token_and_scopes(tokens: Tokens, shop: Any, table: TokenTable, clock: HandClock) -> None:
    """The granted token is stored with its scopes and its end."""
    shop.grants("shpat_1")
    await tokens.access()
    expected = StoredToken(
        "shpat_1",
        clock.now() + timedelta(seconds=86_399),
        None,
        None,
        ("read_orders", "write_orders"),
        SEED,
    )
    assert (table.rows, tokens.scopes) == ({KEY: expected}, expected.scopes)


async def test_a_stored_token_is_used(tokens: Tokens, table: TokenTable, clock: HandClock, shop: Any) -> None:
    """A fresh start with a good stored token asks for nothing."""
    table.put(KEY, stored(clock, "shpat_old", 3600))
    assert (await tokens.access(), tokens.scopes, shop.requests) == ("shpat_old", ("read_orders",), [])


@pytest.mark.parametrize("kept", [(299, SEED), (3600, "another")])
async def test_a_stored_token_that_is_not_used(
    tokens: Tokens, table: TokenTable, clock: HandClock, shop: Any, kept: tuple[float, str]
) -> None:
    """A token near its end, or of another secret, is replaced by a new grant."""
    table.put(KEY, stored(clock, "shpat_old", *kept))
    shop.grants("shpat_new")
    assert await tokens.access() == "shpat_new"


async def test_is_renewed_before_it_expires(tokens: Tokens, shop: Any, clock: HandClock) -> None:
    """Five minutes before the end a new grant is asked for, and not earlier."""
    shop.grants("shpat_1", seconds=1000)
    shop.grants("shpat_2")
    first = await tokens.access()
    clock.advance(699)
    second = await tokens.access()
    clock.advance(1)
    assert (first, second, await tokens.access()) == ("shpat_1", "shpat_1", "shpat_2")


async def test_many_tasks_ask_once(tokens: Tokens, shop: Any) -> None:
    """Tasks that need a token at once share one grant."""
    shop.grants("shpat_1")
    got = await asyncio.gather(*[tokens.access() for _ in range(8)])
    assert (set(got), len(shop.requests)) == ({"shpat_1"}, 1)


async def test_many_tasks_replace_once(tokens: Tokens, shop: Any) -> None:
    """Tasks whose one token was refused share one new grant."""
    shop.grants("shpat_1")
    shop.grants("shpat_2")
    refused = await tokens.access()
    got = await asyncio.gather(*[tokens.replace(refused) for _ in range(8)])
    assert (set(got), len(shop.requests)) == ({"shpat_2"}, 2)


async def test_a_looking_process_stores_nothing(
    http: httpx.AsyncClient, settings: ShopifySettings, table: TokenTable, clock: HandClock, shop: Any
) -> None:
    """With may_refresh off a grant is still had, and not kept."""
    shop.grants("shpat_1")
    access = await Tokens(http, settings, table, clock, may_refresh=False).access()
    assert (access, table.rows) == ("shpat_1", {})


async def test_a_static_token_needs_no_grant(
    http: httpx.AsyncClient, settings: ShopifySettings, table: TokenTable, clock: HandClock, shop: Any
) -> None:
    """A configured access token is used as it is, and cannot be renewed."""
    static = ShopifySettings(settings.domain, settings.api_base, access_token="shpat_static")
    tokens = Tokens(http, static, table, clock)
    assert (await tokens.access(), tokens.renewable, tokens.scopes, shop.requests) == (
        "shpat_static",
        False,
        None,
        [],
    )


@pytest.mark.parametrize(
    ("code", "what", "words"),
    [
        ("shop_not_permitted", "the app and the shop belong to different organisations", "Dev Dashboard"),
        ("app_not_installed", "the app is not installed on the shop", "Install"),
        ("invalid_client", "client_secret is not the one of the app", "client_secret"),
        ("invalid_request", "Shopify grants no token", "client_secret"),
    ],
)
async def test_refusals_are_told_in_plain_words(
    tokens: Tokens, shop: Any, code: str, what: str, words: str
) -> None:
    """The code in Shopify's HTML page becomes the error's code, with what to do about it."""
    shop.says(400, f"<p>Oauth error {code}: something is wrong</p>")
    with pytest.raises(CredentialsRefused) as caught:
        await tokens.access()
    assert (caught.value.code, caught.value.what, len(shop.requests)) == (code, what, 1)
    assert words in caught.value.hint


async def test_an_app_that_was_just_made_is_waited_for(tokens: Tokens, shop: Any, clock: HandClock) -> None:
    """Shopify does not find a new app for some seconds: three tries, five seconds apart."""
    shop.says(400, "Oauth error application_cannot_be_found: x")
    shop.says(400, "Oauth error application_cannot_be_found: x")
    shop.grants("shpat_1")
    assert (await tokens.access(), clock.pauses) == ("shpat_1", [5.0, 5.0])


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, CredentialsRefused),
        (401, CredentialsRefused),
        (404, CredentialsRefused),
        (502, NotReached),
        (429, NotReached),
    ],
)
async def test_pages_without_a_code(tokens: Tokens, shop: Any, status: int, kind: type[Exception]) -> None:
    """Without a code the HTTP status decides."""
    shop.says(status, "Not Found")
    with pytest.raises(kind):
        await tokens.access()


@pytest.mark.parametrize("body", [b"{", b"[]", b"{}", b'{"access_token":"","scope":"","expires_in":1}'])
async def test_an_unreadable_grant(tokens: Tokens, shop: Any, body: bytes) -> None:
    """A grant that lacks anything is not used."""
    shop.replies.append(Reply(200, {"Content-Type": "application/json"}, body))
    with pytest.raises(AnswerUnreadable):
        await tokens.access()


async def test_no_connection(tokens: Tokens, server: LoopbackServer, shop: Any) -> None:
    """A grant whose answer is lost was not reached: asking again harms nobody."""
    server.front.faults.add(Fault(FaultKind.RESET))
    with pytest.raises(NotReached):
        await tokens.access()
    assert shop.requests == []


async def test_no_secret_in_errors_and_reprs(tokens: Tokens, shop: Any, settings: ShopifySettings) -> None:
    """Neither the secret nor the token shows in an error or in a representation."""
    shop.says(400, "Oauth error invalid_client: x")
    with pytest.raises(CredentialsRefused) as caught:
        await tokens.access()
    told = f"{caught.value!r} {caught.value} {caught.value.hint} {settings!r} {tokens!r}"
    assert "canary-secret" not in told


async def test_a_doubted_token_is_replaced_at_the_next_use(tokens: Tokens, shop: Any) -> None:
    """A scope that was granted since shows only in a new token; one new grant is enough."""
    shop.grants("shpat_1")
    shop.grants("shpat_2")
    first = await tokens.access()
    tokens.doubt()

    assert ("shpat_1", "shpat_2", "shpat_2") == (first, await tokens.access(), await tokens.access())


async def test_what_a_stored_token_may_do_is_known_before_it_is_used(
    tokens: Tokens, table: TokenTable, clock: HandClock, shop: Any
) -> None:
    """So that it can be doubted first, and the first request goes out with another one."""
    table.put(KEY, stored(clock, "shpat_old", 3600))
    shop.grants("shpat_new")
    known = tokens.scopes
    tokens.doubt()

    assert (("read_orders",), "shpat_new") == (known, await tokens.access())
