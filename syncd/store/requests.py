"""What people asked for while the daemon holds the store: left here, carried out by it, answered here."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from syncd.store.database import Database, Row, from_time


@dataclass(frozen=True, slots=True)
class Request:
    """Somebody wants something done about a case. `refused` says why it was not."""

    id: int
    command: str
    shop: str
    case_id: str
    who: str
    words: str = ""
    refused: str = ""


class Requests:
    """The table `requests`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def leave(self, shop: str, case_id: str, *, command: str, who: str, words: str, now: datetime) -> Request:
        """Leave a request for the daemon."""
        row: Row = {"command": command, "shop": shop, "case_id": case_id, "who": who, "words": words}
        number = self._database.insert("requests", row | {"at": from_time(now)})
        return Request(number, command, shop, case_id, who, words)

    def waiting(self, shop: str) -> list[Request]:
        """What nobody has carried out yet, oldest first."""
        rows = self._database.rows(
            "SELECT * FROM requests WHERE shop = ? AND done_at IS NULL ORDER BY id", (shop,)
        )
        return [_request(row) for row in rows]

    def done(self, request: Request, now: datetime) -> None:
        """It is carried out, or refused."""
        self._database.execute(
            "UPDATE requests SET done_at = ?, refused = ? WHERE id = ?",
            (from_time(now), request.refused, request.id),
        )

    def answer(self, request: Request) -> Request | None:
        """The request as it was answered; None as long as it was not."""
        row = self._database.row("SELECT * FROM requests WHERE id = ? AND done_at IS NOT NULL", (request.id,))
        return _request(row) if row else None


def _request(row: Row) -> Request:
    texts = (str(row[name]) for name in ("command", "shop", "case_id", "who", "words", "refused"))
    return Request(cast("int", row["id"]), *texts)
