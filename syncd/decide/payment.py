"""Whose money it is: the payment on the order that TikTok's refund is taken from."""

from collections.abc import Iterable

from syncd.decide.facts import Facts, stop_hold
from syncd.decide.rulings import approved
from syncd.model.cases import RefundAmount
from syncd.model.money import Money
from syncd.model.orders import Order, Transaction, TransactionKind
from syncd.model.plans import Payment
from syncd.model.policy import Policy
from syncd.model.reasons import Reason

_TAKEN = frozenset({"SUCCESS", "PENDING"})


def payment(facts: Facts, order: Order, policy: Policy) -> Payment:
    """TikTok's amount on the one payment it may come from, or a hold."""
    refund = facts.case.latest.refund
    if refund is None:
        stop_hold(Reason.AMOUNT_MISSING)
    if refund.total.currency != order.currency:
        stop_hold(Reason.CURRENCY_MISMATCH, f"TikTok {refund.total}, order {order.name} in {order.currency}")
    sale = _sale(facts, order, policy)
    _enough_left(refund.total, sale, order)
    if not approved(facts.case, Reason.OVER_CEILING):
        _under_ceiling(refund.total, policy)
    return Payment(refund.total, sale.id, sale.gateway, _shipping(refund, order))


def _sale(facts: Facts, order: Order, policy: Policy) -> Transaction:
    sales = payments(order)
    if not sales:
        stop_hold(Reason.NO_PAYMENT, f"order {order.name}")
    for sale in sales:
        if not refundable(sale, policy):
            stop_hold(Reason.REAL_GATEWAY, f"{sale.gateway!r} on order {order.name}")
    return sales[0] if len(sales) == 1 else _buyers_own(facts, sales)


def payments(order: Order) -> list[Transaction]:
    """The money that came in on an order."""
    incoming = {TransactionKind.SALE, TransactionKind.CAPTURE}
    return [t for t in order.transactions if t.kind in incoming and t.status == "SUCCESS"]


def refundable(sale: Transaction, policy: Policy) -> bool:
    """Whether a refund of it moves no money of the buyer's a second time."""
    return sale.manual or sale.gateway.casefold() in policy.allowed_gateways


def _buyers_own(facts: Facts, sales: list[Transaction]) -> Transaction:
    """Of several payments, the one that equals what the buyer paid on TikTok."""
    paid = facts.tiktok_order.total if facts.tiktok_order else None
    equal = [sale for sale in sales if sale.amount == paid]
    if len(equal) != 1:
        stop_hold(Reason.SEVERAL_PAYMENTS, ", ".join(f"{s.amount} by {s.gateway}" for s in sales))
    return equal[0]


def _enough_left(total: Money, sale: Transaction, order: Order) -> None:
    left = min(sale.amount - _refunded(sale, order.transactions), order.net_payment)
    if total > left:
        stop_hold(Reason.OVER_REFUND, f"TikTok {total}, left {left} on order {order.name}")


def _refunded(sale: Transaction, transactions: Iterable[Transaction]) -> Money:
    refunds = (
        t.amount
        for t in transactions
        if t.kind is TransactionKind.REFUND and t.parent_id == sale.id and t.status in _TAKEN
    )
    return sum(refunds, Money.zero(sale.amount.currency))


def _under_ceiling(total: Money, policy: Policy) -> None:
    ceiling = policy.max_refund.get(total.currency)
    day = policy.max_refunded_per_day.get(total.currency)
    if day is not None and total.minor > day:
        stop_hold(Reason.OVER_CEILING, f"{total}, ceiling of a day {Money(day, total.currency)}")
    if ceiling is not None and total.minor > ceiling:
        stop_hold(Reason.OVER_CEILING, f"{total}, ceiling {Money(ceiling, total.currency)}")


def _shipping(refund: RefundAmount, order: Order) -> Money | None:
    """The part of the total that is outbound shipping, never more than is left of it."""
    if refund.shipping is None or refund.shipping.currency != refund.total.currency:
        return None
    shipping = min(refund.shipping, order.shipping_left, refund.total)
    return shipping if shipping.minor > 0 else None
