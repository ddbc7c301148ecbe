"""One refund on the order, without a Shopify return."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import NoReturn

from syncd.decide.facts import Facts, Stop, stop_hold
from syncd.decide.lines import Share, not_on_other_returns, shares
from syncd.decide.payment import payment
from syncd.decide.restock import disposition, line_location, on_its_way, reserved_location
from syncd.decide.rulings import approved_subjects
from syncd.decide.traces import foreign_refunds, foreign_returns, own_returns, told, told_return, worked_on
from syncd.model import mark
from syncd.model.cases import Case, CaseLine, Path, Restock
from syncd.model.orders import Order, OrderLine, Return, ReturnState, TikTokOrder
from syncd.model.plans import (
    Action,
    ArchiveOrder,
    CancelReturn,
    CreateRefund,
    DispositionType,
    Payment,
    Plan,
    RefundUnit,
    RestockType,
    write,
)
from syncd.model.policy import Policy
from syncd.model.reasons import Reason

DISCREPANCY = "OTHER"
"""Named where the amount is not the price of the lines (Shopify: OrderAdjustmentInputDiscrepancyReason)."""
_NOT_SHIPPED = frozenset({"UNPAID", "ON_HOLD", "AWAITING_SHIPMENT", "AWAITING_COLLECTION"})


def refund_plan(facts: Facts, order: Order, policy: Policy) -> Plan:
    """A case that sends nothing back: whole units leave the order, part of a price is an amount alone."""
    nobody_else(facts.case, order)
    given_up = _given_up(facts.case, order)
    money = payment(facts, order, policy)
    units = tuple(
        unit
        for share in _whole_units(facts, order, policy)
        for unit in _kept_units(facts, order, share, policy)
    )
    plan = _write(facts.case, order, money, units, Restock.NONE)
    return replace(plan, actions=(*given_up, *plan.actions))


def returned_refund_plan(facts: Facts, order: Order, policy: Policy) -> Plan:
    """Goods that came back, written without a Shopify return: for `import_returns = false` and late cases."""
    nobody_else(facts.case, order)
    money = payment(facts, order, policy)
    found = shares(facts.case.latest.lines, order, policy.match.skus, facts.tiktok_order)
    no_foreign_return(order, found)
    not_on_other_returns(found, order, facts.case)
    units = tuple(_returned_unit(facts, share, policy) for share in found)
    return _write(facts.case, order, money, units, _restock(facts, units))


def nobody_else(case: Case, order: Order) -> None:
    """Hold where somebody else may have refunded the same case already."""
    seen = approved_subjects(case)
    others = [refund for refund in foreign_refunds(order, case) if refund.id not in seen]
    if others:
        found = "; ".join(told(order, refund) for refund in others)
        ids = tuple(refund.id for refund in others)
        stop_hold(Reason.FOREIGN_REFUND, f"order {order.name}: {found}", ids)


def _given_up(case: Case, order: Order) -> tuple[CancelReturn, ...]:
    """The returns that we show of what became a plain refund: cancelled first, or staff might pay it again.

    That is left to a person once anything was done on them, or a parcel is on its way.
    """
    ours = [r for r in own_returns(order, case.case_id) if r.state is ReturnState.OPEN]
    for return_ in ours:
        found = f"return {return_.name} is open, TikTok now says {case.latest.type_word}"
        if worked_on(return_):
            stop_hold(Reason.RETURN_TOUCHED, found)
        if on_its_way(case):
            stop_hold(Reason.TYPE_CHANGED, found)
    return tuple(CancelReturn(order.id, return_.id) for return_ in ours)


def paid_back_time(case: Case) -> datetime:
    """TikTok's time of the refund, for the books."""
    return case.paid_back_at or case.latest.updated_at


def note_of(case: Case) -> str:
    """Our mark, with TikTok's reason behind it."""
    return mark.note(case.latest.kind, case.case_id, case.latest.reason_text or case.latest.reason)


def _write(case: Case, order: Order, money: Payment, units: tuple[RefundUnit, ...], restock: Restock) -> Plan:
    refund = create_refund(case, order, money, units)
    return write(refund, *archive(case, order), restock=restock, path=Path.REFUND)


def create_refund(case: Case, order: Order, money: Payment, units: tuple[RefundUnit, ...]) -> CreateRefund:
    """The refund of that money, with our mark and TikTok's time."""
    return CreateRefund(
        order_id=order.id,
        payment=money,
        units=units,
        note=note_of(case),
        processed_at=paid_back_time(case),
        discrepancy=_discrepancy(order, money, units),
    )


def archive(case: Case, order: Order) -> Iterable[Action]:
    """An order that was archived is archived again."""
    return (ArchiveOrder(order.id),) if order.archived or case.was_archived else ()


def _discrepancy(order: Order, money: Payment, units: tuple[RefundUnit, ...]) -> str | None:
    price = sum(order.line(unit.line_id).unit_price.minor * unit.quantity for unit in units)
    price += money.shipping.minor if money.shipping else 0
    return DISCREPANCY if price != money.amount.minor else None


def _whole_units(facts: Facts, order: Order, policy: Policy) -> tuple[Share, ...]:
    """The units that leave the order; none for part of a price, or where one is off the order already."""
    lines = facts.case.latest.lines
    if not lines or not all(_wholly_paid_back(line, facts.tiktok_order) for line in lines):
        return ()
    try:
        found = shares(lines, order, policy.match.skus, facts.tiktok_order)
    except Stop as stop:
        if stop.plan.reason is Reason.UNITS_GONE:
            return ()
        raise
    no_foreign_return(order, found)
    not_on_other_returns(found, order, facts.case)
    return found


def _wholly_paid_back(line: CaseLine, tiktok_order: TikTokOrder | None) -> bool:
    sold = tiktok_order.line(line.order_line_id) if tiktok_order else None
    if sold is None or sold.sale_price is None:
        return False
    if line.refund is None:
        return not sold.sale_price  # a gift
    return line.refund.currency == sold.sale_price.currency and line.refund >= sold.sale_price


def no_foreign_return(order: Order, found: tuple[Share, ...]) -> None:
    """Hold where other people's open returns have these units."""
    others = foreign_returns(order, frozenset(share.line.id for share in found))
    if others:
        hold_foreign_returns(order, others)


def hold_foreign_returns(order: Order, others: tuple[Return, ...]) -> NoReturn:
    """End the decision: other people's returns have these units."""
    found = ", ".join(told_return(order, return_) for return_ in others)
    stop_hold(Reason.FOREIGN_RETURN, f"order {order.name}: {found}", tuple(return_.id for return_ in others))


def _kept_units(facts: Facts, order: Order, share: Share, policy: Policy) -> Iterable[RefundUnit]:
    """Units that nobody sends back: shipped ones just leave the order, unshipped ones are given up."""
    unshipped = share.line.unfulfilled if _not_shipped(share, facts.tiktok_order) else 0
    given_up = min(share.quantity, unshipped)
    kept = share.quantity - given_up
    if kept > share.line.returnable:
        stop_hold(Reason.NOT_FULFILLED, f"SKU {share.line.sku!r} on order {order.name}")
    if kept:
        yield _unit(share.line, kept, RestockType.NO_RESTOCK)
    if given_up:
        yield unshipped_unit(facts, share.line, given_up, policy)


def unshipped_unit(facts: Facts, line: OrderLine, quantity: int, policy: Policy) -> RefundUnit:
    """Units that are given up before they were shipped: where they wait they are free again."""
    place = reserved_location(facts, line, policy)
    return RefundUnit(
        line.id, line.sku, quantity, restock=False, location=place, restock_type=RestockType.CANCEL
    )


def _not_shipped(share: Share, sold: TikTokOrder | None) -> bool:
    """Whether TikTok says of each of these units that it was not shipped."""
    known = [(x.status or sold.status) for u in share.units if sold and (x := sold.line(u.order_line_id))]
    return len(known) == share.quantity and all(word in _NOT_SHIPPED for word in known)


def _returned_unit(facts: Facts, share: Share, policy: Policy) -> RefundUnit:
    if share.quantity > share.line.returnable:
        stop_hold(Reason.NOT_FULFILLED, f"SKU {share.line.sku!r}")
    if disposition(facts, share.line, policy) is not DispositionType.RESTOCKED:
        return _unit(share.line, share.quantity, RestockType.NO_RESTOCK)
    place = line_location(facts, share.line, policy)
    return RefundUnit(
        share.line.id,
        share.line.sku,
        share.quantity,
        restock=True,
        location=place,
        restock_type=RestockType.RETURN,
    )


def _unit(line: OrderLine, quantity: int, restock_type: RestockType) -> RefundUnit:
    return RefundUnit(line.id, line.sku, quantity, restock=False, restock_type=restock_type)


def _restock(facts: Facts, units: tuple[RefundUnit, ...]) -> Restock:
    if facts.tiktok_order and facts.tiktok_order.fulfilled_by_tiktok:
        return Restock.NONE
    return Restock.DONE if all(unit.restock for unit in units) else Restock.WAITING
