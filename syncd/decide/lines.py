"""Which units of the Shopify order a case is about: TikTok's one-unit lines grouped into quantities."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from syncd.decide.facts import stop_hold, stop_wait
from syncd.decide.traces import case_of_return
from syncd.model.cases import Case, CaseLine
from syncd.model.money import Money
from syncd.model.orders import Fulfillment, FulfillmentLine, Order, OrderLine, ReturnState, TikTokOrder
from syncd.model.reasons import Reason

_UNFINISHED = frozenset({ReturnState.OPEN, ReturnState.REQUESTED})


@dataclass(frozen=True, slots=True)
class Share:
    """So many units of one order line, and TikTok's units that they are of."""

    line: OrderLine
    quantity: int
    units: tuple[CaseLine, ...] = ()


def shares(
    units: tuple[CaseLine, ...], order: Order, skus: Mapping[str, str], sold: TikTokOrder | None = None
) -> tuple[Share, ...]:
    """The order lines that the units belong to, with quantities, in the order of the lines.

    A unit goes to the line that carries its TikTok line id, else to a line of its SKU, else (a bundle) to one
    line for each of its parts, taking only what is still refundable. `sold` tells which units are
    gifts, and their parts, where it is known. Ends as a hold where a unit has no line, no refundable one, or
    several of unlike price.
    """
    if not units:
        stop_hold(Reason.LINE_NOT_FOUND, "the case names no unit")
    taken: dict[str, list[CaseLine]] = defaultdict(list)
    for unit in sorted(units, key=lambda unit: (len(unit.order_line_id), unit.order_line_id)):
        for wanted in _wanted(unit, order, skus, sold):
            taken[_free_line(wanted, taken).id].append(unit)
    return tuple(
        Share(line, len(taken[line.id]), tuple(taken[line.id])) for line in order.lines if line.id in taken
    )


@dataclass(frozen=True, slots=True)
class _Wanted:
    """One unit to be found on these lines; `price` is what the buyer paid for it, where that is known."""

    sku: str
    lines: tuple[OrderLine, ...]
    price: Money | None


def _wanted(
    unit: CaseLine, order: Order, skus: Mapping[str, str], sold: TikTokOrder | None
) -> Iterator[_Wanted]:
    known = tuple(line for line in order.lines if unit.order_line_id in line.attributes.values())
    item = sold.line(unit.order_line_id) if sold else None
    lines = known or _of_sku(order, skus, unit.sku)
    parts = () if lines else unit.parts or (item.parts if item else ())
    if not (lines or parts):
        stop_hold(Reason.LINE_NOT_FOUND, f"SKU {unit.sku!r} of TikTok line {unit.order_line_id}")
    if lines:
        yield _Wanted(unit.sku, lines, item.sale_price if item else None)
    for part in parts:
        if not (lines := _of_sku(order, skus, part)):
            stop_hold(Reason.LINE_NOT_FOUND, f"SKU {part!r} of the bundle {unit.sku!r}")
        yield _Wanted(part, lines, None)


def _of_sku(order: Order, skus: Mapping[str, str], sku: str) -> tuple[OrderLine, ...]:
    called = skus.get(sku, sku)
    return tuple(line for line in order.lines if called and line.sku == called)


def _free_line(wanted: _Wanted, taken: Mapping[str, list[CaseLine]]) -> OrderLine:
    free = [line for line in wanted.lines if line.refundable > len(taken.get(line.id, ()))]
    if not free:
        stop_hold(Reason.UNITS_GONE, f"SKU {wanted.sku!r}")
    if wanted.price is not None:  # a gift is never the unit that was paid for
        free = [line for line in free if bool(line.unit_price) is bool(wanted.price)] or free
    if len({line.unit_price for line in free}) > 1:
        stop_hold(Reason.LINE_AMBIGUOUS, f"SKU {wanted.sku!r} stands on {len(free)} lines")
    return free[0]


@dataclass(frozen=True, slots=True)
class Parcel:
    """So many units of one fulfillment line, and the shipment it was part of."""

    line: OrderLine
    quantity: int
    fulfillment: Fulfillment
    fulfillment_line: FulfillmentLine


def parcels(shares_: tuple[Share, ...], order: Order, case: Case) -> tuple[Parcel, ...]:
    """The fulfillment lines that these units of the case were shipped with, first shipped first taken.

    Ends as a hold (that heals) where units were not fulfilled or are on the open return of another case, and
    as a wait where that one comes before or after this one in a chain of edits.
    """
    on_returns = _on_returns(order)
    return tuple(parcel for share in shares_ for parcel in _parcels_of(share, order, case, on_returns))


def _parcels_of(share: Share, order: Order, case: Case, on_returns: Counter[str]) -> list[Parcel]:
    missing = share.quantity
    found: list[Parcel] = []
    for fulfillment in order.fulfillments:
        for line in fulfillment.lines:
            free = line.quantity - on_returns[line.id]
            if line.line_id == share.line.id and missing and free > 0:
                found.append(Parcel(share.line, min(missing, free), fulfillment, line))
                missing -= found[-1].quantity
    if missing and share.line.returnable >= share.quantity:
        _not_on_another_return(share, order, case)
    if missing or share.line.returnable < share.quantity:
        stop_hold(Reason.NOT_FULFILLED, f"SKU {share.line.sku!r}")
    return found


def not_on_other_returns(shares_: tuple[Share, ...], order: Order, case: Case) -> None:
    """The same holds and waits for units that leave the order without a return."""
    for share in shares_:
        waiting = sum(
            line.quantity - line.processed
            for return_ in order.returns
            if return_.state in _UNFINISHED and case_of_return(order, return_) != case.case_id
            for line in return_.lines
            if line.line_id == share.line.id
        )
        if share.line.refundable - waiting < share.quantity:
            _not_on_another_return(share, order, case)


def _not_on_another_return(share: Share, order: Order, case: Case) -> None:
    for return_ in order.returns:
        if return_.state not in _UNFINISHED or all(x.line_id != share.line.id for x in return_.lines):
            continue
        other = case_of_return(order, return_)
        found = f"SKU {share.line.sku!r}: {return_.name} ({return_.id}) of case {other}"
        if other in (case.latest.previous_id, case.latest.next_id):
            stop_wait(Reason.UNITS_ON_RETURN, found)
        stop_hold(Reason.UNITS_ON_RETURN, found, (return_.id,))


def _on_returns(order: Order) -> Counter[str]:
    """Units per fulfillment line that already are on a return."""
    gone = {ReturnState.CANCELED, ReturnState.DECLINED}
    counted: Counter[str] = Counter()
    for return_ in order.returns:
        for line in return_.lines:
            if return_.state not in gone:
                counted[line.fulfillment_line_id] += line.quantity
    return counted
