"""Whose money it is, and how much of it."""

from dataclasses import replace

import pytest

from syncd.decide.facts import Facts, Stop
from syncd.decide.payment import payment
from syncd.model.cases import (
    Case,
    RefundAmount,
    State,
)
from syncd.model.money import Money
from syncd.model.orders import (
    Order,
    Transaction,
    TransactionKind,
)
from syncd.model.plans import (
    CreateRefund,
    Payment,
    Plan,
)
from syncd.model.reasons import Reason
from tests.decide.examples import (
    ORDER,
    POLICY,
    SALE,
    TIKTOK_ORDER,
    a_case,
    amount,
    decided,
    unit,
    usd,
)


def payment_in(plan: Plan) -> Payment:
    """The money of the plan's first action."""
    assert isinstance(plan.actions[0], CreateRefund)
    return plan.actions[0].payment


def test_the_amount_is_tiktoks_total_and_the_shipping_is_inside_it() -> None:
    """Nothing is added up again; the shipping part is named, not added."""
    plan = decided(a_case(refund=amount("27.99", "7.99")))

    assert Payment(usd("27.99"), SALE.id, "TikTok Shop", usd("7.99")) == payment_in(plan)


@pytest.mark.parametrize(
    ("shipping", "left", "named"),
    [
        ("7.99", "5.00", usd("5.00")),
        ("7.99", "0.00", None),
        (None, "7.99", None),
        ("0.00", "7.99", None),
        ("90.00", "90.00", usd("20.00")),
        ("0.01", "7.99", usd("0.01")),
    ],
)
def test_shipping_is_never_more_than_is_left_of_it(
    shipping: str | None, left: str, named: Money | None
) -> None:
    """What was refunded of the shipping before is not refunded again."""
    order = replace(ORDER, shipping_left=usd(left))

    assert named == payment_in(decided(a_case(refund=amount("20.00", shipping)), order)).shipping


def test_shipping_in_another_currency_is_left_out() -> None:
    """The total is what counts."""
    refund = RefundAmount(usd("20.00"), shipping=Money.parse("7.99", "EUR"))

    assert None is payment_in(decided(a_case(refund=refund))).shipping


def test_an_amount_beside_the_price_of_the_lines_names_a_discrepancy() -> None:
    """TikTok's discounts make the amount differ from Shopify's price."""
    plan = decided(a_case(refund=amount("20.47"), lines=(unit(1, refund="20.47"),)))

    assert isinstance(plan.actions[0], CreateRefund)
    assert "OTHER" == plan.actions[0].discrepancy


@pytest.mark.parametrize(
    "case",
    [a_case(refund=amount("27.99", "7.99")), a_case(refund=amount("40.00"), lines=(unit(1), unit(2)))],
    ids=["and shipping", "two units"],
)
def test_an_amount_that_is_the_price_of_the_lines_names_none(case: Case) -> None:
    """Of all their units, and with the shipping that is refunded."""
    plan = decided(case)

    assert isinstance(plan.actions[0], CreateRefund)
    assert None is plan.actions[0].discrepancy


def test_a_missing_amount_is_held() -> None:
    """Paid back without an amount is not read as nothing."""
    plan = decided(a_case(refund=None, trouble="'abc' is not an amount"))

    assert (Reason.AMOUNT_MISSING, "'abc' is not an amount") == (plan.reason, plan.detail)


def test_nothing_paid_back_is_skipped() -> None:
    """A refund of zero moves no money; one cent is money."""
    assert Reason.NO_MONEY == decided(a_case(refund=amount("0"))).reason
    assert usd("0.01") == payment_in(decided(a_case(refund=amount("0.01")))).amount


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"transactions": ()}, Reason.NO_PAYMENT),
        ({"transactions": (replace(SALE, status="FAILURE"),)}, Reason.NO_PAYMENT),
        ({"transactions": (replace(SALE, manual=False, gateway="shopify_payments"),)}, Reason.REAL_GATEWAY),
        ({"currency": "EUR"}, Reason.CURRENCY_MISMATCH),
        ({"transactions": (replace(SALE, amount=usd("19.99")),)}, Reason.OVER_REFUND),
        ({"net_payment": usd("19.99")}, Reason.OVER_REFUND),
    ],
)
def test_money_that_is_not_surely_ours_to_refund_is_held(changes: dict[str, object], reason: Reason) -> None:
    """Each doubt about the payment stops the refund."""
    order: Order = replace(ORDER, **changes)  # type: ignore[arg-type]

    assert (State.HELD, reason, ()) == ((plan := decided(order=order)).state, plan.reason, plan.actions)


def test_a_gateway_that_the_merchant_allowed_is_refunded() -> None:
    """Connectors invent payment names; the merchant names them, in any case of letters."""
    order = replace(ORDER, transactions=(replace(SALE, manual=False, gateway="TikTok Payments"),))
    policy = replace(POLICY, allowed_gateways=frozenset({"tiktok payments"}))

    assert "TikTok Payments" == payment_in(decided(order=order, policy=policy)).gateway


def refund_of(sale: Transaction, minor: str, status: str = "SUCCESS") -> Transaction:
    """Money that went back from a sale before."""
    return Transaction("R", TransactionKind.REFUND, status, sale.gateway, True, usd(minor), sale.id)


@pytest.mark.parametrize(
    ("before", "status", "held"),
    [
        ("37.99", "SUCCESS", False),
        ("38.00", "SUCCESS", True),
        ("38.00", "PENDING", True),
        ("38.00", "FAILURE", False),
    ],
)
def test_no_more_than_is_left_of_the_payment(before: str, status: str, held: bool) -> None:
    """What was refunded before, or is about to be, is gone."""
    order = replace(ORDER, transactions=(SALE, refund_of(SALE, before, status)))

    assert held == (Reason.OVER_REFUND == decided(order=order).reason)


def test_of_several_payments_the_buyers_is_the_one_that_equals_tiktoks_total() -> None:
    """TikTok's own discount may stand on the order as a second payment."""
    discount = replace(SALE, id="gid://shopify/OrderTransaction/6", amount=usd("10.00"))

    plan = decided(order=replace(ORDER, transactions=(discount, SALE)))

    assert SALE.id == payment_in(plan).parent_id


@pytest.mark.parametrize("total", [usd("1.00"), None])
def test_several_payments_without_an_equal_one_are_held(total: Money | None) -> None:
    """Nobody can tell which one the buyer made."""
    order = replace(ORDER, transactions=(SALE, replace(SALE, id="x", amount=usd("10.00"))))
    tiktok_order = replace(TIKTOK_ORDER, total=total)

    assert Reason.SEVERAL_PAYMENTS == decided(order=order, tiktok_order=tiktok_order).reason


def test_several_payments_without_tiktoks_order_are_held() -> None:
    """Without TikTok's order there is nothing to compare with."""
    order = replace(ORDER, transactions=(SALE, replace(SALE, id="x")))

    assert Reason.SEVERAL_PAYMENTS == decided(order=order, tiktok_order=None).reason


@pytest.mark.parametrize("key", ["max_refund", "max_refunded_per_day"])
@pytest.mark.parametrize(("ceiling", "held"), [(1999, True), (2000, False)])
def test_a_refund_above_the_ceiling_is_held(key: str, ceiling: int, held: bool) -> None:
    """The ceiling itself is still fine."""
    policy = replace(POLICY, **{key: {"USD": ceiling}})  # type: ignore[arg-type]

    assert held == (Reason.OVER_CEILING == decided(policy=policy).reason)


def test_a_ceiling_of_another_currency_does_not_count() -> None:
    """Each currency has its own."""
    assert None is decided(policy=replace(POLICY, max_refund={"EUR": 1})).reason


def test_a_payment_without_an_amount_is_held() -> None:
    """Whoever asks, nothing is refunded that TikTok did not name."""
    with pytest.raises(Stop) as stop:
        payment(Facts(a_case(refund=None)), ORDER, POLICY)

    assert (Reason.AMOUNT_MISSING, "") == (stop.value.plan.reason, stop.value.plan.detail)
