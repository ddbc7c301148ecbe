"""The short stories in which the program dies: one case each, and how it ends where nobody dies."""

from dataclasses import dataclass

from syncd.model.cases import CancelStatus, ReturnStatus, ReturnType
from syncd.sandbox.pair import Pair, Sold
from syncd.sandbox.shopify.build import OrderLine
from syncd.sandbox.shopify.order import Order
from syncd.sandbox.tiktok.world import SandboxCancellation, SandboxReturn, TikTokSale

APPROVED, SHIPPED = ReturnStatus.AWAITING_BUYER_SHIP, ReturnStatus.BUYER_SHIPPED_ITEM
COMPLETE, WITHDRAWN = ReturnStatus.COMPLETE, ReturnStatus.CANCELLED
CANCELLED = (CancelStatus.COMPLETE,)
Shape = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Plot:
    """The case is opened with the first status of its `way`; the order has two units at 20.00."""

    type: ReturnType
    way: tuple[ReturnStatus, ...]
    total: str = "20.00"
    archived: bool = False
    import_returns: bool = True
    cancellations: bool = False

    def sell(self, pair: Pair) -> Sold:
        """Its order."""
        return pair.sell({"SHIRT": "20.00"}, quantity=2, archived=self.archived)

    def open(self, pair: Pair, sold: Sold) -> SandboxReturn:
        """The case as it begins."""
        return pair.tiktok.add_return(
            sold.tiktok, 1, type=self.type, status=self.way[0], refund_total=self.total
        )

    def advance(self, pair: Pair, case: SandboxReturn, status: ReturnStatus) -> None:
        """The next status; a parcel has its tracking number."""
        if status is SHIPPED:
            pair.tiktok.advance(case, status, tracking_number="940010000000")
        else:
            pair.tiktok.advance(case, status)


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The same for a cancellation, of so many of the two units; `paid`: it is no cash on delivery."""

    units: int = 2
    replenish: bool = True
    paid: bool = True
    archived: bool = False
    import_returns: bool = True
    cancellations: bool = True
    way: tuple[CancelStatus, ...] = CANCELLED

    def sell(self, pair: Pair) -> Sold:
        """Its order, which waits to be shipped."""
        tiktok = pair.tiktok.add_order(
            [TikTokSale("SHIRT", "20.00", quantity=2)],
            status="AWAITING_SHIPMENT",
            cash_on_delivery=not self.paid,
        )
        lines = [OrderLine("SHIRT", 2, 2000, fulfilled=0)]
        return Sold(tiktok, pair.imported(tiktok, lines, paid=self.paid, archived=self.archived))

    def open(self, pair: Pair, sold: Sold) -> SandboxCancellation:
        """The case as it begins."""
        return pair.tiktok.add_cancellation(
            sold.tiktok, self.units, status=self.way[0], replenish=self.replenish
        )

    def advance(self, pair: Pair, case: SandboxCancellation, status: CancelStatus) -> None:
        """The next status."""
        pair.tiktok.advance_cancellation(case, status)


PLOTS: dict[str, Plot | Cancelled] = {
    "refund": Plot(ReturnType.REFUND, (COMPLETE,)),
    "return": Plot(ReturnType.RETURN_AND_REFUND, (APPROVED, SHIPPED, COMPLETE)),
    "unseen-return": Plot(ReturnType.RETURN_AND_REFUND, (COMPLETE,)),
    "withdrawn": Plot(ReturnType.RETURN_AND_REFUND, (APPROVED, WITHDRAWN)),
    "archived": Plot(ReturnType.REFUND, (COMPLETE,), archived=True),
    "archived-return": Plot(ReturnType.RETURN_AND_REFUND, (APPROVED, SHIPPED, COMPLETE), archived=True),
    "amount": Plot(ReturnType.REFUND, (COMPLETE,), total="7.50"),
    "cancelled": Cancelled(),
    "cancelled-part": Cancelled(units=1, archived=True),
    "cancelled-no-stock": Cancelled(replenish=False),
    "cancelled-unpaid": Cancelled(paid=False),
    "plain-return": Plot(ReturnType.RETURN_AND_REFUND, (APPROVED, SHIPPED, COMPLETE), import_returns=False),
}


def shape(pair: Pair, order: Order) -> Shape:
    """What the merchant finds in the end."""
    refunds = sorted(
        (one.total_refunded, [(x.quantity, x.restock_type, x.restocked) for x in one.refund_line_items])
        for one in order.refunds
    )
    returns = [one.status for one in order.returns if one.status != "CANCELED"]
    cancelled = order.cancelled_at is not None
    return refunds, returns, sum(pair.shopify.stock.values()), cancelled, order.closed
