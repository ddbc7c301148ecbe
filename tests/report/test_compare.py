"""How two sides compare: the rules that a world over HTTP shows least well."""

from dataclasses import replace
from datetime import UTC, timedelta

import pytest

from syncd.model.cases import Case, CaseLine, Kind, ReturnStatus, State
from syncd.model.orders import Books, Refund
from syncd.model.reasons import Reason
from syncd.model.rulings import Ruling, RulingKind
from syncd.report.compare import LATE, compare
from syncd.report.rows import CaseRow, Result
from syncd.report.sides import Both, Shop
from tests.decide.examples import CASE_ID, HOUR, NOON, ORDER_GID, a_case, our_refund, our_return

SHOP = Shop("us", UTC, NOON - 90 * HOUR)
DAY = timedelta(days=1)
BY_RETURN = our_refund(note="", return_id="gid://shopify/Return/1")
SYNCED = replace(a_case(), state=State.SYNCED)


def books(*refunds: Refund, **more: object) -> Books:
    return Books(ORDER_GID, "#1001", refunds, (our_return(),), **more)  # type: ignore[arg-type]


def of(case: Case | None, *refunds: Refund, shop: Shop = SHOP, **more: object) -> CaseRow:
    """The row of the case with these refunds."""
    [row] = compare([Both(CASE_ID, Kind.RETURN, case, books(*refunds, **more))], shop)
    return row


def dated(refund: Refund, after: timedelta) -> Refund:
    """The refund so long after TikTok's time."""
    at = NOON - HOUR + after
    return replace(refund, processed_at=at, created_at=at)


@pytest.mark.parametrize(
    ("refund", "after", "result"),
    [
        (our_refund(), timedelta(0), Result.MATCHED),
        (our_refund(), 6 * HOUR, Result.MATCHED),
        (our_refund(), 14 * HOUR, Result.WRONG_DAY),
        (our_refund(), -14 * HOUR, Result.WRONG_DAY),
        (BY_RETURN, 14 * HOUR, Result.MATCHED),
        (BY_RETURN, LATE, Result.MATCHED),
        (BY_RETURN, LATE + HOUR, Result.WRONG_DAY),
        (BY_RETURN, -14 * HOUR, Result.WRONG_DAY),
    ],
)
def test_the_day(refund: Refund, after: timedelta, result: Result) -> None:
    """A refund has TikTok's day; one through a return the day on which it was made, up to a day later."""
    assert of(SYNCED, dated(refund, after)).result is result


def test_a_hold_counts_though_the_money_is_right() -> None:
    """A person has still to look at it."""
    held = replace(SYNCED, state=State.HELD, reason=Reason.RESTOCK_DIFFERS.value)

    assert of(held, our_refund()).result is Result.HELD


def test_a_dismissal_covers_what_was_there_when_it_was_made() -> None:
    """A refund that came later is not what the person has seen."""
    ruling = Ruling(RulingKind.DISMISSED, SYNCED.latest.basis, "kim", NOON + HOUR, why="by mail")
    case = replace(SYNCED, state=State.DISMISSED, rulings=(ruling,))
    twice = (our_refund("1.00"), replace(our_refund("2.00"), id="gid://shopify/Refund/2"))
    later = replace(twice[1], created_at=NOON + 2 * HOUR)

    assert of(case, *twice).result is Result.LINKED
    assert of(case, twice[0], later).result is Result.DOUBLED


def test_what_was_there_before_ours_was_known() -> None:
    """It was seen by syncd, which was told to go on: by an approval that an empty store does not know."""
    before = replace(our_refund(note="sorry"), id="gid://shopify/Refund/2", created_at=NOON - HOUR)

    assert of(SYNCED, before, our_refund()).result is Result.MATCHED
    assert of(SYNCED, replace(before, created_at=NOON + HOUR), our_refund()).result is Result.DOUBLED


def test_a_foreign_refund_of_another_amount_is_for_something_else() -> None:
    """It may be about anything."""
    other = replace(our_refund("19.99", note="sorry"), created_at=NOON + HOUR, id="gid://shopify/Refund/2")

    assert of(SYNCED, our_refund(), other).result is Result.MATCHED
    assert of(SYNCED, other).result is Result.MISSING


def test_an_amount_that_makes_no_sense_is_not_read() -> None:
    """Nothing can be said of it."""
    case = a_case(refund=None, trouble="refund_total is 'x'")

    assert of(case).result is Result.UNREAD
    assert of(replace(case, state=State.HELD, reason=Reason.RESTOCK_DIFFERS.value)).result is Result.HELD


def test_no_money() -> None:
    """Neither a replacement nor a case that TikTok does not know has anything to be refunded."""
    assert of(a_case(refund=None)).result is Result.MATCHED
    assert of(None).result is Result.MATCHED


def test_a_skip_of_what_was_not_paid_yet_is_no_reason_to_leave_it_out() -> None:
    """TikTok has paid since."""
    case = replace(a_case(), state=State.SKIPPED, reason=Reason.WITHDRAWN.value)

    assert of(case).result is Result.MISSING
    assert of(case, shop=replace(SHOP, polled_until=NOON - 2 * HOUR)).result is Result.DUE


@pytest.mark.parametrize("reason", [Reason.BEFORE_START, Reason.NOT_IMPORTED, Reason.ALREADY_CANCELLED])
def test_what_is_left_out(reason: Reason) -> None:
    """It is told apart, and is no difference."""
    case = replace(a_case(), state=State.SKIPPED, reason=reason.value)

    assert of(case).result is Result.LEFT_OUT


def test_a_pending_refund_is_due() -> None:
    """Its money moves yet."""
    assert of(SYNCED, our_refund("0", pending=True)).result is Result.DUE


def test_a_case_that_was_taken_back() -> None:
    """Also where TikTok does not tell an amount any more."""
    case = a_case(status=ReturnStatus.CANCELLED, refund=None)

    row = of(case, our_refund())

    assert (row.result, row.tiktok, str(row.shopify)) == (Result.NOT_PAID_BACK, None, "20.00 USD")
    assert row.detail == "TikTok nothing, Shopify gid://shopify/Refund/1 of 20.00 USD"


def test_units_are_not_needed() -> None:
    """Some answers have no lines."""
    line = CaseLine("R1", "T1", "")

    assert (
        of(replace(SYNCED, latest=replace(SYNCED.latest, lines=(line,))), our_refund()).result
        is Result.MATCHED
    )
