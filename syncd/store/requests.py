"""What people asked for while the daemon holds the store: left here, carried out by it, answered here."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from syncd.store.database import Database, Row, from_time

BACKFILL = "backfill"
"""The command whose requests each let in one past case, a few at a time: see `syncd.store.past`."""


@dataclass(frozen=True, slots=True)
class Request:
    """Somebody wants something done about a case; `why` is in their words.

    `carried_out` once that is decided, for good; `refused` says why it was not done.
    """

    id: int
    command: str
    shop: str
    case_id: str
    who: str
    words: str = ""
    why: str = ""
    refused: str = ""
    carried_out: bool = False


class Requests:
    """The table `requests`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def leave(
        self, shop: str, case_id: str, *, command: str, who: str, words: str, now: datetime, why: str = ""
    ) -> Request:
        """Leave a request for the daemon."""
        row: Row = {"command": command, "shop": shop, "case_id": case_id, "who": who, "words": words}
        number = self._database.insert("requests", row | {"why": why, "at": from_time(now)})
        return Request(number, command, shop, case_id, who, words, why)

    def waiting(self, shop: str) -> list[Request]:
        """What nobody has been answered yet, oldest first; past cases to be let in are not among it."""
        rows = self._database.rows(
            "SELECT * FROM requests WHERE shop = ? AND done_at IS NULL AND command <> ? ORDER BY id",
            (shop, BACKFILL),
        )
        return [request_of(row) for row in rows]

    def newest(self, shop: str) -> int:
        """The number of the last request that waits, of whatever command; 0 where none does."""
        row = self._database.row(
            "SELECT max(id) AS id FROM requests WHERE shop = ? AND done_at IS NULL", (shop,)
        )
        return cast("int", row["id"] or 0) if row else 0

    def carried_out(self, request: Request, now: datetime) -> None:
        """It is decided, and must not be decided a second time; the answer follows."""
        self._database.execute(
            "UPDATE requests SET carried_out_at = ?, refused = ? WHERE id = ?",
            (from_time(now), request.refused, request.id),
        )

    def done(self, request: Request, now: datetime) -> None:
        """Whoever waits for it is answered."""
        self._database.execute("UPDATE requests SET done_at = ? WHERE id = ?", (from_time(now), request.id))

    def answer(self, request: Request) -> Request | None:
        """The request as it was answered; None as long as it was not."""
        row = self._database.row("SELECT * FROM requests WHERE id = ? AND done_at IS NOT NULL", (request.id,))
        return request_of(row) if row else None


def request_of(row: Row) -> Request:
    """The request in a row."""
    return Request(
        id=cast("int", row["id"]),
        command=str(row["command"]),
        shop=str(row["shop"]),
        case_id=str(row["case_id"]),
        who=str(row["who"]),
        words=str(row["words"]),
        why=str(row["why"]),
        refused=str(row["refused"]),
        carried_out=row["carried_out_at"] is not None,
    )
