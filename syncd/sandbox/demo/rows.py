"""Where each case stands, on both sides and in the daemon's store, in words for a viewer."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from syncd.model import mark
from syncd.model.cases import PAID_BACK, CancelStatus, Case, Restock, ReturnStatus, Status
from syncd.model.money import Money
from syncd.model.reasons import EXPLANATIONS, Reason
from syncd.sandbox.demo.cast import Tale
from syncd.sandbox.demo.script import Chapter
from syncd.sandbox.demo.stage import Known, Stage
from syncd.sandbox.shopify.order import Order
from syncd.sandbox.shopify.return_records import Return

NOTHING = "-"
_SAYS: Mapping[str, str] = {
    ReturnStatus.PENDING: "asked",
    ReturnStatus.REPLACEMENT_PENDING: "asked",
    ReturnStatus.EXCHANGE_PENDING: "asked",
    ReturnStatus.AWAITING_BUYER_RESPONSE: "part offered",
    ReturnStatus.AWAITING_BUYER_SHIP: "approved",
    ReturnStatus.BUYER_SHIPPED_ITEM: "parcel under way",
    ReturnStatus.REJECTED: "rejected",
    ReturnStatus.CANCELLED: "withdrawn",
    ReturnStatus.REPLACEMENT_COMPLETE: "replaced",
    ReturnStatus.EXCHANGE_REFUNDED: "paid back",
    ReturnStatus.COMPLETE: "paid back",
    CancelStatus.PENDING: "asked to cancel",
    CancelStatus.SUCCESS: "cancel agreed",
    CancelStatus.COMPLETE: "cancelled",
}
_MONEY_IS_BACK: frozenset[str] = frozenset(PAID_BACK)
_RETURNS = {"OPEN": "open", "CLOSED": "closed", "CANCELED": "cancelled"}


@dataclass(frozen=True, slots=True)
class Row:
    """One case. `state` is the daemon's word, empty before it has seen the case."""

    chapter: Chapter
    title: str
    tiktok: str
    state: str
    shopify: str
    stock: str
    why: str


def rows(stage: Stage, known: Known) -> list[Row]:
    """One row for each case, in the order of the story."""
    return [_row(stage, tale, known.get(tale.case_id)) for tale in stage.tales]


def _row(stage: Stage, tale: Tale, case: Case | None) -> Row:
    return Row(
        tale.script.chapter,
        tale.script.title,
        _says(stage, tale),
        case.state.value if case else "",
        ", ".join(_has(tale)) or NOTHING,
        _stock(stage, tale, case),
        _why(tale, case),
    )


def _says(stage: Stage, tale: Tale) -> str:
    now = tale.now(stage.pair)
    if now is None:
        return NOTHING
    status: Status | str = now.status
    word = _SAYS.get(status, str(status))
    return f"{word} {tale.pays}" if status in _MONEY_IS_BACK and tale.pays else word


def _has(tale: Tale) -> Iterator[str]:
    """What is on the Shopify order, each return and refund once."""
    if len(tale.orders) != 1:
        yield "two orders" if tale.orders else "no order"
    refunds = list(tale.refunds())
    returns = [_return(one, refunded=bool(refunds)) for one in tale.returns()]
    if returns:
        yield f"return{'s' if len(returns) > 1 else ''} {', '.join(returns)}"
    for refund, by in refunds:
        money = Money(refund.total_refunded, refund.order.presentment_currency_code)
        yield f"refund {money}" + (f" by {by}" if by else "")
    if any(order.cancelled_at for order in tale.orders):
        yield "order cancelled"


def _return(return_: Return, *, refunded: bool) -> str:
    """An open return also with its reason and its parcel, as long as these are what matters."""
    word = _RETURNS.get(return_.status, return_.status)
    if return_.status != "OPEN" or refunded:
        return word
    parcel = "".join(f", parcel {number}" for number in parcels_of(return_))
    return f"{word}: {', '.join(sorted(reasons_of(return_))).lower()}{parcel}"


def reasons_of(return_: Return) -> set[str]:
    """The names of the reasons that the return shows."""
    shown = (line.return_reason_definition for line in return_.return_line_items)
    return {one.name for one in shown if one}


def parcels_of(return_: Return) -> list[str]:
    """The numbers of the parcels that the return shows."""
    parcels = (parcel for order in return_.reverse_fulfillment_orders for parcel in order.reverse_deliveries)
    tracked = (parcel.deliverable.tracking for parcel in parcels)
    return [one.number for one in tracked if one and one.number]


def _stock(stage: Stage, tale: Tale, case: Case | None) -> str:
    units = units_back(stage, tale)
    if units:
        return f"{units} freed" if tale.cancels else f"{units} restocked"
    return "units wait" if case and case.restock is Restock.WAITING else NOTHING


def units_back(stage: Stage, tale: Tale) -> int:
    """Units of the case's SKUs that were put back, at any location: returned ones, or ones never shipped."""
    stock = dict(stage.pair.shopify.stock)
    return sum(units for (_, sku), units in stock.items() if sku in tale.skus)


def cancelled_by_us(order: Order, case_id: str) -> bool:
    """Whether the order was cancelled with the mark of this case."""
    told = order.cancellation.staff_note if order.cancelled_at and order.cancellation else None
    return mark.case_in(told) == case_id


def _why(tale: Tale, case: Case | None) -> str:
    if case and case.reason:
        return EXPLANATIONS[Reason(case.reason)].sentence.rstrip(".")
    return tale.script.why
