"""What is on the order already: our own work, found by its mark, and other people's."""

from syncd.model import mark
from syncd.model.cases import Case
from syncd.model.orders import Order, Refund, Return, ReturnState

_ALIVE = frozenset({ReturnState.OPEN, ReturnState.CLOSED, ReturnState.REQUESTED})


def marked(return_: Return) -> str | None:
    """The case whose mark a return carries."""
    return next((case_id for line in return_.lines if (case_id := mark.case_in(line.note))), None)


def own_returns(order: Order, case_id: str) -> tuple[Return, ...]:
    """Our returns for that case; cancelled and declined ones do not count any more."""
    return tuple(r for r in order.returns if marked(r) == case_id and r.state in _ALIVE)


def own_refunds(order: Order, case_id: str) -> tuple[Refund, ...]:
    """Our refunds for that case: marked themselves, or made through a return that is."""
    returns = {return_.id for return_ in order.returns if marked(return_) == case_id}
    return tuple(r for r in order.refunds if mark.case_in(r.note) == case_id or r.return_id in returns)


def foreign_refunds(order: Order, case: Case) -> tuple[Refund, ...]:
    """Refunds that nobody can tell apart from one for this case: made since it was opened, and not ours."""
    ours = {return_.id for return_ in order.returns if marked(return_)}
    return tuple(
        refund
        for refund in order.refunds
        if mark.case_in(refund.note) is None
        and refund.return_id not in ours
        and (refund.created_at is None or refund.created_at >= case.latest.created_at)
    )


def foreign_returns(order: Order, line_ids: frozenset[str]) -> tuple[Return, ...]:
    """Open returns of other people with units of these order lines."""
    unfinished = {ReturnState.OPEN, ReturnState.REQUESTED}
    return tuple(
        return_
        for return_ in order.returns
        if return_.state in unfinished
        and marked(return_) is None
        and any(line.line_id in line_ids for line in return_.lines)
    )
