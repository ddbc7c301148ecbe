"""A stand-in TikTok Shop behind real HTTP, and a client that talks to it."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from syncd.calls import Call
from syncd.sandbox.clock import HandClock
from syncd.sandbox.faults import Faults
from syncd.sandbox.server import LoopbackServer
from syncd.sandbox.tiktok import TikTokStandIn
from syncd.tiktok.client import TikTokClient
from syncd.tiktok.settings import TikTokSettings
from syncd.tiktok.tokens import TikTokTokens
from tests.loopback import served
from tests.memory import Notes, TokenTable


class Shop:
    """Everything around one client."""

    def __init__(
        self, server: LoopbackServer, stand_in: TikTokStandIn, clock: HandClock, http: httpx.AsyncClient
    ) -> None:
        self.clock = clock
        self.stand_in = stand_in
        self.faults: Faults = server.front.faults
        self.http = http
        self.table = TokenTable()
        self.memory = Notes()
        self.told: list[Call] = []
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
            on_call=self.told.append,
        )

    def client(self) -> TikTokClient:
        return TikTokClient(
            self.http,
            self.settings,
            self.tokens(),
            self.memory,
            self.clock,
            jitter=lambda: 0.5,
            on_call=self.told.append,
        )

    def asked(self) -> list[str]:
        """The operations that were asked of the stand-in, in order."""
        return [call.operation for call in self.stand_in.calls]


@pytest.fixture
def stand_in(clock: HandClock) -> TikTokStandIn:
    return TikTokStandIn(clock)


@pytest.fixture
async def shop(stand_in: TikTokStandIn, clock: HandClock, http: httpx.AsyncClient) -> AsyncIterator[Shop]:
    async with served(stand_in) as server:
        yield Shop(server, stand_in, clock, http)
