"""Counts and sums over many cases, for alerts, the daily summary and metrics: no case is read whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from syncd.model.cases import Restock, State
from syncd.model.intents import OPEN, IntentState
from syncd.model.money import Money
from syncd.model.reasons import Reason
from syncd.store.case_rows import to_moment
from syncd.store.database import Database, Row, from_time, to_time

_OPEN_WORDS = ", ".join(f"'{state}'" for state in sorted(OPEN))


@dataclass(frozen=True, slots=True)
class Tally:
    """How many cases, and what TikTok pays back for them, by currency."""

    count: int = 0
    money: tuple[Money, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """A case in a line."""

    case_id: str
    order: str
    money: Money | None
    detail: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many cases wait for something, and since when the oldest does."""

    count: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class PaidBack:
    """What TikTok paid back for a case and why, and what was refunded for it in Shopify, and when."""

    money: Money
    refunded: int
    reason: str
    at: datetime
    refunded_at: datetime | None


class Tallies:
    """Questions to the tables `cases` and `intents` of one shop."""

    def __init__(self, database: Database, shop: str) -> None:
        self._database = database
        self._shop = shop

    def held(self) -> Mapping[str, Tally]:
        """The held cases by reason."""
        rows = self._database.rows(
            "SELECT reason, currency, count(*) AS cases, sum(refund_minor) AS minor FROM cases"
            " WHERE shop = ? AND state = ? GROUP BY reason, currency ORDER BY reason, currency",
            (self._shop, State.HELD.value),
        )
        found: dict[str, Tally] = {}
        for row in rows:
            reason, money = str(row["reason"] or ""), _money(row)
            before = found.get(reason, Tally())
            found[reason] = Tally(
                before.count + _int(row, "cases"), before.money + ((money,) if money else ())
            )
        return found

    def some_held(self, reason: str, limit: int) -> tuple[Named, ...]:
        """Some held cases of that reason, the latest change first."""
        rows = self._database.rows(
            "SELECT case_id, order_id, shopify_order_name, currency, refund_minor AS minor, detail FROM cases"
            " WHERE shop = ? AND state = ? AND reason = ? ORDER BY +updated DESC, case_id LIMIT ?",
            (self._shop, State.HELD.value, reason, limit),
        )
        return tuple(
            Named(
                str(row["case_id"]),
                str(row["shopify_order_name"] or row["order_id"]),
                _money(row),
                str(row["detail"]),
            )
            for row in rows
        )

    def at_ceiling(self) -> Waiting:
        """The cases that wait for tomorrow."""
        return self._waiting(
            "state = :due AND reason = :reason", "paid_back_seen_at", {"reason": Reason.DAY_CEILING.value}
        )

    def unwritten(self, before: datetime, reasons: tuple[Reason | None, ...]) -> Waiting:
        """The cases paid back before then that are still to be written and wait for one of these reasons.

        None stands for no reason at all.
        """
        marks = {f"r{number}": reason.value if reason else "" for number, reason in enumerate(reasons)}
        words = ", ".join(f":{mark}" for mark in marks)
        return self._waiting(
            f"state IN (:due, :writing) AND coalesce(reason, '') IN ({words})"
            " AND paid_back_seen_at <= :before",
            "paid_back_seen_at",
            marks | {"before": from_time(before)},
        )

    def backlog(self) -> Waiting:
        """The cases that are to be written and are not yet, for whatever reason."""
        return self._waiting("state IN (:due, :writing)", "coalesce(paid_back_seen_at, first_seen)", {})

    def to_inspect(self) -> Waiting:
        """The cases with units that staff have to inspect."""
        return self._waiting("restock = :restock", "restock_since", {"restock": Restock.WAITING.value})

    def currencies(self) -> tuple[str, ...]:
        """Those in which TikTok has paid back."""
        rows = self._database.rows(
            "SELECT DISTINCT currency FROM cases WHERE shop = ? AND currency IS NOT NULL ORDER BY currency",
            (self._shop,),
        )
        return tuple(str(row["currency"]) for row in rows)

    def unknown_refunds(self) -> int:
        """The refunds that were sent and whose outcome is not known yet."""
        rows = self._database.rows(
            # The first condition on the state is the one of an index, by which few intents are read.
            f"SELECT count(*) AS n FROM intents WHERE shop = ? AND state IN ({_OPEN_WORDS}) AND state = ?"
            " AND amount_minor IS NOT NULL",
            (self._shop, IntentState.UNKNOWN.value),
        )
        return _int(rows[0], "n")

    def refunded_since(self, at: datetime) -> Tally:
        """The refunds that were confirmed, of those sent since then."""
        rows = self._database.rows(
            "SELECT currency, count(*) AS refunds, sum(amount_minor) AS minor FROM intents"
            " WHERE shop = ? AND first_sent_at >= ? AND amount_minor IS NOT NULL AND state = ?"
            " GROUP BY currency ORDER BY currency",
            (self._shop, from_time(at), IntentState.CONFIRMED.value),
        )
        money = tuple(money for row in rows if (money := _money(row)))
        return Tally(sum(_int(row, "refunds") for row in rows), money)

    def held_spells(self) -> list[tuple[datetime, datetime | None]]:
        """From when to when a case was held, for every time that one was; None: it still is."""
        rows = self._database.rows(
            "SELECT at, (SELECT min(later.at) FROM history AS later WHERE later.shop = history.shop"
            " AND later.case_id = history.case_id AND later.id > history.id AND later.event = 'decided'"
            " AND later.detail ->> '$.state' <> 'held') AS until"
            " FROM history WHERE shop = ? AND event = 'decided' AND detail ->> '$.state' = 'held'"
            " AND coalesce((SELECT earlier.detail ->> '$.state' FROM history AS earlier"
            " WHERE earlier.shop = history.shop AND earlier.case_id = history.case_id"
            " AND earlier.event = 'decided' AND earlier.id < history.id"
            " ORDER BY earlier.id DESC LIMIT 1), '') <> 'held'",
            (self._shop,),
        )
        return [(to_moment(row["at"]), to_time(row["until"])) for row in rows]

    def paid_back(self, since: datetime) -> list[PaidBack]:
        """What TikTok has paid back since then, with what was refunded for it."""
        of_case = (
            "FROM intents WHERE intents.shop = cases.shop AND intents.case_id = cases.case_id"
            " AND amount_minor IS NOT NULL AND intents.state = 'confirmed'"
        )
        rows = self._database.rows(
            "SELECT paid_back_at, currency, refund_minor,"
            f" (SELECT sum(amount_minor) {of_case}) AS minor, (SELECT min(first_sent_at) {of_case}) AS at,"
            " coalesce(nullif(raw ->> '$.return_reason_text', ''), raw ->> '$.cancel_reason_text', '')"
            " AS reason FROM cases JOIN snapshots ON snapshots.id = snapshot_id"
            " WHERE cases.shop = ? AND paid_back_at >= ? AND currency IS NOT NULL",
            (self._shop, from_time(since)),
        )
        return [
            PaidBack(
                Money(_int(row, "refund_minor"), str(row["currency"])),
                cast("int", row["minor"] or 0),
                str(row["reason"]),
                to_moment(row["paid_back_at"]),
                to_time(row["at"]),
            )
            for row in rows
        ]

    def _waiting(self, where: str, since: str, values: Row) -> Waiting:
        states: Row = {"shop": self._shop, "due": State.DUE.value, "writing": State.WRITING.value}
        row = self._database.row(
            f"SELECT count(*) AS cases, min({since}) AS since FROM cases WHERE shop = :shop AND {where}",
            states | values,
        )
        return Waiting(_int(row, "cases"), to_time(row["since"])) if row else Waiting(0, None)


def _money(row: Row) -> Money | None:
    return Money(_int(row, "minor"), str(row["currency"])) if row["currency"] else None


def _int(row: Row, name: str) -> int:
    return cast("int", row[name])
