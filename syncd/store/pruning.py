"""What may be forgotten with age, and what never is.

| table | what goes once it is older than the limit |
|---|---|
| `snapshots` | those of cases at rest, but for the latest of each case |
| `history` | the lines of cases at rest |
| `intents` | bytes and answer of those that came to an end, of cases at rest; the row itself stays |
| `requests` | those that were answered |
| all others | nothing |

A case is at rest once it is synced, skipped or dismissed, and not to be looked at again. What keeps a
refund from being made twice is never touched: the case with what was written for it, its latest snapshot,
what people decided about it, each intent with its key, generation, amount and state, claims, pairs of orders,
how far TikTok was read, and when nothing was written.

The pages that come free are used again by what comes next: the file stops growing, but does not shrink, since
that would take a pause in which nothing can be written.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from syncd.model.cases import State
from syncd.model.intents import OPEN
from syncd.store.database import Database, from_time, to_time
from syncd.store.sums import packed, unpacked

Kept = Callable[[Mapping[str, object]], Mapping[str, object]]

_AT_REST = (
    "EXISTS (SELECT 1 FROM cases WHERE cases.shop = {table}.shop AND cases.case_id = {table}.case_id"
    f" AND state IN ('{State.SYNCED}', '{State.SKIPPED}', '{State.DISMISSED}') AND due_at IS NULL"
    "{more})"
)
_OPEN_WORDS = ", ".join(f"'{state}'" for state in sorted(OPEN))


@dataclass(frozen=True, slots=True)
class _Rule:
    """What is done to which rows of a table, and the column that tells their age."""

    table: str
    age: str
    change: str
    which: str


_RULES = (
    _Rule(
        "snapshots",
        "seen_at",
        "DELETE FROM snapshots",
        _AT_REST.format(table="snapshots", more=" AND snapshot_id <> snapshots.id"),
    ),
    _Rule("history", "at", "DELETE FROM history", _AT_REST.format(table="history", more="")),
    _Rule(
        "intents",
        "created_at",
        "UPDATE intents SET body = x'', answer = ''",
        f"body <> x'' AND intents.state NOT IN ({_OPEN_WORDS}) AND "
        + _AT_REST.format(table="intents", more=""),
    ),
    _Rule("requests", "done_at", "DELETE FROM requests", "done_at IS NOT NULL"),
)


class Pruning:
    """One pass over everything that is older than `before`, batch by batch."""

    def __init__(self, database: Database, before: datetime) -> None:
        self._database = database
        self._before = before
        self._left = list(_RULES)
        self._after = 0

    @property
    def over(self) -> bool:
        """Whether everything was gone through."""
        return not self._left

    def batch(self, limit: int) -> int:
        """Go through at most so many rows, in one short transaction; how many of them were pruned."""
        with self._database.transaction():
            if self._left == list(_RULES) and self._after == 0:
                self._allow()
            return self._pruned(self._left[0], limit) if self._left else 0

    def _allow(self) -> None:
        """Lines of the history can be deleted up to this limit, and never beyond it."""
        self._database.execute(
            "UPDATE retention SET before = :before WHERE before <> :before",
            {"before": from_time(self._before)},
        )

    def _pruned(self, rule: _Rule, limit: int) -> int:
        last = self._last(rule, limit)
        if last is None:
            self._left, self._after = self._left[1:], 0
            return 0
        first, self._after = self._after, last
        return self._database.execute(
            f"{rule.change} WHERE {rule.table}.id > :first AND {rule.table}.id <= :last"
            f" AND {rule.age} < :before AND {rule.which}",
            {"first": first, "last": last, "before": from_time(self._before)},
        )

    def _last(self, rule: _Rule, limit: int) -> int | None:
        """The last row of the next batch; None where it holds nothing old: later rows are younger."""
        rows = f"SELECT id, {rule.age} AS age FROM {rule.table} WHERE id > ? ORDER BY id LIMIT ?"
        batch = self._database.row(
            f"SELECT max(id) AS last, min(age) AS oldest FROM ({rows})", (self._after, limit)
        )
        oldest = to_time(batch["oldest"]) if batch else None
        if batch is None or (oldest is not None and oldest >= self._before):
            return None
        return cast("int | None", batch["last"])


def pruned_at(database: Database) -> datetime | None:
    """When everything was last gone through."""
    row = database.row("SELECT done_at FROM retention")
    return to_time(row["done_at"]) if row else None


def pruning_done(database: Database, now: datetime) -> None:
    """Everything was gone through."""
    database.execute("UPDATE retention SET done_at = ?", (from_time(now),))


def pruned_before(database: Database) -> datetime | None:
    """Up to when history may be missing; None where nothing was ever pruned."""
    row = database.row("SELECT before FROM retention WHERE before > 0")
    return to_time(row["before"]) if row else None


def cut_down(database: Database, kept: Kept, limit: int) -> bool:
    """Cut some answers of TikTok down that an earlier version stored whole; False once there are none left.

    Raises:
        StoreDamaged: One of them is not what was stored.
    """
    with database.transaction():
        rows = database.rows(
            "SELECT id, raw, sum FROM snapshots WHERE id <= (SELECT whole_until FROM retention)"
            " ORDER BY id DESC LIMIT ?",
            (limit,),
        )
        for row in rows:
            small = packed(kept(unpacked(row["raw"], row["sum"])))
            database.execute(
                "UPDATE snapshots SET raw = :raw, sum = :sum WHERE id = :id", small | {"id": row["id"]}
            )
        if rows:
            left = cast("int", rows[-1]["id"]) - 1
            database.execute("UPDATE retention SET whole_until = ?", (left,))
        return bool(rows)
