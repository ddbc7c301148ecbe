"""Counts over all cases of a shop, for metrics: no case is read whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from syncd.model.cases import Restock, State
from syncd.model.intents import IntentState
from syncd.store.database import Database, Value


@dataclass(frozen=True, slots=True)
class Figures:
    """Held cases by reason, cases whose units staff have to inspect, refunds whose outcome is not known.

    `currencies` are those in which TikTok has paid back.
    """

    held: Mapping[str, int]
    to_inspect: int
    unknown: int
    currencies: tuple[str, ...]


def figures(database: Database, shop: str) -> Figures:
    """The figures of one shop now."""
    held = database.rows(
        "SELECT reason, count(*) AS n FROM cases WHERE shop = ? AND state = ? GROUP BY reason",
        (shop, State.HELD.value),
    )
    currencies = database.rows(
        "SELECT DISTINCT currency FROM cases WHERE shop = ? AND currency IS NOT NULL ORDER BY currency",
        (shop,),
    )
    return Figures(
        held={str(row["reason"]): cast("int", row["n"]) for row in held},
        to_inspect=_count(database, "cases WHERE shop = ? AND restock = ?", shop, Restock.WAITING.value),
        unknown=_count(
            database,
            "intents WHERE shop = ? AND amount_minor IS NOT NULL AND state = ?",
            shop,
            IntentState.UNKNOWN.value,
        ),
        currencies=tuple(str(row["currency"]) for row in currencies),
    )


def _count(database: Database, what: str, *values: Value) -> int:
    [row] = database.rows(f"SELECT count(*) AS n FROM {what}", values)
    return cast("int", row["n"])
