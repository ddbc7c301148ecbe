"""A stand-in TikTok Shop behind real HTTP, and a client that talks to it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from syncd.http import build_http
from syncd.model.tokens import StoredToken
from syncd.sandbox.faults import Faults
from syncd.sandbox.server import LoopbackServer
from syncd.sandbox.tiktok import TikTokStandIn
from syncd.tiktok.client import TikTokClient
from syncd.tiktok.settings import TikTokSettings
from syncd.tiktok.tokens import TikTokTokens


class HandClock:
    """A clock that moves when told, and by the pauses that are asked of it."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 1, 12, tzinfo=UTC)
        self.pauses: list[float] = []

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return (self.at - datetime(2026, 1, 1, tzinfo=UTC)).total_seconds()

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.at += timedelta(seconds=seconds)

    def pass_by(self, **span: float) -> None:
        self.at += timedelta(**span)


@dataclass
class Tokens:
    """A token table in memory that remembers what was put, in order."""

    rows: dict[str, StoredToken] = field(default_factory=dict)
    history: list[StoredToken] = field(default_factory=list)
    full: bool = False

    def get(self, key: str) -> StoredToken | None:
        return self.rows.get(key)

    def put(self, key: str, token: StoredToken) -> None:
        if self.full:
            raise OSError("disk full")
        self.rows[key] = token
        self.history.append(token)


@dataclass
class Notes:
    """A memory in memory."""

    rows: dict[str, str] = field(default_factory=dict)

    def get(self, key: str) -> str | None:
        return self.rows.get(key)

    def put(self, key: str, text: str) -> None:
        self.rows[key] = text


class Shop:
    """Everything around one client."""

    def __init__(self, server: LoopbackServer, stand_in: TikTokStandIn, http: httpx.AsyncClient) -> None:
        assert isinstance(stand_in.clock, HandClock)
        self.clock = stand_in.clock
        self.stand_in = stand_in
        self.faults: Faults = server.front.faults
        self.http = http
        self.table = Tokens()
        self.memory = Notes()
        self.settings = TikTokSettings(
            shop="us",
            app_key=stand_in.app_key,
            app_secret=stand_in.app_secret,
            refresh_token=stand_in.login.refresh_token,
            shop_cipher=stand_in.shop.cipher,
            api_base=server.url,
            auth_base=server.url,
            timeout=5,
        )

    def configure(self, **changes: str | float) -> None:
        self.settings = replace(self.settings, **changes)  # type: ignore[arg-type] # names and types go together

    def tokens(self, *, may_refresh: bool = True) -> TikTokTokens:
        return TikTokTokens(
            self.http,
            self.settings,
            self.table,
            self.memory,
            self.clock,
            may_refresh=may_refresh,
            jitter=lambda: 0.5,
        )

    def client(self) -> TikTokClient:
        return TikTokClient(
            self.http, self.settings, self.tokens(), self.memory, self.clock, jitter=lambda: 0.5
        )

    def asked(self) -> list[str]:
        """The operations that were asked of the stand-in, in order."""
        return [call.operation for call in self.stand_in.calls]


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def stand_in(clock: HandClock) -> TikTokStandIn:
    return TikTokStandIn(clock)


@pytest.fixture
async def shop(stand_in: TikTokStandIn) -> AsyncIterator[Shop]:
    server = LoopbackServer(stand_in)
    await server.start()
    async with build_http() as http:
        yield Shop(server, stand_in, http)
    await server.stop()
