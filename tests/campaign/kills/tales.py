"""What happens on TikTok in one world, and what must be in Shopify in the end."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from syncd.model.cases import CancelStatus, ReturnStatus, ReturnType, State
from syncd.model.money import Money
from syncd.sandbox.pair import Pair, Sold
from syncd.sandbox.tiktok.world import SandboxCancellation, SandboxReturn

REFUND, GOODS = ReturnType.REFUND, ReturnType.RETURN_AND_REFUND
APPROVED, SHIPPED = ReturnStatus.AWAITING_BUYER_SHIP, ReturnStatus.BUYER_SHIPPED_ITEM
COMPLETE, WITHDRAWN = ReturnStatus.COMPLETE, ReturnStatus.CANCELLED
CANCELLED = CancelStatus.COMPLETE


@dataclass(frozen=True, slots=True)
class Plot:
    """One kind of case: its way on TikTok, and what must become of it.

    `left` is the state of the one Shopify return that must be left, but for cancelled ones. `archived`: its
    order was archived before, and must be so again. `same_order`: it is about another unit of that order.
    Without a type it is a cancellation, of a whole order of two units where that is `cancelled` in the end.
    """

    name: str
    type: ReturnType | None
    way: tuple[ReturnStatus | CancelStatus, ...]
    state: State = State.SYNCED
    total: str | None = None
    tracking: str = ""
    archived: bool = False
    same_order: bool = False
    left: str = ""
    restocked: int = 0
    cancelled: bool = False

    @property
    def paid_back(self) -> bool:
        """Whether TikTok pays in the end."""
        return self.way[-1] in (COMPLETE, CANCELLED)


PLOTS = (
    Plot("a refund", REFUND, (COMPLETE,)),
    Plot("a second unit of that order", REFUND, (COMPLETE,), same_order=True),
    Plot("an amount", REFUND, (COMPLETE,), total="3.50"),
    Plot(
        "a return that is shown first",
        GOODS,
        (APPROVED, SHIPPED, COMPLETE),
        tracking="1Z999",
        left="CLOSED",
        restocked=1,
    ),
    Plot("a return with no proof", GOODS, (APPROVED, COMPLETE), left="OPEN"),
    Plot("a return that is withdrawn", GOODS, (APPROVED, WITHDRAWN), State.SKIPPED),
    Plot("a refund on an archived order", REFUND, (COMPLETE,), archived=True),
    Plot(
        "a return on an archived order",
        GOODS,
        (COMPLETE,),
        tracking="1Z998",
        archived=True,
        left="CLOSED",
        restocked=1,
    ),
    Plot("a cancelled order", None, (CancelStatus.PENDING, CANCELLED), restocked=2, cancelled=True),
    Plot("a cancelled unit", None, (CANCELLED,), restocked=1),
)


@dataclass(slots=True)
class Tale:
    """One case of a plot. `at` is how far it has come on TikTok."""

    plot: Plot
    sold: Sold
    case: SandboxReturn | SandboxCancellation
    at: int = 0

    @property
    def case_id(self) -> str:
        """TikTok's id of the case."""
        return self.case.id

    @property
    def over(self) -> bool:
        """Whether nothing more happens on TikTok."""
        return self.at == len(self.plot.way) - 1

    @property
    def due(self) -> int:
        """The minor units that must be refunded in the end."""
        paid = self.case.paid
        return Money.parse(paid.total, "USD").minor if paid and self.plot.paid_back else 0


@dataclass(slots=True)
class Tales:
    """All cases of a world; what happens next is drawn from its seed."""

    pair: Pair
    chance: Random
    told: list[Tale] = field(default_factory=list)
    _untold: list[Plot] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Every plot once, in an order of its own; what is about the same order stays together."""
        first, second, *rest = PLOTS
        groups = [[first, second], *([plot] for plot in rest)]
        self.chance.shuffle(groups)
        self._untold = [plot for group in groups for plot in group]

    def go_on(self) -> None:
        """Let one to three things happen."""
        for _ in range(self.chance.randint(1, 3)):
            waiting = [tale for tale in self.told if not tale.over]
            if self._untold and (not waiting or self.chance.random() < 0.6):
                self._begin(self._untold.pop(0))
            elif waiting:
                self._advance(self.chance.choice(waiting))

    def begin(self) -> None:
        """Let every tale begin that has not begun yet."""
        while self._untold:
            self._begin(self._untold.pop(0))

    def end(self) -> None:
        """Let everything happen that is still to come."""
        self.begin()
        for tale in self.told:
            while not tale.over:
                self._advance(tale)

    def _begin(self, plot: Plot) -> None:
        sold = self._order(plot)
        if plot.type is None:
            units = 2 if plot.cancelled else 1
            cancelled = self.pair.tiktok.add_cancellation(sold.tiktok, units, status=plot.way[0])
            self.told.append(Tale(plot, sold, cancelled))
            return
        case = self.pair.tiktok.add_return(
            sold.tiktok,
            (sold.tiktok.line_ids[1 if plot.same_order else 0],),
            type=plot.type,
            status=plot.way[0],
            refund_total=plot.total,
            tracking_number=plot.tracking if plot.way[0] is COMPLETE else "",
        )
        self.told.append(Tale(plot, sold, case))

    def _order(self, plot: Plot) -> Sold:
        if plot.same_order:
            return self.told[-1].sold
        if plot.type is None:
            return self.pair.sell({"A": "20.00"}, quantity=2, fulfilled=False, status="AWAITING_SHIPMENT")
        units = 2 if plot.type is REFUND else 1
        return self.pair.sell({"A": "20.00"}, quantity=units, archived=plot.archived)

    def _advance(self, tale: Tale) -> None:
        tale.at += 1
        status = tale.plot.way[tale.at]
        if isinstance(tale.case, SandboxCancellation):
            tale.case = self.pair.tiktok.advance_cancellation(tale.case, status)
            return
        tracking = tale.plot.tracking if status in (SHIPPED, COMPLETE) else ""
        tale.case = self.pair.tiktok.advance(tale.case, status, tracking_number=tracking)


def wrong(tales: Tales, *, store_lost: bool) -> Iterator[str]:
    """Every difference between Shopify and what the tales demand, seen without any mark of ours.

    After `store_lost` nobody can know which orders were archived.
    """
    for order in tales.pair.shopify.orders:
        mine = [tale for tale in tales.told if tale.sold.shopify is order]
        name = f"{order.name} ({mine[0].plot.name})"
        due = sorted(tale.due for tale in mine if tale.due)
        made = sorted(refund.total_refunded for refund in order.refunds)
        if due != made:
            yield f"{name}: refunds {made}, due are {due}"
        left = [one.status for one in order.returns if one.status != "CANCELED"]
        wanted = [tale.plot.left for tale in mine if tale.plot.left]
        if left != wanted:
            yield f"{name}: returns {left}, due are {wanted}"
        cancelled = mine[0].plot.cancelled
        if (order.cancelled_at is not None) != cancelled:
            yield f"{name}: cancelled {order.cancelled_at}"
        if not store_lost and (order.closed_at is not None) != (mine[0].plot.archived or cancelled):
            yield f"{name}: archived {order.closed_at}"
    stock, back = sum(tales.pair.shopify.stock.values()), sum(tale.plot.restocked for tale in tales.told)
    if stock != back:
        yield f"{stock} units in stock, {back} are due"
