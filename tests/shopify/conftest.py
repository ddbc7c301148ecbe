"""A shop that says what the test wants, and clients for it."""

import json
from collections import deque
from collections.abc import AsyncIterator, Callable
from random import Random
from typing import Any

import httpx
import pytest

from syncd import calls
from syncd.sandbox.clock import HandClock
from syncd.sandbox.http import Call, Reply, Request, html_reply, json_reply
from syncd.sandbox.server import LoopbackServer
from syncd.shopify.client import ShopifyClient
from syncd.shopify.settings import ShopifySettings
from syncd.shopify.throttle import Throttle
from syncd.shopify.tokens import Tokens
from tests.loopback import served
from tests.memory import TokenTable


class ScriptedShop:
    """Answers with `replies`, one after another, and keeps the requests."""

    def __init__(self, clock: HandClock) -> None:
        self.clock = clock
        self.calls: list[Call] = []
        self.requests: list[Request] = []
        self.replies: deque[Reply] = deque()

    def operation_of(self, request: Request) -> str:
        return (
            "token"
            if request.path.endswith("access_token")
            else str(json.loads(request.body)["operationName"])
        )

    def handle(self, request: Request) -> Reply:
        self.requests.append(request)
        return self.replies.popleft()

    def answers(self, data: object = None, *, version: str = "2026-10", **more: object) -> None:
        """Answer in the way of the GraphQL endpoint; without data the key is absent."""
        content = more if data is None else {"data": data, **more}
        headers = {"X-Request-Id": f"req-{len(self.replies) + 1}"}
        if version:
            headers["X-Shopify-API-Version"] = version
        self.replies.append(json_reply(content, headers=headers))

    def grants(self, access: str = "shpat_granted", seconds: int = 86_399) -> None:
        """Answer with a token."""
        grant = {"access_token": access, "scope": "read_orders,write_orders", "expires_in": seconds}
        self.replies.append(json_reply(grant))

    def says(self, status: int, text: str = "", **headers: str) -> None:
        """Answer with an HTML page."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.replies.append(html_reply(text, status, named))

    @property
    def operations(self) -> list[str]:
        """What was asked for, in order."""
        return [self.operation_of(request) for request in self.requests]

    def variables(self, place: int = -1) -> dict[str, Any]:
        """The variables of one request."""
        found: dict[str, Any] = json.loads(self.requests[place].body)["variables"]
        return found


@pytest.fixture
def table() -> TokenTable:
    return TokenTable()


@pytest.fixture
def shop(clock: HandClock) -> ScriptedShop:
    return ScriptedShop(clock)


@pytest.fixture
async def server(shop: ScriptedShop) -> AsyncIterator[LoopbackServer]:
    async with served(shop) as server:
        yield server


@pytest.fixture
def records() -> list[calls.Call]:
    return []


ClientMaker = Callable[..., ShopifyClient]


@pytest.fixture
def make_client(
    http: httpx.AsyncClient,
    server: LoopbackServer,
    clock: HandClock,
    table: TokenTable,
    records: list[calls.Call],
) -> ClientMaker:
    """Make a client for the scripted shop; keywords go into its settings."""

    def make(**settings: Any) -> ShopifyClient:
        if "client_id" not in settings:
            settings.setdefault("access_token", "shpat_static")
        known = ShopifySettings(domain="acme.myshopify.com", api_base=server.url, **settings)
        return ShopifyClient(
            http,
            known,
            Tokens(http, known, table, clock),
            Throttle(clock),
            clock,
            random=Random(1),
            on_call=records.append,
        )

    return make


@pytest.fixture
def client(make_client: ClientMaker) -> ShopifyClient:
    return make_client()
