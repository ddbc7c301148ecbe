"""What is on the order already: our own work, found by its mark, and other people's."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Protocol

from syncd.model import mark
from syncd.model.cases import Case
from syncd.model.orders import Order, Refund, Return, ReturnState

_SAME_MOMENT = timedelta(seconds=2)  # the order's events carry times of their own
_ALIVE = frozenset({ReturnState.OPEN, ReturnState.CLOSED, ReturnState.REQUESTED})


class Refunded(Protocol):
    """What carries our marks: an order, or only its books."""

    @property
    def refunds(self) -> tuple[Refund, ...]:
        """All of them."""

    @property
    def returns(self) -> tuple[Return, ...]:
        """All of them."""

    @property
    def links(self) -> Mapping[str, str]:
        """The cases to which people have linked refunds and returns, by their ids."""


def marked(return_: Return) -> str | None:
    """The case whose mark a return carries."""
    return next((case_id for line in return_.lines if (case_id := mark.case_in(line.note))), None)


def case_of_return(order: Refunded, return_: Return) -> str | None:
    """The case that a return is for: by its mark, or because a person linked it."""
    return marked(return_) or order.links.get(return_.id)


def case_of_refund(order: Refunded, refund: Refund) -> str | None:
    """The case that a refund is for: by its own mark or its return's, or because a person linked it."""
    through = next((r for r in order.returns if r.id == refund.return_id), None)
    of_return = case_of_return(order, through) if through else None
    return mark.case_in(refund.note) or of_return or order.links.get(refund.id)


def own_returns(order: Refunded, case_id: str) -> tuple[Return, ...]:
    """The returns of that case; cancelled and declined ones do not count any more."""
    return tuple(r for r in order.returns if case_of_return(order, r) == case_id and r.state in _ALIVE)


def worked_on(return_: Return) -> bool:
    """Whether any of its units was processed or decided about."""
    disposed = any(line.dispositions for line in return_.reverse_lines)
    return disposed or any(line.processed for line in return_.lines)


def own_refunds(order: Refunded, case_id: str) -> tuple[Refund, ...]:
    """The refunds of that case."""
    return tuple(r for r in order.refunds if case_of_refund(order, r) == case_id)


def cancelled_by(order: Order) -> str | None:
    """The case with whose mark the order was cancelled, if it was."""
    return mark.case_in(order.cancel_note) if order.cancelled else None


def foreign_refunds(order: Refunded, case: Case) -> tuple[Refund, ...]:
    """Refunds that nobody can tell apart from one for this case: made since it was opened, and of no case."""
    return tuple(
        refund
        for refund in order.refunds
        if case_of_refund(order, refund) is None
        and (refund.created_at is None or refund.created_at >= case.latest.created_at)
    )


def strangers(order: Refunded) -> bool:
    """Whether the order has refunds or returns that carry no mark of ours."""
    refunds = any(case_of_refund(order, refund) is None for refund in order.refunds)
    return refunds or any(case_of_return(order, return_) is None for return_ in order.returns)


def foreign_returns(order: Order, line_ids: frozenset[str]) -> tuple[Return, ...]:
    """Open returns of other people with units of these order lines."""
    unfinished = {ReturnState.OPEN, ReturnState.REQUESTED}
    return tuple(
        return_
        for return_ in order.returns
        if return_.state in unfinished
        and case_of_return(order, return_) is None
        and any(line.line_id in line_ids for line in return_.lines)
    )


def makers(order: Order, told: Iterable[tuple[datetime, str]]) -> dict[str, str]:
    """Who made the refunds and returns of an order: the app that did something to it at that moment."""
    acts = tuple(told)
    made: list[tuple[str, datetime | None]] = [(one.id, one.created_at) for one in order.refunds]
    made += [(one.id, one.created_at) for one in order.returns]
    return {
        made_id: ", ".join(apps)
        for made_id, at in made
        if at and (apps := sorted({app for when, app in acts if abs(when - at) <= _SAME_MOMENT}))
    }


def told(order: Order, refund: Refund) -> str:
    """A refund as a hold names it: which, how much, by whom. Not its note, which may be about the buyer."""
    maker = order.makers.get(refund.id)
    return f"{refund.id} of {refund.moved}{f' by {maker}' if maker else ''}"


def told_return(order: Order, return_: Return) -> str:
    """A return as a hold names it."""
    maker = order.makers.get(return_.id)
    return f"{return_.name} ({return_.id}{f', by {maker}' if maker else ''})"
