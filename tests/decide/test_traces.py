"""What is on the order already: other people's work, and ours, which is done once and for good."""

from dataclasses import replace
from datetime import timedelta

import pytest

from syncd.decide.traces import makers, own_refunds, strangers, told, told_return
from syncd.model.cases import (
    Case,
    Path,
    Restock,
    ReturnStatus,
    ReturnType,
    State,
    Written,
)
from syncd.model.orders import (
    Disposition,
    Order,
    ReturnState,
)
from syncd.model.plans import (
    CreateRefund,
)
from syncd.model.reasons import Reason
from tests.decide.examples import (
    CASE_ID,
    HOUR,
    NOON,
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


@pytest.mark.parametrize(
    ("case", "import_returns"), [(a_case(), True), (returned(), True), (returned(), False)]
)
@pytest.mark.parametrize("created", [NOON, a_case().latest.created_at, None])
def test_a_refund_of_somebody_else_since_the_case_was_opened_is_held(
    case: Case, import_returns: bool, created: object
) -> None:
    """It may be the same refund: the hold shows its id and amount, and not its note."""
    theirs = replace(our_refund("20.00", note="by hand"), created_at=created)  # type: ignore[arg-type]
    policy = replace(POLICY, import_returns=import_returns)

    plan = decided(case, replace(ORDER, refunds=(theirs,)), policy)

    assert Reason.FOREIGN_REFUND == plan.reason
    assert "gid://shopify/Refund/1 of 20.00 USD" in plan.detail
    assert "by hand" not in plan.detail


@pytest.mark.parametrize(
    "other",
    [
        our_refund(note="TikTok Shop return 99 (syncd)"),
        our_refund(note="by hand", created_at=NOON - 100 * HOUR),
        our_refund(note="", return_id="gid://shopify/Return/2"),
    ],
    ids=["of another case of ours", "before the case was opened", "through another return of ours"],
)
def test_other_refunds_do_not_hold(other: object) -> None:
    """What is ours, or older than the case, is no refund of this case."""
    theirs = replace(our_return(note="TikTok Shop return 99 (syncd)"), id="gid://shopify/Return/2")
    order = replace(ORDER, refunds=(other,), returns=(theirs,))  # type: ignore[arg-type]

    assert isinstance(decided(order=order).actions[0], CreateRefund)


@pytest.mark.parametrize(
    "case", [a_case(), returned(), a_case(ReturnType.RETURN_AND_REFUND, ReturnStatus.SUCCESS)]
)
@pytest.mark.parametrize("state", [ReturnState.OPEN, ReturnState.REQUESTED])
def test_an_open_return_of_somebody_else_with_these_units_is_held(case: Case, state: ReturnState) -> None:
    """Two hands on one unit would pay twice."""
    theirs = our_return(state, note="by staff")

    assert Reason.FOREIGN_RETURN == decided(case, replace(ORDER, returns=(theirs,))).reason


def test_an_open_return_of_somebody_else_with_these_units_is_held_without_import_too() -> None:
    """The plain refund looks at returns as well."""
    policy = replace(POLICY, import_returns=False)

    assert (
        Reason.FOREIGN_RETURN
        == decided(returned(), replace(ORDER, returns=(our_return(note=""),)), policy).reason
    )


def test_a_finished_return_of_somebody_else_does_not_hold() -> None:
    """It is over; a refund that came of it would be seen."""
    plan = decided(order=replace(ORDER, returns=(our_return(ReturnState.CLOSED, note="by staff"),)))

    assert isinstance(plan.actions[0], CreateRefund)


@pytest.mark.parametrize(
    ("refund", "reason"),
    [
        (our_refund("19.99"), Reason.REFUND_DIFFERS),
        (our_refund("0.00"), Reason.REFUND_FAILED),
        (our_refund(pending=True), Reason.REFUND_PENDING),
    ],
)
def test_our_refund_that_is_not_tiktoks_amount_is_never_corrected(refund: object, reason: Reason) -> None:
    """A difference is shown, not settled by a second refund."""
    plan = decided(order=replace(ORDER, refunds=(refund,)))  # type: ignore[arg-type]

    assert (reason, ()) == (plan.reason, plan.actions)


def test_two_refunds_of_ours_for_one_case_are_held() -> None:
    """That must not be, so a person is told."""
    second = replace(our_refund(), id="gid://shopify/Refund/2")

    assert Reason.DOUBLED == decided(order=replace(ORDER, refunds=(our_refund(), second))).reason


def test_two_returns_of_ours_for_one_case_are_held() -> None:
    """The same for returns."""
    returns = (our_return(), replace(our_return(), id="gid://shopify/Return/2"))

    assert Reason.DOUBLED == decided(returned(), replace(ORDER, returns=returns)).reason


WRITTEN = Written.of(a_case().latest)
SYNCED = replace(a_case(), written=WRITTEN, state=State.SYNCED, restock=Restock.WAITING, path=Path.RETURN)


def test_a_settled_case_stays_settled_without_a_look() -> None:
    """News that change nothing about money and units cost nothing."""
    plan = decided(SYNCED, order=None)

    assert (State.SYNCED, Restock.WAITING, Path.RETURN) == (plan.state, plan.restock, plan.path)


@pytest.mark.parametrize(
    ("latest", "words"),
    [
        (a_case(refund=amount("19.00")), "TikTok now says 19.00 USD"),
        (a_case(refund=None), "now gives no amount"),
        (a_case(lines=(unit(2),)), "or others"),
        (a_case(status=ReturnStatus.REJECTED), "REFUND_OR_RETURN_REQUEST_REJECT"),
    ],
)
def test_a_case_that_changes_after_it_was_written_is_held_with_the_difference(
    latest: Case, words: str
) -> None:
    """Never a second refund by itself."""
    plan = decided(replace(SYNCED, latest=latest.latest))

    assert Reason.CHANGED_AFTER_WRITE == plan.reason
    assert words in plan.detail


@pytest.mark.parametrize(
    "return_",
    [
        our_return(processed=1),
        our_return(ReturnState.CLOSED),
        our_return(quantity=2),
        our_return(dispositions=(Disposition("RESTOCKED", 1, None),)),
    ],
)
def test_a_return_that_is_not_as_we_made_it_is_held(return_: object) -> None:
    """Staff worked on it; what they did is not overwritten."""
    plan = decided(returned(), replace(ORDER, returns=(return_,)))  # type: ignore[arg-type]

    assert Reason.RETURN_TOUCHED == plan.reason


def test_a_return_line_without_its_parcel_is_held() -> None:
    """A shipment that was cancelled meanwhile leaves the return without ground."""
    order = replace(ORDER, returns=(our_return(),), shipments=())

    assert Reason.NOT_FULFILLED == decided(returned(), order).reason


APP = "AfterShip"
MADE = our_refund(note="")


@pytest.mark.parametrize(
    ("seconds", "told"), [(-2, {MADE.id: APP}), (0, {MADE.id: APP}), (2, {MADE.id: APP}), (3, {}), (-3, {})]
)
def test_what_an_app_did_at_that_moment_tells_who_made_a_refund(seconds: int, told: dict[str, str]) -> None:
    """The order's timeline names no refund, only times."""
    order = replace(ORDER, refunds=(MADE, replace(MADE, id="untimed", created_at=None)))

    assert told == makers(order, [(NOON + timedelta(seconds=seconds), APP)])


def test_returns_have_makers_too_and_several_are_all_told() -> None:
    """In the order of their names."""
    order = replace(ORDER, returns=(our_return(note=""),))
    at = order.returns[0].created_at

    assert {order.returns[0].id: "A, B"} == makers(order, [(at, "B"), (at, "A"), (at, "B")])


def test_a_hold_names_who_made_what_it_found() -> None:
    """The app, where that is known."""
    order = replace(ORDER, refunds=(MADE,), returns=(our_return(note=""),), makers={MADE.id: APP})

    assert f"{MADE.id} of 20.00 USD by {APP}" == told(order, MADE)
    assert "#1001-R1 (gid://shopify/Return/1)" == told_return(order, order.returns[0])
    named = replace(order, makers={order.returns[0].id: APP})
    assert "#1001-R1 (gid://shopify/Return/1, by AfterShip)" == told_return(named, order.returns[0])


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (ORDER, False),
        (replace(ORDER, refunds=(our_refund(),), returns=(our_return(),)), False),
        (replace(ORDER, refunds=(MADE,)), True),
        (replace(ORDER, refunds=(MADE,), links={MADE.id: "99"}), False),
        (replace(ORDER, returns=(our_return(note=""),)), True),
        (replace(ORDER, returns=(our_return(note=""),), links={"gid://shopify/Return/1": "99"}), False),
    ],
)
def test_strangers_are_what_carries_no_mark_and_no_link(order: Order, *, expected: bool) -> None:
    """Only then more has to be read."""
    assert expected is strangers(order)


def test_a_refund_through_a_return_that_a_person_linked_is_of_its_case() -> None:
    """Neither of them carries our mark."""
    linked = our_return(note="by staff")
    refund = our_refund(note="", return_id=linked.id)
    order = replace(ORDER, returns=(linked,), refunds=(refund,), links={linked.id: CASE_ID})

    assert (refund,) == own_refunds(order, CASE_ID)
    assert () == own_refunds(replace(order, links={linked.id: "99"}), CASE_ID)
