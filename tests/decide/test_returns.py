"""After the money is refunded: what is left to do."""

from dataclasses import replace

import pytest

from syncd.model.cases import (
    Restock,
    State,
)
from syncd.model.orders import (
    Disposition,
    Order,
    ReturnState,
)
from syncd.model.plans import (
    ArchiveOrder,
    CloseReturn,
)
from tests.decide.examples import (
    ORDER,
    RESTOCK,
    TIKTOK_ORDER,
    WAREHOUSE,
    a_case,
    decided,
    our_refund,
    our_return,
    returned,
)

RESTOCKED = (Disposition("RESTOCKED", 1, WAREHOUSE.id),)


def refunded(return_: object, **changes: object) -> Order:
    """The order after its return was refunded."""
    refund = our_refund(note="", return_id="gid://shopify/Return/1")
    return replace(ORDER, returns=(return_,), refunds=(refund,), **changes)  # type: ignore[arg-type]


def test_a_processed_return_with_every_unit_decided_is_closed() -> None:
    """Shopify may or may not close it by itself; the state is read."""
    plan = decided(returned(), refunded(our_return(processed=1, dispositions=RESTOCKED)), RESTOCK)

    assert ((CloseReturn(ORDER.id, "gid://shopify/Return/1"),), Restock.DONE) == (plan.actions, plan.restock)


@pytest.mark.parametrize("state", [ReturnState.OPEN, ReturnState.CLOSED])
def test_a_processed_return_whose_units_wait_is_done_for_now(state: ReturnState) -> None:
    """It stays as it is until staff have looked at the units."""
    plan = decided(returned(), refunded(our_return(state, processed=1)))

    assert (State.SYNCED, Restock.WAITING) == (plan.state, plan.restock)


def test_a_closed_and_restocked_return_is_done() -> None:
    """Nothing is left."""
    done = refunded(our_return(ReturnState.CLOSED, processed=1, dispositions=RESTOCKED))

    assert (State.SYNCED, Restock.DONE) == ((plan := decided(returned(), done)).state, plan.restock)


def test_a_closed_return_of_units_that_were_not_restocked_is_done() -> None:
    """They are in TikTok's warehouse."""
    not_restocked = (Disposition("NOT_RESTOCKED", 1, None),)

    plan = decided(
        returned(), refunded(our_return(ReturnState.CLOSED, processed=1, dispositions=not_restocked))
    )

    assert (State.SYNCED, Restock.NONE) == (plan.state, plan.restock)


@pytest.mark.parametrize(
    ("restocked", "by_tiktok", "restock"),
    [(True, False, Restock.DONE), (False, False, Restock.WAITING), (False, True, Restock.NONE)],
)
def test_a_plain_refund_of_returned_goods_tells_what_became_of_the_units(
    restocked: bool, by_tiktok: bool, restock: Restock
) -> None:
    """Read from what Shopify has, so that a lost store comes to the same."""
    order = replace(ORDER, refunds=(our_refund(restocked=restocked),))
    tiktok_order = replace(TIKTOK_ORDER, fulfilled_by_tiktok=by_tiktok)

    assert restock == decided(returned(), order, tiktok_order=tiktok_order).restock


def test_an_archived_order_is_archived_again() -> None:
    """Whatever opened it."""
    archived = replace(ORDER, archived=True)

    assert ArchiveOrder(ORDER.id) == decided(order=archived).actions[-1]
    assert ArchiveOrder(ORDER.id) == decided(returned(), archived, RESTOCK).actions[-1]


def test_an_order_that_was_opened_by_our_refund_is_archived_again() -> None:
    """After the refund the order stands open, and we know that it did not before."""
    case = replace(a_case(), was_archived=True)
    done = replace(ORDER, refunds=(our_refund(),))

    assert (ArchiveOrder(ORDER.id),) == decided(case, done).actions
    assert State.SYNCED == decided(case, replace(done, archived=True)).state


def test_an_order_that_was_opened_by_our_return_is_archived_again() -> None:
    """After the return is closed, not before its units are decided about."""
    case = replace(returned(), was_archived=True)
    closed = our_return(ReturnState.CLOSED, processed=1, dispositions=RESTOCKED)

    assert (ArchiveOrder(ORDER.id),) == decided(case, refunded(closed)).actions
    assert State.SYNCED == decided(case, refunded(our_return(processed=1))).state
    assert State.SYNCED == decided(case, refunded(closed, archived=True)).state
