"""The tracking number on our open return: shown once, for information."""

from dataclasses import replace

import pytest

from syncd.decide.due import Want, due
from syncd.decide.tracking import number_to_show
from syncd.model.cases import Case, Path, ReturnStatus, ReturnType, State
from syncd.model.orders import Return, ReturnState
from syncd.model.plans import AddTracking, CancelReturn, CreateReturn, Plan, ProcessReturn
from tests.decide.examples import ORDER, POLICY, a_case, decided, our_return, returned

OURS = our_return()
NUMBER = "94001"


def sent(status: ReturnStatus = ReturnStatus.BUYER_SHIPPED_ITEM, **known: object) -> Case:
    """A return that we show, and whose parcel is on its way."""
    case = a_case(ReturnType.RETURN_AND_REFUND, status, tracking_number=NUMBER)
    facts = {"state": State.TRACKING, "return_ids": (OURS.id,)} | known
    return replace(case, **facts)  # type: ignore[arg-type]


def on(*returns: Return, case: Case | None = None) -> Plan:
    """The plan with these returns on the order."""
    return decided(case or sent(), replace(ORDER, returns=returns))


@pytest.mark.parametrize("status", [ReturnStatus.BUYER_SHIPPED_ITEM, ReturnStatus.SUCCESS])
def test_the_number_of_a_parcel_under_way_is_shown_on_our_return(status: ReturnStatus) -> None:
    """Where no parcel is announced yet."""
    case = sent(status)

    assert Want.OPEN_RETURN is due(case, POLICY)
    assert (AddTracking(ORDER.id, OURS.id, NUMBER),) == on(OURS, case=case).actions


def test_a_return_is_opened_before_its_parcel_is_shown() -> None:
    """Its reverse order has to be there; the plan names both."""
    case = sent(return_ids=(), state=State.DUE)

    create, parcel = on(case=case).actions

    assert isinstance(create, CreateReturn)
    assert isinstance(parcel, AddTracking)
    assert (None, case.latest.tracking_number) == (parcel.return_id, parcel.number)


@pytest.mark.parametrize("tracking", [(NUMBER,), ("another",), ("",)])
def test_any_parcel_on_the_return_counts_as_shown(tracking: tuple[str, ...]) -> None:
    """A number that TikTok changed, and what staff announced, are left as they are."""
    plan = on(our_return(tracking=tracking))

    assert (State.TRACKING, (), OURS.id) == (plan.state, plan.actions, plan.tracked_return_id)


@pytest.mark.parametrize(
    "return_", [our_return(ReturnState.CLOSED), replace(OURS, reverse_order_ids=())], ids=["closed", "empty"]
)
def test_a_return_that_takes_no_parcel_is_not_asked_again(return_: Return) -> None:
    """It is information only."""
    plan = on(return_)

    assert (State.TRACKING, (), OURS.id) == (plan.state, plan.actions, plan.tracked_return_id)


def test_what_is_shown_costs_no_further_look() -> None:
    """Also where TikTok has another number for it by now."""
    case = sent(tracked_return_id=OURS.id)
    other = replace(case, latest=replace(case.latest, tracking_number="95002"))

    for one in (case, other):
        plan = due(one, POLICY)
        assert isinstance(plan, Plan)
        assert State.TRACKING is plan.state
        assert () == on(OURS, case=replace(one, state=State.DUE)).actions


def test_a_reopened_return_shows_its_parcel_anew() -> None:
    """The Shopify return that showed it before is cancelled."""
    case = sent(tracked_return_id="gid://shopify/Return/0")

    assert [AddTracking] == [type(action) for action in on(OURS, case=case).actions]


@pytest.mark.parametrize(
    "case",
    [
        sent(ReturnStatus.AWAITING_BUYER_SHIP),
        sent(ReturnStatus.PARCEL_REJECTED),
        sent(path=Path.REFUND),
        replace(sent(), latest=replace(sent().latest, tracking_number="")),
    ],
    ids=["not sent", "refused", "no return", "no number"],
)
def test_without_a_parcel_to_show_nothing_is_looked_at(case: Case) -> None:
    """A label may have a number long before anything is sent."""
    plan = due(case, POLICY)

    assert isinstance(plan, Plan)
    assert State.TRACKING is plan.state


def test_without_imported_returns_no_parcel_is_shown() -> None:
    """Staff do not want to see them in Shopify."""
    assert isinstance(due(sent(), replace(POLICY, import_returns=False)), Plan)


def test_money_does_not_wait_for_the_parcel_to_be_shown() -> None:
    """Once it is paid back nobody needs the number any more."""
    case = replace(returned(tracking_number=NUMBER), return_ids=(OURS.id,))

    assert "" == number_to_show(case)
    assert ProcessReturn is type(on(OURS, case=case).actions[0])


def test_a_return_that_shows_a_parcel_is_cancelled_like_any_other() -> None:
    """An announced parcel is no work on the return."""
    case = sent(ReturnStatus.CANCELLED, tracked_return_id=OURS.id)

    assert (CancelReturn(ORDER.id, OURS.id),) == on(our_return(tracking=(NUMBER,)), case=case).actions
