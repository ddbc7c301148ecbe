"""Past cases that people let in: a queue of requests, one a case, and how the cases stand meanwhile.

A request stays in the queue until its case is let in, so that a death at any moment loses none of them.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from syncd.model.cases import State
from syncd.model.reasons import Reason
from syncd.store.database import Database, Row, Value, from_time, to_time
from syncd.store.requests import BACKFILL, Request, request_of

_QUEUE = f"shop = ? AND done_at IS NULL AND command = '{BACKFILL}'"
_TAKEN_BACK = "taken back"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a case stands, in short, and when it is looked at again."""

    state: State
    reason: str | None
    due_at: datetime | None


class Past:
    """The requests of `backfill`, and short looks at many cases."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def leave(self, shop: str, words: Iterable[tuple[str, str]], *, who: str, now: datetime) -> int:
        """Ask for these cases to be let in, each with its words, unless that is asked already; how many."""
        with self._database.transaction():
            known = {request.case_id for request in self.queue(shop)}
            fresh = [(case_id, text) for case_id, text in words if case_id not in known]
            for case_id, text in fresh:
                self._database.insert(
                    "requests",
                    {
                        "command": BACKFILL,
                        "shop": shop,
                        "case_id": case_id,
                        "who": who,
                        "words": text,
                        "at": from_time(now),
                    },
                )
        return len(fresh)

    def queue(self, shop: str, limit: int = -1) -> list[Request]:
        """What waits to be let in, in the order in which that was asked for."""
        rows = self._database.rows(
            f"SELECT * FROM requests WHERE {_QUEUE} ORDER BY id LIMIT ?", (shop, limit)
        )
        return [request_of(row) for row in rows]

    def left(self, shop: str) -> int:
        """How many cases wait to be let in."""
        return self._count(f"requests WHERE {_QUEUE}", shop)

    def settle(self, request: Request, now: datetime) -> bool:
        """The request is carried out or refused, for good; False where it was taken back meanwhile."""
        settled = self._database.execute(
            "UPDATE requests SET carried_out_at = :now, done_at = :now, refused = :refused"
            " WHERE id = :id AND done_at IS NULL",
            {"now": from_time(now), "refused": request.refused, "id": request.id},
        )
        return settled > 0

    def take_back(self, shop: str, now: datetime) -> int:
        """Let in no more cases; how many waited."""
        return self._database.execute(
            f"UPDATE requests SET done_at = ?, refused = '{_TAKEN_BACK}' WHERE {_QUEUE}",
            (from_time(now), shop),
        )

    def refused(self, shop: str, since: datetime) -> dict[str, str]:
        """The cases that were not let in since then, and why; not those that were taken back."""
        rows = self._database.rows(
            "SELECT case_id, refused FROM requests WHERE shop = ? AND command = ? AND at >= ?"
            " AND refused NOT IN ('', ?)",
            (shop, BACKFILL, from_time(since), _TAKEN_BACK),
        )
        return {str(row["case_id"]): str(row["refused"]) for row in rows}

    def to_be_written(self, shop: str, now: datetime) -> int:
        """How many cases may still be written today, or wait for a day with room."""
        due = self._count("cases WHERE shop = ? AND due_at <= ? AND state <> 'synced'", shop, from_time(now))
        return due + self.of_other_days(shop)

    def of_other_days(self, shop: str) -> int:
        """How many cases wait for a day with room under its ceiling."""
        return self._count(
            "cases WHERE shop = ? AND state = 'due' AND reason = ?", shop, Reason.DAY_CEILING.value
        )

    def all_standings(self, shop: str) -> dict[str, Standing]:
        """How every case of the shop stands."""
        return _standings(
            self._database.rows("SELECT case_id, state, reason, due_at FROM cases WHERE shop = ?", (shop,))
        )

    def standings(self, shop: str, case_ids: Iterable[str]) -> dict[str, Standing]:
        """How these cases stand, as far as they are known."""
        return _standings(
            self._database.rows(
                "SELECT cases.case_id, state, reason, due_at FROM json_each(?) AS wanted"
                " JOIN cases ON cases.shop = ? AND cases.case_id = wanted.value",
                (json.dumps(list(case_ids)), shop),
            )
        )

    def only_due(self, shop: str, case_ids: Iterable[str], now: datetime) -> None:
        """Look at these cases of the shop at once, and at no others. For a copy that nobody keeps."""
        self._database.execute("UPDATE cases SET due_at = NULL WHERE shop = ?", (shop,))
        self._database.execute(
            "UPDATE cases SET due_at = ?, tries = 0"
            " WHERE shop = ? AND case_id IN (SELECT value FROM json_each(?))",
            (from_time(now), shop, json.dumps(list(case_ids))),
        )

    def _count(self, which: str, *values: Value) -> int:
        row = self._database.row(f"SELECT count(*) AS n FROM {which}", values)
        return cast("int", row["n"]) if row else 0


def _standings(rows: Iterable[Row]) -> dict[str, Standing]:
    return {
        str(row["case_id"]): Standing(
            State(str(row["state"])),
            None if row["reason"] is None else str(row["reason"]),
            to_time(row["due_at"]),
        )
        for row in rows
    }
