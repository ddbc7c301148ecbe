"""A Shopify return: shown while TikTok's is under way, then processed with the refund, then closed."""

from collections import Counter

from syncd.decide.facts import Facts, stop_hold
from syncd.decide.inspection import parcel_of, restock_of, return_unit
from syncd.decide.lines import Parcel, parcels, shares
from syncd.decide.payment import payment
from syncd.decide.refund import archive, hold_foreign_returns, nobody_else, note_of
from syncd.decide.restock import disposition
from syncd.decide.return_reason import reason_handle
from syncd.decide.traces import foreign_returns, own_returns, worked_on
from syncd.decide.tracking import number_to_show, tracking_plan
from syncd.model.cases import Path, Restock
from syncd.model.orders import Order, Return, ReturnState
from syncd.model.plans import (
    Action,
    AddTracking,
    CancelReturn,
    CloseReturn,
    CreateReturn,
    Plan,
    ProcessReturn,
    ReturnUnit,
    skip,
    write,
)
from syncd.model.policy import Policy
from syncd.model.reasons import Reason


def open_plan(facts: Facts, order: Order, policy: Policy) -> Plan:
    """TikTok approved the return: show it, once, and then its parcel."""
    ours = own_returns(order, facts.case.case_id)
    if ours:
        return tracking_plan(facts.case, order, ours)
    nobody_else(facts.case, order)
    number = number_to_show(facts.case)
    parcel = (AddTracking(order.id, None, number),) if number else ()
    return write(_create(facts, order, _new_units(facts, order, policy)), *parcel, path=Path.RETURN)


def cancel_plan(facts: Facts, order: Order | None) -> Plan:
    """TikTok withdrew the return: cancel ours, unless staff already worked on it."""
    ours = own_returns(order, facts.case.case_id) if order else ()
    for return_ in ours:
        if return_.state is ReturnState.CLOSED or worked_on(return_):
            stop_hold(Reason.RETURN_TOUCHED, f"return {return_.name}")
    if order and ours:
        return write(*(CancelReturn(order.id, return_.id) for return_ in ours), path=Path.RETURN)
    if order and facts.case.was_archived and not order.archived:
        return write(*archive(facts.case, order))
    return skip(Reason.WITHDRAWN, facts.case.latest.status_word)


def no_money_plan(facts: Facts, order: Order | None) -> Plan:
    """TikTok ended the return without money: nothing to write, but no return of ours stays open unseen."""
    ours = own_returns(order, facts.case.case_id) if order else ()
    still_open = [return_ for return_ in ours if return_.state is ReturnState.OPEN]
    if still_open:
        stop_hold(Reason.RETURN_WITHOUT_MONEY, f"return {still_open[0].name}")
    return skip(Reason.NO_MONEY, facts.case.latest.status_word)


def process_plan(facts: Facts, order: Order, policy: Policy) -> Plan:
    """TikTok paid the return back: refund through our return, dispose its units, close it."""
    nobody_else(facts.case, order)
    money = payment(facts, order, policy)
    existing = _untouched(facts, order, policy)
    shown = _existing_units(facts, order, existing, policy) if existing else _new_units(facts, order, policy)
    process = ProcessReturn(order.id, existing.id if existing else None, money, shown)
    create: tuple[Action, ...] = () if existing else (_create(facts, order, shown),)
    if any(unit.disposition is None for unit in shown):
        return write(*create, process, restock=Restock.WAITING, path=Path.RETURN)
    close = CloseReturn(order.id, process.return_id)
    again = archive(facts.case, order)
    restocked = any(unit.restock for unit in shown)
    return write(
        *create, process, close, *again, restock=Restock.DONE if restocked else Restock.NONE, path=Path.RETURN
    )


def finish_plan(facts: Facts, order: Order, return_: Return) -> tuple[Action, ...]:
    """What is left once the money of a return is refunded: close it when every unit is decided about."""
    decided = restock_of(return_, by_us=True) is not Restock.WAITING
    if return_.state is ReturnState.OPEN and decided:
        return (CloseReturn(order.id, return_.id), *archive(facts.case, order))
    return ()


def _same_units(facts: Facts, order: Order, return_: Return, policy: Policy) -> bool:
    """Whether the return still has the units that TikTok names."""
    on_return: Counter[str] = Counter()
    for line in return_.lines:
        on_return[line.line_id] += line.quantity
    found = shares(facts.case.latest.lines, order, policy.match.skus, facts.tiktok_order)
    return on_return == Counter({share.line.id: share.quantity for share in found})


def _untouched(facts: Facts, order: Order, policy: Policy) -> Return | None:
    """Our return, as we made it; None where there is none yet."""
    ours = own_returns(order, facts.case.case_id)
    if not ours:
        return None
    if len(ours) > 1:
        stop_hold(Reason.DOUBLED, "returns " + ", ".join(r.name for r in ours))
    if (
        ours[0].state is not ReturnState.OPEN
        or worked_on(ours[0])
        or not _same_units(facts, order, ours[0], policy)
    ):
        stop_hold(Reason.RETURN_TOUCHED, f"return {ours[0].name}")
    return ours[0]


def _create(facts: Facts, order: Order, units: tuple[ReturnUnit, ...]) -> CreateReturn:
    latest = facts.case.latest
    return CreateReturn(order.id, units, note_of(facts.case), latest.created_at, reason_handle(latest.reason))


def _new_units(facts: Facts, order: Order, policy: Policy) -> tuple[ReturnUnit, ...]:
    found = shares(facts.case.latest.lines, order, policy.match.skus, facts.tiktok_order)
    others = foreign_returns(order, frozenset(share.line.id for share in found))
    if others:
        hold_foreign_returns(order, others)
    return tuple(_unit(facts, parcel, policy) for parcel in parcels(found, order, facts.case))


def _existing_units(facts: Facts, order: Order, return_: Return, policy: Policy) -> tuple[ReturnUnit, ...]:
    return tuple(_unit(facts, parcel_of(order, line, line.quantity), policy) for line in return_.lines)


def _unit(facts: Facts, parcel: Parcel, policy: Policy) -> ReturnUnit:
    decided = disposition(facts, parcel.line, policy) if facts.case.latest.paid_back else None
    return return_unit(facts, parcel, decided, policy)
