"""What people decided: heeded as long as TikTok says what it said then, and found again on the order."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from syncd.decide.claim import Ours, links_in, ruling_in, value
from syncd.decide.rulings import approved, linked
from syncd.model.cases import Case, Path, ReturnStatus, State, Written
from syncd.model.orders import Claim, Order, Refund
from syncd.model.plans import ActionKind, CreateRefund, Plan, RecordRuling
from syncd.model.policy import Policy, Spell
from syncd.model.reasons import Reason
from syncd.model.rulings import Ruling, RulingKind
from tests.decide.examples import (
    CASE,
    CASE_ID,
    HOUR,
    NOON,
    ORDER,
    POLICY,
    RESTOCK,
    a_case,
    amount,
    decided,
    our_refund,
    our_return,
    returned,
    unit,
    usd,
)

BASIS = CASE.latest.basis
THEIR_ID = "gid://shopify/Refund/9"
THEIR_RETURN = replace(our_return(note="by hand"), id="gid://shopify/Return/9", name="#1001-R9")


def ruling(
    kind: RulingKind = RulingKind.DISMISSED,
    *subjects: str,
    at: timedelta = timedelta(),
    reason: str = "",
    basis: str = BASIS,
) -> Ruling:
    """What Kim decided at noon."""
    return Ruling(kind, basis, "kim", NOON + at, "by hand", subjects, reason)


def ruled(*rulings: Ruling, case: Case = CASE) -> Case:
    """A case that people decided about."""
    return replace(case, rulings=rulings)


def theirs(moved: str = "20.00", *, created_at: timedelta = timedelta()) -> Refund:
    """A refund that somebody else made."""
    made = our_refund(moved, note="", created_at=NOON + created_at)
    return replace(made, id=THEIR_ID)


def claimed(order: Order, told: Ruling) -> Order:
    """An order whose claim carries that decision."""
    return replace(order, claim=Claim(value(Ours("i", "t"), NOON, HOUR, 1, ruling=told), "digest"))


def with_link(order: Order, *ids: str) -> Order:
    """An order that knows what is linked to the case."""
    return replace(order, links=dict.fromkeys(ids, CASE_ID))


# Dismissed


def test_a_dismissed_case_is_never_written() -> None:
    """The plan says who decided, and in which words."""
    told = ruling()

    plan = decided(ruled(told), claimed(ORDER, told))

    assert (State.DISMISSED, Reason.DISMISSED, "by kim: by hand", ()) == (
        plan.state,
        plan.reason,
        plan.detail,
        plan.actions,
    )


def test_a_dismissal_is_written_onto_the_order_first() -> None:
    """Another store finds it there."""
    plan = decided(ruled(ruling()))

    assert (RecordRuling(ORDER.id, ruling()),) == plan.actions


def test_a_dismissed_case_without_an_order_is_dismissed_all_the_same() -> None:
    """There is no place to write the decision down."""
    assert State.DISMISSED is decided(ruled(ruling()), None).state


@pytest.mark.parametrize(
    ("case", "now"),
    [
        (a_case(refund=amount("21.00")), "21.00 USD"),
        (a_case(lines=(unit(1), unit(2))), "20.00 USD with other units"),
        (a_case(status=ReturnStatus.REJECTED), "nothing paid back"),
    ],
    ids=["amount", "units", "taken back"],
)
def test_a_dismissal_does_not_stand_when_tiktok_changes_the_money_or_the_units(case: Case, now: str) -> None:
    """It is held, and never written by itself."""
    plan = decided(ruled(ruling(), case=case), claimed(ORDER, ruling()))

    assert (State.HELD, Reason.CHANGED_AFTER_DECISION, ()) == (plan.state, plan.reason, plan.actions)
    assert f"dismissed by kim at 20.00 USD, TikTok now says {now}" == plan.detail


def test_other_words_of_tiktok_leave_a_dismissal_standing() -> None:
    """A reason text is no money and no unit."""
    case = ruled(ruling(), case=a_case(reason_text="Other words"))

    assert State.DISMISSED is decided(case, claimed(ORDER, ruling())).state


def test_a_case_dismissed_before_it_was_paid_back_is_held_when_it_is() -> None:
    """Nothing was paid back when the person decided."""
    plan = decided(ruled(ruling(basis="")), claimed(ORDER, ruling(basis="")))

    assert Reason.CHANGED_AFTER_DECISION is plan.reason
    assert "nothing paid back" in plan.detail


def test_a_reopened_case_is_decided_as_any_other() -> None:
    """The last decision counts, and the order is told."""
    last = ruling(RulingKind.REOPENED, at=HOUR)
    case = ruled(ruling(), last)

    assert (RecordRuling(ORDER.id, last),) == decided(case, claimed(ORDER, ruling())).actions
    assert ActionKind.CREATE_REFUND is decided(case, claimed(ORDER, last)).actions[0].kind


# Linked


def test_a_linked_refund_is_the_one() -> None:
    """Nothing more is refunded."""
    told = ruling(RulingKind.LINKED, THEIR_ID)
    order = with_link(claimed(replace(ORDER, refunds=(theirs(),)), told), THEIR_ID)

    plan = decided(ruled(told), order)

    assert (State.SYNCED, (THEIR_ID,), ()) == (plan.state, plan.refund_ids, plan.actions)


def test_a_linked_refund_of_another_amount_is_held() -> None:
    """Finance has to find what TikTok paid back."""
    told = ruling(RulingKind.LINKED, THEIR_ID)
    order = with_link(claimed(replace(ORDER, refunds=(theirs("19.00"),)), told), THEIR_ID)

    assert Reason.REFUND_DIFFERS is decided(ruled(told), order).reason


@pytest.mark.parametrize(
    "refunds",
    [(), (replace(our_refund(note="TikTok Shop return 99 (syncd)"), id=THEIR_ID),)],
    ids=["not on the order", "another case's"],
)
def test_a_link_to_what_cannot_be_it_is_held(refunds: tuple[Refund, ...]) -> None:
    """A slip of the finger refunds nothing and hides nothing."""
    told = ruling(RulingKind.LINKED, THEIR_ID)
    order = with_link(claimed(replace(ORDER, refunds=refunds), told), THEIR_ID)

    plan = decided(ruled(told), order)

    assert (Reason.LINK_INVALID, THEIR_ID) == (plan.reason, plan.detail)


def test_a_refund_that_is_linked_to_another_case_is_nobody_elses() -> None:
    """It does not hold this case."""
    order = replace(ORDER, refunds=(theirs(),), links={THEIR_ID: "99"})

    assert isinstance(decided(CASE, order).actions[0], CreateRefund)


def test_a_linked_return_is_processed_as_ours_would_be() -> None:
    """And no second one is made."""
    told = ruling(RulingKind.LINKED, THEIR_RETURN.id)
    order = with_link(claimed(replace(ORDER, returns=(THEIR_RETURN,)), told), THEIR_RETURN.id)

    plan = decided(ruled(told, case=returned()), order, RESTOCK)

    assert [ActionKind.PROCESS_RETURN, ActionKind.CLOSE_RETURN] == [action.kind for action in plan.actions]


def test_what_is_linked_is_told_by_the_last_decision() -> None:
    """A link that was taken back is none."""
    link = ruling(RulingKind.LINKED, THEIR_ID)

    assert (THEIR_ID, None) == (
        linked(ruled(link)),
        linked(ruled(link, ruling(RulingKind.REOPENED, at=HOUR))),
    )


# Approved


def approving(reason: Reason, *subjects: str, basis: str = BASIS) -> Ruling:
    """Kim lets it through."""
    return ruling(RulingKind.APPROVED, *subjects, reason=reason.value, basis=basis)


def test_an_approved_case_passes_the_ceiling() -> None:
    """For the amount that was approved."""
    policy = replace(POLICY, max_refund={"USD": 1000})
    approval = approving(Reason.OVER_CEILING)

    assert Reason.OVER_CEILING is decided(CASE, policy=policy).reason
    assert ActionKind.CREATE_REFUND is decided(ruled(approval), policy=policy).actions[0].kind
    other = ruled(approval, case=a_case(refund=amount("30.00")))
    assert Reason.OVER_CEILING is decided(other, policy=policy).reason


def test_an_approval_is_for_its_own_reason_only() -> None:
    """Letting it through a pause says nothing of its amount."""
    policy = replace(POLICY, max_refund={"USD": 1000})

    assert Reason.OVER_CEILING is decided(ruled(approving(Reason.PAUSED)), policy=policy).reason
    assert not approved(ruled(ruling(reason=Reason.PAUSED.value)), Reason.PAUSED)


@pytest.mark.parametrize("case", [CASE, returned()])
def test_an_approved_foreign_refund_is_about_something_else(case: Case) -> None:
    """Only the one that the person saw; a further one is held."""
    order = replace(ORDER, refunds=(theirs(),))
    seen = ruled(approving(Reason.FOREIGN_REFUND, THEIR_ID, basis=case.latest.basis), case=case)

    held = decided(case, order)
    further = replace(theirs(), id="gid://shopify/Refund/10")

    assert (Reason.FOREIGN_REFUND, (THEIR_ID,)) == (held.reason, held.subjects)
    assert decided(seen, order).actions
    assert Reason.FOREIGN_REFUND is decided(seen, replace(order, refunds=(theirs(), further))).reason


# Paused


def paused(since: timedelta, until: timedelta | None) -> Policy:
    """A policy of a shop that was switched off; the case was paid back at eleven."""
    return replace(POLICY, paused=(Spell(NOON + since, None if until is None else NOON + until),))


@pytest.mark.parametrize(
    ("since", "until", "held"),
    [
        (-2 * HOUR, timedelta(), True),
        (-HOUR, timedelta(), True),
        (-2 * HOUR, None, True),
        (-2 * HOUR, -HOUR, False),
        (-HOUR / 2, None, False),
    ],
)
def test_what_was_paid_back_during_a_pause_waits_for_leave(
    since: timedelta, until: timedelta | None, *, held: bool
) -> None:
    """Its first moment belongs to it, its last one does not."""
    plan = decided(policy=paused(since, until))

    assert (Reason.PAUSED if held else None) is plan.reason


@pytest.mark.parametrize("changes", [{"dry_run": True}, {"enabled": False}])
def test_a_rehearsal_shows_what_would_be_written(changes: dict[str, Any]) -> None:
    """Only a shop that is written to has to wait for leave."""
    policy = replace(paused(-2 * HOUR, None), **changes)

    assert ActionKind.CREATE_REFUND is decided(policy=policy).actions[0].kind


def test_an_approved_case_does_not_wait_any_more() -> None:
    """Nor one that was written before the pause."""
    policy = paused(-2 * HOUR, timedelta())
    written = replace(CASE, written=Written.of(CASE.latest), state=State.HELD)

    assert decided(ruled(approving(Reason.PAUSED)), policy=policy).actions
    again = decided(written, replace(ORDER, refunds=(our_refund(),)), policy)
    assert State.SYNCED is again.state


# Looking once more


def verified(refunds: Iterable[Refund], *rulings: Ruling, order: Order | None = ORDER) -> Plan:
    """A written case that is looked at once more."""
    case = replace(
        CASE,
        state=State.SYNCED,
        path=Path.REFUND,
        written=Written.of(CASE.latest),
        refund_ids=(our_refund().id,),
        verify_at=NOON,
        due_at=NOON,
        rulings=rulings,
    )
    return decided(case, replace(order, refunds=tuple(refunds)) if order else None)


def test_a_written_case_that_nobody_touched_stays_synced() -> None:
    """The look finds what was written."""
    assert State.SYNCED is verified([our_refund()]).state


@pytest.mark.parametrize("created", [timedelta(), HOUR])
def test_a_refund_that_somebody_added_after_ours_is_held_as_doubled(created: timedelta) -> None:
    """With what was found."""
    plan = verified([our_refund(), theirs(created_at=created)])

    assert (State.HELD, Reason.DOUBLED, (THEIR_ID,)) == (plan.state, plan.reason, plan.subjects)
    assert THEIR_ID in plan.detail


def test_a_refund_from_before_ours_is_none_of_its_doubles() -> None:
    """Ours would not have been written beside it, had a person not let it through."""
    assert State.SYNCED is verified([our_refund(), theirs(created_at=-HOUR)]).state


@pytest.mark.parametrize("ours", [True, False])
def test_without_a_time_a_refund_may_be_a_double(*, ours: bool) -> None:
    """Better asked once too often."""
    untimed = [replace(our_refund(), created_at=None if ours else NOON)]
    untimed += [replace(theirs(created_at=-HOUR), created_at=NOON - HOUR if ours else None)]

    assert Reason.DOUBLED is verified(untimed).reason


def test_an_approved_double_is_about_something_else() -> None:
    """Goodwill of the staff, for instance."""
    plan = verified([our_refund(), theirs()], approving(Reason.DOUBLED, THEIR_ID))

    assert State.SYNCED is plan.state


def test_a_written_refund_that_is_gone_is_never_written_again_by_itself() -> None:
    """A person has to look."""
    plan = verified([])

    assert (State.HELD, Reason.REFUND_GONE, ()) == (plan.state, plan.reason, plan.actions)


def test_an_order_that_is_gone_leaves_nothing_to_look_at() -> None:
    """It was deleted, or is too old to be seen."""
    assert State.SYNCED is verified([], order=None).state


# On the order


@pytest.mark.parametrize("kind", [RulingKind.DISMISSED, RulingKind.LINKED, RulingKind.REOPENED])
def test_a_decision_comes_back_from_a_claim_as_it_was(kind: RulingKind) -> None:
    """Who, when, why, about what, and bound to what."""
    told = ruling(kind, THEIR_ID)

    assert told == ruling_in(claimed(ORDER, told).claim)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        '{"decision":7}',
        '{"decision":{"kind":"promoted"}}',
        '{"decision":{"kind":"dismissed"}}',
        "[]",
    ],
)
def test_a_decision_that_cannot_be_read_is_none(text: str) -> None:
    """Nothing is guessed from it."""
    assert ruling_in(Claim(text, "d")) is None


def test_no_claim_carries_no_decision() -> None:
    """Before anything was written."""
    assert ruling_in(None) is None


def test_links_are_told_by_the_claims_of_all_cases() -> None:
    """Dismissals link nothing."""
    claims = {
        "1": claimed(ORDER, ruling(RulingKind.LINKED, "a")).claim,
        "2": claimed(ORDER, ruling()).claim,
        "3": Claim("{}", "d"),
    }

    assert {"a": "1"} == links_in({case: claim for case, claim in claims.items() if claim})


def test_money_and_units_make_the_basis_of_a_decision() -> None:
    """In whatever order TikTok names the units."""
    two = a_case(lines=(unit(1), unit(2)))
    swapped = a_case(lines=(unit(2), unit(1)))

    assert two.latest.basis == swapped.latest.basis
    assert BASIS != two.latest.basis
    assert "" == a_case(status=ReturnStatus.PENDING).latest.basis == a_case(refund=None).latest.basis
    assert str(usd("20.00")) in BASIS
