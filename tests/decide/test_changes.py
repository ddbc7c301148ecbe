"""What TikTok changes after something is on the order already."""

from dataclasses import replace

import pytest

from syncd.model.cases import Case, ReturnStatus, ReturnType, State
from syncd.model.orders import Return, ReturnState
from syncd.model.plans import ArchiveOrder, CancelReturn
from syncd.model.reasons import Reason
from tests.decide.examples import (
    HOUR,
    ORDER,
    POLICY,
    a_case,
    amount,
    decided,
    our_refund,
    our_return,
    returned,
    unit,
)

REFUNDED = replace(ORDER, refunds=(our_refund(),))


@pytest.mark.parametrize(
    "case",
    [
        a_case(status=ReturnStatus.REJECTED),
        a_case(status=ReturnStatus.PENDING),
        a_case(refund=amount("0")),
        replace(a_case(), paid_back_at=POLICY.start_from - HOUR),
        a_case(ReturnType.RETURN_AND_REFUND, ReturnStatus.CANCELLED),
        returned(refund=amount("0")),
    ],
    ids=[
        "rejected",
        "asked again",
        "nothing paid",
        "before the start",
        "a return that was rejected",
        "a return without money",
    ],
)
def test_a_refund_of_ours_is_never_called_nothing_to_do(case: Case) -> None:
    """Whoever looks has to find it."""
    plan = decided(case, REFUNDED)

    assert (State.HELD, Reason.CHANGED_AFTER_WRITE) == (plan.state, plan.reason)
    assert ("gid://shopify/Refund/1",) == plan.refund_ids


def test_a_hold_stays_what_it_is() -> None:
    """A word that nobody knows is the better reason."""
    plan = decided(a_case(status=ReturnStatus.UNKNOWN), REFUNDED)

    assert Reason.UNKNOWN_STATUS == plan.reason


def test_the_open_return_of_what_became_a_plain_refund_is_cancelled_first() -> None:
    """Two ways to pay the same case must not stand side by side."""
    case = replace(a_case(), parcel_seen=False)

    cancel, refund = decided(case, replace(ORDER, returns=(our_return(),))).actions

    assert CancelReturn(ORDER.id, "gid://shopify/Return/1") == cancel
    assert decided(case).actions == (refund,)


@pytest.mark.parametrize(
    ("case", "return_", "reason"),
    [
        (a_case(), our_return(), Reason.TYPE_CHANGED),
        (replace(a_case(tracking_number="94001"), parcel_seen=False), our_return(), Reason.TYPE_CHANGED),
        (replace(a_case(), parcel_seen=False), our_return(processed=1), Reason.RETURN_TOUCHED),
    ],
)
def test_a_return_on_which_something_happened_is_not_cancelled_for_a_plain_refund(
    case: Case, return_: Return, reason: Reason
) -> None:
    """The goods may be on their way, or staff have begun."""
    assert reason == decided(case, replace(ORDER, returns=(return_,))).reason


def test_a_closed_return_does_not_stand_in_the_way_of_a_plain_refund() -> None:
    """Nobody pays through it any more."""
    plan = decided(a_case(), replace(ORDER, returns=(our_return(ReturnState.CLOSED),)))

    assert decided().actions == plan.actions


def test_a_return_that_shows_other_units_is_held() -> None:
    """As many units, but not the same."""
    case = returned(lines=(unit(3, sku="MUG"),))

    assert Reason.RETURN_TOUCHED == decided(case, replace(ORDER, returns=(our_return(),))).reason


def test_an_order_that_our_withdrawn_return_had_opened_is_archived_again() -> None:
    """After the return is cancelled."""
    case = replace(a_case(ReturnType.RETURN_AND_REFUND, ReturnStatus.CANCELLED), was_archived=True)

    assert (ArchiveOrder(ORDER.id),) == decided(case).actions
    assert Reason.WITHDRAWN == decided(case, replace(ORDER, archived=True)).reason


def test_a_refund_above_the_ceiling_of_a_day_is_held() -> None:
    """Waiting for tomorrow would be waiting for ever."""
    policy = replace(POLICY, max_refunded_per_day={"USD": 19_99})

    assert Reason.OVER_CEILING == decided(policy=policy).reason
