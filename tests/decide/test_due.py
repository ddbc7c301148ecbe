"""What is decided before any order is looked at, and when there is none."""

from dataclasses import replace
from datetime import timedelta

import pytest

from syncd.decide.decision import decide
from syncd.decide.due import Want, due
from syncd.decide.facts import Facts
from syncd.model.cases import (
    Case,
    Path,
    Restock,
    ReturnStatus,
    ReturnType,
    State,
    Written,
)
from syncd.model.match import Match
from syncd.model.orders import (
    TikTokOrder,
)
from syncd.model.plans import (
    CreateRefund,
    CreateReturn,
)
from syncd.model.reasons import Reason
from tests.decide.examples import (
    HOUR,
    NOON,
    ORDER,
    POLICY,
    TIKTOK_ORDER,
    a_case,
    decided,
    returned,
)


@pytest.mark.parametrize("path", list(Path))
def test_the_path_of_a_case_is_fixed_once_it_is_written(path: Path) -> None:
    """Settings that change later do not bend it."""
    case = replace(returned(), path=path)

    kind = CreateReturn if path is Path.RETURN else CreateRefund
    assert isinstance(decided(case).actions[0], kind)


def test_a_case_of_unknown_times_is_not_late() -> None:
    """Lateness has to be known."""
    case = replace(returned(), paid_back_seen_at=None)

    assert isinstance(decided(case).actions[0], CreateReturn)


@pytest.mark.parametrize(
    ("late", "kind"), [(timedelta(days=1), CreateReturn), (timedelta(days=1, seconds=1), CreateRefund)]
)
def test_a_case_is_late_when_it_was_paid_back_more_than_a_day_before(late: timedelta, kind: type) -> None:
    """A day itself is no outage."""
    case = replace(returned(), paid_back_at=NOON - late, paid_back_seen_at=NOON)

    assert isinstance(decided(case).actions[0], kind)


def test_what_was_paid_back_before_start_from_is_skipped() -> None:
    """Nothing of the past is written; the first moment belongs to what is."""
    before = replace(a_case(), paid_back_at=POLICY.start_from - HOUR)

    assert Reason.BEFORE_START == decided(before).reason
    assert None is decided(replace(before, paid_back_at=POLICY.start_from)).reason


@pytest.mark.parametrize("status", [ReturnStatus.PENDING, ReturnStatus.AWAITING_BUYER_RESPONSE])
def test_what_tiktok_has_not_decided_is_tracked(status: ReturnStatus) -> None:
    """Asked is not approved."""
    assert State.TRACKING == decided(a_case(status=status)).state


def test_an_approved_refund_is_tracked() -> None:
    """Approved is not paid back."""
    assert State.TRACKING == decided(a_case(status=ReturnStatus.SUCCESS)).state


@pytest.mark.parametrize(
    "case",
    [
        replace(a_case(ReturnType.RETURN_AND_REFUND, ReturnStatus.SUCCESS), return_ids=("r",)),
        replace(a_case(ReturnType.RETURN_AND_REFUND, ReturnStatus.SUCCESS), path=Path.REFUND),
    ],
)
def test_a_return_that_needs_no_showing_costs_no_look(case: Case) -> None:
    """Shown already, or written as a refund before."""
    assert State.TRACKING == decided(case, order=None).state


@pytest.mark.parametrize(
    "case",
    [
        a_case(ReturnType.REPLACEMENT, ReturnStatus.REPLACEMENT_CANCELLED),
        replace(
            a_case(ReturnType.RETURN_AND_REFUND, ReturnStatus.CANCELLED),
            state=State.SKIPPED,
            reason=Reason.WITHDRAWN.value,
        ),
    ],
)
def test_a_withdrawn_case_that_was_never_shown_costs_no_look(case: Case) -> None:
    """There is nothing in Shopify to take back."""
    assert Reason.WITHDRAWN == decided(case, order=None).reason


WITHDRAWN = a_case(ReturnType.RETURN_AND_REFUND, ReturnStatus.CANCELLED)
SKIPPED = replace(WITHDRAWN, state=State.SKIPPED)


@pytest.mark.parametrize(
    ("case", "import_returns", "looked_at"),
    [
        (WITHDRAWN, True, True),
        (WITHDRAWN, False, False),
        (replace(WITHDRAWN, return_ids=("r",)), False, True),
        (replace(SKIPPED, reason=Reason.WITHDRAWN.value), True, False),
        (replace(SKIPPED, reason=Reason.BEFORE_START.value), True, True),
        (a_case(status=ReturnStatus.CANCELLED), True, True),
        (replace(a_case(status=ReturnStatus.CANCELLED), return_ids=("r",)), False, True),
        (a_case(status=ReturnStatus.CANCELLED), False, False),
    ],
    ids=[
        "may be shown",
        "never shown",
        "shown before the setting changed",
        "seen to",
        "skipped before",
        "may have been a return",
        "was a return",
        "never was a return",
    ],
)
def test_the_order_of_a_withdrawn_return_is_looked_at_until_that_is_settled(
    case: Case, *, import_returns: bool, looked_at: bool
) -> None:
    """What may be shown in Shopify is looked for there."""
    wanted = due(case, replace(POLICY, import_returns=import_returns))

    assert looked_at == (wanted is Want.CANCEL_RETURN)


def test_a_withdrawn_return_without_an_order_is_skipped() -> None:
    """Nobody waits for an order only to find nothing on it."""
    assert (
        Reason.WITHDRAWN == decided(a_case(ReturnType.RETURN_AND_REFUND, ReturnStatus.REJECTED), None).reason
    )


def test_no_order_is_a_wait_at_first() -> None:
    """It may be imported later."""
    plan = decided(order=None, waited=timedelta(days=2))

    assert (State.DUE, Reason.ORDER_NOT_FOUND, ()) == (plan.state, plan.reason, plan.actions)


@pytest.mark.parametrize("tiktok_order", [TIKTOK_ORDER, None])
def test_no_order_for_three_days_is_a_hold(tiktok_order: TikTokOrder | None) -> None:
    """Then a person should know."""
    plan = decided(order=None, waited=timedelta(days=3), tiktok_order=tiktok_order)

    assert (State.HELD, Reason.ORDER_NOT_FOUND) == (plan.state, plan.reason)


@pytest.mark.parametrize(
    ("changes", "why"),
    [({"fulfilled_by_tiktok": True}, "fulfilled by TikTok"), ({"sample": True}, "a sample")],
)
def test_an_order_that_is_never_imported_is_skipped_with_the_reason(
    changes: dict[str, bool], why: str
) -> None:
    """TikTok's order says why it never came."""
    tiktok_order = replace(TIKTOK_ORDER, **changes)  # type: ignore[arg-type]

    plan = decided(order=None, waited=timedelta(days=3), tiktok_order=tiktok_order)

    assert (State.SKIPPED, Reason.NOT_IMPORTED, why) == (plan.state, plan.reason, plan.detail)


def test_an_order_that_was_found_before_and_is_gone_is_held() -> None:
    """It may be too old for our scopes, or deleted; the hold names it."""
    plan = decide(Facts(a_case(), Match((ORDER.id,), "known")), POLICY)

    assert (State.HELD, Reason.ORDER_GONE, ORDER.id) == (plan.state, plan.reason, plan.detail)


def test_a_written_case_whose_order_is_gone_when_it_is_verified_stays_as_it_is() -> None:
    """What became of its units and how it was written is still known."""
    case = replace(
        returned(),
        state=State.SYNCED,
        written=Written.of(returned().latest),
        restock=Restock.WAITING,
        path=Path.RETURN,
        verify_at=NOON,
        due_at=NOON,
    )

    plan = decided(case, order=None)

    assert (State.SYNCED, Restock.WAITING, Path.RETURN) == (plan.state, plan.restock, plan.path)


@pytest.mark.parametrize("case", [a_case(), a_case(ReturnType.RETURN_AND_REFUND, ReturnStatus.CANCELLED)])
def test_two_orders_with_the_id_are_held(case: Case) -> None:
    """Two connectors may have imported the same order."""
    facts = Facts(case, Match(("a", "b"), "tag"))

    assert (Reason.ORDER_AMBIGUOUS, "a, b") == ((plan := decide(facts, POLICY)).reason, plan.detail)
