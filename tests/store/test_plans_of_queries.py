"""What is asked of the store in a cycle, or of one case, goes through an index, however large the store."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from syncd.model.cases import Kind
from syncd.sandbox.clock import START
from syncd.store.cases import Filter
from syncd.store.database import Database, Row, Value
from syncd.store.pruning import Pruning, pruned_at
from syncd.store.store import Store
from syncd.store.sums import packed
from syncd.store.tallies import Tallies
from syncd.tiktok.wire import snapshot_from

LARGE = {"cases", "snapshots", "history", "intents", "claims", "orders", "rulings", "requests"}

_SMALL = ("COVERING", "requests_waiting", "intents_open", "history_held")
"""Indexes that answer alone, and those of what is not done yet or was ever held."""


def reads_whole(plan: str) -> bool:
    """Whether all rows of a table, or of a shop, are read."""
    how, table, *by = plan.split(" ", 2)
    which = "".join(by)
    small = any(name in which for name in _SMALL)
    return table in LARGE and not small and (how == "SCAN" or which.endswith("(shop=?)"))


class Explained(Database):
    """Remembers how each statement is carried out."""

    plans: list[str]

    def rows(self, sql: str, parameters: tuple[Value, ...] | Row = ()) -> list[Row]:
        """All rows of a query."""
        self._explain(sql, parameters)
        return super().rows(sql, parameters)

    def execute(self, sql: str, parameters: tuple[Value, ...] | Row = ()) -> int:
        """Run one statement."""
        if sql.startswith(("UPDATE", "DELETE", "INSERT")):
            self._explain(sql, parameters)
        return super().execute(sql, parameters)

    def _explain(self, sql: str, parameters: tuple[Value, ...] | Row) -> None:
        found = self._connection.execute(f"EXPLAIN QUERY PLAN {sql}", parameters).fetchall()
        self.plans += [f"{line[3]} | {sql}" for line in found]


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    """A large shop, with figures of it, as SQLite sees them after a while."""
    with closing(Explained.create_or_open(path)) as database:
        database.plans = []
        yield Store.over(database, snapshot_from)


@pytest.mark.parametrize(
    "plan",
    ["SCAN cases", "SCAN cases USING INDEX x", "SEARCH cases USING INDEX sqlite_autoindex_cases_1 (shop=?)"],
)
def test_a_whole_table_is_recognised(plan: str) -> None:
    """Otherwise the tests below would prove nothing."""
    assert reads_whole(plan)


CYCLE: dict[str, Callable[[Store], object]] = {
    "due": lambda store: list(store.cases.due("us", START, 9)),
    "to_verify": lambda store: store.cases.to_verify("us", START, 9),
    "next_due": lambda store: store.cases.next_due("us", after=START),
    "next_due for a reason": lambda store: store.cases.next_due("us", ["outcome_unknown"]),
    "counts": lambda store: store.cases.counts("us"),
    "last_put_off": lambda store: store.cases.last_put_off("us", START),
    "wake": lambda store: store.cases.wake("us", "1", START),
    "to_read_again": lambda store: store.cases.to_read_again("us", Kind.RETURN, START, 50),
    "read_again_by": lambda store: store.cases.read_again_by("us", "1", START),
    "newest": lambda store: store.cases.newest("us", Kind.CANCELLATION, START, 5),
    "get": lambda store: store.cases.get("us", "1"),
    "history": lambda store: store.cases.history("us", "1"),
    "snapshots": lambda store: store.cases.snapshots("us", "1"),
    "waiting": lambda store: store.requests.waiting("us"),
    "of_case": lambda store: store.intents.of_case("us", "1"),
    "open": lambda store: store.intents.open("us", "1"),
    "may_have_run": lambda store: store.intents.may_have_run("us", "1"),
    "spent_since": lambda store: store.intents.spent_since("us", START),
    "claim_token": lambda store: store.intents.claim_token("us", "1"),
    "rulings": lambda store: store.rulings.of_cases([("us", "1")]),
    "pairs": lambda store: store.shops.pairs("us", ["1", "2"]),
    "progress": lambda store: store.shops.progress("us"),
    "spells": lambda store: store.shops.spells("us"),
    "held": lambda store: Tallies(store.database, "us").held(),
    "some_held": lambda store: Tallies(store.database, "us").some_held("doubled", 5),
    "at_ceiling": lambda store: Tallies(store.database, "us").at_ceiling(),
    "unwritten": lambda store: Tallies(store.database, "us").unwritten(START, (None,)),
    "backlog": lambda store: Tallies(store.database, "us").backlog(),
    "to_inspect": lambda store: Tallies(store.database, "us").to_inspect(),
    "currencies": lambda store: Tallies(store.database, "us").currencies(),
    "unknown_refunds": lambda store: Tallies(store.database, "us").unknown_refunds(),
    "held_spells": lambda store: Tallies(store.database, "us").held_spells(),
    "paid_back": lambda store: Tallies(store.database, "us").paid_back(START),
    "list of held": lambda store: store.cases.select(Filter(shop="us", state="held"), 50),
    "refunded_since": lambda store: Tallies(store.database, "us").refunded_since(START),
    "pruned_at": lambda store: pruned_at(store.database),
    "find": lambda store: store.cases.find("#1001"),
    "find in a shop": lambda store: store.cases.find("us:5763"),
}


@pytest.mark.parametrize("question", CYCLE.values(), ids=CYCLE)
def test_no_table_is_read_whole(store: Store, question: Callable[[Store], object]) -> None:
    """The look at what is due each second, or each cycle, costs what it finds."""
    assert isinstance(store.database, Explained)
    store.database.plans.clear()
    question(store)
    whole = [plan for plan in store.database.plans if reads_whole(plan.partition(" | ")[0])]
    assert store.database.plans
    assert whole == []


@pytest.mark.parametrize(
    ("question", "index"),
    [
        ("counts", "COVERING INDEX cases_state"),
        ("next_due", "COVERING INDEX cases_due"),
        ("newest", "COVERING INDEX cases_newest (shop=? AND kind=?"),
    ],
)
def test_what_is_asked_most_is_answered_by_an_index_alone(store: Store, question: str, index: str) -> None:
    """No row of a case is read for it."""
    assert isinstance(store.database, Explained)
    store.database.plans.clear()
    CYCLE[question](store)
    assert any(index in plan for plan in store.database.plans)


def test_no_batch_of_pruning_reads_a_table_whole(store: Store) -> None:
    """It goes on where the last one ended, and looks for no snapshot in all cases to delete it."""
    assert isinstance(store.database, Explained)
    for number in range(3):
        row: Row = {"shop": "us", "case_id": "1", "seen_at": 0, "digest": "d"}
        store.database.insert("snapshots", row | packed({"n": number}))
    store.database.plans.clear()
    pruning = Pruning(store.database, START)
    while not pruning.over:
        pruning.batch(2)
    whole = [plan for plan in store.database.plans if reads_whole(plan.partition(" | ")[0])]
    assert whole == []
    by_snapshot = store.database._connection.execute(
        "EXPLAIN QUERY PLAN SELECT 1 FROM cases WHERE snapshot_id = ?", (1,)
    ).fetchall()
    assert "cases_snapshot" in by_snapshot[0][3]
