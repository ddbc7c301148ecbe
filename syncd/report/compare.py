"""One case from both sides: how they compare, in one word and with what was found."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from syncd.decide.rulings import approved_subjects, let_in
from syncd.decide.traces import case_of_refund, foreign_refunds, own_refunds, own_returns
from syncd.model import mark
from syncd.model.cases import Case, Kind, Restock, State
from syncd.model.money import Money
from syncd.model.orders import Books, Refund, ReturnState
from syncd.model.reasons import Reason, explained
from syncd.report.money import Fault, faults
from syncd.report.rows import CaseRow, Result

LATE = timedelta(days=1)
"""A refund through a return is dated by Shopify, when it is made: that may be so long after TikTok's."""
_SHOWN_LATE = timedelta(minutes=15)
"""So long after their time rows may come up on TikTok."""
_UNPAID = frozenset({Reason.WITHDRAWN.value, Reason.NO_MONEY.value})
"""Skipped because TikTok had not paid: where it has now, that is news."""

Found = tuple[Result, str]


@dataclass(frozen=True, slots=True)
class Both:
    """A case with its Shopify order. `case` is None where TikTok does not know it, `books` where no order is.

    `known`: whether the store had dealt with the case before it was asked. `unread` says why the order could
    not be read.
    """

    case_id: str
    kind: Kind
    case: Case | None = None
    books: Books | None = None
    known: bool = True
    unread: str = ""

    @property
    def refunds(self) -> tuple[Refund, ...]:
        """The refunds of the case, ours and those that were linked to it."""
        return own_refunds(self.books, self.case_id) if self.books else ()


@dataclass(frozen=True, slots=True)
class Shop:
    """What comparing needs to know of a shop: its days, since when it syncs, when TikTok was read last."""

    name: str
    zone: tzinfo
    start_from: datetime
    last_poll: datetime | None = None


def compare(both: Both, shop: Shop) -> CaseRow:
    """The row of a case."""
    case, refunds = both.case, both.refunds
    result, detail = _compared(both, shop)
    paid_back_at = paid_back_time(case) if case else None
    dated = _dated(refunds[0]) if refunds else None
    return CaseRow(
        shop=shop.name,
        case_id=both.case_id,
        kind=both.kind,
        result=result,
        detail=detail,
        snapshot=case.latest if case else None,
        case=case if both.known else None,
        shopify_order_id=both.books.id if both.books else "",
        shopify_order_name=both.books.name if both.books else "",
        refunds=refunds,
        others=tuple(refund.id for refund in _strangers(both, case)) if case else (),
        paid_back_at=paid_back_at,
        paid_back_on=paid_back_at.astimezone(shop.zone).date() if paid_back_at else None,
        refunded_on=dated.astimezone(shop.zone).date() if dated else None,
        restock=_restock(both),
    )


def paid_back_time(case: Case) -> datetime | None:
    """TikTok's time of paying back; None where it has not."""
    return (case.paid_back_at or case.latest.updated_at) if case.latest.paid_back else None


def _compared(both: Both, shop: Shop) -> Found:
    if both.unread:
        return Result.UNREAD, both.unread
    due, paid_back = _due(both.case), bool(both.case and both.case.latest.paid_back)
    wrong = [fault for fault in faults(both.refunds, due, paid_back=paid_back) if fault is not Fault.MISSING]
    if wrong:
        return Result(wrong[0].value), _told(due, both.refunds)
    if both.case is None or (not due and not both.case.latest.trouble):
        return Result.MATCHED, "no money to pay back"
    if any(refund.moved for refund in both.refunds):
        return _written(both, both.case, shop)
    return _unwritten(both, both.case, shop)


def _due(case: Case | None) -> Money | None:
    return case.latest.refund.total if case and case.latest.refund else None


def _told(due: Money | None, refunds: tuple[Refund, ...]) -> str:
    found = ", ".join(f"{refund.id} of {refund.moved}" for refund in refunds)
    return f"TikTok {due or 'nothing'}, Shopify {found}"


def _written(both: Both, case: Case, shop: Shop) -> Found:
    """The amount is right: nobody else may have paid it once more, and the day has to be right."""
    ours = next(refund for refund in both.refunds if refund.moved)
    again = [refund for refund in _strangers(both, case) if not _before(refund, ours)]
    if again:
        return Result.DOUBLED, _told(_due(case), (ours, *again))
    if _on_a_wrong_day(case, ours, shop):
        return Result.WRONG_DAY, f"{ours.id}"
    return Result.MATCHED, "linked" if ours.id in _linked(both) else ""


def _linked(both: Both) -> Iterator[str]:
    """What people have linked to the case, and refunds of a linked return."""
    links = both.books.links if both.books else {}
    for refund in both.refunds:
        if links.get(refund.id) == both.case_id or links.get(refund.return_id or "") == both.case_id:
            yield refund.id


def _strangers(both: Both, case: Case) -> list[Refund]:
    """Refunds of that very amount that others made since the case was opened, and nobody has looked at."""
    seen, due = approved_subjects(case), _due(case)
    found = foreign_refunds(both.books, case) if both.books else ()
    return [refund for refund in found if refund.moved == due and refund.id not in seen]


def _before(one: Refund, other: Refund) -> bool:
    return one.created_at is not None and other.created_at is not None and one.created_at < other.created_at


def _on_a_wrong_day(case: Case, refund: Refund, shop: Shop) -> bool:
    """A refund by itself carries TikTok's day; one through a return, or by hand, that on which it is made."""
    paid, dated = paid_back_time(case), _dated(refund)
    if paid is None or dated is None:
        return False
    same_day = dated.astimezone(shop.zone).date() == paid.astimezone(shop.zone).date()
    dated_by_us = mark.case_in(refund.note) is not None and refund.return_id is None
    return not same_day and (dated_by_us or not timedelta(0) <= dated - paid <= LATE)


def _dated(refund: Refund) -> datetime | None:
    return refund.processed_at or refund.created_at


def _unwritten(both: Both, case: Case, shop: Shop) -> Found:
    """TikTok has paid, and nothing of it is in Shopify: that may be as it has to be."""
    told = explained(case.reason, case.detail)
    paid = paid_back_time(case)
    if case.state is State.DISMISSED or (case.state is State.SKIPPED and case.reason not in _UNPAID):
        return Result.LEFT_OUT, told
    if paid and paid < shop.start_from and not let_in(case):
        return Result.LEFT_OUT, explained(Reason.BEFORE_START, "")
    others = _strangers(both, case)
    if others:
        return Result.BY_HAND, _told(_due(case), tuple(others))
    if case.state is State.HELD:
        return Result.HELD, told
    pending = [refund.id for refund in both.refunds if refund.pending]
    if pending:
        return Result.DUE, explained(Reason.REFUND_PENDING, pending[0])
    if case.state in (State.DUE, State.WRITING):
        return Result.DUE, told
    if case.reason in _UNPAID or (not both.known and _not_shown_before(case, shop)):
        return Result.DUE, "news since TikTok was polled last"
    return Result.MISSING, "no Shopify order is known" if both.books is None else f"TikTok {_due(case)}"


def _not_shown_before(case: Case, shop: Shop) -> bool:
    """Whether the last poll may not have shown it yet."""
    return shop.last_poll is not None and case.latest.updated_at > shop.last_poll - _SHOWN_LATE


def _restock(both: Both) -> Restock:
    """What became of the units: as the store knows, or as the return shows where there is no store."""
    if both.case and both.known:
        return both.case.restock
    returns = own_returns(both.books, both.case_id) if both.books else ()
    unfinished = any(one.state is ReturnState.OPEN for one in returns)
    return Restock.WAITING if unfinished and both.refunds else Restock.NONE


def named_in(books: Books) -> dict[str, tuple[Kind, datetime | None]]:
    """The cases whose refunds are on the order, by their marks, and how the last one is dated."""
    named = ((case_of_refund(books, refund), refund) for refund in books.refunds)
    return {
        case_id: (mark.kind_in(refund.note) or Kind.RETURN, _dated(refund))
        for case_id, refund in named
        if case_id
    }
