"""An order that may be there without being shown to us: nothing is concluded from not finding it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from syncd.decide.decision import decide
from syncd.decide.facts import Facts
from syncd.model.cases import Case, Path, Restock, ReturnStatus, ReturnType, State, Written
from syncd.model.match import Match
from syncd.model.reasons import Reason
from tests.decide.examples import NOON, ORDER, ORDER_ID, POLICY, TIKTOK_ORDER, a_case, returned

WITHDRAWN = a_case(ReturnType.RETURN_AND_REFUND, ReturnStatus.CANCELLED)
NO_MONEY = a_case(ReturnType.RETURN_AND_REFUND, ReturnStatus.REPLACEMENT_COMPLETE)
GONE = Match((ORDER.id,), "known")
TROUBLE = "metafield: metafields.custom.id: Invalid search field for this query."


def facts(case: Case, **changes: object) -> Facts:
    """What is known of a case without an order."""
    return Facts(case, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("match", [Match(), GONE], ids=["never found", "known"])
@pytest.mark.parametrize("waited", [timedelta(), timedelta(days=3)])
@pytest.mark.parametrize(
    "case", [a_case(), returned(), a_case(ReturnType.RETURN_AND_REFUND, ReturnStatus.SUCCESS)]
)
def test_an_order_that_is_too_old_to_be_shown_is_told_apart_from_one_that_is_not_there(
    match: Match, waited: timedelta, case: Case
) -> None:
    """At once, since no import is waited for; TikTok's id is named."""
    plan = decide(facts(case, match=match, waited=waited, out_of_reach=True), POLICY)

    assert (State.HELD, Reason.ORDER_TOO_OLD) == (plan.state, plan.reason)
    assert ORDER_ID in plan.detail


def test_a_sort_of_order_that_may_not_be_imported_is_held_too_where_it_could_not_be_seen() -> None:
    """It may have been imported, and then a refund is due."""
    sample = replace(TIKTOK_ORDER, sample=True)
    unseen = facts(a_case(), tiktok_order=sample, waited=timedelta(days=3), out_of_reach=True)

    assert Reason.ORDER_TOO_OLD == decide(unseen, POLICY).reason


@pytest.mark.parametrize(
    "case", [a_case(), returned(), WITHDRAWN, NO_MONEY], ids=["refund", "return", "withdrawn", "no money"]
)
@pytest.mark.parametrize("waited", [timedelta(), timedelta(days=3)])
def test_a_search_that_was_not_understood_is_held_with_what_shopify_said(
    case: Case, waited: timedelta
) -> None:
    """Also where nothing is paid back: a return of ours may be on the order."""
    plan = decide(facts(case, waited=waited, search_trouble=TROUBLE), POLICY)

    assert (State.HELD, Reason.SEARCH_NOT_UNDERSTOOD) == (plan.state, plan.reason)
    assert TROUBLE in plan.detail


@pytest.mark.parametrize("case", [WITHDRAWN, NO_MONEY], ids=["withdrawn", "no money"])
def test_a_return_of_ours_on_an_order_that_is_not_shown_any_more_is_not_forgotten(case: Case) -> None:
    """It is still open there; what we never showed needs no look."""
    shown = replace(case, return_ids=("gid://shopify/Return/1",))
    ours = decide(facts(shown, match=GONE, out_of_reach=True), POLICY)
    none = decide(facts(case, out_of_reach=True), POLICY)

    assert (State.HELD, Reason.ORDER_TOO_OLD) == (ours.state, ours.reason)
    assert State.SKIPPED is none.state


@pytest.mark.parametrize("unseen", [{"out_of_reach": True}, {"search_trouble": TROUBLE}])
def test_a_written_case_that_cannot_be_verified_any_more_stays_as_it_is(unseen: dict[str, object]) -> None:
    """It was right when it was written."""
    case = replace(
        returned(),
        state=State.SYNCED,
        written=Written.of(returned().latest),
        return_ids=("gid://shopify/Return/1",),
        restock=Restock.WAITING,
        path=Path.RETURN,
        verify_at=NOON,
        due_at=NOON,
    )
    plan = decide(facts(case, **unseen), POLICY)

    assert (State.SYNCED, Restock.WAITING) == (plan.state, plan.restock)
