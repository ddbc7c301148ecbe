"""Intents."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from syncd.model.intents import OPEN, Intent, IntentState
from syncd.model.plans import ActionKind

AT = datetime(2026, 11, 2, tzinfo=UTC)
TIMEOUT, SETTLE = timedelta(seconds=30), timedelta(seconds=60)
INTENT = Intent(
    shop="us",
    case_id="77",
    action=ActionKind.CREATE_REFUND,
    generation=1,
    key="key",
    operation="CreateRefund",
    api_version="2026-10",
    body=b"secret address of a buyer",
    shopify_order_id="order",
    amount=None,
    digest="d",
    created_at=AT,
)


def test_open() -> None:
    """An intent has come to its end once it was confirmed, rejected, voided or dropped."""
    ended = {IntentState.CONFIRMED, IntentState.REJECTED, IntentState.VOID, IntentState.DROPPED}
    assert set(IntentState) - ended == OPEN


def test_new() -> None:
    """An intent begins with nothing sent, nothing looked for, and a key that is still good."""
    assert (INTENT.state, INTENT.attempts, INTENT.looks) == (IntentState.PLANNED, 0, 0)
    assert (INTENT.first_sent_at, INTENT.last_sent_at, INTENT.look_at) == (None, None, None)
    assert not INTENT.key_spent


def test_due_for_look() -> None:
    """A look is trusted once the last request and its settle time are over, unless another time was set."""
    sent = replace(INTENT, last_sent_at=AT + timedelta(hours=1))
    told = replace(sent, look_at=AT + timedelta(hours=2))
    assert INTENT.due_for_look(TIMEOUT, SETTLE) == AT + timedelta(seconds=90)
    assert sent.due_for_look(TIMEOUT, SETTLE) == AT + timedelta(hours=1, seconds=90)
    assert told.due_for_look(TIMEOUT, SETTLE) == AT + timedelta(hours=2)


def test_body_is_not_shown() -> None:
    """The bytes of a request do not get into a log by way of the intent."""
    assert "secret" not in repr(INTENT)
