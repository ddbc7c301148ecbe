"""What people asked for while the daemon holds the store: left here, carried out by it, answered here."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from syncd.store.database import Database, Row, from_time


@dataclass(frozen=True, slots=True)
class Request:
    """Somebody wants something done about a case."""

    id: int
    command: str
    shop: str
    case_id: str
    who: str


class Requests:
    """The table `requests`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def leave(self, command: str, shop: str, case_id: str, who: str, now: datetime) -> Request:
        """Leave a request for the daemon."""
        row: Row = {"command": command, "shop": shop, "case_id": case_id, "who": who, "at": from_time(now)}
        return Request(self._database.insert("requests", row), command, shop, case_id, who)

    def waiting(self, shop: str) -> list[Request]:
        """What nobody has carried out yet, oldest first."""
        rows = self._database.rows(
            "SELECT * FROM requests WHERE shop = ? AND done_at IS NULL ORDER BY id", (shop,)
        )
        return [
            Request(
                cast("int", row["id"]),
                str(row["command"]),
                str(row["shop"]),
                str(row["case_id"]),
                str(row["who"]),
            )
            for row in rows
        ]

    def done(self, request: Request, now: datetime) -> None:
        """It is carried out."""
        self._database.execute("UPDATE requests SET done_at = ? WHERE id = ?", (from_time(now), request.id))

    def is_done(self, request: Request) -> bool:
        """Whether it is carried out."""
        row = self._database.row("SELECT done_at FROM requests WHERE id = ?", (request.id,))
        return row is not None and row["done_at"] is not None
