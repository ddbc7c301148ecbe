"""What is known per shop: how far TikTok was read, and which orders belong together."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from syncd.model.policy import Spell
from syncd.store.database import Database, Row, from_time, to_time
from syncd.store.sums import prove, sum_of


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a shop was read. Everything updated on TikTok before `watermark` is in the store."""

    shop: str
    watermark: datetime | None = None
    baseline_done: bool = False
    last_good_poll: datetime | None = None
    last_error: str | None = None
    last_error_at: datetime | None = None


class Shops:
    """The tables `shops`, `spells` and `orders`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def progress(self, shop: str) -> Progress:
        """How far the shop was read."""
        row = self._database.row("SELECT * FROM shops WHERE shop = ?", (shop,))
        if row is None:
            return Progress(shop)
        return Progress(
            shop=shop,
            watermark=to_time(row["watermark"]),
            baseline_done=bool(row["baseline_done"]),
            last_good_poll=to_time(row["last_good_poll"]),
            last_error=None if row["last_error"] is None else str(row["last_error"]),
            last_error_at=to_time(row["last_error_at"]),
        )

    def baseline_done(self, shop: str) -> None:
        """The cases paid back before `start_from` are in the store."""
        self._keep(shop, {"baseline_done": 1})

    def polled(self, shop: str, watermark: datetime, now: datetime) -> None:
        """A poll read everything up to `watermark`, which never moves back."""
        before = self.progress(shop).watermark
        reached = max(watermark, before) if before else watermark
        row: Row = {"watermark": from_time(reached), "last_good_poll": from_time(now), "last_error": None}
        self._keep(shop, row | {"last_error_at": None})

    def failed(self, shop: str, error: str, now: datetime) -> None:
        """The shop could not be worked on."""
        self._keep(shop, {"last_error": error, "last_error_at": from_time(now)})

    def live(self, shop: str, *, live: bool, now: datetime) -> None:
        """Note whether the shop is written to: a spell in which it is not begins, or ends."""
        known = self._database.row("SELECT 1 FROM spells WHERE shop = ? AND until IS NULL", (shop,))
        if live and known:
            self._database.execute(
                "UPDATE spells SET until = ? WHERE shop = ? AND until IS NULL", (from_time(now), shop)
            )
        if not live and not known:
            self._database.insert("spells", {"shop": shop, "since": from_time(now)})

    def spells(self, shop: str) -> tuple[Spell, ...]:
        """The times in which the shop was not written to, oldest first."""
        rows = self._database.rows("SELECT since, until FROM spells WHERE shop = ? ORDER BY since", (shop,))
        return tuple(Spell(cast("datetime", to_time(r["since"])), to_time(r["until"])) for r in rows)

    def _keep(self, shop: str, row: Row) -> None:
        names = ", ".join(row)
        marks = ", ".join(f":{name}" for name in row)
        changes = ", ".join(f"{name} = excluded.{name}" for name in row)
        self._database.execute(
            f"INSERT INTO shops (shop, {names}) VALUES (:shop, {marks})"
            f" ON CONFLICT (shop) DO UPDATE SET {changes}",
            row | {"shop": shop},
        )

    def pairs(self, shop: str, order_ids: Iterable[str]) -> Mapping[str, str]:
        """The Shopify orders of these TikTok orders, where they were found before."""
        rows = self._database.rows(
            "SELECT order_id, shopify_order_id, sum FROM orders"
            " WHERE shop = ? AND order_id IN (SELECT value FROM json_each(?))",
            (shop, json.dumps(list(order_ids))),
        )
        pairs = {str(row["order_id"]): str(row["shopify_order_id"]) for row in rows}
        for row, pair in zip(rows, pairs.items(), strict=True):
            prove(row["sum"], shop, *pair)
        return pairs

    def unpair(self, shop: str, order_id: str) -> None:
        """Forget a pair whose Shopify order is gone: it may have been imported anew."""
        self._database.execute("DELETE FROM orders WHERE shop = ? AND order_id = ?", (shop, order_id))

    def pair(self, shop: str, order_id: str, shopify_order_id: str, strategy: str, now: datetime) -> None:
        """Remember which Shopify order belongs to a TikTok order."""
        self._database.execute(
            "INSERT OR REPLACE INTO orders (shop, order_id, shopify_order_id, strategy, found_at, sum)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (
                shop,
                order_id,
                shopify_order_id,
                strategy,
                from_time(now),
                sum_of(shop, order_id, shopify_order_id),
            ),
        )
