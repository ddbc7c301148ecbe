"""What people decided about cases: added to, never changed."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import cast

from syncd.model.rulings import Ruling, RulingKind
from syncd.store.database import Database, Row, from_time, to_time


class Rulings:
    """The table `rulings`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, shop: str, case_id: str, ruling: Ruling) -> None:
        """Keep a decision."""
        self._database.insert(
            "rulings",
            {
                "shop": shop,
                "case_id": case_id,
                "kind": ruling.kind.value,
                "basis": ruling.basis,
                "who": ruling.who,
                "at": from_time(ruling.at),
                "why": ruling.why,
                "subjects": json.dumps(ruling.subjects),
                "reason": ruling.reason,
                "units": json.dumps(dict(ruling.units)),
                "recorded": int(ruling.recorded),
            },
        )

    def recorded(self, shop: str, case_id: str, kinds: Iterable[RulingKind]) -> None:
        """The decisions of these kinds are on the Shopify order."""
        self._database.execute(
            "UPDATE rulings SET recorded = 1 WHERE shop = ? AND case_id = ?"
            " AND kind IN (SELECT value FROM json_each(?))",
            (shop, case_id, json.dumps(sorted(kinds))),
        )

    def of_case(self, shop: str, case_id: str) -> tuple[Ruling, ...]:
        """The decisions about a case, oldest first."""
        rows = self._database.rows(
            "SELECT * FROM rulings WHERE shop = ? AND case_id = ? ORDER BY id", (shop, case_id)
        )
        return tuple(_ruling(row) for row in rows)

    def of_cases(self, cases: Iterable[tuple[str, str]]) -> dict[tuple[str, str], tuple[Ruling, ...]]:
        """The decisions about many cases, by shop and case id; cases without any are left out."""
        wanted = json.dumps(list(cases))
        rows = self._database.rows(
            "SELECT rulings.* FROM json_each(?) AS wanted JOIN rulings"
            " ON rulings.shop = wanted.value ->> 0 AND rulings.case_id = wanted.value ->> 1"
            " ORDER BY rulings.id",
            (wanted,),
        )
        found: dict[tuple[str, str], tuple[Ruling, ...]] = {}
        for row in rows:
            key = (str(row["shop"]), str(row["case_id"]))
            found[key] = (*found.get(key, ()), _ruling(row))
        return found


def _ruling(row: Row) -> Ruling:
    return Ruling(
        kind=RulingKind(str(row["kind"])),
        basis=str(row["basis"]),
        who=str(row["who"]),
        at=cast("datetime", to_time(row["at"])),
        why=str(row["why"]),
        subjects=tuple(json.loads(str(row["subjects"]))),
        reason=str(row["reason"]),
        units=json.loads(str(row["units"])),
        recorded=bool(row["recorded"]),
    )
