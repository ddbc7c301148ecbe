"""Past cases that a person lets in, though they were paid back before `start_from`."""

from dataclasses import replace
from datetime import timedelta

import pytest

from syncd.decide.due import before_start
from syncd.decide.guard import room
from syncd.decide.rulings import let_in
from syncd.model.cases import Case, Kind, State
from syncd.model.plans import CreateRefund, CreateReturn
from syncd.model.policy import Spell
from syncd.model.reasons import Reason
from syncd.model.rulings import Ruling, RulingKind
from tests.decide.examples import HOUR, NOON, POLICY, a_case, amount, decided, returned

LONG_AGO = POLICY.start_from - 100 * HOUR


def a_past_case(case: Case) -> Case:
    """Paid back before `start_from`, and seen at once."""
    return replace(case, paid_back_at=LONG_AGO, paid_back_seen_at=LONG_AGO)


def let(case: Case, **changes: object) -> Case:
    """The same, let in by Kim as it is."""
    ruling = Ruling(RulingKind.APPROVED, case.latest.basis, "kim", NOON, reason=Reason.BEFORE_START)
    return replace(case, rulings=(replace(ruling, **changes),))  # type: ignore[arg-type]


def test_a_past_case_is_written_once_a_person_lets_it_in() -> None:
    """With TikTok's time."""
    case = a_past_case(a_case())

    (refund,) = decided(let(case)).actions

    assert isinstance(refund, CreateRefund)
    assert LONG_AGO == refund.processed_at
    assert (State.SKIPPED, Reason.BEFORE_START) == (decided(case).state, decided(case).reason)


def test_a_past_return_is_a_plain_refund_since_only_that_carries_its_date() -> None:
    """Also where it was seen as soon as it was paid back: what counts is when it was let in."""
    assert isinstance(decided(let(a_past_case(returned()))).actions[0], CreateRefund)


def test_a_return_that_was_let_in_within_a_day_is_shown_as_one() -> None:
    """Its date is nearly right as well."""
    case = replace(returned(), paid_back_at=NOON - HOUR, paid_back_seen_at=NOON)
    soon = let(case, at=NOON + HOUR)

    assert isinstance(decided(soon, policy=replace(POLICY, start_from=NOON)).actions[0], CreateReturn)


@pytest.mark.parametrize("kind", [RulingKind.DISMISSED, RulingKind.REOPENED, RulingKind.LINKED])
def test_another_decision_lets_nothing_in(kind: RulingKind) -> None:
    """Nor does an approval of something else."""
    case = a_past_case(a_case())

    assert None is let_in(let(case, kind=kind))
    assert None is let_in(let(case, reason=Reason.PAUSED))
    assert Reason.BEFORE_START is decided(let(case, reason=Reason.OVER_CEILING)).reason


def test_what_tiktok_changes_afterwards_is_held() -> None:
    """A person let in what they saw."""
    case = let(a_past_case(a_case()))
    changed = replace(case, latest=replace(case.latest, refund=amount("19.00")))

    plan = decided(changed)

    assert (State.HELD, Reason.CHANGED_AFTER_DECISION) == (plan.state, plan.reason)
    assert "let in by kim at 20.00 USD, TikTok now says 19.00 USD" == plan.detail


def test_it_needs_no_second_leave_for_a_pause() -> None:
    """Who lets a past case in knows that nothing was written then."""
    policy = replace(POLICY, paused=(Spell(LONG_AGO - HOUR, NOON),))
    case = a_past_case(a_case())

    assert decided(let(case), policy=policy).actions
    assert Reason.PAUSED is decided(case, policy=replace(policy, start_from=LONG_AGO)).reason
    assert decided(let(case), policy=replace(policy, start_from=LONG_AGO)).actions


def test_what_else_holds_a_case_holds_a_past_one_too() -> None:
    """Such as a ceiling, or cancellations that are not wanted."""
    case = let(a_past_case(a_case()))
    cancelled = replace(case, latest=replace(case.latest, kind=Kind.CANCELLATION))

    assert Reason.OVER_CEILING is decided(case, policy=replace(POLICY, max_refund={"USD": 100})).reason
    assert Reason.CANCELLATIONS_OFF is decided(let(a_past_case(cancelled))).reason


def test_the_past_ends_where_start_from_begins() -> None:
    """What TikTok has not paid back does not belong to it."""
    case = a_case()

    assert before_start(replace(case, paid_back_at=POLICY.start_from - timedelta(seconds=1)), POLICY)
    assert not before_start(replace(case, paid_back_at=POLICY.start_from), POLICY)
    assert not before_start(replace(case, paid_back_at=None), POLICY)


@pytest.mark.parametrize(("waiting", "left"), [(0, 5), (4, 1), (5, 0), (9, 0)])
def test_no_more_of_the_past_is_taken_in_than_one_cycle_may_refund(waiting: int, left: int) -> None:
    """Together with what waits already."""
    assert left == room(waiting, replace(POLICY, max_refunds_per_cycle=5))
