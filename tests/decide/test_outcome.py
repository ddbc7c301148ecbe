"""What a look proves after an answer got lost."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from syncd.decide.outcome import KEY_LIFE, LookAgain, NeverRan, Resend, after_negative_look, leaves, visible
from syncd.model.intents import Intent
from syncd.model.orders import Disposition, Order, ReturnState
from syncd.model.plans import (
    ActionKind,
    AddTracking,
    ArchiveOrder,
    DisposeReturn,
    DispositionType,
    Payment,
    ProcessReturn,
    ReturnUnit,
)
from syncd.model.rulings import Begun
from tests.decide.examples import CASE_ID, NOON, ORDER, WAREHOUSE, our_refund, our_return, usd

SETTLE = timedelta(seconds=60)
BEGUN = Begun(NOON, {})
REFUND = Intent(
    shop="us",
    case_id=CASE_ID,
    action=ActionKind.CREATE_REFUND,
    generation=1,
    key="k",
    operation="CreateRefund",
    api_version="2026-10",
    body=b"{}",
    shopify_order_id=ORDER.id,
    amount=usd("20.00"),
    digest="d1",
    created_at=NOON,
    first_sent_at=NOON,
    last_sent_at=NOON,
)
RETURNED = replace(ORDER, returns=(our_return(),))
PROCESSED = replace(ORDER, returns=(our_return(processed=1),))
CLOSED = replace(ORDER, returns=(our_return(ReturnState.CLOSED),))
REFUNDED = replace(ORDER, refunds=(our_refund(),))
TRACKED = replace(ORDER, returns=(our_return(tracking=("", "94001")),))
SHOWING = AddTracking(ORDER.id, our_return().id, "94001")


@pytest.mark.parametrize(
    ("action", "done", "not_done"),
    [
        (ActionKind.CREATE_REFUND, REFUNDED, ORDER),
        (ActionKind.CREATE_RETURN, RETURNED, ORDER),
        (ActionKind.PROCESS_RETURN, PROCESSED, RETURNED),
        (ActionKind.PROCESS_RETURN, REFUNDED, ORDER),
        (ActionKind.CLOSE_RETURN, CLOSED, RETURNED),
        (ActionKind.CANCEL_RETURN, ORDER, RETURNED),
        (ActionKind.REOPEN_RETURN, RETURNED, CLOSED),
        (ActionKind.ARCHIVE_ORDER, replace(ORDER, archived=True), ORDER),
        (ActionKind.CANCEL_ORDER, replace(ORDER, cancelled=True), ORDER),
        (ActionKind.ADD_TRACKING, TRACKED, RETURNED),
        (ActionKind.ADD_TRACKING, TRACKED, replace(ORDER, returns=(our_return(tracking=("", "95002")),))),
        (ActionKind.ADD_TRACKING, TRACKED, ORDER),
    ],
)
def test_each_action_leaves_something_that_a_look_can_see(
    action: ActionKind, done: Order, not_done: Order
) -> None:
    """And its absence is seen as well."""
    counted = leaves(SHOWING, ORDER) if action is SHOWING.kind else {}
    intent = replace(REFUND, action=action, leaves=counted)
    assert (True, False) == (visible(intent, done), visible(intent, not_done))


def disposed(quantity: int) -> Order:
    """An order with a return of three shirts, of which so many are disposed."""
    decided = (Disposition("RESTOCKED", quantity, None),) if quantity else ()
    return replace(ORDER, returns=(our_return(quantity=3, dispositions=decided),))


def shirt(quantity: int) -> ReturnUnit:
    """Shirts of the first shipment that go back into stock."""
    line = "gid://shopify/FulfillmentLineItem/1"
    restocked = DispositionType.RESTOCKED
    return ReturnUnit("L1", "SHIRT", quantity, restock=True, fulfillment_line_id=line, disposition=restocked)


def test_disposed_units_are_counted_from_what_was_disposed_before() -> None:
    """Else a repeat would take units that somebody wants to look at."""
    action = DisposeReturn(ORDER.id, our_return().id, (shirt(1),), BEGUN)
    intent = replace(REFUND, action=action.kind, leaves=leaves(action, disposed(1)))

    assert {"RV1": 2} == intent.leaves
    assert [False, True, True] == [visible(intent, disposed(count)) for count in (1, 2, 3)]


def test_units_put_back_with_the_money_are_counted_by_line_and_place() -> None:
    """What was asked for is compared with what Shopify shows afterwards."""
    at_home = replace(shirt(1), location=WAREHOUSE)
    payment = Payment(usd("20.00"), "T", "manual")
    process = ProcessReturn(
        ORDER.id, None, payment, (at_home, at_home, shirt(1), replace(at_home, restock=False))
    )

    assert {f"L1 at {WAREHOUSE.id}": 2} == leaves(process, ORDER)


def test_a_return_that_is_gone_is_not_disposed_again() -> None:
    """Nothing is left to be decided about."""
    action = DisposeReturn(ORDER.id, our_return().id, (shirt(1),), BEGUN)
    intent = replace(REFUND, action=action.kind, leaves=leaves(action, disposed(0)))

    assert visible(intent, ORDER)


def test_only_dispositions_are_counted() -> None:
    """Everything else is there or not; and other returns are not ours to count."""
    other = DisposeReturn(ORDER.id, "gid://shopify/Return/9", (shirt(1),), BEGUN)
    elsewhere = replace(shirt(1), fulfillment_line_id="gid://shopify/FulfillmentLineItem/9")

    assert {} == leaves(ArchiveOrder(ORDER.id), disposed(1)) == leaves(other, disposed(1))
    assert {} == leaves(DisposeReturn(ORDER.id, our_return().id, (elsewhere,), BEGUN), disposed(1))


def look(
    intent: Intent = REFUND, now: datetime = NOON + timedelta(minutes=2), *, same: bool = True
) -> object:
    """A look that shows nothing."""
    return after_negative_look(intent, now, SETTLE, same=same)


def test_a_refund_that_is_not_there_is_sent_again_with_its_key() -> None:
    """The key protects a repeat."""
    assert Resend() == look()


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (timedelta(seconds=-1), LookAgain),
        (timedelta(), Resend),
        (timedelta(hours=23, seconds=-1), Resend),
        (timedelta(hours=23), LookAgain),
    ],
)
def test_a_key_is_trusted_for_23_hours_from_its_first_use(age: timedelta, expected: type) -> None:
    """And not at all while the clock says that it was used in the future."""
    assert isinstance(look(now=NOON + age), expected)


@pytest.mark.parametrize(
    "why",
    [
        {"now": NOON + KEY_LIFE},
        {"same": False},
        {"intent": replace(REFUND, key_spent=True)},
        {"intent": replace(REFUND, first_sent_at=None)},
        {"intent": replace(REFUND, action=ActionKind.CREATE_RETURN)},
    ],
    ids=["old key", "other bytes", "spent key", "no first sending", "action without key"],
)
def test_without_a_key_that_protects_only_two_looks_prove_that_nothing_ran(why: dict[str, object]) -> None:
    """The second one is taken a settle time later."""
    once = look(**why)  # type: ignore[arg-type]
    intent = why.get("intent", REFUND)
    again = look(**(why | {"intent": replace(intent, looks=1)}))  # type: ignore[arg-type, type-var]

    assert isinstance(once, LookAgain)
    assert SETTLE == once.at - why.get("now", NOON + timedelta(minutes=2))  # type: ignore[operator]
    assert NeverRan() == again


def test_a_look_can_be_trusted_once_the_request_and_a_settle_time_are_over() -> None:
    """Before that a late request may still land behind the look."""
    timeout = timedelta(seconds=30)

    assert NOON + timeout + SETTLE == REFUND.due_for_look(timeout, SETTLE)
    assert NOON == replace(REFUND, look_at=NOON).due_for_look(timeout, SETTLE)
    assert NOON + timeout + SETTLE == replace(REFUND, last_sent_at=None).due_for_look(timeout, SETTLE)
