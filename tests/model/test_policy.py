"""What the merchant wants, without a word of his."""

from datetime import UTC, datetime

from syncd.config.tables import Match as MatchTable
from syncd.model.match import Match
from syncd.model.policy import MatchPolicy, Policy, Strategy


def test_strategies() -> None:
    """The strategies are those that the config file offers, and the defaults are among its defaults."""
    offered = MatchTable().order_by
    assert set(offered) <= set(Strategy)
    assert set(MatchPolicy().order_by) <= set(offered)


def test_careful_by_default() -> None:
    """Nothing is restocked, and no gateway may be refunded, that the merchant did not name."""
    policy = Policy(start_from=datetime(2026, 11, 2, tzinfo=UTC))
    assert (policy.auto_restock, policy.allowed_gateways) == (False, frozenset())


def test_no_match() -> None:
    """Before anything is found, there is no order."""
    assert Match().order_ids == ()
