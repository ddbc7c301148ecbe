"""Units that were left to be inspected: what a person decided about them, as actions on our return."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from syncd.decide.claim import begun_in
from syncd.decide.facts import Facts, stop_hold
from syncd.decide.lines import Parcel
from syncd.decide.restock import return_location
from syncd.model.cases import Restock
from syncd.model.orders import Order, OrderLine, Refund, Return, ReturnLine, ReturnState, ReverseLine
from syncd.model.plans import Action, DisposeReturn, DispositionType, ReopenReturn, ReturnUnit
from syncd.model.policy import Policy
from syncd.model.reasons import Reason
from syncd.model.rulings import Begun, Ruling, RulingKind, last_inspection

_UNDECIDED = "PROCESSING_REQUIRED"
"""A disposition that staff can give in Shopify: the unit is somebody's work, and waits on."""


def undisposed(return_: Return) -> int:
    """Units of a return about which nothing was decided yet."""
    return sum(line.undisposed for line in return_.reverse_lines)


def restock_of(return_: Return, *, by_us: bool) -> Restock:
    """What became of the units of a processed return. `by_us`: nobody had to inspect them."""
    types = {d.type for line in return_.reverse_lines for d in line.dispositions}
    if undisposed(return_) or _UNDECIDED in types:
        return Restock.WAITING
    if DispositionType.RESTOCKED in types:
        return Restock.DONE
    return Restock.NONE if by_us else Restock.REFUSED


def waiting(order: Order, return_: Return) -> Mapping[str, int]:
    """The units of a return that wait to be inspected, by SKU."""
    units: Counter[str] = Counter()
    for reverse, line in _known_lines(return_):
        units[named(order.line(line.line_id))] += reverse.undisposed
    return {sku: count for sku, count in units.items() if count}


def waiting_of_refund(order: Order, refund: Refund) -> Mapping[str, int]:
    """The same of a refund without a return."""
    units: Counter[str] = Counter()
    for line in refund.lines:
        units[named(order.line(line.line_id))] += 0 if line.restocked else line.quantity
    return {sku: count for sku, count in units.items() if count}


def named(line: OrderLine) -> str:
    """What people call a unit of that line: its SKU, else its name."""
    return line.sku or line.name


def refused(rulings: tuple[Ruling, ...]) -> bool:
    """Whether a person decided that the units do not come back into stock."""
    ruling = last_inspection(rulings)
    return ruling is not None and ruling.kind is RulingKind.NOT_RESTOCKED


def inspected(facts: Facts, order: Order, return_: Return, policy: Policy) -> tuple[Action, ...]:
    """What is left to do of a person's decision about the waiting units; nothing once it is carried out."""
    ruling = facts.case.inspected
    begun = _begun(ruling, order, return_) if ruling else None
    if ruling is None or begun is None:
        return ()
    by_order: dict[str, list[ReturnUnit]] = defaultdict(list)
    for reverse, line in _known_lines(return_):
        missing = min(begun.leaves.get(reverse.id, 0) - reverse.disposed, reverse.undisposed)
        if missing > 0:
            unit = _unit(facts, ruling, parcel_of(order, line, missing), policy)
            by_order[reverse.order_id].append(unit)
    disposals = [DisposeReturn(order.id, return_.id, tuple(units), begun) for units in by_order.values()]
    closed = disposals and return_.state is ReturnState.CLOSED
    return (*((ReopenReturn(order.id, return_.id),) if closed else ()), *disposals)


def _begun(ruling: Ruling, order: Order, return_: Return) -> Begun | None:
    """What the return shows once the decision is carried out: fixed when it was begun, by whichever store.

    None where a later decision was begun already.
    """
    found = begun_in(order.claim)
    if found is None or found.at < ruling.at:
        return Begun(ruling.at, dict(_leaves(ruling, order, return_)))
    return found if found.at == ruling.at else None


def _leaves(ruling: Ruling, order: Order, return_: Return) -> Iterator[tuple[str, int]]:
    left = Counter(ruling.units)
    for reverse, line in _known_lines(return_):
        sku = named(order.line(line.line_id))
        wanted = min(left[sku], reverse.undisposed) if ruling.units else reverse.undisposed
        left[sku] -= wanted
        yield reverse.id, reverse.disposed + wanted


def _unit(facts: Facts, ruling: Ruling, parcel: Parcel, policy: Policy) -> ReturnUnit:
    """Units that are no stock (custom lines, gift cards) never come back into it."""
    stocked = not (parcel.line.custom or parcel.line.gift_card)
    restock = ruling.kind is RulingKind.RESTOCKED and stocked
    decided = DispositionType.RESTOCKED if restock else DispositionType.NOT_RESTOCKED
    return return_unit(facts, parcel, decided, policy)


def return_unit(facts: Facts, parcel: Parcel, decided: DispositionType | None, policy: Policy) -> ReturnUnit:
    """Units on a return, with the place that takes them back where they are restocked."""
    restock = decided is DispositionType.RESTOCKED
    return ReturnUnit(
        parcel.line.id,
        parcel.line.sku,
        parcel.quantity,
        restock=restock,
        location=return_location(facts, parcel.fulfillment, policy) if restock else None,
        fulfillment_line_id=parcel.fulfillment_line.id,
        disposition=decided,
    )


def _known_lines(return_: Return) -> Iterator[tuple[ReverseLine, ReturnLine]]:
    """The reverse lines with their return lines; Shopify may show some that it cannot match to a shipment."""
    lines = {line.fulfillment_line_id: line for line in return_.lines if line.line_id}
    for reverse in return_.reverse_lines:
        if line := lines.get(reverse.fulfillment_line_id):
            yield reverse, line


def parcel_of(order: Order, line: ReturnLine, quantity: int) -> Parcel:
    """The shipment that units of a return line were part of, or a hold."""
    found = [
        Parcel(order.line(line.line_id), quantity, fulfillment, shipped)
        for fulfillment in order.fulfillments
        for shipped in fulfillment.lines
        if shipped.id == line.fulfillment_line_id
    ]
    return found[0] if found else stop_hold(Reason.NOT_FULFILLED, f"return line {line.id}")
