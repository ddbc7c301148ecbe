"""The short stories in which the program dies: one case each, and how it ends where nobody dies."""

from dataclasses import dataclass

from syncd.model.cases import ReturnStatus, ReturnType
from syncd.sandbox.pair import Pair, Sold
from syncd.sandbox.shopify.order import Order
from syncd.sandbox.tiktok.world import SandboxReturn

APPROVED, SHIPPED = ReturnStatus.AWAITING_BUYER_SHIP, ReturnStatus.BUYER_SHIPPED_ITEM
COMPLETE, WITHDRAWN = ReturnStatus.COMPLETE, ReturnStatus.CANCELLED
Shape = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Plot:
    """The case is opened with the first status of its `way`; the order has two units at 20.00."""

    type: ReturnType
    way: tuple[ReturnStatus, ...]
    total: str = "20.00"
    archived: bool = False
    import_returns: bool = True

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


PLOTS = {
    "refund": Plot(ReturnType.REFUND, (COMPLETE,)),
    "return": Plot(ReturnType.RETURN_AND_REFUND, (APPROVED, SHIPPED, COMPLETE)),
    "unseen-return": Plot(ReturnType.RETURN_AND_REFUND, (COMPLETE,)),
    "withdrawn": Plot(ReturnType.RETURN_AND_REFUND, (APPROVED, WITHDRAWN)),
    "archived": Plot(ReturnType.REFUND, (COMPLETE,), archived=True),
    "archived-return": Plot(ReturnType.RETURN_AND_REFUND, (APPROVED, SHIPPED, COMPLETE), archived=True),
    "amount": Plot(ReturnType.REFUND, (COMPLETE,), total="7.50"),
    "plain-return": Plot(ReturnType.RETURN_AND_REFUND, (APPROVED, SHIPPED, COMPLETE), import_returns=False),
}


def shape(pair: Pair, order: Order) -> Shape:
    """What the merchant finds in the end."""
    refunds = sorted(
        (one.total_refunded, [(x.quantity, x.restock_type, x.restocked) for x in one.refund_line_items])
        for one in order.refunds
    )
    returns = [one.status for one in order.returns if one.status != "CANCELED"]
    return refunds, returns, sum(pair.shopify.stock.values()), order.closed
