"""The effective settings."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr, ValidationError

from syncd.config import Loaded
from syncd.config.settings import SHARED, Settings
from syncd.config.tables import Shop

Good = Callable[..., Loaded]


def test_defaults(good: Good, shop: str) -> None:
    """What is not written is as the reference says."""
    settings = good(shop).settings
    us = settings.shops["us"]
    assert (us.sync.enabled, us.sync.start_from, us.sync.auto_restock, us.sync.import_returns) == (
        False,
        None,
        False,
        True,
    )
    assert (us.sync.cancellations, us.sync.poll_interval) == (False, timedelta(minutes=5))
    assert us.restock.model_dump() == {"location": "", "exclude_skus": (), "exclude_reasons": ()}
    assert us.guard.model_dump() == {
        "dry_run": False,
        "max_refunds_per_cycle": 100,
        "max_refunds_per_day": 1000,
        "settle": timedelta(seconds=60),
        "max_refund": {},
        "max_refunded_per_day": {},
    }
    assert us.match.model_dump() == {
        "order_by": ("tag", "name", "source_identifier", "text", "window"),
        "tag": ("TikTokOrderID:{id}",),
        "name": ("{id}",),
        "metafield": "",
        "skus": {},
    }
    assert us.tiktok.api_base == "https://open-api.tiktokglobalshop.com"
    assert us.tiktok.auth_base == "https://auth.tiktok-shops.com"
    assert us.shopify.base == "https://acme.myshopify.com"
    assert (str(settings.store.path), settings.store.keep) == ("/var/lib/syncd/syncd.db", timedelta(days=400))
    assert settings.network.timeout == timedelta(seconds=30)


@pytest.mark.parametrize("table", SHARED)
def test_each_shared_table_can_be_overridden(table: str) -> None:
    """A shop has every table that stands for all shops, with the same keys."""
    assert Shop.model_fields[table].annotation == Settings.model_fields[table].annotation


def test_a_shop_overrides_single_keys(good: Good, shop: str) -> None:
    """A shop's own keys lie over the shared ones; the others are taken over."""
    second = shop.replace("shops.us", "shops.uk").replace("acme", "acme-uk")
    text = f"""
[sync]
enabled = true
start_from = 2026-11-01T00:00:00Z
poll_interval = "10m"
[guard.max_refund]
USD = "500.00"
GBP = "400.00"
[match]
name = ["#{{id}}", "{{id}}"]
[match.skus]
A = "B"
{shop}
[shops.us.sync]
auto_restock = true
start_from = 2026-12-01T01:00:00+01:00
[shops.us.guard.max_refund]
USD = "900.00"
[shops.us.match]
name = "T{{id}}"
skus.C = "D"
{second}
"""
    shops = good(text).settings.shops
    assert (shops["us"].sync.auto_restock, shops["uk"].sync.auto_restock) == (True, False)
    assert (shops["us"].sync.enabled, shops["uk"].sync.enabled) == (True, True)
    assert shops["us"].sync.start_from == datetime(2026, 12, 1, tzinfo=UTC)
    assert shops["us"].sync.poll_interval == timedelta(minutes=10)
    assert shops["us"].guard.max_refund == {"USD": 90000, "GBP": 40000}
    assert shops["uk"].guard.max_refund == {"USD": 50000, "GBP": 40000}
    assert (shops["us"].match.name, shops["uk"].match.name) == (("T{id}",), ("#{id}", "{id}"))
    assert (shops["us"].match.skus, shops["uk"].match.skus) == ({"A": "B", "C": "D"}, {"A": "B"})


def test_ceilings_are_minor_units(good: Good, shop: str) -> None:
    """Each currency has its own decimals."""
    text = f'[guard.max_refund]\nUSD = "500.5"\nJPY = "500"\nKWD = "0.001"\n{shop}'
    assert good(text).settings.guard.max_refund == {"USD": 50050, "JPY": 500, "KWD": 1}


def test_addresses_lose_the_slash_at_their_end(good: Good, shop: str) -> None:
    """An address is used as a prefix, so it has no slash at its end; plain http to this machine is fine."""
    text = shop + 'api_base = "http://127.0.0.1:8080/shopify/"\n'
    assert good(text).settings.shops["us"].shopify.base == "http://127.0.0.1:8080/shopify"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:1", "127.9.9.9", "[::1]:8080"])
def test_plain_http_to_this_machine(good: Good, shop: str, host: str) -> None:
    """The stand-ins on loopback need no certificate, under any name."""
    text = shop.replace("acme.myshopify.com", "stand.in") + f'api_base = "http://{host}"\n'
    assert good(text).settings.shops["us"].shopify.base == f"http://{host}"


def test_a_proxy_may_be_plain_http(good: Good, shop: str) -> None:
    """A proxy only carries TLS, so its own address may be plain."""
    assert good(f"network.proxy = 'http://proxy:3128'\n{shop}").settings.network.proxy == "http://proxy:3128"


def test_the_domain_is_one_spelling(good: Good, shop: str) -> None:
    """The domain is part of idempotency keys: another case must not make another key."""
    assert good(shop.replace("acme", "ACME")).settings.shops["us"].shopify.domain == "acme.myshopify.com"


@pytest.mark.parametrize("gateway", ["TikTok Payments", "tiktok", "manual", "AfterShip", "Cash"])
def test_invented_gateways_are_fine(good: Good, shop: str, gateway: str) -> None:
    """A payment name that moves no money is allowed."""
    text = f"{shop}allowed_gateways = ['{gateway}']\n"
    assert good(text).settings.shops["us"].shopify.allowed_gateways == (gateway,)


def test_secrets(good: Good, shop: str) -> None:
    """All secrets are known, for a log to hide; empty ones are none."""
    text = f"""
alerts.urls = ["mailto://me:canary-mail@x"]
alerts.heartbeat_url = "https://x/canary-ping"
network.proxy = "http://me:canary-proxy@proxy"
{shop.replace("app_secret", "refresh_token = 'canary-refresh'" + chr(10) + "app_secret")}
"""
    assert good(text).settings.secrets() == {
        "canary-app-secret",
        "canary-access-token",
        "canary-refresh",
        "mailto://me:canary-mail@x",
        "https://x/canary-ping",
        "canary-proxy",
    }


def test_secrets_are_not_in_a_repr(good: Good, shop: str) -> None:
    """A settings object that ends in a log by mistake shows no secret."""
    text = f"network.proxy = 'http://me:canary@proxy'\n{shop}"
    loaded = good(text)
    assert "canary" not in repr(loaded) + str(loaded.settings)


def test_settings_are_frozen(good: Good, shop: str) -> None:
    """Nobody changes settings under a running cycle."""
    settings = good(shop).settings
    with pytest.raises(ValidationError):
        settings.shops["us"].sync.enabled = True  # type: ignore[misc]
    with pytest.raises(ValidationError):
        settings.shops = {}  # type: ignore[misc]


def test_equal_files_make_equal_settings(good: Good, shop: str) -> None:
    """A reload can tell what changed."""
    assert good(shop).settings == good(shop).settings
    assert good(shop).settings != good(f"guard.dry_run = true\n{shop}").settings


def test_secret_fields_hide_themselves() -> None:
    """Each of the four secrets of a shop is of the kind that never prints itself."""
    tables = [Shop.model_fields["tiktok"].annotation, Shop.model_fields["shopify"].annotation]
    secret = [
        name
        for table in tables
        if table
        for name, key in table.model_fields.items()
        if key.annotation is SecretStr
    ]
    assert secret == ["app_secret", "refresh_token", "client_secret", "access_token"]
