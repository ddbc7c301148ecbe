"""From settings to shops that can be worked on. The one place where everything is put together."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from random import Random, SystemRandom

import httpx

from syncd.clock import Clock
from syncd.config.settings import Settings
from syncd.config.tables import Network, Shopify, TikTok
from syncd.config.tables import Shop as ShopSettings
from syncd.http import build_http
from syncd.model.cases import Kind
from syncd.model.policy import MatchPolicy, Policy, Strategy
from syncd.service.call_log import CallLog
from syncd.shopify.client import ShopifyClient
from syncd.shopify.settings import ShopifySettings
from syncd.shopify.throttle import Throttle
from syncd.shopify.tokens import Tokens
from syncd.store.store import Store
from syncd.sync.observer import Observer
from syncd.sync.shop import Shop
from syncd.tiktok.client import TikTokClient
from syncd.tiktok.settings import TikTokSettings
from syncd.tiktok.tokens import TikTokTokens

_TIKTOK = "TikTok"
PREVIEW = timedelta(days=30)
"""How far back a preview looks where no `start_from` is set yet."""


@asynccontextmanager
async def open_shops(
    settings: Settings,
    store: Store,
    clock: Clock,
    *,
    logins: Store | None = None,
    may_refresh: bool = True,
    transport: httpx.AsyncBaseTransport | None = None,
    chance: Random | None = None,
    observer: Observer | None = None,
) -> AsyncIterator[list[Shop]]:
    """All shops of the configuration, with their clients open.

    `logins` is the store that keeps the tokens, where it is another one; `may_refresh` is false where it
    belongs to another process. `transport` replaces the network, `chance` the machine's randomness.
    `observer` is told what happens; without one, exchanges are logged.
    """
    network, chance = settings.network, chance or SystemRandom()
    store.name(chance)
    connect = partial(build_http, proxy=network.proxy, ca_file=str(network.ca_file), transport=transport)
    async with AsyncExitStack() as stack:
        stores = {shop.shopify.base for shop in settings.shops.values()}
        https = {side: await stack.enter_async_context(connect()) for side in (_TIKTOK, *stores)}
        parts = _Parts(
            settings, store, logins or store, clock, https, chance, may_refresh, observer or CallLog()
        )
        yield [parts.shop(name, shop) for name, shop in settings.shops.items()]


def policy_of(shop: ShopSettings, now: datetime) -> Policy:
    """What the merchant wants, as the decisions read it."""
    return Policy(
        start_from=shop.sync.start_from or now - PREVIEW,
        enabled=shop.sync.enabled,
        auto_restock=shop.sync.auto_restock,
        import_returns=shop.sync.import_returns,
        cancellations=shop.sync.cancellations,
        location=shop.restock.location,
        exclude_skus=frozenset(shop.restock.exclude_skus),
        exclude_reasons=frozenset(shop.restock.exclude_reasons),
        allowed_gateways=frozenset(gateway.casefold() for gateway in shop.shopify.allowed_gateways),
        max_refund=shop.guard.max_refund,
        max_refunds_per_cycle=shop.guard.max_refunds_per_cycle,
        max_refunds_per_day=shop.guard.max_refunds_per_day,
        max_refunded_per_day=shop.guard.max_refunded_per_day,
        dry_run=shop.guard.dry_run,
        settle=shop.guard.settle,
        match=MatchPolicy(
            order_by=tuple(Strategy(word) for word in shop.match.order_by),
            tags=tuple(shop.match.tag),
            names=tuple(shop.match.name),
            metafield=shop.match.metafield,
            skus=shop.match.skus,
        ),
    )


def tiktok_settings(name: str, tiktok: TikTok, network: Network) -> TikTokSettings:
    """What the client of one TikTok Shop needs to know."""
    return TikTokSettings(
        shop=name,
        app_key=tiktok.app_key,
        app_secret=tiktok.app_secret.get_secret_value(),
        refresh_token=tiktok.refresh_token.get_secret_value(),
        shop_cipher=tiktok.shop_cipher,
        api_base=tiktok.api_base,
        auth_base=tiktok.auth_base,
        timeout=network.timeout.total_seconds(),
    )


@dataclass(slots=True)
class _Parts:
    """What all shops share: one lock per TikTok app, one quota per Shopify store.

    An HTTP client looks through all its connections for each request, so TikTok has one and each store.
    """

    settings: Settings
    store: Store
    logins: Store
    clock: Clock
    https: Mapping[str, httpx.AsyncClient]
    chance: Random
    may_refresh: bool
    observer: Observer
    locks: dict[str, asyncio.Lock] = field(default_factory=dict)
    throttles: dict[str, Throttle] = field(default_factory=dict)

    def shop(self, name: str, shop: ShopSettings) -> Shop:
        policy = policy_of(shop, self.clock.now())
        now, known = self.clock.now(), self.store.shops
        known.live(name, live=policy.live, now=now)
        known.live(name, live=policy.cancellations, now=now, kind=Kind.CANCELLATION)
        return Shop(
            name=name,
            tiktok=self._tiktok(name, shop.tiktok),
            shopify=self._shopify(name, shop.shopify),
            store=self.store,
            policy=replace(policy, paused=known.spells(name)),
            clock=self.clock,
            timeout=self.settings.network.timeout,
            chance=self.chance,
            concurrency=shop.shopify.concurrency,
            observer=self.observer,
        )

    def _tiktok(self, name: str, tiktok: TikTok) -> TikTokClient:
        http = self.https[_TIKTOK]
        memory, on_call = self.logins.memory, partial(self.observer.called, name)
        settings = tiktok_settings(name, tiktok, self.settings.network)
        tokens = TikTokTokens(
            http,
            settings,
            self.logins.tokens,
            memory,
            self.clock,
            lock=self.locks.setdefault(tiktok.app_key, asyncio.Lock()),
            may_refresh=self.may_refresh,
            jitter=self.chance.random,
            on_call=on_call,
        )
        return TikTokClient(
            http, settings, tokens, memory, self.clock, jitter=self.chance.random, on_call=on_call
        )

    def _shopify(self, name: str, shopify: Shopify) -> ShopifyClient:
        settings = ShopifySettings(
            domain=shopify.domain,
            api_base=shopify.api_base,
            client_id=shopify.client_id,
            client_secret=shopify.client_secret.get_secret_value(),
            access_token=shopify.access_token.get_secret_value(),
            timeout=self.settings.network.timeout.total_seconds(),
        )
        http, on_call = self.https[shopify.base], partial(self.observer.called, name)
        tokens = Tokens(
            http,
            settings,
            self.logins.tokens,
            self.clock,
            may_refresh=self.may_refresh,
            on_call=on_call,
        )
        throttle = self.throttles.setdefault(shopify.base, Throttle(self.clock))
        return ShopifyClient(
            http, settings, tokens, throttle, self.clock, on_call=on_call, random=self.chance
        )
