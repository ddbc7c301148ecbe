"""What the merchant wants, without a word of his."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from syncd.config.tables import Guard, Restock, Sync
from syncd.config.tables import Match as MatchTable
from syncd.model.match import Match
from syncd.model.policy import MatchPolicy, Policy, Strategy

POLICY = Policy(start_from=datetime(2026, 11, 2, tzinfo=UTC))


def test_strategies() -> None:
    """The strategies are those that the config file offers, and so are the defaults."""
    offered = MatchTable().order_by
    assert set(offered) <= set(Strategy)
    assert MatchPolicy().order_by == offered


def test_careful_by_default() -> None:
    """Nothing is restocked, and no gateway may be refunded, that the merchant did not name."""
    policy = Policy(start_from=datetime(2026, 11, 2, tzinfo=UTC))
    assert (policy.auto_restock, policy.allowed_gateways) == (False, frozenset())


def test_defaults() -> None:
    """A policy without a word is that of a config file without one, but for the switch."""
    sync, guard, restock = Sync(), Guard(), Restock()
    assert POLICY == Policy(
        start_from=POLICY.start_from,
        enabled=True,
        auto_restock=sync.auto_restock,
        import_returns=sync.import_returns,
        cancellations=sync.cancellations,
        location=restock.location,
        exclude_skus=frozenset(restock.exclude_skus),
        exclude_reasons=frozenset(restock.exclude_reasons),
        max_refund=guard.max_refund,
        max_refunds_per_cycle=guard.max_refunds_per_cycle,
        max_refunds_per_day=guard.max_refunds_per_day,
        max_refunded_per_day=guard.max_refunded_per_day,
        dry_run=guard.dry_run,
        settle=guard.settle,
    )


@pytest.mark.parametrize(
    ("enabled", "dry_run", "live"),
    [(True, False, True), (True, True, False), (False, False, False), (False, True, False)],
)
def test_live(*, enabled: bool, dry_run: bool, live: bool) -> None:
    """Refunds are written only where it is switched on and not rehearsed."""
    assert replace(POLICY, enabled=enabled, dry_run=dry_run).live == live


def test_no_match() -> None:
    """Before anything is found, there is no order."""
    assert Match().order_ids == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"auto_restock": True},
        {"location": "Warehouse"},
        {"allowed_gateways": frozenset({"tiktok payments"})},
        {"max_refund": {"USD": 1}},
        {"match": MatchPolicy(skus={"A": "B"})},
        {"dry_run": True},
        {"max_refunds_per_day": 7},
    ],
)
def test_settings_that_a_case_may_wait_for_change_the_digest(changes: dict[str, Any]) -> None:
    """What is held or waits is looked at again when it changes."""
    assert replace(POLICY, **changes).digest != POLICY.digest


@pytest.mark.parametrize(
    "changes",
    [
        {"start_from": POLICY.start_from + timedelta(days=1)},
        {"settle": timedelta(seconds=7)},
        {"enabled": False},
    ],
)
def test_other_settings_do_not_change_the_digest(changes: dict[str, Any]) -> None:
    """They say when to begin, and how fast to go."""
    assert replace(POLICY, **changes).digest == POLICY.digest


def test_the_digest_is_the_same_however_the_settings_are_ordered() -> None:
    """Another process with the same file comes to the same digest."""
    skus = [f"SKU-{number}" for number in range(500)]
    one = replace(POLICY, exclude_skus=frozenset(skus), max_refund={"USD": 1, "EUR": 2})
    two = replace(POLICY, exclude_skus=frozenset(reversed(skus)), max_refund={"EUR": 2, "USD": 1})

    assert one.digest == two.digest
