"""From settings to what the decisions read."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from syncd.clock import SystemClock
from syncd.config import load
from syncd.config.settings import Settings
from syncd.model.policy import MatchPolicy, Policy, Strategy
from syncd.service.build import PREVIEW, open_shops, policy_of
from syncd.store.database import Database
from syncd.store.store import Store
from syncd.tiktok.wire import snapshot_from

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
SHOP = """
[shops.us.tiktok]
app_key = "6abc"
app_secret = "made-up-secret"
refresh_token = "made-up-refresh"
[shops.us.shopify]
domain = "acme.myshopify.com"
access_token = "made-up-token"
"""


@pytest.fixture
def settings(tmp_path: Path, request: pytest.FixtureRequest) -> Settings:
    """The settings of a file with this text, and a shop where it names none."""
    path = tmp_path / "syncd.toml"
    path.write_text(request.param if "[shops.us" in request.param else request.param + SHOP)
    path.chmod(0o600)
    return load(path, {}, None).settings


@pytest.mark.parametrize("settings", [""], indirect=True)
def test_defaults(settings: Settings) -> None:
    """A file that says nothing gives a policy that does nothing, and looks back a month for a preview."""
    assert policy_of(settings.shops["us"], NOW) == Policy(start_from=NOW - PREVIEW, enabled=False)


@pytest.mark.parametrize(
    "settings",
    [
        """
[sync]
enabled = true
start_from = 2026-11-01T00:00:00Z
auto_restock = true
import_returns = false
cancellations = true
[restock]
location = "Warehouse"
exclude_skus = ["A"]
exclude_reasons = ["damaged"]
[guard]
dry_run = true
max_refunds_per_cycle = 7
settle = "90s"
[guard.max_refund]
USD = "500.00"
JPY = "70000"
[match]
order_by = ["name", "tag", "metafield"]
tag = ["TT-{id}", "{id}"]
name = "#{id}"
metafield = "custom.tiktok_order_id"
[match.skus]
"T" = "S"
[shops.us.shopify]
domain = "acme.myshopify.com"
access_token = "made-up-token"
allowed_gateways = ["TikTok Pay"]
[shops.us.tiktok]
app_key = "6abc"
app_secret = "made-up-secret"
refresh_token = "made-up-refresh"
"""
    ],
    indirect=True,
)
def test_everything(settings: Settings) -> None:
    """Every key of the file that a decision reads gets there."""
    assert policy_of(settings.shops["us"], NOW) == Policy(
        start_from=datetime(2026, 11, 1, tzinfo=UTC),
        enabled=True,
        auto_restock=True,
        import_returns=False,
        cancellations=True,
        location="Warehouse",
        exclude_skus=frozenset({"A"}),
        exclude_reasons=frozenset({"damaged"}),
        allowed_gateways=frozenset({"tiktok pay"}),
        max_refund={"USD": 50000, "JPY": 70000},
        max_refunds_per_cycle=7,
        dry_run=True,
        settle=timedelta(seconds=90),
        match=MatchPolicy(
            order_by=(Strategy.NAME, Strategy.TAG, Strategy.METAFIELD),
            tags=("TT-{id}", "{id}"),
            names=("#{id}",),
            metafield="custom.tiktok_order_id",
            skus={"T": "S"},
        ),
    )


@pytest.mark.parametrize(
    "settings",
    [
        """
[network]
timeout = "7s"
[shops.uk.tiktok]
app_key = "6abc"
app_secret = "made-up-secret"
shop_cipher = "GB_cipher"
[shops.uk.shopify]
domain = "acme.myshopify.com"
access_token = "made-up-token"
concurrency = 3
[shops.de.tiktok]
app_key = "6other"
app_secret = "made-up-secret"
[shops.de.shopify]
domain = "acme-de.myshopify.com"
access_token = "made-up-token"
"""
    ],
    indirect=True,
)
async def test_what_shops_share(settings: Settings) -> None:
    """Shops of one app renew their token one at a time; shops of one store share its quota."""
    store = Store.over(Database.in_memory(), snapshot_from)
    async with open_shops(settings, store, SystemClock()) as shops:
        by_name = {shop.name: shop for shop in shops}
        locks = {name: shop.tiktok._tokens._lock for name, shop in by_name.items()}
        throttles = {name: shop.shopify._throttle for name, shop in by_name.items()}
        assert list(by_name) == ["uk", "de", "us"]
        assert locks["uk"] is locks["us"] is not locks["de"]
        assert throttles["uk"] is throttles["us"] is not throttles["de"]
        assert (by_name["uk"].concurrency, by_name["us"].concurrency) == (3, 8)
        assert by_name["uk"].timeout == timedelta(seconds=7)
        assert by_name["uk"].grace == timedelta(seconds=67)
    store.close()
