"""Counts over all cases of a shop."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from syncd.model.cases import Restock, State
from syncd.store.cases import Seen
from syncd.store.figures import Figures, figures
from syncd.store.store import Store
from syncd.tiktok.wire import snapshot_from


def test_nothing(path: Path) -> None:
    """A new store has no cases."""
    with closing(Store.write(path, snapshot_from)) as store:
        assert figures(store.database, "us") == Figures({}, 0, 0, ())


def test_of_one_shop(path: Path, seen: Callable[..., Seen], now: datetime) -> None:
    """What is held by reason, what waits for inspection, and the currencies; of that shop alone."""
    with closing(Store.write(path, snapshot_from)) as store:
        for shop, case_id, reason in [
            ("us", "1", "no_payment"),
            ("us", "2", "no_payment"),
            ("us", "3", "paused"),
            ("us", "4", None),
            ("uk", "5", "paused"),
        ]:
            store.cases.see(shop, [seen(case_id)], now)
            case = store.cases.get(shop, case_id)
            assert case
            held = State.HELD if reason else State.SYNCED
            waiting = Restock.NONE if reason else Restock.WAITING
            store.cases.keep(replace(case, state=held, reason=reason, restock=waiting), now)
        store.cases.see("us", [seen("6", total=None)], now)

        found = figures(store.database, "us")

    assert found == Figures({"no_payment": 2, "paused": 1}, to_inspect=1, unknown=0, currencies=("USD",))


def test_few_intents_are_read_for_it(path: Path) -> None:
    """By the index of those that are open: a store has many that are not, each with its bytes."""
    with closing(Store.write(path, snapshot_from)) as store:
        asked: list[str] = []
        store.database._connection.set_trace_callback(asked.append)
        figures(store.database, "us")
        store.database._connection.set_trace_callback(None)
        [sql] = [sql for sql in asked if "FROM intents" in sql]
        [plan] = store.database.rows(f"EXPLAIN QUERY PLAN {sql}")

    assert "intents_open" in str(plan["detail"])
