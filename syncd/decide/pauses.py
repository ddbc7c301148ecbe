"""When a case is looked at again."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from syncd.decide.restock import UNASSIGNED
from syncd.model.cases import Case, Restock, State, Written
from syncd.model.orders import Order
from syncd.model.plans import Plan
from syncd.model.reasons import EXPLANATIONS, Reason

_MINUTE = timedelta(minutes=1)
_WAITS = tuple(_MINUTE * n for n in (2, 5, 15, 60, 180, 360))
_FRESH = timedelta(seconds=5)
_FAILURES = tuple(_MINUTE * n for n in (1, 2, 5, 15, 30, 60))
_SLOW = timedelta(hours=6)
_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
VERIFY_AFTER = timedelta(hours=6)
"""When the order of a written case is read once more: somebody else may have refunded it too."""
_PAID_BACK_WATCH = timedelta(days=7)
_WAITING_WATCH = timedelta(days=60)
_REJECTED_WATCH = timedelta(days=60)


def next_look(plan: Plan, tries: int, now: datetime) -> datetime | None:
    """When to decide again on a case that `plan` leaves as it is; None: only on news or by a person."""
    if plan.state is State.DUE:
        return now if plan.actions else now + _step(_WAITS, tries)
    heals = plan.reason is not None and EXPLANATIONS[plan.reason].heals
    return now + _SLOW if plan.state is State.HELD and heals else None


def decided(case: Case, plan: Plan, now: datetime, due_at: datetime | None) -> Case:
    """The case as `plan` leaves it, to be looked at again at `due_at`."""
    missing = plan.reason is Reason.ORDER_NOT_FOUND
    verify_at = _verify_at(case, plan, now)
    over = plan.state is State.SYNCED
    known = plan.path is not None and over
    inspect = over and plan.restock is Restock.WAITING
    return replace(
        case,
        state=plan.state,
        reason=plan.reason.value if plan.reason else None,
        detail=plan.detail,
        restock=plan.restock if over else case.restock,
        waiting_units=plan.waiting if over else case.waiting_units,
        restock_since=((case.restock_since or now) if inspect else None) if over else case.restock_since,
        path=plan.path if known else case.path,
        written=Written.of(case.latest) if over else case.written,
        waiting_since=(case.waiting_since or now) if missing else None,
        due_at=min((at for at in (due_at, verify_at) if at), default=None),
        verify_at=verify_at,
        subjects=plan.subjects,
        tries=case.tries + 1,
        refund_ids=case.refund_ids if plan.refund_ids is None else plan.refund_ids,
        return_ids=case.return_ids if plan.return_ids is None else plan.return_ids,
        tracked_return_id=plan.tracked_return_id or case.tracked_return_id,
    )


def _verify_at(case: Case, plan: Plan, now: datetime) -> datetime | None:
    """Once, some hours after the case came to be written; then daily, later weekly, while its units wait."""
    if plan.state is not State.SYNCED:
        return None
    if case.state is not State.SYNCED:
        return now + VERIFY_AFTER
    if not case.verifying:
        return case.verify_at
    if plan.restock is not Restock.WAITING:
        return None
    recent = case.restock_since is None or now - case.restock_since < _WAITING_WATCH
    return now + (_DAY if recent else _WEEK)


def look_again(plan: Plan, order: Order, now: datetime) -> datetime | None:
    """When a hold is to be looked at once more before a person is told; None where it is believed.

    An order is read in parts, and what changed it between two of them is not noticed within one second. A
    return that seems half done can come of that, or units that a cancellation has taken from their place.
    """
    torn = plan.reason is Reason.RETURN_TOUCHED or plan.detail == UNASSIGNED
    fresh = order.changed_at is not None and abs(now - order.changed_at) <= _FRESH
    return now + _FRESH if torn and fresh else None


def after_failure(tries: int, now: datetime) -> datetime:
    """When to try a case again after a side could not be reached."""
    return now + _step(_FAILURES, tries)


def read_again(case: Case, now: datetime) -> datetime | None:
    """When to ask TikTok for a case by its id: nobody promises that every change moves `update_time`."""
    if case.paid_back_at:
        return now + _DAY if now - case.paid_back_at < _PAID_BACK_WATCH else None
    if case.state is State.SKIPPED:
        withdrawn = case.reason == Reason.WITHDRAWN
        return now + _DAY if withdrawn and now - case.latest.updated_at < _REJECTED_WATCH else None
    return None if case.state is State.DISMISSED else now + _SLOW


def _step(steps: Sequence[timedelta], tries: int) -> timedelta:
    return steps[min(tries, len(steps) - 1)]
