"""Where each case stands, on both sides and in the daemon's store, in words for a viewer."""

from collections.abc import Mapping
from dataclasses import dataclass

from syncd.model import mark
from syncd.model.cases import Case, Restock, ReturnStatus
from syncd.model.money import Money
from syncd.model.reasons import EXPLANATIONS, Reason
from syncd.sandbox.demo.cast import Tale
from syncd.sandbox.demo.stage import Stage
from syncd.sandbox.shopify.order import Order
from syncd.sandbox.shopify.records import Refund
from syncd.sandbox.tiktok.world import SandboxReturn

NOTHING = "-"
_SAYS = {
    ReturnStatus.PENDING: "asked",
    ReturnStatus.REPLACEMENT_PENDING: "asked",
    ReturnStatus.AWAITING_BUYER_RESPONSE: "part offered",
    ReturnStatus.AWAITING_BUYER_SHIP: "approved",
    ReturnStatus.BUYER_SHIPPED_ITEM: "parcel under way",
    ReturnStatus.REJECTED: "rejected",
    ReturnStatus.CANCELLED: "withdrawn",
    ReturnStatus.REPLACEMENT_COMPLETE: "replaced",
    ReturnStatus.REPLACEMENT_REFUNDED: "paid back",
    ReturnStatus.COMPLETE: "paid back",
}
_RETURNS = {"OPEN": "return open", "CLOSED": "return closed", "CANCELED": "return cancelled"}


@dataclass(frozen=True, slots=True)
class Row:
    """One case. `state` is the daemon's word, empty before it has seen the case."""

    title: str
    tiktok: str
    state: str
    shopify: str
    restocked: str
    why: str


def rows(stage: Stage) -> list[Row]:
    """One row for each case, in the order of the story."""
    known = stage.cases()
    return [_row(stage, tale, known) for tale in stage.tales]


def _row(stage: Stage, tale: Tale, known: Mapping[str, Case]) -> Row:
    case = known.get(tale.case.return_id)
    return Row(
        tale.script.title,
        _says(tale, tale.now(stage.pair)),
        case.state.value if case else "",
        _has(tale.order),
        _restocked(stage, tale, case),
        _why(tale, case),
    )


def _says(tale: Tale, now: SandboxReturn) -> str:
    status = ReturnStatus(now.status) if now.status in list(ReturnStatus) else ReturnStatus.UNKNOWN
    word = _SAYS.get(status, str(now.status))
    return f"{word} {tale.pays}" if word == "paid back" else word


def _has(order: Order | None) -> str:
    """What is on the Shopify order, each return and refund once."""
    if order is None:
        return "no order"
    parts = [_RETURNS.get(one.status, one.status) for one in order.returns]
    parts += [_refund(one, order.presentment_currency_code) for one in order.refunds]
    return ", ".join(parts) or NOTHING


def _refund(refund: Refund, currency: str) -> str:
    by_staff = refund.note and not mark.case_in(refund.note)
    return f"refund {Money(refund.total_refunded, currency)}" + (" by staff" if by_staff else "")


def _restocked(stage: Stage, tale: Tale, case: Case | None) -> str:
    units = restocked_units(stage, tale)
    if units:
        return f"{units} unit" + ("s" if units > 1 else "")
    return "waiting" if case and case.restock is Restock.WAITING else NOTHING


def restocked_units(stage: Stage, tale: Tale) -> int:
    """Units of the case's SKU that were put back, at any location; every case has a SKU of its own."""
    stock = dict(stage.pair.shopify.stock)
    return sum(units for (_, sku), units in stock.items() if sku == tale.script.sold.sku)


def _why(tale: Tale, case: Case | None) -> str:
    if case and case.reason:
        return EXPLANATIONS[Reason(case.reason)].sentence.rstrip(".")
    return tale.script.why
