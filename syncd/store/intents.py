"""Intents and claims: durable before anything is sent."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import cast

from syncd.model.intents import OPEN, Intent, IntentState
from syncd.model.money import Money
from syncd.model.plans import MONEY, ActionKind
from syncd.model.spent import Spent
from syncd.store.database import Database, Row, Value, from_time, to_time

_SPENT_WORDS = ", ".join(
    f"'{state}'" for state in (IntentState.SENDING, IntentState.UNKNOWN, IntentState.CONFIRMED)
)
_OPEN_WORDS = ", ".join(f"'{state}'" for state in sorted(OPEN))


class Intents:
    """The tables `intents` and `claims`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, intent: Intent) -> Intent:
        """Record a new intent; it comes back with its id."""
        row = _columns(intent) | {
            "shop": intent.shop,
            "case_id": intent.case_id,
            "action": intent.action.value,
            "generation": intent.generation,
            "key": intent.key,
            "operation": intent.operation,
            "api_version": intent.api_version,
            "body": intent.body,
            "shopify_order_id": intent.shopify_order_id,
            "amount_minor": intent.amount.minor if intent.amount else None,
            "currency": intent.amount.currency if intent.amount else None,
            "digest": intent.digest,
            "leaves": json.dumps(dict(intent.leaves)),
            "created_at": from_time(intent.created_at),
        }
        return replace(intent, id=self._database.insert("intents", row))

    def keep(self, intent: Intent) -> Intent:
        """Record the new state of an intent."""
        row = _columns(intent)
        columns = ", ".join(f"{column} = :{column}" for column in row)
        self._database.execute(f"UPDATE intents SET {columns} WHERE id = :id", row | {"id": intent.id})
        return intent

    def of_case(self, shop: str, case_id: str) -> list[Intent]:
        """All intents of a case, oldest first."""
        rows = self._database.rows(
            "SELECT * FROM intents WHERE shop = ? AND case_id = ? ORDER BY id", (shop, case_id)
        )
        return [_intent(row) for row in rows]

    def asked(self, shop: str, case_id: str) -> Mapping[str, int]:
        """What the refund of a case was to leave on the order: see `Intent.leaves`; empty where none was."""
        refunds = [i for i in self.of_case(shop, case_id) if i.action in MONEY]
        done = [i for i in refunds if i.state is IntentState.CONFIRMED]
        return done[-1].leaves if done else {}

    def open(self, shop: str, case_id: str) -> Intent | None:
        """The intent of a case that has not come to an end; there is never more than one."""
        row = self._database.row(
            f"SELECT * FROM intents WHERE shop = ? AND case_id = ? AND state IN ({_OPEN_WORDS})",
            (shop, case_id),
        )
        return _intent(row) if row else None

    def may_have_run(self, shop: str, case_id: str) -> bool:
        """Whether a refund of the case was sent and is not known to have failed."""
        row = self._database.row(
            "SELECT 1 FROM intents WHERE shop = ? AND case_id = ? AND amount_minor IS NOT NULL"
            f" AND state IN ({_SPENT_WORDS}) LIMIT 1",
            (shop, case_id),
        )
        return row is not None

    def spent_since(self, shop: str, at: datetime) -> Spent:
        """The refunds whose sending began since then, also those of which the outcome is open."""
        rows = self._database.rows(
            "SELECT currency, count(*) AS refunds, sum(amount_minor) AS minor FROM intents"
            " WHERE shop = ? AND first_sent_at >= ? AND amount_minor IS NOT NULL"
            f" AND state IN ({_SPENT_WORDS}) GROUP BY currency",
            (shop, from_time(at)),
        )
        money = {str(row["currency"]): _int(row["minor"]) for row in rows}
        return Spent(today=sum(_int(row["refunds"]) for row in rows), money_today=money)

    def claim_token(self, shop: str, case_id: str) -> str | None:
        """The token of the claim that we last wrote, or were about to write."""
        row = self._database.row("SELECT token FROM claims WHERE shop = ? AND case_id = ?", (shop, case_id))
        return str(row["token"]) if row else None

    def keep_claim_token(self, shop: str, case_id: str, token: str, now: datetime) -> None:
        """Remember the token before the claim is written."""
        self._database.execute(
            "INSERT INTO claims (shop, case_id, token, taken_at) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (shop, case_id) DO UPDATE SET token = excluded.token, taken_at = excluded.taken_at",
            (shop, case_id, token, from_time(now)),
        )


def _columns(intent: Intent) -> Row:
    return {
        "state": intent.state.value,
        "attempts": intent.attempts,
        "looks": intent.looks,
        "first_sent_at": from_time(intent.first_sent_at),
        "last_sent_at": from_time(intent.last_sent_at),
        "look_at": from_time(intent.look_at),
        "request_ids": json.dumps(intent.request_ids),
        "answer": intent.answer,
        "key_spent": int(intent.key_spent),
    }


def _intent(row: Row) -> Intent:
    amount = row["amount_minor"]
    return Intent(
        shop=str(row["shop"]),
        case_id=str(row["case_id"]),
        action=ActionKind(str(row["action"])),
        generation=_int(row["generation"]),
        key=str(row["key"]),
        operation=str(row["operation"]),
        api_version=str(row["api_version"]),
        body=cast("bytes", row["body"]),
        shopify_order_id=str(row["shopify_order_id"]),
        amount=None if amount is None else Money(_int(amount), str(row["currency"])),
        digest=str(row["digest"]),
        leaves=json.loads(str(row["leaves"])),
        created_at=cast("datetime", to_time(row["created_at"])),
        state=IntentState(str(row["state"])),
        attempts=_int(row["attempts"]),
        looks=_int(row["looks"]),
        first_sent_at=to_time(row["first_sent_at"]),
        last_sent_at=to_time(row["last_sent_at"]),
        look_at=to_time(row["look_at"]),
        request_ids=tuple(json.loads(str(row["request_ids"]))),
        answer=str(row["answer"] or ""),
        key_spent=bool(row["key_spent"]),
        id=_int(row["id"]),
    )


def _int(value: Value) -> int:
    return cast("int", value)
