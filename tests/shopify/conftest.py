"""A clock that only waits on paper, a shop that says what the test wants, and clients for both."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import httpx
import pytest

from syncd.http import build_http
from syncd.model.tokens import StoredToken
from syncd.sandbox.http import Call, Reply, Request, html_reply, json_reply
from syncd.sandbox.server import LoopbackServer
from syncd.shopify.client import CallRecord, ShopifyClient
from syncd.shopify.settings import ShopifySettings
from syncd.shopify.throttle import Throttle
from syncd.shopify.tokens import Tokens

START = datetime(2026, 11, 23, 12, tzinfo=UTC)


class PaperClock:
    """Time passes only in `sleep`, and all at once."""

    def __init__(self) -> None:
        self.elapsed = 0.0
        self.sleeps: list[float] = []

    def now(self) -> datetime:
        return START + timedelta(seconds=self.elapsed)

    def monotonic(self) -> float:
        return self.elapsed

    async def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.elapsed += seconds
        await asyncio.sleep(0)


class TokenDict:
    """A table of tokens in memory."""

    def __init__(self) -> None:
        self.tokens: dict[str, StoredToken] = {}

    def get(self, key: str) -> StoredToken | None:
        return self.tokens.get(key)

    def put(self, key: str, token: StoredToken) -> None:
        self.tokens[key] = token


class ScriptedShop:
    """Answers with `replies`, one after another, and keeps the requests."""

    def __init__(self, clock: PaperClock) -> None:
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
def clock() -> PaperClock:
    return PaperClock()


@pytest.fixture
def table() -> TokenDict:
    return TokenDict()


@pytest.fixture
def shop(clock: PaperClock) -> ScriptedShop:
    return ScriptedShop(clock)


@pytest.fixture
async def server(shop: ScriptedShop) -> AsyncIterator[LoopbackServer]:
    loopback = LoopbackServer(shop)
    await loopback.start()
    yield loopback
    await loopback.stop()


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with build_http() as client:
        yield client


@pytest.fixture
def records() -> list[CallRecord]:
    return []


ClientMaker = Callable[..., ShopifyClient]


@pytest.fixture
def make_client(
    http: httpx.AsyncClient,
    server: LoopbackServer,
    clock: PaperClock,
    table: TokenDict,
    records: list[CallRecord],
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
            random=Random(1),  # noqa: S311 - it only spreads the waiting
            on_call=records.append,
        )

    return make


@pytest.fixture
def client(make_client: ClientMaker) -> ShopifyClient:
    return make_client()
