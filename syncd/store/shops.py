"""What is known per shop: how far TikTok was read, and which orders belong together."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from syncd.model.cases import Kind
from syncd.model.policy import Spell
from syncd.store.database import Database, Row, from_time, to_time
from syncd.store.sums import prove, sum_of


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the cases of one kind were read, and how the last polls of the shop went.

    Everything of that kind that was updated on TikTok before `watermark` is in the store. The last error
    stands until `worked`; `last_error_since` is when the first of a row of failures came, `last_error_api` is
    the side that it came from, and one that `stops` is over only when a person has done something.
    """

    shop: str
    watermark: datetime | None = None
    baseline_done: bool = False
    last_good_poll: datetime | None = None
    last_error: str | None = None
    last_error_at: datetime | None = None
    last_error_since: datetime | None = None
    last_error_api: str = ""
    last_error_hint: str = ""
    last_error_stops: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """The Shopify order of a TikTok order: by which strategy, and when, it was found."""

    shopify_order_id: str
    strategy: str
    found_at: datetime


class Shops:
    """The tables `shops`, `windows`, `spells` and `orders`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def progress(self, shop: str, kind: Kind = Kind.RETURN) -> Progress:
        """How far the shop was read."""
        of_shop = self._database.row("SELECT * FROM shops WHERE shop = ?", (shop,)) or {}
        of_kind = (
            self._database.row("SELECT * FROM windows WHERE shop = ? AND kind = ?", (shop, kind.value)) or {}
        )
        error = of_shop.get("last_error")
        return Progress(
            shop=shop,
            watermark=to_time(of_kind.get("watermark")),
            baseline_done=bool(of_kind.get("baseline_done")),
            last_good_poll=to_time(of_shop.get("last_good_poll")),
            last_error=None if error is None else str(error),
            last_error_at=to_time(of_shop.get("last_error_at")),
            last_error_since=to_time(of_shop.get("last_error_since")),
            last_error_api=str(of_shop.get("last_error_api", "")),
            last_error_hint=str(of_shop.get("last_error_hint", "")),
            last_error_stops=bool(of_shop.get("last_error_stops")),
        )

    def baseline_done(self, shop: str, kind: Kind = Kind.RETURN) -> None:
        """The cases paid back before `start_from` are in the store."""
        self._keep("windows", {"shop": shop, "kind": kind.value}, {"baseline_done": 1})

    def read_up_to(self, shop: str, watermark: datetime, kind: Kind = Kind.RETURN) -> None:
        """The cases of that kind were read up to `watermark`, which never moves back."""
        before = self.progress(shop, kind).watermark
        reached = max(watermark, before) if before else watermark
        self._keep("windows", {"shop": shop, "kind": kind.value}, {"watermark": from_time(reached)})

    def polled(self, shop: str, now: datetime) -> None:
        """A poll was good: every kind of case was read."""
        self._keep("shops", {"shop": shop}, {"last_good_poll": from_time(now)})

    def failed(
        self, shop: str, error: str, now: datetime, *, api: str = "", hint: str = "", stops: bool = False
    ) -> None:
        """The shop could not be worked on as it should be."""
        since = self.progress(shop).last_error_since or now
        row: Row = {
            "last_error": error,
            "last_error_at": from_time(now),
            "last_error_since": from_time(since),
            "last_error_api": api,
            "last_error_hint": hint,
            "last_error_stops": stops,
        }
        self._keep("shops", {"shop": shop}, row)

    def worked(self, shop: str) -> None:
        """The shop was polled and worked on without a failure."""
        if self.progress(shop).last_error is not None:
            nothing: Row = dict.fromkeys(("last_error", "last_error_at", "last_error_since"))
            nothing |= {"last_error_api": "", "last_error_hint": "", "last_error_stops": 0}
            self._keep("shops", {"shop": shop}, nothing)

    def live(self, shop: str, *, live: bool, now: datetime, kind: Kind | None = None) -> None:
        """Note whether the shop is written to: a spell in which it is not begins, or ends.

        With a `kind` it is about cases of that kind alone. If those were never read, all time before belongs
        to the spell: once they are read, nobody has seen yet what they are about.
        """
        of: Row = {"shop": shop, "kind": kind.value if kind else ""}
        open_spell = "shop = :shop AND kind = :kind AND until IS NULL"
        known = self._database.row(f"SELECT 1 FROM spells WHERE {open_spell}", of)
        if live and known:
            until = of | {"now": from_time(now)}
            self._database.execute(f"UPDATE spells SET until = :now WHERE {open_spell}", until)
        if not live and not known:
            never_read = kind is not None and self.progress(shop, kind).watermark is None
            self._database.insert("spells", of | {"since": 0 if never_read else from_time(now)})

    def spells(self, shop: str) -> tuple[Spell, ...]:
        """The times in which the shop was not written to, oldest first."""
        rows = self._database.rows("SELECT * FROM spells WHERE shop = ? ORDER BY since, kind", (shop,))
        return tuple(
            Spell(
                cast("datetime", to_time(row["since"])),
                to_time(row["until"]),
                Kind(str(row["kind"])) if row["kind"] else None,
            )
            for row in rows
        )

    def _keep(self, table: str, key: Row, row: Row) -> None:
        new = key | row
        names = ", ".join(new)
        marks = ", ".join(f":{name}" for name in new)
        changes = ", ".join(f"{name} = excluded.{name}" for name in row)
        self._database.execute(
            f"INSERT INTO {table} ({names}) VALUES ({marks})"
            f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET {changes}",
            new,
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

    def pair_of(self, shop: str, order_id: str) -> Pair | None:
        """The Shopify order of a TikTok order with how and when it was found; None where it was not."""
        row = self._database.row(
            "SELECT shopify_order_id, strategy, found_at FROM orders WHERE shop = ? AND order_id = ?",
            (shop, order_id),
        )
        if row is None:
            return None
        found_at = cast("datetime", to_time(row["found_at"]))
        return Pair(str(row["shopify_order_id"]), str(row["strategy"]), found_at)

    def prove_pairs(self) -> int:
        """Compare every pair with its sum; how many there are.

        Raises:
            StoreDamaged: One is not what was kept.
        """
        rows = self._database.rows("SELECT shop, order_id, shopify_order_id, sum FROM orders")
        for row in rows:
            prove(row["sum"], str(row["shop"]), str(row["order_id"]), str(row["shopify_order_id"]))
        return len(rows)

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
