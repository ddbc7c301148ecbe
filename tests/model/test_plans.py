"""Plans."""

from datetime import UTC, datetime

import pytest

from syncd.model import plans
from syncd.model.cases import Path, Restock, State
from syncd.model.money import Money
from syncd.model.plans import (
    Action,
    ArchiveOrder,
    CancelReturn,
    CloseReturn,
    CreateRefund,
    CreateReturn,
    Payment,
    Plan,
    ProcessReturn,
    RefundUnit,
    ReturnUnit,
    payment_of,
    units_of,
)
from syncd.model.reasons import Reason

AT = datetime(2026, 11, 2, tzinfo=UTC)
MONEY = Payment(Money(2000, "USD"), "gid://shopify/OrderTransaction/1", "TikTok Shop")
REFUND_UNITS = (RefundUnit("line", "A", 1, restock=False),)
RETURN_UNITS = (ReturnUnit("line", "A", 1, restock=True),)


@pytest.mark.parametrize(
    ("action", "money", "units"),
    [
        (CreateRefund("order", MONEY, REFUND_UNITS, "note", AT), MONEY, REFUND_UNITS),
        (CreateReturn("order", RETURN_UNITS, "note", AT, "other-reason"), None, RETURN_UNITS),
        (ProcessReturn("order", "return", MONEY, RETURN_UNITS), MONEY, RETURN_UNITS),
        (CloseReturn("order", "return"), None, ()),
        (CancelReturn("order", "return"), None, ()),
        (ArchiveOrder("order"), None, ()),
    ],
)
def test_parts(action: Action, money: Payment | None, units: tuple[plans.Unit, ...]) -> None:
    """Every action tells the money that it moves and the units that it touches."""
    assert payment_of(action) == money
    assert units_of(action) == units


def test_kinds() -> None:
    """Each action has a kind of its own, and no kind is left over."""
    kinds = [action.kind for action in Action.__args__]
    assert sorted(kinds) == sorted(plans.ActionKind)


def test_outcomes() -> None:
    """Each helper makes the plan that its name says."""
    action = ArchiveOrder("order")
    assert plans.write(action, restock=Restock.DONE, path=Path.RETURN) == Plan(
        State.DUE, (action,), restock=Restock.DONE, path=Path.RETURN
    )
    assert plans.wait(Reason.NO_PAYMENT, "why") == Plan(State.DUE, reason=Reason.NO_PAYMENT, detail="why")
    assert plans.hold(Reason.DOUBLED, "why") == Plan(State.HELD, reason=Reason.DOUBLED, detail="why")
    assert plans.wait(Reason.NO_PAYMENT) == Plan(State.DUE, reason=Reason.NO_PAYMENT)
    assert plans.hold(Reason.DOUBLED) == Plan(State.HELD, reason=Reason.DOUBLED)
    assert plans.skip(Reason.NO_MONEY) == Plan(State.SKIPPED, reason=Reason.NO_MONEY)
    assert plans.track() == Plan(State.TRACKING)
    assert plans.synced(Restock.WAITING, Path.REFUND) == Plan(
        State.SYNCED, restock=Restock.WAITING, path=Path.REFUND
    )
