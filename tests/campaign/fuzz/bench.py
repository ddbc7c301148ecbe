"""The real clients over a line of our own, new for every call, with a clock that does not wait for ever."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random

import httpx

from syncd.http import build_http
from syncd.model.tokens import StoredToken
from syncd.sandbox.clock import HandClock
from syncd.shopify.client import ShopifyClient
from syncd.shopify.settings import ShopifySettings
from syncd.shopify.throttle import Throttle
from syncd.shopify.tokens import Tokens
from syncd.store.database import Database
from syncd.store.store import Store
from syncd.tiktok.client import TikTokClient
from syncd.tiktok.settings import TikTokSettings
from syncd.tiktok.tokens import TikTokTokens
from syncd.tiktok.wire import snapshot_from
from tests.campaign.disks.world import SHOPIFY, TIKTOK
from tests.campaign.fuzz.line import NeverEnds

PATIENCE = 900.0
"""Seconds that one call may wait in all; the longest pauses that are meant, all taken, make half of it."""


class ImpatientClock(HandClock):
    """A clock by hand that ends what waits too long."""

    waited = 0.0

    async def sleep(self, seconds: float) -> None:
        """Move on by that much at once.

        Raises:
            NeverEnds: It was too much.
        """
        self.waited += seconds
        if not self.waited <= PATIENCE:
            raise NeverEnds(f"a call that waits for {self.waited:.3g} seconds")
        await super().sleep(seconds)


@dataclass(frozen=True, slots=True)
class Logins:
    """What the clients need to know of the two sides."""

    tiktok: TikTokSettings
    shopify: ShopifySettings

    @classmethod
    def of(
        cls, app_key: str, app_secret: str, refresh_token: str, cipher: str, client_secret: str
    ) -> "Logins":
        """For the stand-ins behind the made-up addresses."""
        tiktok = TikTokSettings(
            "us", app_key, app_secret, refresh_token, cipher, api_base=TIKTOK, auth_base=TIKTOK, timeout=5
        )
        shopify = ShopifySettings(
            "acme.myshopify.com", SHOPIFY, "client-id", client_secret=client_secret, timeout=5
        )
        return cls(tiktok, shopify)


@dataclass(slots=True)
class Clients:
    """The clients of one call."""

    http: httpx.AsyncClient
    logins: Logins
    store: Store
    clock: HandClock

    def tiktok_tokens(self) -> TikTokTokens:
        """TikTok's tokens, kept where the program keeps them."""
        store = self.store
        return TikTokTokens(
            self.http, self.logins.tiktok, store.tokens, store.memory, self.clock, jitter=Random(1).random
        )

    def tiktok(self, **changes: str) -> TikTokClient:
        """The client of TikTok Shop, with other settings where they are given."""
        settings = replace(self.logins.tiktok, **changes)  # type: ignore[arg-type] # only texts are changed
        tokens, memory = self.tiktok_tokens(), self.store.memory
        return TikTokClient(self.http, settings, tokens, memory, self.clock, jitter=Random(1).random)

    def shopify(self) -> ShopifyClient:
        """The client of Shopify."""
        settings = self.logins.shopify
        tokens = Tokens(self.http, settings, self.store.tokens, self.clock)
        return ShopifyClient(self.http, settings, tokens, Throttle(self.clock), self.clock, random=Random(1))


Call = Callable[[Clients], Awaitable[object]]


class Bench:
    """Runs calls, each as if the process had just been started, over one line."""

    def __init__(self, line: httpx.AsyncBaseTransport, logins: Logins) -> None:
        self._http = build_http(transport=line)
        self._logins = logins
        self._store = Store.over(Database.in_memory(), snapshot_from)

    def clients(self, clock: HandClock) -> Clients:
        """New clients over what the store has."""
        return Clients(self._http, self._logins, self._store, clock)

    def log_out(self) -> None:
        """Forget what was kept."""
        for table in ("tokens", "memory"):
            self._store.database.execute(f"DELETE FROM {table}")  # noqa: S608 - one of these two

    def log_in(self, clock: HandClock) -> Clients:
        """New clients over tokens that are good for another week."""
        self.log_out()
        clients, until = self.clients(clock), clock.now() + timedelta(days=7)
        seeds = (self._logins.tiktok.refresh_token, self._logins.shopify.client_secret)
        tiktok, shopify = (hashlib.sha256(seed.encode()).hexdigest() for seed in seeds)
        known = StoredToken("TTP_known", until, "TTP_refresh", until, (), tiktok)
        self._store.tokens.put(clients.tiktok_tokens().key, known)
        name = f"shopify {self._logins.shopify.domain} {self._logins.shopify.client_id}"
        self._store.tokens.put(name, StoredToken("shpat_known", until, None, None, (), shopify))
        return clients

    async def close(self) -> None:
        """Give back what was opened."""
        await self._http.aclose()
        self._store.close()
