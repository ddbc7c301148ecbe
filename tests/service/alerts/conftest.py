"""An address that alerts are sent to, a store, and settings that know both."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from syncd.config import load
from syncd.config.settings import Settings
from syncd.model.cases import Case
from syncd.sandbox.clock import HandClock
from syncd.sandbox.server import LoopbackServer
from syncd.store.cases import Seen
from syncd.store.database import Database
from syncd.store.store import Store
from syncd.tiktok.wire import snapshot_from
from tests.hook import Hook
from tests.loopback import served

_SHOP = """
[shops.{name}.tiktok]
app_key = "6abc"
app_secret = "canary-app-secret"
shop_cipher = "{name}"
[shops.{name}.shopify]
domain = "{name}.myshopify.com"
access_token = "canary-access-token"
"""


def keep(store: Store, shop: str, number: int, now: datetime, **decided: Any) -> Case:
    """A case that TikTok paid back 20 dollars for just now, as it was decided."""
    row = {
        "return_id": str(4035000 + number),
        "order_id": str(5764000 + number),
        "return_type": "REFUND",
        "return_status": "RETURN_OR_REFUND_REQUEST_COMPLETE",
        "create_time": 1_792_000_000,
        "update_time": 1_793_000_000,
        "refund_amount": {"currency": "USD", "refund_total": "20.00"},
    }
    snapshot = snapshot_from(row)
    store.cases.see(shop, [Seen(row, snapshot)], now)
    case = store.cases.get(shop, snapshot.case_id)
    assert case
    store.cases.keep(replace(case, **decided), now)
    return case


@pytest.fixture
def hook(clock: HandClock) -> Hook:
    return Hook(clock)


@pytest.fixture
async def server(hook: Hook) -> AsyncIterator[LoopbackServer]:
    """The hook behind a real socket."""
    async with served(hook) as server:
        yield server


@pytest.fixture
def address(server: LoopbackServer) -> str:
    """Where Apprise reaches the hook; the path is as secret as a token."""
    return f"{server.url.replace('http', 'json')}/canary-hook-token"


@pytest.fixture
def store() -> Iterator[Store]:
    """An empty store."""
    with closing(Store.over(Database.in_memory(), snapshot_from)) as store:
        yield store


@pytest.fixture
def settings_of(tmp_path: Path) -> Callable[..., Settings]:
    """Make settings from the text of a file, with these shops switched on."""

    def settings_of(text: str = "", *shops: str) -> Settings:
        names = shops or ("us",)
        path = tmp_path / "syncd.toml"
        on = "sync.enabled = true\nsync.start_from = 2026-11-01T00:00:00Z\n"
        where = f'store.path = "{tmp_path / "syncd.db"}"\n'
        path.write_text(on + where + text + "".join(_SHOP.format(name=name) for name in names))
        path.chmod(0o600)
        return load(path, {}, None).settings

    return settings_of
