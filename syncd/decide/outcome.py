"""After an answer got lost: what a look at the order proves, and what may be done then."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from syncd.decide.traces import own_refunds, own_returns
from syncd.model.intents import Intent
from syncd.model.orders import Order, ReturnState
from syncd.model.plans import ActionKind

KEY_LIFE = timedelta(hours=23)
"""How long a key is trusted from its first use; Shopify keeps it 24 h (Shopify: Idempotent requests)."""
LOOKS = 2
"""Negative looks, apart in time, that prove that nothing ran where no key protects a repeat."""


@dataclass(frozen=True, slots=True)
class Resend:
    """The same bytes may go out again with the same key."""


@dataclass(frozen=True, slots=True)
class LookAgain:
    """One negative look proves too little; take another at that time."""

    at: datetime


@dataclass(frozen=True, slots=True)
class NeverRan:
    """It is proven that nothing ran: decide afresh."""


def visible(action: ActionKind, case_id: str, order: Order) -> bool:
    """Whether the order shows that this action of ours was carried out.

    What each mutation leaves behind: a refund its note; a return the notes of its lines; processing the
    processed quantities and a refund that names the return; closing and cancelling the state of the return;
    archiving the order's own state. The last three do no harm when they are repeated.
    """
    returns = own_returns(order, case_id)
    match action:
        case ActionKind.CREATE_REFUND:
            return bool(own_refunds(order, case_id))
        case ActionKind.CREATE_RETURN:
            return bool(returns)
        case ActionKind.PROCESS_RETURN:
            processed = any(line.processed for return_ in returns for line in return_.lines)
            return processed or bool(own_refunds(order, case_id))
        case ActionKind.CLOSE_RETURN:
            return not any(return_.state is ReturnState.OPEN for return_ in returns)
        case ActionKind.CANCEL_RETURN:
            return not returns
        case _:
            return order.archived


def after_negative_look(
    intent: Intent, now: datetime, settle: timedelta, *, same: bool
) -> Resend | LookAgain | NeverRan:
    """What a complete look that shows nothing allows.

    `same` says that the very same bytes are wanted now. Only then, and only with a key that Shopify still
    remembers, a repeat may follow on one look.
    """
    keyed = intent.action is ActionKind.CREATE_REFUND
    age = None if intent.first_sent_at is None else now - intent.first_sent_at
    alive = age is not None and timedelta() <= age < KEY_LIFE
    if keyed and same and alive and not intent.key_spent:
        return Resend()
    if intent.looks + 1 < LOOKS:
        return LookAgain(now + settle)
    return NeverRan()
