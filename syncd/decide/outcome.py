"""After an answer got lost: what a look at the order proves, and what may be done then.

What each mutation leaves behind, and why sending it twice is harmless or impossible. Only refundCreate takes
an idempotency key; all others are sent again only after two complete looks, apart in time, that show nothing.

refundCreate    a refund whose note begins with our mark. A repeat with the same key and bytes within the
                key's life is answered and not run; without the key it would be a second refund.
returnCreate    an open return whose lines carry our mark. Units on it cannot be put on a further one; where
                the line has more units, a second return of ours is seen and held before any money moves.
returnProcess   processed units, and a refund that names the return. No unit is processed twice.
returnCancel    the return is cancelled; Shopify refuses to cancel it again.
returnReopen    the return is open; reopening it again succeeds and changes nothing.
reverseDelivery a parcel with that number on our return. A repeat would show it twice.
returnClose     the return is closed; closing it again succeeds and changes nothing.
orderClose      the order is archived; archiving it again changes nothing.
dispose         dispositions on the lines of the reverse fulfillment order. A unit is disposed once, but where
                units are left a repeat would dispose those too: they are counted, see `leaves`.
orderCancel     the order is cancelled, some time after the answer, with our mark in the staff note. Shopify
                refuses to cancel it again, and two jobs on their way cancel it once.
metafieldsSet   the claim, by compare-and-set: a repeat meets another digest and is refused.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from syncd.decide.traces import own_refunds, own_returns
from syncd.model.intents import Intent
from syncd.model.orders import Order, Refund, ReturnState
from syncd.model.plans import (
    ActionKind,
    AddTracking,
    CreateRefund,
    DisposeReturn,
    DispositionType,
    Mutation,
    ProcessReturn,
)

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


def leaves(action: Mutation, order: Order) -> dict[str, int]:
    """What the order will show where that takes counting.

    Units disposed, by line of the reverse order; units put back with the money, by place: see `put_back`;
    parcels, by number.
    """
    match action:
        case DisposeReturn():
            return _disposals(action, order)
        case AddTracking():
            return {action.number: 1}
        case CreateRefund() | ProcessReturn():
            units = (unit for unit in action.units if unit.restock and unit.location)
            return dict(_counted((place(u.line_id, u.location.id), u.quantity) for u in units if u.location))
        case _:
            return {}


def put_back(order: Order, case_id: str, refund: Refund) -> dict[str, int]:
    """The units of a case that are back in stock, by order line and location."""
    units = [
        (place(line.line_id, line.location_id), line.quantity) for line in refund.lines if line.restocked
    ]
    for return_ in own_returns(order, case_id):
        lines = {line.fulfillment_line_id: line.line_id for line in return_.lines}
        units += [
            (place(lines.get(reverse.fulfillment_line_id, ""), d.location_id), d.quantity)
            for reverse in return_.reverse_lines
            for d in reverse.dispositions
            if d.type == DispositionType.RESTOCKED
        ]
    return dict(_counted(units))


def place(line_id: str, location_id: str | None) -> str:
    """How units of that line at that location are counted."""
    return f"{line_id} at {location_id}"


def _counted(units: Iterable[tuple[str, int]]) -> Counter[str]:
    counted: Counter[str] = Counter()
    for where, quantity in units:
        counted[where] += quantity
    return counted


def _disposals(action: DisposeReturn, order: Order) -> dict[str, int]:
    wanted = {unit.fulfillment_line_id: unit.quantity for unit in action.units}
    lines = [line for one in order.returns if one.id == action.return_id for line in one.reverse_lines]
    return {
        line.id: line.disposed + wanted[line.fulfillment_line_id]
        for line in lines
        if line.fulfillment_line_id in wanted
    }


def visible(intent: Intent, order: Order) -> bool:
    """Whether the order shows that this action of ours was carried out: see above."""
    case_id = intent.case_id
    returns = own_returns(order, case_id)
    match intent.action:
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
        case ActionKind.REOPEN_RETURN:
            return any(return_.state is ReturnState.OPEN for return_ in returns)
        case ActionKind.ADD_TRACKING:
            return any(number in intent.leaves for return_ in returns for number in return_.tracking)
        case ActionKind.DISPOSE_RETURN:
            lines = (line for return_ in order.returns for line in return_.reverse_lines)
            disposed = {line.id: line.disposed for line in lines}
            return all(disposed.get(line, count) >= count for line, count in intent.leaves.items())
        case ActionKind.CANCEL_ORDER:
            return order.cancelled
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
