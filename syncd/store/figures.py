"""Counts over all cases of a shop, for metrics: no case is read whole, and each table at most once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from syncd.model.cases import Restock, State
from syncd.model.intents import OPEN, IntentState
from syncd.store.database import Database, Row, Value

_OPEN_WORDS = ", ".join(f"'{state}'" for state in sorted(OPEN))


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
    cases = _row(
        database,
        "SELECT count(*) FILTER (WHERE restock = ?) AS n, group_concat(DISTINCT currency) AS currencies"
        " FROM cases WHERE shop = ?",
        Restock.WAITING.value,
        shop,
    )
    intents = _row(
        database,
        # The first condition on the state is the one of an index, by which few intents are read.
        f"SELECT count(*) AS n FROM intents WHERE shop = ? AND state IN ({_OPEN_WORDS}) AND state = ?"
        " AND amount_minor IS NOT NULL",
        shop,
        IntentState.UNKNOWN.value,
    )
    return Figures(
        held={str(row["reason"]): cast("int", row["n"]) for row in held},
        to_inspect=cast("int", cases["n"]),
        unknown=cast("int", intents["n"]),
        currencies=tuple(sorted(filter(None, str(cases["currencies"] or "").split(",")))),
    )


def _row(database: Database, sql: str, *values: Value) -> Row:
    [row] = database.rows(sql, values)
    return row
