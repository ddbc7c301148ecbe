"""Both stand-ins side by side, with the orders that a connector would have carried over."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Unpack

from syncd.clock import Clock, SystemClock
from syncd.model.money import Money
from syncd.sandbox.server import LoopbackServer, in_background
from syncd.sandbox.shopify.build import OrderLine, OrderOptions
from syncd.sandbox.shopify.order import Order
from syncd.sandbox.shopify.stand_in import ShopifyStandIn
from syncd.sandbox.tiktok.stand_in import TikTokStandIn
from syncd.sandbox.tiktok.world import SandboxOrder, TikTokSale

_CARRIERS = frozenset(
    {"tiktok_order_id", "tags", "name", "source_identifier", "note", "custom_attributes", "metafields"}
)
"""Where a connector may leave TikTok's order id."""
_CLIENT_SECRET = "made-up-client-secret-0001"  # noqa: S105 - of the stand-in


@dataclass(frozen=True, slots=True)
class Sold:
    """One order on both sides."""

    tiktok: SandboxOrder
    shopify: Order


class Pair:
    """A TikTok Shop and the Shopify store that a connector imports its orders into.

    `name` tells the logins and the store of one pair from those of another.
    """

    def __init__(self, clock: Clock | None = None, name: str = "acme") -> None:
        self.clock = clock or SystemClock()
        self.tiktok = TikTokStandIn(self.clock, app_key=f"6standin{'' if name == 'acme' else name}")
        domain = f"{name}.myshopify.com"
        self.shopify = ShopifyStandIn(self.clock, domain=domain, client_secret=_CLIENT_SECRET)
        self.tiktok_server = LoopbackServer(self.tiktok)
        self.shopify_server = LoopbackServer(self.shopify)

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Answer on loopback, from a thread."""
        with in_background(self.tiktok_server, self.shopify_server):
            yield

    def sell(
        self,
        prices: Mapping[str, str],
        *,
        quantity: int = 1,
        fulfilled: bool = True,
        fulfillment_type: str = "FULFILLMENT_BY_SELLER",
        status: str = "DELIVERED",
        **options: Unpack[OrderOptions],
    ) -> Sold:
        """An order of `quantity` units of each SKU at its price, imported as the TikTok app does it."""
        currency = options.get("currency", "USD")
        shipping = Money(options.get("shipping", 0), currency)
        sales = [TikTokSale(sku, price) for sku, price in prices.items() for _ in range(quantity)]
        sold = self.tiktok.add_order(
            sales,
            shipping=shipping.amount,
            currency=currency,
            fulfillment_type=fulfillment_type,
            status=status,
        )
        lines = [
            OrderLine(
                sku, quantity, Money.parse(price, currency).minor, fulfilled=quantity if fulfilled else 0
            )
            for sku, price in prices.items()
        ]
        return Sold(sold, self.imported(sold, lines, **options))

    def imported(
        self, sold: SandboxOrder, lines: Sequence[OrderLine], **options: Unpack[OrderOptions]
    ) -> Order:
        """The Shopify order of a TikTok order, found by its tag unless `options` say otherwise."""
        if not _CARRIERS & options.keys():
            options["tiktok_order_id"] = sold.order_id
        return self.shopify.add_order(lines, **options)

    def config(self, store: Path, *, shop: str = "us", tables: Mapping[str, Mapping[str, object]]) -> str:
        """A config file for these two; `tables` adds keys: `{"sync": {"enabled": True}}`."""
        own: dict[str, dict[str, object]] = {name: dict(keys) for name, keys in tables.items()}
        own.setdefault("store", {})["path"] = str(store)
        own[f"shops.{shop}.tiktok"] = {
            "app_key": self.tiktok.app_key,
            "app_secret": self.tiktok.app_secret,
            "refresh_token": self.tiktok.login.refresh_token,
            "api_base": self.tiktok_server.url,
            "auth_base": self.tiktok_server.url,
        } | own.get(f"shops.{shop}.tiktok", {})
        own[f"shops.{shop}.shopify"] = {
            "domain": self.shopify.domain,
            "client_id": "client-id",
            "client_secret": _CLIENT_SECRET,
            "api_base": self.shopify_server.url,
        } | own.get(f"shops.{shop}.shopify", {})
        tables_text = (_table(name, keys) for name, keys in own.items())
        return "\n".join(itertools.chain.from_iterable(tables_text)) + "\n"


def _table(name: str, keys: Mapping[str, object]) -> Iterator[str]:
    yield f"[{name}]"
    for key, value in keys.items():
        yield f"{key} = {_toml(value)}"
    yield ""


def _toml(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int() | float():
            return str(value)
        case datetime():
            return value.isoformat()
        case list() | tuple():
            return "[" + ", ".join(_toml(item) for item in value) + "]"
        case Mapping():
            return "{" + ", ".join(f"{_toml(str(k))} = {_toml(v)}" for k, v in value.items()) + "}"
        case _:
            text = str(value).replace("\\", "\\\\").replace('"', '\\"')
            return f'"{text}"'
