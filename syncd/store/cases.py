"""Cases with their snapshots and history."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import cast

from syncd.model.cases import Case, Kind, Snapshot, State
from syncd.store.case_rows import case_of, decided_columns, first_times, later_times, seen_columns, to_moment
from syncd.store.database import Database, Row, Value, from_time, to_time
from syncd.store.filters import Filter
from syncd.store.rulings import Rulings
from syncd.store.sums import packed, unpacked, whole_rows

__all__ = ["Cases", "Filter", "HistoryLine", "ReadSnapshot", "Seen"]

ReadSnapshot = Callable[[Mapping[str, object]], Snapshot]
_REMEMBERED = 256
"""Answers of TikTok's that stay as they were read: a case is asked for several times while it is written."""
_FROM = "FROM cases JOIN snapshots ON snapshots.id = snapshot_id"
_SELECT = f"SELECT cases.*, raw, sum {_FROM}"
_SELECT_PLACED = f"SELECT cases.*, cases.rowid AS place, raw, sum {_FROM}"
_VERIFIES = "verify_at IS NOT NULL AND verify_at = due_at AND tries > 0"


@dataclass(frozen=True, slots=True)
class Seen:
    """A row of TikTok's answer: what is kept of it, and as it was read."""

    raw: Mapping[str, object]
    snapshot: Snapshot


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One step in the life of a case."""

    at: datetime
    event: str
    detail: Mapping[str, object]


class Cases:
    """The tables `cases`, `snapshots` and `history`. `read` turns a stored answer into a snapshot again."""

    def __init__(self, database: Database, read: ReadSnapshot) -> None:
        self._database = database
        self._rulings = Rulings(database)
        self._read = read
        self._latest = lru_cache(_REMEMBERED)(self._snapshot)

    def see(self, shop: str, seen: Iterable[Seen], now: datetime) -> int:
        """Take in what TikTok said; how many cases are new or changed. A changed case is due at once."""
        with self._database.transaction():
            return sum(self._see(shop, one, now) for one in seen)

    def _see(self, shop: str, seen: Seen, now: datetime) -> bool:
        snapshot = seen.snapshot
        known = self.get(shop, snapshot.case_id)
        if known and known.latest.digest == snapshot.digest:
            return False
        if known and known.latest.updated_at > snapshot.updated_at:
            return False  # a page read earlier must not undo what was read since
        kept: Row = {
            "shop": shop,
            "case_id": snapshot.case_id,
            "seen_at": from_time(now),
            "digest": snapshot.digest,
        }
        snapshot_id = self._database.insert("snapshots", kept | packed(seen.raw))
        row = seen_columns(snapshot, now) | {"snapshot_id": snapshot_id}
        if known is None:
            born: Row = {"shop": shop, "case_id": snapshot.case_id, "first_seen": from_time(now)}
            born["state"] = State.TRACKING.value
            self._database.insert("cases", born | row | first_times(snapshot, now))
        else:
            self._update(shop, snapshot.case_id, row | later_times(known, snapshot, now))
        self.note(shop, snapshot.case_id, "seen", now, status=snapshot.status_word, snapshot=snapshot_id)
        return True

    def get(self, shop: str, case_id: str) -> Case | None:
        """The case with that id."""
        row = self._database.row(f"{_SELECT} WHERE cases.shop = ? AND cases.case_id = ?", (shop, case_id))
        return self._cases([row])[0] if row else None

    def due(self, shop: str, now: datetime, batch: int) -> Iterator[list[Case]]:
        """The cases to be looked at now, longest due first, so many at a time.

        Those of which only what is written is to be verified are `to_verify`.
        """
        last: tuple[Value, Value] = (0, 0)
        while rows := self._database.rows(
            f"{_SELECT_PLACED} WHERE cases.shop = ? AND due_at <= ? AND (due_at, cases.rowid) > (?, ?)"
            f" AND NOT ({_VERIFIES}) ORDER BY due_at, cases.rowid LIMIT ?",
            (shop, from_time(now), *last, batch),
        ):
            yield self._cases(rows)
            last = rows[-1]["due_at"], rows[-1]["place"]

    def to_verify(self, shop: str, now: datetime, most: int) -> list[Case]:
        """The cases that are due because what was written once is to be verified, longest due first."""
        rows = self._database.rows(
            f"{_SELECT} WHERE cases.shop = ? AND due_at <= ? AND {_VERIFIES}"
            " ORDER BY due_at, cases.rowid LIMIT ?",
            (shop, from_time(now), most),
        )
        return self._cases(rows)

    def paid_back(self, shop: str, since: datetime, until: datetime) -> list[Case]:
        """The cases that TikTok paid back from then on, before then, in that order."""
        rows = self._database.rows(
            f"{_SELECT} WHERE cases.shop = ? AND paid_back_at >= ? AND paid_back_at < ?"
            " ORDER BY paid_back_at, cases.case_id",
            (shop, from_time(since), from_time(until)),
        )
        return self._cases(rows)

    def next_due(
        self, shop: str, reasons: Iterable[str] = (), *, after: datetime | None = None
    ) -> datetime | None:
        """When the next case is to be looked at.

        With `reasons` only of those that wait for one of them, with `after` only of those due later.
        """
        wanted = tuple(reasons)
        marks = ", ".join("?" * len(wanted))
        limit = f"AND reason IN ({marks})" if wanted else ""
        row = self._database.row(
            f"SELECT min(due_at) AS at FROM cases WHERE shop = ? AND due_at > ? {limit}",
            (shop, from_time(after) or 0, *wanted),
        )
        return to_time(row["at"]) if row else None

    def wake(self, shop: str, case_id: str, now: datetime) -> None:
        """Look at this case again now, and at its order, also where it was written."""
        self._database.execute(
            "UPDATE cases SET due_at = :now, tries = 0,"
            " verify_at = CASE state WHEN 'synced' THEN :now ELSE verify_at END"
            " WHERE shop = :shop AND case_id = :case_id",
            {"now": from_time(now), "shop": shop, "case_id": case_id},
        )

    def wake_unsettled(self, shop: str, now: datetime) -> None:
        """Look at everything again now that waits for a person or for its time."""
        self._database.execute(
            "UPDATE cases SET due_at = ? WHERE shop = ? AND state IN (?, ?)",
            (from_time(now), shop, State.HELD.value, State.DUE.value),
        )

    def all_due(self, now: datetime) -> None:
        """Look at everything at once that waits for its time."""
        self._database.execute("UPDATE cases SET due_at = ? WHERE due_at IS NOT NULL", (from_time(now),))

    def last_put_off(self, shop: str, now: datetime) -> datetime | None:
        """When a case was last decided about, of those that wait for a time to come."""
        row = self._database.row(
            "SELECT max(updated) AS at FROM cases WHERE shop = ? AND due_at > ?", (shop, from_time(now))
        )
        return to_time(row["at"]) if row else None

    def hasten(self, shop: str, now: datetime) -> None:
        """Look at everything of the shop now that waits for its time, and ask TikTok for it again."""
        for column in ("due_at", "read_again_at", "verify_at"):
            self._database.execute(
                f"UPDATE cases SET {column} = :now WHERE shop = :shop AND {column} > :now",
                {"now": from_time(now), "shop": shop},
            )

    def newest(self, shop: str, kind: Kind, until: datetime, limit: int) -> list[str]:
        """The ids of the cases of that kind that were first seen last, of those seen until then."""
        rows = self._database.rows(
            "SELECT case_id FROM cases WHERE shop = ? AND kind = ? AND first_seen <= ?"
            " ORDER BY first_seen DESC, case_id DESC LIMIT ?",
            (shop, kind.value, from_time(until), limit),
        )
        return [str(row["case_id"]) for row in rows]

    def to_read_again(self, shop: str, kind: Kind, now: datetime, limit: int) -> list[Case]:
        """The cases of that kind to ask TikTok for by id, longest waiting first."""
        rows = self._database.rows(
            f"{_SELECT} WHERE cases.shop = ? AND kind = ? AND read_again_at <= ?"
            " ORDER BY read_again_at LIMIT ?",
            (shop, kind.value, from_time(now), limit),
        )
        return self._cases(rows)

    def read_again_at(self, shop: str, case_id: str, at: datetime | None) -> None:
        """When to ask TikTok for the case by its id again; None for never."""
        self._update(shop, case_id, {"read_again_at": from_time(at)})

    def read_again_by(self, shop: str, case_id: str, at: datetime | None) -> None:
        """The same, but never later than it was to be done before."""
        self._database.execute(
            "UPDATE cases SET read_again_at = min(coalesce(read_again_at, :at), :at)"
            " WHERE shop = :shop AND case_id = :case_id",
            {"at": from_time(at), "shop": shop, "case_id": case_id},
        )

    def find(self, name: str) -> list[Case]:
        """The cases that a person may mean: `SHOP:ID` or `ID` of a case, TikTok order or Shopify order."""
        shop, _, wanted = name.rpartition(":")
        if name.startswith("gid:"):
            shop, wanted = "", name
        rows = self._database.rows(
            f"{_SELECT} WHERE (cases.case_id = :id OR order_id = :id OR shopify_order_id IN (:id, :gid)"
            " OR shopify_order_name IN (:id, :named))"
            " AND (:shop = '' OR cases.shop = :shop) ORDER BY first_seen, cases.shop, cases.case_id",
            {"id": wanted, "gid": f"gid://shopify/Order/{wanted}", "named": f"#{wanted}", "shop": shop},
        )
        return self._cases(rows)

    def select(self, wanted: Filter, limit: int | None = None) -> list[Case]:
        """The cases that fit, latest change first: all of them, or only so many."""
        rows = self._database.rows(
            f"{_SELECT} WHERE {wanted.where} ORDER BY {wanted.order} LIMIT :limit",
            wanted.values | {"limit": -1 if limit is None else limit},
        )
        return self._cases(rows)

    def count(self, wanted: Filter) -> int:
        """How many cases fit."""
        row = self._database.row(f"SELECT count(*) AS n FROM cases WHERE {wanted.where}", wanted.values)
        return cast("int", row["n"]) if row else 0

    def held_names(self, beginning: str, limit: int) -> list[tuple[str, str]]:
        """The names and reasons of held cases whose `SHOP:ID` or `ID` begins so, latest change first."""
        rows = self._database.rows(
            "SELECT shop || ':' || case_id AS name, case_id, reason FROM cases WHERE state = :held"
            " AND (substr(shop || ':' || case_id, 1, :length) = :beginning"
            " OR substr(case_id, 1, :length) = :beginning) ORDER BY updated DESC, case_id LIMIT :limit",
            {"held": State.HELD.value, "beginning": beginning, "length": len(beginning), "limit": limit},
        )
        whole = [str(row["name"]).startswith(beginning) for row in rows]
        return [
            (str(row["name"] if with_shop else row["case_id"]), str(row["reason"] or ""))
            for row, with_shop in zip(rows, whole, strict=True)
        ]

    def every(self, shop: str, batch: int) -> Iterator[Case]:
        """All cases of the shop by their ids, so many at a time."""
        last, query = (
            "",
            f"{_SELECT} WHERE cases.shop = ? AND cases.case_id > ? ORDER BY cases.case_id LIMIT ?",
        )
        while rows := self._database.rows(query, (shop, last, batch)):
            yield from self._cases(rows)
            last = str(rows[-1]["case_id"])

    def counts(self, shop: str, states: Iterable[State] = State) -> dict[str, int]:
        """How many cases there are in each of these states; to count those that are done takes longest."""
        wanted = [state.value for state in states]
        rows = self._database.rows(
            "SELECT state, count(*) AS n FROM cases WHERE shop = ?"
            f" AND state IN ({', '.join('?' * len(wanted))}) GROUP BY state",
            (shop, *wanted),
        )
        return {str(row["state"]): cast("int", row["n"]) for row in rows}

    def keep(self, case: Case, now: datetime) -> None:
        """Write back what was decided about a case."""
        self._update(case.shop, case.case_id, decided_columns(case) | {"updated": from_time(now)})

    def note(self, shop: str, case_id: str, event: str, now: datetime, **detail: object) -> None:
        """Add a line to the history of a case."""
        text = json.dumps(detail, default=str)
        row: Row = {"shop": shop, "case_id": case_id, "at": from_time(now), "event": event, "detail": text}
        self._database.insert("history", row)

    def history(self, shop: str, case_id: str) -> list[HistoryLine]:
        """The life of a case, oldest first."""
        rows = self._database.rows(
            "SELECT at, event, detail FROM history WHERE shop = ? AND case_id = ? ORDER BY id",
            (shop, case_id),
        )
        return [HistoryLine(to_moment(r["at"]), str(r["event"]), json.loads(str(r["detail"]))) for r in rows]

    def snapshots(self, shop: str, case_id: str) -> list[tuple[datetime, Snapshot]]:
        """What TikTok said over time, oldest first."""
        rows = self._database.rows(
            "SELECT seen_at, raw, sum FROM snapshots WHERE shop = ? AND case_id = ? ORDER BY id",
            (shop, case_id),
        )
        return [(to_moment(row["seen_at"]), self._snapshot(row["raw"], row["sum"])) for row in rows]

    def _snapshot(self, raw: Value, known: Value) -> Snapshot:
        return self._read(unpacked(raw, known))

    def _update(self, shop: str, case_id: str, row: Row) -> None:
        columns = ", ".join(f"{column} = :{column}" for column in row)
        self._database.execute(
            f"UPDATE cases SET {columns} WHERE shop = :shop AND case_id = :case_id",
            row | {"shop": shop, "case_id": case_id},
        )

    def _cases(self, rows: list[Row]) -> list[Case]:
        keys = [(str(row["shop"]), str(row["case_id"])) for row in rows]
        rulings = self._rulings.of_cases(keys) if keys else {}
        with whole_rows():
            return [
                case_of(row, self._latest(row["raw"], row["sum"]), rulings.get(key, ()))
                for key, row in zip(keys, rows, strict=True)
            ]
