"""After the money is refunded: what is left to do."""

from dataclasses import replace

import pytest

from syncd.decide.due import Want, due
from syncd.model.cases import (
    Case,
    Path,
    Restock,
    ReturnStatus,
    ReturnType,
    State,
)
from syncd.model.orders import (
    Disposition,
    Order,
    ReturnState,
)
from syncd.model.plans import (
    ArchiveOrder,
    CancelReturn,
    CloseReturn,
    CreateReturn,
    Plan,
    ProcessReturn,
)
from syncd.model.reasons import Reason
from tests.decide.examples import (
    ORDER,
    PARCEL,
    POLICY,
    RESTOCK,
    TIKTOK_ORDER,
    WAREHOUSE,
    a_case,
    amount,
    decided,
    our_refund,
    our_return,
    returned,
    unit,
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
        returned(),
        refunded(our_return(ReturnState.CLOSED, processed=1, dispositions=not_restocked)),
        tiktok_order=replace(TIKTOK_ORDER, fulfilled_by_tiktok=True),
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


SHOWN = a_case(ReturnType.RETURN_AND_REFUND, ReturnStatus.SUCCESS)
WITHDRAWN = a_case(ReturnType.RETURN_AND_REFUND, ReturnStatus.CANCELLED)
ONCE_ARCHIVED = replace(returned(), was_archived=True)
DECIDED = our_return(processed=1, dispositions=RESTOCKED)
FINISHED = our_return(ReturnState.CLOSED, processed=1, dispositions=RESTOCKED)
REFUND_LEFT = replace(ORDER, refunds=(our_refund(restocked=True),))


@pytest.mark.parametrize(
    ("case", "order", "kind", "path", "restock"),
    [
        (SHOWN, ORDER, CreateReturn, Path.RETURN, Restock.NONE),
        (WITHDRAWN, replace(ORDER, returns=(our_return(),)), CancelReturn, Path.RETURN, Restock.NONE),
        (returned(), ORDER, CloseReturn, Path.RETURN, Restock.DONE),
        (replace(returned(), parcel_seen=False), ORDER, ProcessReturn, Path.RETURN, Restock.WAITING),
        (returned(), refunded(DECIDED), CloseReturn, Path.RETURN, Restock.DONE),
        (ONCE_ARCHIVED, refunded(FINISHED), ArchiveOrder, Path.RETURN, Restock.DONE),
        (returned(), refunded(FINISHED), None, Path.RETURN, Restock.DONE),
        (ONCE_ARCHIVED, REFUND_LEFT, ArchiveOrder, Path.REFUND, Restock.DONE),
        (returned(), REFUND_LEFT, None, Path.REFUND, Restock.DONE),
    ],
)
def test_a_plan_tells_the_path_and_the_restock_that_it_ends_in(
    case: Case, order: Order, kind: type | None, path: Path, restock: Restock
) -> None:
    """Whether it writes the whole, the rest, or nothing any more."""
    plan = decided(case, order, RESTOCK)

    assert kind == (type(plan.actions[-1]) if plan.actions else None)
    assert (path, restock) == (plan.path, plan.restock)


def test_every_action_names_the_order_and_the_return() -> None:
    """Ours, as it stands on the order; a new one has no id before it is made."""
    shown = replace(ORDER, returns=(our_return(),))

    for order, return_id in ((shown, "gid://shopify/Return/1"), (ORDER, None)):
        process, close = decided(returned(), order, RESTOCK).actions[-2:]
        assert isinstance(process, ProcessReturn)
        assert (ORDER.id, return_id) == (process.order_id, process.return_id)
        assert CloseReturn(ORDER.id, return_id) == close


def test_a_new_return_has_our_mark_tiktoks_reason_and_tiktoks_time() -> None:
    """The time at which the buyer asked for it."""
    plan = decided(SHOWN, policy=RESTOCK)

    assert isinstance(plan.actions[0], CreateReturn)
    assert (ORDER.id, SHOWN.latest.created_at) == (plan.actions[0].order_id, plan.actions[0].requested_at)
    assert "TikTok Shop return 4035318504086604100 (syncd): Arrived damaged" == plan.actions[0].note


@pytest.mark.parametrize(
    ("case", "order"),
    [(SHOWN, ORDER), (returned(), ORDER), (returned(), replace(ORDER, returns=(our_return(),)))],
    ids=["under way", "paid back", "shown and paid back"],
)
def test_units_that_are_not_restocked_need_no_place(case: Case, order: Order) -> None:
    """They are decided about later, wherever they were shipped from."""
    shipped = replace(order, shipments=(replace(PARCEL, location=None),))

    action = decided(case, shipped).actions[-1]

    assert isinstance(action, CreateReturn | ProcessReturn)
    assert [("L1", "SHIRT", 1, None, False, None)] == [
        (u.line_id, u.sku, u.quantity, u.disposition, u.restock, u.location) for u in action.units
    ]


def test_nothing_is_disposed_before_it_is_paid_back() -> None:
    """Restock wanted and proven is not yet decided."""
    plan = decided(SHOWN, policy=RESTOCK)

    assert isinstance(plan.actions[0], CreateReturn)
    assert [(None, False, None)] == [(u.disposition, u.restock, u.location) for u in plan.actions[0].units]


def test_a_return_of_all_units_is_processed_with_its_own() -> None:
    """They are on a return already, but that is ours; several of its lines may be of one order line."""
    parts = tuple(
        replace(PARCEL, id=f"F{n}", lines=(replace(PARCEL.lines[0], id=f"FL{n}", quantity=1),))
        for n in (1, 2)
    )
    ours = our_return()
    lines = tuple(replace(ours.lines[0], id=f"RL{n}", fulfillment_line_id=f"FL{n}") for n in (1, 2))
    order = replace(ORDER, shipments=parts, returns=(replace(ours, lines=lines),))
    case = returned(lines=(unit(1), unit(2)), refund=amount("40.00"))

    plan = decided(case, order)

    assert isinstance(plan.actions[0], ProcessReturn)
    assert [("FL1", 1), ("FL2", 1)] == [(u.fulfillment_line_id, u.quantity) for u in plan.actions[0].units]


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


EMPTY = returned(refund=amount("0.00"))


def test_a_return_that_ends_without_money_leaves_nothing_open_unseen() -> None:
    """A person inspects the units and closes it."""
    open_, closed = (
        replace(ORDER, returns=(our_return(state),)) for state in (ReturnState.OPEN, ReturnState.CLOSED)
    )

    held = decided(EMPTY, open_)

    assert (State.HELD, Reason.RETURN_WITHOUT_MONEY, "return #1001-R1") == (
        held.state,
        held.reason,
        held.detail,
    )
    assert Reason.NO_MONEY is decided(EMPTY, closed).reason is decided(EMPTY, None).reason


@pytest.mark.parametrize(
    ("case", "looked"),
    [
        (EMPTY, True),
        (a_case(refund=amount("0.00")), True),
        (replace(a_case(refund=amount("0.00")), return_ids=("R",)), True),
        (a_case(ReturnType.REPLACEMENT, ReturnStatus.REPLACEMENT_COMPLETE), False),
        (replace(EMPTY, state=State.SKIPPED, reason=Reason.NO_MONEY), False),
        (replace(EMPTY, state=State.HELD, reason=Reason.NO_MONEY), True),
    ],
)
def test_a_case_without_money_is_looked_for_where_a_return_may_be_shown(case: Case, *, looked: bool) -> None:
    """Once; without one there is nothing to do."""
    assert looked is isinstance(due(case, POLICY), Want)
    plain = replace(POLICY, import_returns=False)
    assert isinstance(due(replace(case, return_ids=()), plain), Plan)
