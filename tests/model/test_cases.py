"""Cases."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from syncd.model.cases import (
    PAID_BACK,
    CancelStatus,
    CancelType,
    Case,
    CaseLine,
    Kind,
    RefundAmount,
    Restock,
    ReturnStatus,
    ReturnType,
    Snapshot,
    State,
    Written,
)
from syncd.model.money import Money
from syncd.model.rulings import Ruling, RulingKind

AT = datetime(2026, 11, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
SNAPSHOT = Snapshot(
    case_id="77",
    kind=Kind.RETURN,
    order_id="88",
    type=ReturnType.REFUND,
    type_word="REFUND",
    status=ReturnStatus.COMPLETE,
    status_word="RETURN_OR_REFUND_REQUEST_COMPLETE",
    created_at=AT,
    updated_at=AT,
    digest="d",
    lines=(CaseLine("2", "202", "B"), CaseLine("1", "101", "A")),
    refund=RefundAmount(Money(2000, "USD")),
)
CANCELLED = replace(
    SNAPSHOT, kind=Kind.CANCELLATION, type=CancelType.CANCEL, status=CancelStatus.COMPLETE, refund=None
)


@pytest.mark.parametrize("status", ReturnStatus)
def test_paid_back(status: ReturnStatus) -> None:
    """The buyer has the money in exactly three states."""
    expected = status.value in {
        "RETURN_OR_REFUND_REQUEST_COMPLETE",
        "REPLACEMENT_REQUEST_REFUND_SUCCESS",
        "EXCHANGE_REQUEST_REFUND_SUCCESS",
    }
    assert replace(SNAPSHOT, status=status).paid_back == expected
    assert (status in PAID_BACK) == expected


@pytest.mark.parametrize("status", CancelStatus)
def test_a_cancellation_that_is_complete_is_paid_back(status: CancelStatus) -> None:
    """No other state is; whether there was anything to pay back is another question."""
    assert replace(CANCELLED, status=status).paid_back == (status is CancelStatus.COMPLETE)


@pytest.mark.parametrize("status", ReturnStatus)
def test_parcel_under_way(status: ReturnStatus) -> None:
    """Only one state says that the buyer has sent the goods."""
    expected = status.value == "BUYER_SHIPPED_ITEM"
    assert replace(SNAPSHOT, status=status).parcel_under_way == expected


def test_written() -> None:
    """What was written is the amount and the units in an order of their own; without an amount, nothing."""
    assert Written.of(SNAPSHOT) == Written(Money(2000, "USD"), ("101", "202"))
    turned = replace(SNAPSHOT, lines=SNAPSHOT.lines[::-1])
    assert Written.of(turned) == Written.of(SNAPSHOT)
    assert Written.of(replace(SNAPSHOT, refund=None)) is None


def test_written_of_a_cancellation_without_an_amount() -> None:
    """Its units are what was written; where TikTok's amount cannot be read, nothing is."""
    assert Written.of(CANCELLED) == Written(None, ("101", "202"))
    assert Written.of(replace(CANCELLED, refund=SNAPSHOT.refund)) == Written.of(SNAPSHOT)
    assert Written.of(replace(CANCELLED, trouble="cannot be read")) is None


def test_basis() -> None:
    """A decision is bound to money and units once paid back, to units alone where there was no amount."""
    money, units = SNAPSHOT.basis, CANCELLED.basis
    assert money.startswith("20.00 USD, 2 units ")
    assert units.startswith("no amount, 2 units ")
    assert money.rpartition(" ")[2] == units.rpartition(" ")[2]
    assert replace(SNAPSHOT, refund=None).basis == ""
    assert replace(CANCELLED, status=CancelStatus.PENDING).basis == ""


def test_ids() -> None:
    """A case is called as its latest snapshot is."""
    case = Case("us", SNAPSHOT, AT, AT)
    assert (case.case_id, case.order_id) == ("77", "88")


def test_new() -> None:
    """A case begins with nothing known, nothing written and nothing decided."""
    case = Case("us", SNAPSHOT, AT, AT)
    assert (case.state, case.restock, case.tries) == (State.TRACKING, Restock.NONE, 0)
    assert (case.parcel_seen, case.was_archived, case.verifying) == (False, False, False)


@pytest.mark.parametrize(
    ("verify_at", "due_at", "verifying"),
    [
        (None, None, False),
        (None, AT, False),
        (AT, None, False),
        (AT, AT + HOUR, False),
        (AT, AT + 0 * HOUR, True),
    ],
)
def test_verifying(verify_at: datetime | None, due_at: datetime | None, *, verifying: bool) -> None:
    """A case is verified at its own time, not at any other look."""
    case = Case("us", SNAPSHOT, AT, AT, verify_at=verify_at, due_at=due_at)
    assert case.verifying == verifying


def test_a_decision_is_unrecorded_until_the_order_is_known_to_carry_it() -> None:
    """Approvals are kept in the store alone."""
    case = Case("us", SNAPSHOT, AT, AT)
    ruling = Ruling(RulingKind.DISMISSED, "", "kim", AT)
    approval = replace(ruling, kind=RulingKind.APPROVED)

    assert replace(case, rulings=(ruling,)).unrecorded
    assert not replace(case, rulings=(replace(ruling, recorded=True), approval)).unrecorded
    assert not replace(case, rulings=(approval,)).unrecorded
