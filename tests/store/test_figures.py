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
