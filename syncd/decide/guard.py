"""The ceilings on what is written in one cycle and in one day, and how much of the past fits in."""

from enum import Enum, auto

from syncd.model.money import Money
from syncd.model.policy import Policy
from syncd.model.spent import Spent


class Ceiling(Enum):
    """Which ceiling stands in the way."""

    CYCLE = auto()
    DAY = auto()


def ceiling_for(amount: Money, spent: Spent, policy: Policy) -> Ceiling | None:
    """The ceiling that one more refund of that amount would break, if any."""
    after = spent.plus(amount)
    most = policy.max_refunded_per_day.get(amount.currency)
    if after.today > policy.max_refunds_per_day:
        return Ceiling.DAY
    if most is not None and after.money_today[amount.currency] > most:
        return Ceiling.DAY
    return Ceiling.CYCLE if after.in_cycle > policy.max_refunds_per_cycle else None


def room(waiting: int, policy: Policy) -> int:
    """How many past cases may be taken in where so many others wait to be written: these come first."""
    return max(0, policy.max_refunds_per_cycle - waiting)
