"""The short stories in which the program dies: one case each, and how it ends where nobody dies."""

from dataclasses import dataclass

from syncd.model.cases import CancelStatus, ReturnStatus, ReturnType, State
from syncd.sandbox.pair import Pair, Sold
from syncd.sandbox.shopify import returns
from syncd.sandbox.shopify.build import OrderLine
from syncd.sandbox.shopify.order import Order
from syncd.sandbox.tiktok.world import SandboxCancellation, SandboxReturn, TikTokSale
from syncd.service.decisions import Command
from tests.campaign.engine.installation import Installation

APPROVED, SHIPPED = ReturnStatus.AWAITING_BUYER_SHIP, ReturnStatus.BUYER_SHIPPED_ITEM
COMPLETE, WITHDRAWN = ReturnStatus.COMPLETE, ReturnStatus.CANCELLED
CANCELLED = (CancelStatus.COMPLETE,)
Shape = tuple[object, ...]


class Unwatched:
    """A plot in which people have nothing to do."""

    def inspect(self, program: Installation, sold: Sold) -> None:
        """What people do afterwards, again and again."""

    def over(self, sold: Sold) -> bool:  # noqa: ARG002 - other plots look at it
        """Whether people have nothing left to do."""
        return True


@dataclass(frozen=True, slots=True)
class Plot(Unwatched):
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


class Inspected(Plot):
    """Two units wait; staff close the return by mistake, then one unit is as new and the other one broken."""

    def open(self, pair: Pair, sold: Sold) -> SandboxReturn:
        """Both units come back, and nothing proves that they do."""
        return pair.tiktok.add_return(sold.tiktok, type=self.type, status=self.way[0], quick_refund=True)

    def inspect(self, program: Installation, sold: Sold) -> None:
        """Kim decides about what the program says is waiting."""
        cases = [case for case in program.cases().values() if case.state is State.SYNCED]
        for case in cases:
            waiting = 0 if case.inspected else case.waiting_units.get("SHIRT", 0)
            if waiting == len(case.latest.lines):
                returns.close(program.stage.pair.shopify.world, sold.shopify.returns[-1])
                program.ask(case, Command.RESTOCK, '{"SHIRT": 1}')
            elif waiting:
                program.ask(case, Command.NOT_RESTOCK)

    def over(self, sold: Sold) -> bool:
        """Whether both units are decided about."""
        lines = [
            x for one in sold.shopify.returns for r in one.reverse_fulfillment_orders for x in r.line_items
        ]
        return bool(lines) and not any(line.undisposed for line in lines)


@dataclass(frozen=True, slots=True)
class Cancelled(Unwatched):
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
    "inspected": Inspected(ReturnType.RETURN_AND_REFUND, (COMPLETE,), total="40.00"),
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
    left = [one.status for one in order.returns if one.status != "CANCELED"]
    cancelled = order.cancelled_at is not None
    return refunds, left, sum(pair.shopify.stock.values()), cancelled, order.closed
