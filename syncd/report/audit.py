"""One comparison of all three sides: what TikTok paid back, what the store believes, what Shopify has.

Pure, and no part of the deciding: it looks at the outcome alone, so that a rule that decides wrongly is seen.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from syncd.decide.traces import cancelled_by, own_refunds, own_returns
from syncd.model.cases import Case, ReturnType, Snapshot, State
from syncd.model.cases import Kind as CaseKind
from syncd.model.money import Money
from syncd.model.orders import Order, Refund, ReturnState
from syncd.model.plans import DispositionType
from syncd.report.money import Fault, faults


class Kind(StrEnum):
    """What can be wrong between the sides."""

    DOUBLED = "doubled"  # more than one refund of ours for one case
    DIFFERENT_AMOUNT = "different_amount"  # our refund is not TikTok's amount
    NOT_PAID_BACK = "not_paid_back"  # our refund, and TikTok never paid
    WRONG_RESTOCK = "wrong_restock"  # units in stock that must not be, or more than came back
    SHOWN_TWICE = "shown_twice"  # more than one living return of ours for one case
    TRACKED_TWICE = "tracked_twice"  # the same tracking number more than once on our return
    WRONG_CANCEL = "wrong_cancel"  # our mark on the cancellation of an order that TikTok has not cancelled
    MISSING = "missing"  # paid back, no refund, and no person was told
    UNKNOWN_CASE = "unknown_case"  # TikTok has the case, the store does not
    STORE_WRONG = "store_wrong"  # the store says that Shopify has it, or names what is not there
    UNFINISHED = "unfinished"  # something is still to be written or in doubt
    LEFT_OPEN = "left_open"  # our return is open, or the order not cancelled, though nothing is to come


HARM = frozenset(
    {
        Kind.DOUBLED,
        Kind.DIFFERENT_AMOUNT,
        Kind.NOT_PAID_BACK,
        Kind.WRONG_RESTOCK,
        Kind.SHOWN_TWICE,
        Kind.TRACKED_TWICE,
        Kind.WRONG_CANCEL,
    }
)
"""What must not be found at any moment; the others must be gone once everything has settled."""
_TOLD = frozenset({State.HELD, State.DISMISSED, State.SKIPPED})


@dataclass(frozen=True, slots=True)
class Sides:
    """One case from all sides. None: that side does not know it, or was not asked."""

    snapshot: Snapshot
    case: Case | None
    order: Order | None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong."""

    kind: Kind
    case_id: str
    text: str

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}: {self.text}"


def audit(sides: Iterable[Sides], *, auto_restock: bool) -> tuple[Finding, ...]:
    """Everything that is wrong, case by case. `auto_restock`: whether units may have been put into stock."""
    return tuple(finding for one in sides for finding in _of_case(one, auto_restock=auto_restock))


def _of_case(sides: Sides, *, auto_restock: bool) -> Iterator[Finding]:
    yield from _money(sides)
    yield from _stock(sides, auto_restock=auto_restock)
    yield from _shown(sides)
    yield from _cancelled(sides)
    yield from _known(sides)


def _money(sides: Sides) -> Iterator[Finding]:
    """Only a doubled refund is wrong whatever people were told."""
    snapshot, refunds = sides.snapshot, _refunds(sides)
    due = snapshot.refund.total if snapshot.refund else None
    found = ", ".join(f"{refund.id} of {refund.moved}" for refund in refunds) or "nothing"
    for fault in faults(refunds, due, paid_back=snapshot.paid_back):
        if fault is Fault.DOUBLED or not _told(sides.case):
            yield _finding(
                sides, Kind(fault.value), f"TikTok {due} ({snapshot.status_word}), Shopify {found}"
            )


def _stock(sides: Sides, *, auto_restock: bool) -> Iterator[Finding]:
    back = restocked(sides.order, sides.snapshot.case_id) if sides.order else Counter()
    if not back:
        return
    if not auto_restock:
        yield _finding(sides, Kind.WRONG_RESTOCK, f"{back.total()} units, though nothing is to be restocked")
    elif sides.snapshot.type is not ReturnType.RETURN_AND_REFUND:
        yield _finding(sides, Kind.WRONG_RESTOCK, f"{back.total()} units, though nothing came back")
    elif back.total() > len(sides.snapshot.lines):
        yield _finding(
            sides, Kind.WRONG_RESTOCK, f"{back.total()} units, {len(sides.snapshot.lines)} came back"
        )


def _shown(sides: Sides) -> Iterator[Finding]:
    returns = own_returns(sides.order, sides.snapshot.case_id) if sides.order else ()
    if len(returns) > 1:
        yield _finding(sides, Kind.SHOWN_TWICE, ", ".join(return_.name for return_ in returns))
    for return_ in returns:
        if len(set(return_.tracking)) < len(return_.tracking):
            yield _finding(sides, Kind.TRACKED_TWICE, f"{return_.name}: {', '.join(return_.tracking)}")
    case = sides.case
    over = case is not None and case.state in (State.SYNCED, State.SKIPPED)
    for return_ in returns:
        undecided = any(line.undisposed for line in return_.reverse_lines)
        refunded = bool(_refunds(sides))
        if over and return_.state is ReturnState.OPEN and not (refunded and undecided):
            yield _finding(sides, Kind.LEFT_OPEN, return_.name)


def _cancelled(sides: Sides) -> Iterator[Finding]:
    """An order is cancelled by us only where TikTok cancelled every unit of it, and none was shipped."""
    snapshot, order, case = sides.snapshot, sides.order, sides.case
    if order is None:
        return
    ours = cancelled_by(order) == snapshot.case_id
    if ours and (order.fulfillments or not (_is_cancelled(snapshot) or _told(case))):
        yield _finding(sides, Kind.WRONG_CANCEL, f"{order.name}, {snapshot.status_word}")
    whole = len(snapshot.lines) == sum(line.quantity for line in order.lines) and not order.fulfillments
    unpaid = not _some(snapshot.refund.total if snapshot.refund else None)
    over = case is not None and case.state is State.SYNCED and _is_cancelled(snapshot)
    if over and (whole or unpaid) and not order.cancelled:
        yield _finding(sides, Kind.LEFT_OPEN, f"order {order.name} is not cancelled")


def _is_cancelled(snapshot: Snapshot) -> bool:
    return snapshot.kind is CaseKind.CANCELLATION and snapshot.paid_back


def _known(sides: Sides) -> Iterator[Finding]:
    case = sides.case
    if case is None:
        yield _finding(sides, Kind.UNKNOWN_CASE, sides.snapshot.status_word)
        return
    if case.state in (State.DUE, State.WRITING):
        yield _finding(sides, Kind.UNFINISHED, f"{case.state} {case.reason or ''} {case.detail}")
    there = {refund.id for refund in sides.order.refunds} if sides.order else set()
    missing = [refund_id for refund_id in case.refund_ids if refund_id not in there]
    if missing:
        yield _finding(sides, Kind.STORE_WRONG, f"names {', '.join(missing)}, which Shopify does not have")
    if case.state is State.SYNCED and case.written and _some(case.written.total) and not _refunds(sides):
        yield _finding(sides, Kind.STORE_WRONG, "says synced, Shopify has no refund")


def _refunds(sides: Sides) -> tuple[Refund, ...]:
    return own_refunds(sides.order, sides.snapshot.case_id) if sides.order else ()


def restocked(order: Order, case_id: str) -> Counter[str]:
    """Units of a case that went back into stock, by order line."""
    back: Counter[str] = Counter()
    for refund in own_refunds(order, case_id):
        for line in refund.lines:
            if line.restocked and line.restock_type == "RETURN":
                back[line.line_id] += line.quantity
    for return_ in own_returns(order, case_id):
        lines = {line.fulfillment_line_id: line.line_id for line in return_.lines}
        for reverse in return_.reverse_lines:
            for disposition in reverse.dispositions:
                if disposition.type == DispositionType.RESTOCKED:
                    back[lines[reverse.fulfillment_line_id]] += disposition.quantity
    return back


def _told(case: Case | None) -> bool:
    """Whether it is in a person's hands, or was found to be nothing to do."""
    return case is not None and case.state in _TOLD


def _some(money: Money | None) -> bool:
    return money is not None and money.minor > 0


def _finding(sides: Sides, kind: Kind, text: str) -> Finding:
    return Finding(kind, sides.snapshot.case_id, text)
