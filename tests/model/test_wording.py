"""Plans in words."""

from syncd.model.cases import State
from syncd.model.plans import CloseReturn, CreateRefund, Payment, Plan, RefundUnit
from syncd.model.wording import plan_text, would_write
from tests.decide.examples import NOON, WAREHOUSE, usd

REFUND = CreateRefund(
    "gid://shopify/Order/1",
    Payment(usd("25.00"), "gid://shopify/OrderTransaction/5", "TikTok Shop"),
    (
        RefundUnit("L1", "SHIRT", 2, restock=True, location=WAREHOUSE),
        RefundUnit("L2", "MUG", 1, restock=False),
    ),
    "note",
    NOON,
)


def test_each_action_tells_its_money_and_its_units_with_their_place() -> None:
    """In the order in which they are written."""
    plan = Plan(State.DUE, (REFUND, CloseReturn("gid://shopify/Order/1", None)))

    said = "create refund, 25.00 USD, 2 x SHIRT restocked at Warehouse, 1 x MUG; close return"
    assert said == plan_text(plan)
    assert f"would write: {said}" == would_write(plan)
