"""The decision table of the guide: one test per row, named like the row."""

from dataclasses import replace
from datetime import timedelta

import pytest

from syncd.model.cases import Case, Path, Restock, ReturnStatus, ReturnType, State
from syncd.model.orders import Disposition, ReturnState
from syncd.model.plans import (
    Action,
    AddTracking,
    CancelOrder,
    CancelReturn,
    CloseReturn,
    CreateRefund,
    CreateReturn,
    DispositionType,
    ProcessReturn,
    RestockType,
)
from syncd.model.policy import Policy
from syncd.model.reasons import Reason
from tests.decide.examples import (
    CANCELLED_ORDER,
    NO_IMPORT_RESTOCK,
    NOON,
    ORDER,
    POLICY,
    RESTOCK,
    TIKTOK_ORDER,
    UNSHIPPED,
    WAREHOUSE,
    a_cancellation,
    a_case,
    amount,
    cancelled,
    decided,
    our_refund,
    our_return,
    returned,
    unit,
    usd,
    whole_cancellation,
)

NO_IMPORT = replace(POLICY, import_returns=False)
UNDER_WAY = (ReturnStatus.AWAITING_BUYER_SHIP, ReturnStatus.BUYER_SHIPPED_ITEM, ReturnStatus.SUCCESS)
BY_TIKTOK = replace(TIKTOK_ORDER, fulfilled_by_tiktok=True)


def approved(status: ReturnStatus = ReturnStatus.AWAITING_BUYER_SHIP) -> Case:
    """A return that is under way."""
    return a_case(ReturnType.RETURN_AND_REFUND, status)


def kinds(actions: tuple[Action, ...]) -> list[type[Action]]:
    """What the actions are."""
    return [type(action) for action in actions]


def only_refund(actions: tuple[Action, ...]) -> CreateRefund:
    """The one refund that these actions are."""
    assert [CreateRefund] == kinds(actions)
    assert isinstance(actions[0], CreateRefund)
    return actions[0]


def process_of(actions: tuple[Action, ...]) -> ProcessReturn:
    """The processing among the actions."""
    return next(action for action in actions if isinstance(action, ProcessReturn))


@pytest.mark.parametrize("status", UNDER_WAY)
def test_return_approved_or_under_way_is_shown_as_an_open_return(status: ReturnStatus) -> None:
    """An approved return becomes one open Shopify return with our mark and its reason; no money moves."""
    plan = decided(approved(status))

    assert [CreateReturn] == kinds(plan.actions)
    assert isinstance(plan.actions[0], CreateReturn)
    assert plan.actions[0].note.startswith("TikTok Shop return 4035318504086604100 (syncd)")
    assert "damaged-or-defective" == plan.actions[0].reason
    assert [(1, None)] == [(unit.quantity, unit.disposition) for unit in plan.actions[0].units]


def test_return_whose_parcel_is_under_way_shows_its_tracking_number() -> None:
    """Once, on the return that we show."""
    sent = replace(approved(ReturnStatus.BUYER_SHIPPED_ITEM).latest, tracking_number="94001")
    plan = decided(replace(approved(), latest=sent), replace(ORDER, returns=(our_return(),)))

    assert (AddTracking(ORDER.id, "gid://shopify/Return/1", "94001"),) == plan.actions


def test_return_that_became_a_refund_is_cancelled_and_then_refunded() -> None:
    """No order stays with a return in progress of which nothing comes back."""
    case = replace(a_case(ReturnType.REFUND), parcel_seen=False)

    assert [CancelReturn, CreateRefund] == kinds(
        decided(case, replace(ORDER, returns=(our_return(),))).actions
    )


@pytest.mark.parametrize("status", UNDER_WAY)
def test_return_approved_without_import_is_only_tracked(status: ReturnStatus) -> None:
    """With import_returns off nothing is written before the money is paid back."""
    assert State.TRACKING == decided(approved(status), policy=NO_IMPORT).state


def test_return_approved_with_units_not_fulfilled_yet_waits() -> None:
    """A return cannot hold units that Shopify has not shipped; the case heals when they are."""
    unshipped = replace(ORDER, shipments=())

    assert Reason.NOT_FULFILLED == decided(approved(), unshipped).reason


def test_return_shown_already_is_not_shown_twice() -> None:
    """Our open return on the order is enough."""
    plan = decided(approved(), replace(ORDER, returns=(our_return(),)))

    assert (State.TRACKING, (), ("gid://shopify/Return/1",)) == (plan.state, plan.actions, plan.return_ids)


@pytest.mark.parametrize("status", [ReturnStatus.CANCELLED, ReturnStatus.REJECTED])
def test_return_withdrawn_or_rejected_cancels_the_shopify_return(status: ReturnStatus) -> None:
    """What TikTok withdrew does not stay open in Shopify."""
    plan = decided(a_case(ReturnType.RETURN_AND_REFUND, status), replace(ORDER, returns=(our_return(),)))

    assert (CancelReturn(ORDER.id, "gid://shopify/Return/1"),) == plan.actions


def test_return_whose_parcel_was_refused_is_only_tracked() -> None:
    """The parcel is with the seller and may still be paid back, so nothing is cancelled."""
    case = a_case(ReturnType.RETURN_AND_REFUND, ReturnStatus.PARCEL_REJECTED)

    assert State.TRACKING == decided(case, replace(ORDER, returns=(our_return(),))).state


@pytest.mark.parametrize(
    "touched",
    [
        our_return(processed=1),
        our_return(ReturnState.CLOSED),
        our_return(dispositions=(Disposition("RESTOCKED", 1, None),)),
    ],
)
def test_return_withdrawn_after_staff_worked_on_it_is_held(touched: object) -> None:
    """What staff began, staff finish."""
    order = replace(ORDER, returns=(touched,))  # type: ignore[arg-type]

    assert (
        Reason.RETURN_TOUCHED
        == decided(a_case(ReturnType.RETURN_AND_REFUND, ReturnStatus.CANCELLED), order).reason
    )


def test_return_withdrawn_that_was_never_shown_is_skipped() -> None:
    """There is nothing to cancel."""
    plan = decided(a_case(ReturnType.RETURN_AND_REFUND, ReturnStatus.CANCELLED))

    assert (State.SKIPPED, Reason.WITHDRAWN) == (plan.state, plan.reason)


def test_return_reopened_gets_a_new_shopify_return() -> None:
    """A cancelled return is never adopted."""
    order = replace(ORDER, returns=(our_return(ReturnState.CANCELED),))

    assert [CreateReturn] == kinds(decided(approved(), order).actions)


def test_return_paid_back_with_restock_is_created_processed_restocked_and_closed() -> None:
    """Restock wanted and proven: TikTok's amount through the return, units RESTOCKED, return closed."""
    plan = decided(returned(), policy=RESTOCK)

    assert [CreateReturn, ProcessReturn, CloseReturn] == kinds(plan.actions)
    process = process_of(plan.actions)
    assert usd("20.00") == process.payment.amount
    assert [(DispositionType.RESTOCKED, WAREHOUSE)] == [(u.disposition, u.location) for u in process.units]
    assert Restock.DONE == plan.restock


def test_return_paid_back_uses_the_open_return() -> None:
    """The return shown before is processed; none is created on top."""
    plan = decided(returned(), replace(ORDER, returns=(our_return(),)), RESTOCK)

    assert [ProcessReturn, CloseReturn] == kinds(plan.actions)
    assert "gid://shopify/Return/1" == process_of(plan.actions).return_id


def test_return_paid_back_with_restock_without_import_is_one_refund_with_lines_returned() -> None:
    """Without Shopify returns the refund itself puts the units back, at a location."""
    refund = only_refund(decided(returned(), policy=NO_IMPORT_RESTOCK).actions)

    assert [(RestockType.RETURN, WAREHOUSE, 1)] == [
        (u.restock_type, u.location, u.quantity) for u in refund.units
    ]


def test_return_paid_back_fulfilled_by_tiktok_is_not_restocked_and_closed() -> None:
    """The units are in TikTok's warehouse: NOT_RESTOCKED, and nothing is left to do."""
    plan = decided(returned(), policy=RESTOCK, tiktok_order=BY_TIKTOK)

    assert [CreateReturn, ProcessReturn, CloseReturn] == kinds(plan.actions)
    assert [DispositionType.NOT_RESTOCKED] == [u.disposition for u in process_of(plan.actions).units]
    assert Restock.NONE == plan.restock


def test_return_paid_back_fulfilled_by_tiktok_without_import_is_one_refund_without_restock() -> None:
    """The same, as a plain refund."""
    plan = decided(returned(), policy=NO_IMPORT_RESTOCK, tiktok_order=BY_TIKTOK)

    assert [RestockType.NO_RESTOCK] == [u.restock_type for u in only_refund(plan.actions).units]
    assert Restock.NONE == plan.restock


@pytest.mark.parametrize(
    ("case", "policy"),
    [
        pytest.param(returned(), POLICY, id="auto_restock is off"),
        pytest.param(returned(quick_refund=True), RESTOCK, id="quick refund"),
        pytest.param(returned(buyer_keeps_item=True), RESTOCK, id="the buyer keeps the item"),
        pytest.param(replace(returned(), parcel_seen=False), RESTOCK, id="no parcel was seen"),
        pytest.param(returned(), replace(RESTOCK, exclude_skus=frozenset({"SHIRT"})), id="excluded SKU"),
        pytest.param(
            returned(reason="damaged"),
            replace(RESTOCK, exclude_reasons=frozenset({"damaged"})),
            id="excluded reason",
        ),
    ],
)
def test_return_paid_back_otherwise_leaves_the_units_to_staff(case: Case, policy: Policy) -> None:
    """No disposition is written, since that could not be undone; the return stays open and waits."""
    plan = decided(case, policy=policy)

    assert [CreateReturn, ProcessReturn] == kinds(plan.actions)
    assert [None] == [u.disposition for u in process_of(plan.actions).units]
    assert Restock.WAITING == plan.restock


def test_return_paid_back_otherwise_without_import_is_one_refund_without_restock() -> None:
    """The refund is written and the restock waits."""
    plan = decided(returned(), policy=NO_IMPORT)

    assert [RestockType.NO_RESTOCK] == [u.restock_type for u in only_refund(plan.actions).units]
    assert Restock.WAITING == plan.restock


def test_return_seen_more_than_a_day_after_it_was_paid_back_is_a_refund_with_its_date() -> None:
    """Only refundCreate takes a date, so late cases do not go through a return."""
    paid = NOON - timedelta(days=3)
    case = replace(returned(), paid_back_at=paid, paid_back_seen_at=NOON)

    refund = only_refund(decided(case).actions)

    assert paid == refund.processed_at


def test_late_return_that_is_already_shown_is_still_processed() -> None:
    """The path is fixed when the Shopify return is created."""
    case = replace(returned(), paid_back_at=NOON - timedelta(days=3), paid_back_seen_at=NOON)

    plan = decided(case, replace(ORDER, returns=(our_return(),)))

    assert [ProcessReturn] == kinds(plan.actions)


def test_refund_paid_back_of_whole_units_is_one_refund_without_restock() -> None:
    """The unit leaves the order, nothing comes back, and TikTok's amount is refunded on TikTok's date."""
    plan = decided(a_case())

    refund = only_refund(plan.actions)
    assert [("L1", 1, RestockType.NO_RESTOCK, None)] == [
        (u.line_id, u.quantity, u.restock_type, u.location) for u in refund.units
    ]
    assert (usd("20.00"), NOON - timedelta(hours=1)) == (refund.payment.amount, refund.processed_at)
    assert (None, Restock.NONE, Path.REFUND) == (refund.discrepancy, plan.restock, plan.path)


def test_refund_paid_back_of_part_of_the_price_is_the_amount_alone_with_a_discrepancy_reason() -> None:
    """The buyer keeps the unit, so it stays on the order."""
    part = a_case(lines=(unit(1, refund="5.00"),), refund=amount("5.00"))

    refund = only_refund(decided(part).actions)

    assert ((), "OTHER", usd("5.00")) == (refund.units, refund.discrepancy, refund.payment.amount)


def test_refund_paid_back_of_a_unit_already_refunded_is_the_amount_alone() -> None:
    """The unit is off the order already; only the money is missing."""
    gone = replace(ORDER, lines=(replace(ORDER.lines[0], refundable=0), ORDER.lines[1]))

    refund = only_refund(decided(a_case(), gone).actions)

    assert ((), "OTHER") == (refund.units, refund.discrepancy)


@pytest.mark.parametrize(
    ("type_", "status"),
    [
        (ReturnType.REPLACEMENT, ReturnStatus.REPLACEMENT_REFUNDED),
        (ReturnType.EXCHANGE, ReturnStatus.EXCHANGE_REFUNDED),
    ],
)
def test_replacement_or_exchange_ended_in_a_refund_is_as_refund(
    type_: ReturnType, status: ReturnStatus
) -> None:
    """The buyer was paid back and nothing comes back."""
    refund = only_refund(decided(a_case(type_, status)).actions)

    assert [RestockType.NO_RESTOCK] == [u.restock_type for u in refund.units]


@pytest.mark.parametrize(
    ("type_", "status"),
    [
        (ReturnType.REPLACEMENT, ReturnStatus.REPLACEMENT_COMPLETE),
        (ReturnType.EXCHANGE, ReturnStatus.EXCHANGE_COMPLETE),
    ],
)
def test_replacement_or_exchange_complete_is_recorded_only(type_: ReturnType, status: ReturnStatus) -> None:
    """A new parcel is no money and no stock."""
    plan = decided(a_case(type_, status))

    assert (State.SKIPPED, Reason.NO_MONEY, ()) == (plan.state, plan.reason, plan.actions)


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        (a_case(ReturnType.UNKNOWN, type_word="LOAN"), Reason.UNKNOWN_TYPE),
        (a_case(status=ReturnStatus.UNKNOWN, status_word="LOAN_GIVEN"), Reason.UNKNOWN_STATUS),
    ],
)
def test_a_word_we_do_not_know_is_a_hold_that_names_it(case: Case, reason: Reason) -> None:
    """Nothing is guessed about words that TikTok adds later."""
    plan = decided(replace(case, latest=replace(case.latest, type_word="LOAN", status_word="LOAN_GIVEN")))

    assert (State.HELD, reason) == (plan.state, plan.reason)
    assert "LOAN" in plan.detail


def test_refund_done_is_synced() -> None:
    """Our refund of TikTok's amount on the order settles the case, whoever's store it is."""
    plan = decided(a_case(), replace(ORDER, refunds=(our_refund(),)))

    assert (State.SYNCED, ("gid://shopify/Refund/1",)) == (plan.state, plan.refund_ids)


def test_cancellation_paid_back_is_one_refund_whose_units_are_given_up() -> None:
    """TikTok's amount; what waited to be shipped is free again, and the rest of the order stays."""
    refund = only_refund(cancelled(a_cancellation()).actions)

    assert (usd("20.00"), "TikTok Shop cancellation 4035318504086604100 (syncd): Change of mind") == (
        refund.payment.amount,
        refund.note,
    )
    assert [("L1", 1, RestockType.CANCEL, WAREHOUSE)] == [
        (unit.line_id, unit.quantity, unit.restock_type, unit.location) for unit in refund.units
    ]


def test_cancellation_of_the_whole_order_cancels_it_after_the_refund() -> None:
    """Without money and stock of its own: the refund has moved both."""
    refund, last = cancelled(whole_cancellation()).actions

    assert isinstance(refund, CreateRefund)
    assert (usd("57.99"), usd("7.99")) == (refund.payment.amount, refund.payment.shipping)
    assert [("L1", 2), ("L2", 1)] == [(unit.line_id, unit.quantity) for unit in refund.units]
    assert CancelOrder(ORDER.id, "TikTok Shop cancellation 4035318504086604100 (syncd)") == last


def test_cancellation_that_keeps_its_units_out_of_stock_refunds_the_amount_alone_and_cancels() -> None:
    """The whole order only; a part of it is for a person."""
    refund, last = cancelled(whole_cancellation(replenish=False)).actions
    part = cancelled(a_cancellation(replenish=False))

    assert isinstance(refund, CreateRefund)
    assert (usd("57.99"), ()) == (refund.payment.amount, refund.units)
    assert isinstance(last, CancelOrder)
    assert not last.restock
    assert (State.HELD, Reason.PART_CANCELLED) == (part.state, part.reason)


@pytest.mark.parametrize("refund", [None, amount("0")])
def test_cancellation_without_an_amount_cancels_the_whole_unpaid_order(refund: object) -> None:
    """Cash on delivery that nobody delivered; a part of such an order is for a person."""
    unpaid = replace(CANCELLED_ORDER, cash_on_delivery=True, paid=False)
    order = replace(UNSHIPPED, transactions=(), net_payment=usd("0"))
    plan = cancelled(whole_cancellation(refund=refund), order, tiktok_order=unpaid)
    part = cancelled(a_cancellation(refund=refund), order, tiktok_order=unpaid)

    assert [CancelOrder] == kinds(plan.actions)
    assert (State.HELD, Reason.PART_CANCELLED) == (part.state, part.reason)
