"""The decision table: one case and what is known of its order give one plan.

Reads from top to bottom like the table in the README: what TikTok's state asks for (`due`), which
order it is about, whether it is done already, and if not, how it is written.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from syncd.decide.cancellations import cancellation_plan, given_up_plan
from syncd.decide.due import Want, due
from syncd.decide.facts import Facts, Stop, stop_hold, stop_wait
from syncd.decide.inspection import (
    inspected,
    named,
    refused,
    restock_of,
    undisposed,
    waiting,
    waiting_of_refund,
)
from syncd.decide.outcome import place, put_back
from syncd.decide.refund import archive, refund_plan, returned_refund_plan
from syncd.decide.returns import cancel_plan, finish_plan, no_money_plan, open_plan, process_plan
from syncd.decide.rulings import approved, approved_subjects, let_in, linked, unrecorded
from syncd.decide.traces import cancelled_by, foreign_refunds, own_refunds, own_returns, told
from syncd.model.cases import Case, Kind, Path, Restock, ReturnType, State
from syncd.model.orders import Order, Refund, Return
from syncd.model.plans import CloseReturn, Plan, RecordRuling, hold, skip, synced, units_of, write
from syncd.model.policy import Policy
from syncd.model.reasons import Reason

LATE = timedelta(days=1)
"""A return seen, or let in, that long after it was paid back is a plain refund, which carries its date."""
PATIENCE = timedelta(days=3)
"""How long an order may be missing before a person is told."""


def decide(facts: Facts, policy: Policy) -> Plan:
    """The plan for a case. Pure: the same facts and policy give the same plan."""
    ruling = unrecorded(facts.case, facts.order) if facts.order else None
    if facts.order and ruling:
        return _with_traces(write(RecordRuling(facts.order.id, ruling)), facts)
    wanted = due(facts.case, policy)
    try:
        plan = wanted if isinstance(wanted, Plan) else _on_order(facts, wanted, policy)
    except Stop as stop:
        plan = stop.plan
    return _with_traces(_unless_refunded(plan, facts), facts)


def _unless_refunded(plan: Plan, facts: Facts) -> Plan:
    """A person has to know where TikTok took back what our refund already carried over."""
    if facts.order is None or plan.state not in (State.SKIPPED, State.TRACKING):
        return plan
    refunds = own_refunds(facts.order, facts.case.case_id)
    written = f"{refunds[0].id} of {refunds[0].moved} was written" if refunds else ""
    if not written and cancelled_by(facts.order) == facts.case.case_id:
        written = f"{facts.order.name} was cancelled"
    if not written:
        return plan
    return hold(Reason.CHANGED_AFTER_WRITE, f"{written}, TikTok now says {facts.case.latest.status_word}")


def _on_order(facts: Facts, wanted: Want, policy: Policy) -> Plan:
    if wanted is Want.CANCEL_RETURN:
        return cancel_plan(facts, _unique_order(facts))
    if wanted is Want.NO_MONEY:
        return no_money_plan(facts, _unique_order(facts))
    order = _unique_order(facts) or _missing(facts)
    if isinstance(order, Plan):
        return order
    _check_link(facts.case, order)
    if wanted is Want.OPEN_RETURN:
        return open_plan(facts, order, policy)
    return _paid_back_plan(facts, order, wanted, policy)


def _paid_back_plan(facts: Facts, order: Order, wanted: Want, policy: Policy) -> Plan:
    """TikTok is done with the case: so may we be, or it is written now."""
    ours = _written_refund(facts, order)
    if wanted is Want.CANCELLATION and (ours or order.cancelled):
        return given_up_plan(facts, order, ours, policy)
    if ours:
        return _finish(facts, order, ours, policy)
    if facts.case.written:
        stop_hold(Reason.REFUND_GONE, ", ".join(facts.case.refund_ids))
    if wanted is Want.CANCELLATION:
        return cancellation_plan(facts, order, policy)
    if wanted is Want.REFUND:
        return refund_plan(facts, order, policy)
    if path(facts.case, order, policy) is Path.RETURN:
        return process_plan(facts, order, policy)
    return returned_refund_plan(facts, order, policy)


def path(case: Case, order: Order, policy: Policy) -> Path:
    """How goods that came back are written: fixed by what was written first, else by the settings."""
    if case.path:
        return case.path
    if own_returns(order, case.case_id):
        return Path.RETURN
    return Path.RETURN if policy.import_returns and not _late(case) else Path.REFUND


def _late(case: Case) -> bool:
    """Whether it was paid back long before it came to us, or before a person let it in."""
    ruling = let_in(case)
    since = ruling.at if ruling else case.paid_back_seen_at
    return case.paid_back_at is not None and since is not None and since - case.paid_back_at > LATE


def _unique_order(facts: Facts) -> Order | None:
    if len(facts.match.order_ids) > 1:
        stop_hold(Reason.ORDER_AMBIGUOUS, ", ".join(facts.match.order_ids))
    if facts.order is None and not (facts.case.verifying and not facts.case.inspected):
        _unless_unseen(facts)
    return facts.order


def _unless_unseen(facts: Facts) -> None:
    """Hold where an order, or a return of ours on it, may well be there without being shown to us."""
    if facts.search_trouble:
        stop_hold(Reason.SEARCH_NOT_UNDERSTOOD, facts.search_trouble)
    if facts.out_of_reach and facts.case.return_ids:
        stop_hold(Reason.ORDER_TOO_OLD, f"TikTok order {facts.case.order_id}")


def _missing(facts: Facts) -> Plan:
    """No order: wait for its import, say why it never comes, or tell a person."""
    case = facts.case
    if case.verifying and not case.inspected:
        return synced(case.restock, case.path, case.waiting_units)
    if facts.out_of_reach:
        return hold(Reason.ORDER_TOO_OLD, f"TikTok order {case.order_id}")
    if facts.match.order_ids:
        return hold(Reason.ORDER_GONE, facts.match.order_ids[0])
    if facts.waited < PATIENCE:
        stop_wait(Reason.ORDER_NOT_FOUND, f"TikTok order {case.order_id}")
    why = _never_imported(facts)
    return (
        skip(Reason.NOT_IMPORTED, why)
        if why
        else hold(Reason.ORDER_NOT_FOUND, f"TikTok order {case.order_id}")
    )


def _never_imported(facts: Facts) -> str:
    order = facts.tiktok_order
    if order and order.status == "CANCELLED" and facts.case.latest.kind is Kind.CANCELLATION:
        return "cancelled before import"
    if order and order.fulfilled_by_tiktok:
        return "fulfilled by TikTok"
    return "a sample" if order and order.sample else ""


def _check_link(case: Case, order: Order) -> None:
    """Hold where a person linked what is not on the order, or what is another case's."""
    found = linked(case)
    refunds = (refund.id for refund in own_refunds(order, case.case_id))
    if found and found not in {*refunds, *(return_.id for return_ in own_returns(order, case.case_id))}:
        stop_hold(Reason.LINK_INVALID, found)


def _written_refund(facts: Facts, order: Order) -> Refund | None:
    """The refund of this case where it is on the order already, as it has to be; None where it is not."""
    refunds = own_refunds(order, facts.case.case_id)
    amount = facts.case.latest.refund
    if not refunds:
        return None
    if any(refund.pending for refund in refunds):
        stop_wait(Reason.REFUND_PENDING, refunds[0].id)
    if len(refunds) > 1:
        stop_hold(Reason.DOUBLED, ", ".join(f"{r.id} of {r.moved}" for r in refunds))
    moved = refunds[0].moved
    if not moved:
        stop_hold(Reason.REFUND_FAILED, refunds[0].id)
    total = amount.total if amount else None
    if moved != total:
        stop_hold(Reason.REFUND_DIFFERS, f"TikTok {total or 'without amount'}, {refunds[0].id} of {moved}")
    _nobody_since(facts.case, order, refunds[0])
    _as_asked(facts, order, refunds[0])
    return refunds[0]


def _nobody_since(case: Case, order: Order, ours: Refund) -> None:
    """Hold where somebody else refunded the order after us: it may be for the same case."""
    seen = approved_subjects(case)
    later = [r for r in foreign_refunds(order, case) if _not_before(r, ours) and r.id not in seen]
    if later:
        found = "; ".join(told(order, refund) for refund in (ours, *later))
        stop_hold(Reason.DOUBLED, found, tuple(refund.id for refund in later))


def _not_before(one: Refund, other: Refund) -> bool:
    return one.created_at is None or other.created_at is None or one.created_at >= other.created_at


def _as_asked(facts: Facts, order: Order, refund: Refund) -> None:
    """Hold where Shopify put fewer units back into stock than it was asked to, or elsewhere."""
    shown = put_back(order, facts.case.case_id, refund)
    missing = {place: count for place, count in facts.asked.items() if shown.get(place, 0) < count}
    if missing and not approved(facts.case, Reason.RESTOCK_DIFFERS):
        names = _names(facts, order)
        stop_hold(
            Reason.RESTOCK_DIFFERS, f"asked for {_told(missing, names)}, Shopify shows {_told(shown, names)}"
        )


def _told(units: Mapping[str, int], names: Mapping[str, str]) -> str:
    return ", ".join(f"{count} x {names.get(place, place)}" for place, count in units.items()) or "none"


def _names(facts: Facts, order: Order) -> dict[str, str]:
    """What people call the places in `facts.asked`."""
    locations = (*facts.locations, *(f.location for f in order.fulfillments if f.location))
    return {
        place(line.id, location.id): f"{named(line)} at {location.name}"
        for line in order.lines
        for location in locations
    }


def _finish(facts: Facts, order: Order, refund: Refund, policy: Policy) -> Plan:
    return_ = _return_of(order, facts.case.case_id, refund)
    if return_ is None:
        return _finish_refund(facts, order, refund)
    asked = inspected(facts, order, return_, policy)
    if asked:
        units = sum(unit.quantity for action in asked for unit in units_of(action))
        last = (CloseReturn(order.id, return_.id), *archive(facts.case, order))
        return write(*asked, *(last if units == undisposed(return_) else ()), path=Path.RETURN)
    left = finish_plan(facts, order, return_)
    restock = restock_of(return_, by_us=_not_ours(facts))
    if any(isinstance(action, CloseReturn) for action in left):
        return write(*left, restock=restock, path=Path.RETURN)
    if facts.case.was_archived and not order.archived and restock is not Restock.WAITING:
        return write(*archive(facts.case, order), restock=restock, path=Path.RETURN)
    return synced(restock, Path.RETURN, waiting(order, return_))


def _finish_refund(facts: Facts, order: Order, refund: Refund) -> Plan:
    restock = _restock_of_refund(facts, refund)
    again = () if order.archived else tuple(archive(facts.case, order))
    if again:
        return write(*again, restock=restock, path=Path.REFUND)
    left = waiting_of_refund(order, refund) if restock is Restock.WAITING else {}
    return synced(restock, Path.REFUND, left)


def _not_ours(facts: Facts) -> bool:
    """Whether the units went to TikTok's warehouse; where TikTok does not say any more, what we knew."""
    if facts.tiktok_order is None:
        return facts.case.written is not None and facts.case.restock is Restock.NONE
    return facts.tiktok_order.fulfilled_by_tiktok


def _return_of(order: Order, case_id: str, refund: Refund) -> Return | None:
    return next((r for r in own_returns(order, case_id) if r.id == refund.return_id), None)


def _restock_of_refund(facts: Facts, refund: Refund) -> Restock:
    if facts.case.latest.type is not ReturnType.RETURN_AND_REFUND:
        return Restock.NONE
    if _not_ours(facts):
        return Restock.NONE
    if refused(facts.case.rulings):
        return Restock.REFUSED
    restocked = bool(refund.lines) and all(line.restocked for line in refund.lines)
    return Restock.DONE if restocked else Restock.WAITING


def _with_traces(plan: Plan, facts: Facts) -> Plan:
    if facts.order is None:
        return plan
    case_id = facts.case.case_id
    return replace(
        plan,
        refund_ids=tuple(refund.id for refund in own_refunds(facts.order, case_id)),
        return_ids=tuple(return_.id for return_ in own_returns(facts.order, case_id)),
    )
