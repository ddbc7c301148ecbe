"""The one audit, on what Shopify says through a client of its own."""

import asyncio
from collections.abc import Collection, Iterable
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from syncd.clock import SystemClock
from syncd.config import load
from syncd.model import mark
from syncd.model.orders import Order
from syncd.report.audit import Finding, Sides, audit
from syncd.sandbox.pair import Pair
from syncd.service.build import open_shops
from syncd.shopify.reads import read_order
from syncd.store.database import Database
from syncd.store.store import Store
from syncd.tiktok.wire import snapshot_from
from tests.campaign.kills.side import Side
from tests.campaign.kills.tales import Tale


@dataclass
class Auditor:
    """Reads the orders through the pair's own door, which no process uses."""

    pair: Pair
    folder: Path
    _read: dict[str, Order | None] = field(default_factory=dict)
    _changes: int = -1

    def __post_init__(self) -> None:
        """A config, and a store in memory that only keeps the login."""
        file = self.folder / "audit.toml"
        file.write_text(self.pair.config(self.folder / "audit.db", tables={}))
        file.chmod(0o600)
        self._settings = load(file, {}, None).settings
        self._store = Store.over(Database.in_memory(), snapshot_from)

    def closing(self) -> AbstractContextManager[Store]:
        """Give the store back at the end of a block."""
        return closing(self._store)

    def findings(self, tales: Iterable[Tale], side: Side) -> tuple[Finding, ...]:
        """What is wrong between TikTok, the store of that side, and Shopify."""
        told, cases = list(tales), side.cases()
        orders = self._orders(told)
        return audit(
            (
                Sides(
                    snapshot_from(self.pair.tiktok.row_of(tale.case)),
                    cases.get(tale.case_id),
                    orders[tale.case_id],
                )
                for tale in told
            ),
            auto_restock=True,
        )

    def _orders(self, tales: Collection[Tale]) -> dict[str, Order | None]:
        """The order of each case, read again only after something was changed in Shopify."""
        changes = self.pair.shopify.world.changes
        if changes != self._changes or any(tale.case_id not in self._read for tale in tales):
            self._read, self._changes = asyncio.run(self._read_now(tales)), changes
        return self._read

    async def _read_now(self, tales: Iterable[Tale]) -> dict[str, Order | None]:
        transport = httpx.AsyncHTTPTransport(verify=False)
        async with open_shops(self._settings, self._store, SystemClock(), transport=transport) as [shop]:
            return {
                tale.case_id: await read_order(
                    shop.shopify, tale.sold.shopify.id, mark.claim_key(tale.case_id)
                )
                for tale in tales
            }
