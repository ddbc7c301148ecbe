"""How the two sides of a case compare, in one word and with what was found."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from syncd.decide.rulings import let_in
from syncd.decide.traces import own_returns
from syncd.model import mark
from syncd.model.cases import Case, Restock, State
from syncd.model.money import Money
from syncd.model.orders import Refund, ReturnState
from syncd.model.reasons import Reason, explained
from syncd.report.money import Fault, faults
from syncd.report.rows import CaseRow, Result
from syncd.report.sides import Both, Shop, dated, foreign, paid_back_time
from syncd.report.totals import platform_part

LATE = timedelta(days=1)
"""A refund through a return is dated by Shopify, when it is made: that may be so long after TikTok's."""
_LEFT_OUT = frozenset({Reason.BEFORE_START, Reason.NOT_IMPORTED, Reason.ALREADY_CANCELLED})

Found = tuple[Result, str]


def compare(cases: Iterable[Both], shop: Shop, others: Iterable[Both] = ()) -> list[CaseRow]:
    """A row for each of the cases. `others` have none, but may have to do with refunds on the same orders."""
    known = list(cases)
    by_others = foreign([*known, *others])
    return [_row(both, shop, by_others.get(both.case_id)) for both in known]


def _row(both: Both, shop: Shop, by_other: Refund | None) -> CaseRow:
    case, refunds = both.case, both.refunds
    result, detail = _compared(both, shop, by_other)
    paid_at = paid_back_time(case) if case else None
    made = [refund.created_at for refund in refunds if refund.created_at]
    in_books = next((at for refund in both.moved or refunds if (at := dated(refund))), None)
    refund = case.latest.refund if case else None
    return CaseRow(
        shop=shop.name,
        case_id=both.case_id,
        kind=both.kind,
        snapshot=case.latest if case else None,
        case=case if both.stored else None,
        result=result,
        detail=detail,
        shopify_order_id=both.books.id if both.books else "",
        shopify_order_name=both.books.name if both.books else "",
        refunds=refunds,
        by_other=by_other,
        paid_back_at=paid_at,
        paid_back_on=paid_at.astimezone(shop.zone).date() if paid_at else None,
        refunded_at=min(made, default=None),
        refunded_on=in_books.astimezone(shop.zone).date() if in_books else None,
        platform=platform_part(refund.discounts) if refund else None,
        restock_waiting=_waits_for_inspection(both),
    )


def _compared(both: Both, shop: Shop, by_other: Refund | None) -> Found:
    if both.unread:
        return Result.UNREAD, both.unread
    if ruling := _dismissed(both):
        return Result.LINKED, explained(Reason.DISMISSED, f"by {ruling}")
    wrong = next(faults(both.refunds, both.due, paid_back=both.paid_back), Fault.MISSING)
    if wrong is not Fault.MISSING:
        return Result(wrong.value), _told(both.due if both.paid_back else None, both.moved)
    if both.case is None or not both.paid_back:
        return Result.MATCHED, "nothing was paid back"
    if not both.due:
        return _without_amount(both.case)
    if both.moved:
        return _written(both, both.case, shop, by_other)
    return _unwritten(both, both.case, shop, by_other)


def _dismissed(both: Both) -> str:
    """Who dismissed the case, and why, if nothing was refunded since then."""
    ruling = both.dismissal
    if ruling is None or any(one.created_at is None or one.created_at > ruling.at for one in both.moved):
        return ""
    return f"{ruling.who}: {ruling.why}"


def _told(due: Money | None, refunds: Iterable[Refund]) -> str:
    found = ", ".join(f"{refund.id} of {refund.moved}" for refund in refunds)
    return f"TikTok {due or 'nothing'}, Shopify {found or 'nothing'}"


def _without_amount(case: Case) -> Found:
    if not case.latest.trouble:
        return Result.MATCHED, "no money to pay back"
    if case.state is State.HELD:
        return Result.HELD, explained(case.reason, case.detail)
    return Result.UNREAD, f"TikTok's amount: {case.latest.trouble}"


def _written(both: Both, case: Case, shop: Shop, by_other: Refund | None) -> Found:
    """The amount is right: nobody else may have paid it once more, no person be asked, the day be right."""
    ours = both.moved[0]
    if by_other:
        return Result.DOUBLED, _told(both.due, (ours, by_other))
    if case.state is State.HELD:
        return Result.HELD, explained(case.reason, case.detail)
    if mark.case_in(ours.note) is None and _is_linked(both, ours):
        return Result.LINKED, ours.id
    if _on_a_wrong_day(case, ours, shop):
        return Result.WRONG_DAY, _days(case, ours, shop)
    return Result.MATCHED, ""


def _is_linked(both: Both, refund: Refund) -> bool:
    links = both.books.links if both.books else {}
    return both.case_id in (links.get(refund.id), links.get(refund.return_id or ""))


def _on_a_wrong_day(case: Case, refund: Refund, shop: Shop) -> bool:
    """A refund by itself carries TikTok's day; one through a return that on which Shopify made it."""
    paid, booked = paid_back_time(case), dated(refund)
    if paid is None or booked is None or _day(paid, shop) == _day(booked, shop):
        return False
    by_shopify = refund.return_id is not None or refund.processed_at is None
    return not (by_shopify and timedelta(0) <= booked - paid <= LATE)


def _days(case: Case, refund: Refund, shop: Shop) -> str:
    paid, booked = paid_back_time(case), dated(refund)
    if paid is None or booked is None:
        return ""
    return f"TikTok {_day(paid, shop)}, Shopify {_day(booked, shop)} ({refund.id})"


def _day(at: datetime, shop: Shop) -> str:
    return at.astimezone(shop.zone).date().isoformat()


def _unwritten(both: Both, case: Case, shop: Shop, by_other: Refund | None) -> Found:
    """TikTok has paid, and nothing of it is in Shopify: that may be as it has to be, or still come."""
    if why := _left_out(both, case, shop):
        return Result.LEFT_OUT, why
    if by_other:
        return Result.BY_HAND, _told(both.due, (by_other,))
    if case.state is State.HELD:
        return Result.HELD, explained(case.reason, case.detail)
    pending = next((refund.id for refund in both.refunds if refund.pending), None)
    if pending:
        return Result.DUE, explained(Reason.REFUND_PENDING, pending)
    if case.state in (State.DUE, State.WRITING):
        return Result.DUE, explained(case.reason, case.detail) or "to be written by the next cycle"
    unseen = case.state in (State.TRACKING, State.SKIPPED)
    if unseen and shop.polled_until and case.latest.updated_at >= shop.polled_until:
        return Result.DUE, "TikTok has news that was not polled yet"
    return Result.MISSING, _told(both.due, ()) + ("" if both.books else ": no order of it is known")


def _left_out(both: Both, case: Case, shop: Shop) -> str:
    """Why it is not to be in Shopify; empty where it is to be."""
    paid = paid_back_time(case)
    if case.state is State.SKIPPED and case.reason in _LEFT_OUT:
        return explained(case.reason, case.detail)
    if paid and paid < shop.start_from and not let_in(case):
        return explained(Reason.BEFORE_START, "")
    return "cancellations are not carried over" if both.kind not in shop.kinds else ""


def _waits_for_inspection(both: Both) -> bool:
    """As the store knows; without it, a return of ours that stays open once it was paid back waits."""
    if both.case and both.stored:
        return both.case.restock is Restock.WAITING
    returns = own_returns(both.books, both.case_id) if both.books else ()
    return bool(both.moved) and any(one.state is ReturnState.OPEN for one in returns)
