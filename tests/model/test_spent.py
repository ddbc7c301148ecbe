"""What was refunded lately."""

from syncd.model.money import Money
from syncd.model.spent import Spent


def test_nothing_was_refunded_at_first() -> None:
    """A cycle and a day begin with nothing."""
    assert Spent() == Spent(in_cycle=0, today=0, money_today={})


def test_each_refund_is_counted() -> None:
    """In the cycle and in the day, and its money in its own currency."""
    spent = Spent(today=4, money_today={"EUR": 7})

    dollars = spent.plus(Money(20_00, "USD"))

    assert dollars == Spent(1, 5, {"EUR": 7, "USD": 20_00})
    assert dollars.plus(Money(3, "EUR")) == Spent(2, 6, {"EUR": 10, "USD": 20_00})
    assert spent == Spent(0, 4, {"EUR": 7})
