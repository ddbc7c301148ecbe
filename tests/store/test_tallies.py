"""Counts and sums over many cases."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from syncd.model.cases import Restock, State
from syncd.model.money import Money
from syncd.model.reasons import Reason
from syncd.store.cases import Seen
from syncd.store.store import Store
from syncd.store.tallies import Named, Tallies, Tally, Waiting

HOUR = timedelta(hours=1)
COMPLETE = "RETURN_OR_REFUND_REQUEST_COMPLETE"
Keep = Callable[..., None]


@pytest.fixture
def keep(store: Store, seen: Callable[..., Seen]) -> Keep:
    """Make a case that was decided so, with a row of TikTok's."""

    def keep(
        case_id: str, at: datetime, *, shop: str = "us", row: dict[str, Any] | None = None, **more: Any
    ) -> None:
        store.cases.see(shop, [seen(case_id, **{"status": COMPLETE} | (row or {}))], at)
        case = store.cases.get(shop, case_id)
        assert case
        store.cases.keep(replace(case, **more), at)

    return keep


@pytest.fixture
def tallies(store: Store) -> Tallies:
    return Tallies(store.database, "us")


def test_held(keep: Keep, tallies: Tallies, now: datetime) -> None:
    """By reason, with the money of each currency; not another shop's, and not what is not held."""
    dong = {"refund_amount": {"currency": "VND", "refund_total": "489681"}}
    held = {"state": State.HELD, "reason": "units_gone"}
    keep("1", now, **held)
    keep("2", now, **held)
    keep("3", now, row=dong, **held)
    keep("4", now, row={"total": None}, state=State.HELD, reason="amount_missing")
    keep("5", now, shop="uk", **held)
    keep("6", now, state=State.DISMISSED, reason="dismissed")
    assert tallies.held() == {
        "amount_missing": Tally(1),
        "units_gone": Tally(3, (Money(4000, "USD"), Money(489681, "VND"))),
    }


def test_some_held(keep: Keep, tallies: Tallies, now: datetime) -> None:
    """The latest changes, with the order as people know it."""
    held = {"state": State.HELD, "reason": "units_gone"}
    keep("1", now, **held)
    keep("2", now + HOUR, detail="SHIRT", shopify_order_name="#1001", **held)
    keep("3", now + 2 * HOUR, row={"total": None}, **held)
    usd = Money(2000, "USD")
    assert tallies.some_held("units_gone", 2) == (
        Named("3", "5764001", None, ""),
        Named("2", "#1001", usd, "SHIRT"),
    )


def test_waits(keep: Keep, tallies: Tallies, now: datetime) -> None:
    """Each wait counts its own, and knows the oldest."""
    keep("1", now, state=State.DUE)
    keep("2", now - HOUR, state=State.WRITING)
    keep("3", now - 2 * HOUR, state=State.DUE, reason="day_ceiling")
    keep("4", now - 3 * HOUR, state=State.DUE, reason="order_not_found")
    keep("5", now, state=State.SYNCED, restock=Restock.WAITING, restock_since=now - 5 * HOUR)
    keep("6", now - 9 * HOUR, state=State.SYNCED)
    assert tallies.backlog() == Waiting(4, now - 3 * HOUR)
    assert tallies.at_ceiling() == Waiting(1, now - 2 * HOUR)
    assert tallies.to_inspect() == Waiting(1, now - 5 * HOUR)
    assert tallies.unwritten(now, (None,)) == Waiting(2, now - HOUR)
    assert tallies.unwritten(now - HOUR, (None,)) == Waiting(1, now - HOUR)
    assert tallies.unwritten(now, (None, Reason.ORDER_NOT_FOUND)) == Waiting(3, now - 3 * HOUR)
    assert tallies.unwritten(now, (Reason.CLAIMED_ELSEWHERE,)) == Waiting(0, None)


def test_what_is_not_paid_back_is_not_unwritten(keep: Keep, tallies: Tallies, now: datetime) -> None:
    """A return that is under way may wait as long as it takes."""
    keep("1", now, row={"status": "RETURN_OR_REFUND_REQUEST_PENDING"}, state=State.DUE)
    assert tallies.unwritten(now + HOUR, (None,)) == Waiting(0, None)
    assert tallies.backlog() == Waiting(1, now)


def test_nothing(tallies: Tallies, now: datetime) -> None:
    """An empty store has nothing to count."""
    assert (tallies.held(), tallies.some_held("units_gone", 5)) == ({}, ())
    assert (tallies.backlog(), tallies.refunded_since(now)) == (Waiting(0, None), Tally())


def test_currencies(keep: Keep, tallies: Tallies, now: datetime) -> None:
    """Those of the shop's own cases, each once."""
    keep("1", now)
    keep("2", now)
    keep("3", now, row={"refund_amount": {"currency": "VND", "refund_total": "489681"}})
    keep("4", now, row={"total": None})
    keep("5", now, shop="uk", row={"refund_amount": {"currency": "EUR", "refund_total": "1.00"}})
    assert tallies.currencies() == ("USD", "VND")


def test_few_intents_are_read_for_the_unknown_ones(store: Store, tallies: Tallies) -> None:
    """By the index of those that are open: a store has many that are not, each with its bytes."""
    asked: list[str] = []
    store.database._connection.set_trace_callback(asked.append)
    assert tallies.unknown_refunds() == 0
    store.database._connection.set_trace_callback(None)
    [plan] = store.database.rows(f"EXPLAIN QUERY PLAN {asked[-1]}")
    assert "intents_open" in str(plan["detail"])
