"""The ceilings: how many refunds in a cycle and in a day, and how much money in a day."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.decide.guard import Ceiling, ceiling_for
from syncd.model.money import Money
from syncd.model.spent import Spent
from tests.decide.examples import POLICY, usd

GUARDED = replace(POLICY, max_refunds_per_cycle=2, max_refunds_per_day=3, max_refunded_per_day={"USD": 50_00})


@pytest.mark.parametrize(
    ("spent", "ceiling"),
    [
        (Spent(), None),
        (Spent(in_cycle=1, today=2, money_today={"USD": 30_00}), None),
        (Spent(in_cycle=2, today=2), Ceiling.CYCLE),
        (Spent(today=3), Ceiling.DAY),
        (Spent(in_cycle=2, today=3), Ceiling.DAY),
        (Spent(today=1, money_today={"USD": 30_01}), Ceiling.DAY),
        (Spent(today=1, money_today={"EUR": 90_00}), None),
    ],
)
def test_a_refund_beyond_a_ceiling_has_to_wait(spent: Spent, ceiling: Ceiling | None) -> None:
    """The ceiling itself may be reached; another currency does not count."""
    assert ceiling is ceiling_for(usd("20.00"), spent, GUARDED)


@given(st.lists(st.integers(1, 60_00), max_size=30))
def test_what_is_let_through_in_a_day_never_is_above_a_ceiling(amounts: list[int]) -> None:
    """Whatever the refunds are and in whatever order they come."""
    spent = Spent()
    for minor in amounts:
        if ceiling_for(Money(minor, "USD"), spent, replace(GUARDED, max_refunds_per_cycle=99)) is None:
            spent = spent.plus(Money(minor, "USD"))

    assert spent.today <= 3
    assert spent.money_today.get("USD", 0) <= 50_00
