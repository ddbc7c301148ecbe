"""What a person is told beside the reason: the ids, amounts and names that he needs to look at."""

from dataclasses import replace
from datetime import timedelta

import pytest

from syncd.model.cases import Case, ReturnStatus, ReturnType, Written
from syncd.model.orders import Location, Order
from syncd.model.plans import Plan
from syncd.model.policy import Policy
from syncd.model.reasons import Reason
from tests.decide.examples import (
    CASE,
    MUG,
    NO_IMPORT_RESTOCK,
    ORDER,
    ORDER_ID,
    PARCEL,
    POLICY,
    RESTOCK,
    SALE,
    SHIRTS,
    TIKTOK_ORDER,
    a_case,
    amount,
    decided,
    our_refund,
    our_return,
    returned,
    usd,
)

REFUND_ID = "gid://shopify/Refund/1"
WITHDRAWN = a_case(ReturnType.RETURN_AND_REFUND, ReturnStatus.CANCELLED)
NO_IMPORT = replace(POLICY, import_returns=False)
STORE = Location("gid://shopify/Location/8", "Store", active=True, fulfillment_service=False)
OLD = replace(STORE, name="Old", active=False)
SERVICE = replace(STORE, name="3PL", fulfillment_service=True)
UNSHIPPED = replace(ORDER, shipments=(), lines=(replace(SHIRTS, unfulfilled=2), MUG))


def assert_told(plan: Plan, reason: Reason, *words: str) -> None:
    """The plan has this reason, and its detail names all of these."""
    assert reason == plan.reason
    assert [] == [word for word in words if word not in plan.detail]


@pytest.mark.parametrize(
    ("reason", "refunds", "words"),
    [
        (Reason.REFUND_PENDING, [our_refund(pending=True)], [REFUND_ID]),
        (Reason.REFUND_FAILED, [our_refund("0.00")], [REFUND_ID]),
        (Reason.REFUND_DIFFERS, [our_refund("19.99")], [REFUND_ID, "20.00 USD", "19.99 USD"]),
        (
            Reason.DOUBLED,
            [our_refund(), replace(our_refund("19.99"), id="other")],
            [REFUND_ID, "20.00 USD", "other", "19.99 USD"],
        ),
    ],
)
def test_a_refund_of_ours_is_named_with_its_amount(
    reason: Reason, refunds: list[object], words: list[str]
) -> None:
    """Next to what TikTok says."""
    assert_told(decided(order=replace(ORDER, refunds=tuple(refunds))), reason, *words)  # type: ignore[arg-type]


def test_a_refund_that_does_not_fit_any_more_is_named() -> None:
    """Gone from the order, or taken back by TikTok."""
    written = replace(CASE, written=Written.of(CASE.latest), refund_ids=(REFUND_ID,))
    taken_back = decided(a_case(status=ReturnStatus.REJECTED), replace(ORDER, refunds=(our_refund(),)))

    assert_told(decided(written), Reason.REFUND_GONE, REFUND_ID)
    assert_told(
        taken_back,
        Reason.CHANGED_AFTER_WRITE,
        REFUND_ID,
        "20.00 USD",
        "REFUND_OR_RETURN_REQUEST_REJECT",
    )


@pytest.mark.parametrize(
    ("reason", "case"),
    [
        (Reason.NO_MONEY, a_case(ReturnType.REPLACEMENT, ReturnStatus.REPLACEMENT_COMPLETE)),
        (Reason.WITHDRAWN, a_case(status=ReturnStatus.CANCELLED)),
        (Reason.WITHDRAWN, WITHDRAWN),
        (Reason.NO_MONEY, returned(refund=amount("0"))),
        (Reason.WITHDRAWN, a_case(ReturnType.REPLACEMENT, ReturnStatus.REPLACEMENT_CANCELLED)),
    ],
)
def test_a_skip_tells_tiktoks_word_for_it(reason: Reason, case: Case) -> None:
    """With and without a look at the order."""
    assert_told(decided(case), reason, case.latest.status.value)


@pytest.mark.parametrize(
    ("reason", "order", "words"),
    [
        (Reason.CURRENCY_MISMATCH, replace(ORDER, currency="EUR"), ["20.00 USD", "EUR", "#1001"]),
        (Reason.NO_PAYMENT, replace(ORDER, transactions=()), ["#1001"]),
        (
            Reason.REAL_GATEWAY,
            replace(ORDER, transactions=(replace(SALE, manual=False, gateway="stripe"),)),
            ["stripe", "#1001"],
        ),
        (
            Reason.SEVERAL_PAYMENTS,
            replace(ORDER, transactions=(SALE, replace(SALE, gateway="Discount"))),
            ["57.99 USD", "TikTok Shop", "Discount"],
        ),
        (
            Reason.OVER_REFUND,
            replace(ORDER, net_payment=usd("19.99")),
            ["20.00 USD", "19.99 USD", "#1001"],
        ),
    ],
)
def test_money_that_may_not_be_refunded_is_named(reason: Reason, order: Order, words: list[str]) -> None:
    """Amounts, gateways and the order."""
    assert_told(decided(order=order), reason, *words)


@pytest.mark.parametrize("ceiling", ["max_refund", "max_refunded_per_day"])
def test_a_ceiling_is_named_beside_the_amount(ceiling: str) -> None:
    """One refund's, and a day's."""
    policy = replace(POLICY, **{ceiling: {"USD": 19_99}})  # type: ignore[arg-type]

    assert_told(decided(policy=policy), Reason.OVER_CEILING, "20.00 USD", "19.99 USD")


@pytest.mark.parametrize(
    ("reason", "case", "order", "policy", "words"),
    [
        (Reason.LINE_NOT_FOUND, returned(lines=()), ORDER, POLICY, ["unit"]),
        (
            Reason.UNITS_GONE,
            returned(),
            replace(ORDER, lines=(replace(SHIRTS, refundable=0), MUG)),
            POLICY,
            ["SHIRT"],
        ),
        (
            Reason.LINE_AMBIGUOUS,
            a_case(),
            replace(ORDER, lines=(SHIRTS, replace(SHIRTS, id="L9", unit_price=usd("18.00")))),
            POLICY,
            ["SHIRT", "2"],
        ),
        (Reason.NOT_FULFILLED, returned(), UNSHIPPED, POLICY, ["SHIRT"]),
        (Reason.NOT_FULFILLED, returned(), UNSHIPPED, NO_IMPORT, ["SHIRT"]),
        (Reason.NOT_FULFILLED, a_case(), UNSHIPPED, POLICY, ["SHIRT", "#1001"]),
    ],
)
def test_units_that_do_not_fit_are_named_by_their_sku(
    reason: Reason, case: Case, order: Order, policy: Policy, words: list[str]
) -> None:
    """A person finds them on the order by it."""
    assert_told(decided(case, order, policy), reason, *words)


@pytest.mark.parametrize(
    ("reason", "case", "returns", "words"),
    [
        (Reason.TYPE_CHANGED, a_case(), [our_return()], ["#1001-R1", "REFUND"]),
        (Reason.RETURN_TOUCHED, a_case(), [our_return(processed=1)], ["#1001-R1", "REFUND"]),
        (Reason.RETURN_TOUCHED, WITHDRAWN, [our_return(processed=1)], ["#1001-R1"]),
        (Reason.RETURN_TOUCHED, returned(), [our_return(processed=1)], ["#1001-R1"]),
        (
            Reason.DOUBLED,
            returned(),
            [our_return(), replace(our_return(), name="#1001-R2")],
            ["#1001-R1", "#1001-R2"],
        ),
    ],
)
def test_a_return_that_stands_in_the_way_is_named(
    reason: Reason, case: Case, returns: list[object], words: list[str]
) -> None:
    """As Shopify shows it to staff."""
    order = replace(ORDER, returns=tuple(returns))  # type: ignore[arg-type]

    assert_told(decided(case, order), reason, *words)


def test_a_return_without_its_parcel_is_named_by_its_line() -> None:
    """There is no shipment to name."""
    order = replace(ORDER, returns=(our_return(),), shipments=())

    assert_told(decided(returned(), order), Reason.NOT_FULFILLED, "RL1")


def test_other_peoples_returns_are_all_named_and_remembered() -> None:
    """The hold is about these objects."""
    first = our_return(note="by staff")
    second = replace(first, id="gid://shopify/Return/2", name="#1001-R2")

    plan = decided(order=replace(ORDER, returns=(first, second)))

    assert_told(plan, Reason.FOREIGN_RETURN, "#1001", "#1001-R1", first.id, "#1001-R2", second.id)
    assert (first.id, second.id) == plan.subjects


def shipped_from(*places: Location | None) -> Order:
    """The order, shipped from each of these."""
    parcels = (replace(PARCEL, id=f"F{n}", location=place) for n, place in enumerate(places))
    return replace(ORDER, shipments=tuple(parcels))


@pytest.mark.parametrize(
    ("reason", "order", "policy", "words"),
    [
        (Reason.LOCATION_UNKNOWN, shipped_from(None), RESTOCK, ["units"]),
        (Reason.LOCATION_UNKNOWN, shipped_from(None), NO_IMPORT_RESTOCK, ["SHIRT"]),
        (Reason.LOCATION_UNKNOWN, shipped_from(OLD), RESTOCK, ["Old", "inactive"]),
        (Reason.LOCATION_UNKNOWN, shipped_from(SERVICE), RESTOCK, ["3PL", "service"]),
        (
            Reason.LOCATION_AMBIGUOUS,
            shipped_from(replace(STORE, id="x"), replace(STORE, id="y", name="Depot")),
            NO_IMPORT_RESTOCK,
            ["SHIRT", "Store", "Depot"],
        ),
        (Reason.LOCATION_UNKNOWN, ORDER, replace(RESTOCK, location="Stoer"), ["Stoer"]),
        (Reason.LOCATION_AMBIGUOUS, ORDER, replace(RESTOCK, location="Store"), ["Store"]),
    ],
)
def test_a_place_that_cannot_be_used_is_named(
    reason: Reason, order: Order, policy: Policy, words: list[str]
) -> None:
    """And what is wrong with it."""
    twice = (STORE, replace(STORE, id="x/11"))

    assert_told(decided(returned(), order, policy, locations=twice), reason, *words)


def test_units_that_no_place_holds_are_told() -> None:
    """They can only be given up where they are."""
    waiting = replace(TIKTOK_ORDER, lines=tuple(replace(x, status="ON_HOLD") for x in TIKTOK_ORDER.lines))

    assert_told(decided(order=UNSHIPPED, tiktok_order=waiting), Reason.LOCATION_UNKNOWN, "units")


@pytest.mark.parametrize("days", [0, 3])
def test_an_order_that_is_missing_is_named_by_tiktoks_id(days: int) -> None:
    """While it is waited for, and when a person is told."""
    assert_told(decided(order=None, waited=timedelta(days=days)), Reason.ORDER_NOT_FOUND, ORDER_ID)
