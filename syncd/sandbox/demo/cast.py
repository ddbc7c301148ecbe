"""The cases of the story, each with its script, its part at TikTok and its Shopify order."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from syncd.model import mark
from syncd.model.cases import CancelType, ReturnStatus, Status
from syncd.model.money import Money
from syncd.sandbox.demo.script import Flag, Scene, Script, Sold
from syncd.sandbox.demo.shelf import bring_over, open_shop, sell
from syncd.sandbox.pair import Pair
from syncd.sandbox.shopify.order import Order
from syncd.sandbox.shopify.records import Refund
from syncd.sandbox.shopify.return_records import Return
from syncd.sandbox.tiktok.world import SandboxCancellation, SandboxOrder, SandboxReturn

_ASKED_BEFORE = timedelta(minutes=10)


@dataclass(slots=True, eq=False)
class Tale:
    """A script on the stage.

    `orders` are its Shopify orders: none, one, or by mistake several. `family` are the tales of its order,
    itself among them, in their order. `case_id` is empty until the buyer asks. `by_others` says who made
    refunds of the order that are not syncd's, by their ids.
    """

    script: Script
    sold: SandboxOrder
    orders: tuple[Order, ...]
    family: list["Tale"] = field(repr=False)
    case_id: str = ""
    by_others: dict[str, str] = field(default_factory=dict)

    @property
    def pays(self) -> Money | None:
        """What TikTok pays back in the end; None where it gives no amount."""
        return Money.parse(self.script.pays, self.sold.currency) if self.script.pays else None

    @property
    def cancels(self) -> bool:
        """Whether it is a cancellation."""
        return isinstance(self.script.type, CancelType)

    @property
    def skus(self) -> tuple[str, ...]:
        """The SKUs whose stock tells of this case: every order has its own, the last case of it has them."""
        return self.script.sold.skus if self is self.family[-1] else ()

    @property
    def parcel(self) -> str:
        """The number of the parcel that the buyer sends; empty where none is sent."""
        sent = ReturnStatus.BUYER_SHIPPED_ITEM in self.script.steps.values()
        return f"94{self.case_id[-7:-2]}" if sent and self.case_id else ""

    def now(self, pair: Pair) -> SandboxReturn | SandboxCancellation | None:
        """The case as TikTok has it now; None before the buyer has asked."""
        return pair.tiktok.case(self.case_id) if self.case_id else None

    def returns(self) -> list[Return]:
        """The order's returns, but those that are marked as another case's."""
        return [one for order in self.orders for one in order.returns if self._mine(_case_of(one))]

    def refunds(self) -> Iterator[tuple[Refund, str]]:
        """The order's refunds of money, but those of another case, and who made each: empty for syncd."""
        for refund in (one for order in self.orders for one in order.refunds):
            marked = _case_of(refund.return_) if refund.return_ else mark.case_in(refund.note)
            if refund.total_refunded and self._mine(marked):
                yield refund, self.by_others.get(refund.id, "")

    def _mine(self, marked: str | None) -> bool:
        return all(one is self or one.case_id != marked for one in self.family)

    def step(self, pair: Pair, scene: Scene) -> None:
        """What TikTok says of the case from this scene on, and what else happens in it."""
        status = self.script.steps.get(scene)
        if status and self.case_id:
            self._advance(pair, status)
        elif status:
            self.case_id = self._open(pair, status, scene)
        if scene is Scene.MOVING:
            self._meanwhile(pair)

    def _open(self, pair: Pair, status: Status | str, scene: Scene) -> str:
        script = self.script
        if Flag.EDITED in script.flags:
            before = pair.tiktok.returns.latest(self.family[0].case_id)
            return pair.tiktok.edit(before, script.units).return_id
        if self.cancels:
            return pair.tiktok.add_cancellation(
                self.sold,
                script.units,
                type=str(script.type),
                status=str(status),
                refund_total=script.pays or None,
                shipping=script.shipping,
                tax=script.tax,
                amount=bool(script.pays),
            ).cancel_id
        return pair.tiktok.add_return(
            self.sold,
            script.units,
            type=str(script.type),
            status=status,
            refund_total=script.pays,
            shipping=script.shipping,
            tax=script.tax,
            created_at=_before_the_start(pair) if scene is Scene.ASKED else None,
            quick_refund=script.quick_refund,
            keep_item=script.keep_item,
            reason=script.grounds.code,
            reason_text=script.grounds.text,
        ).return_id

    def _advance(self, pair: Pair, status: Status | str) -> None:
        case = pair.tiktok.case(self.case_id)
        if isinstance(case, SandboxCancellation):
            pair.tiktok.advance_cancellation(case, str(status))
        elif status == ReturnStatus.BUYER_SHIPPED_ITEM:
            pair.tiktok.advance(case, status, tracking_number=self.parcel)
        else:
            pair.tiktok.advance(case, status)

    def _meanwhile(self, pair: Pair) -> None:
        flags, sold = self.script.flags, self.script.sold
        for order in self.orders:
            if Flag.REFUNDED_BY_HAND in flags and self.pays:
                refund = pair.shopify.foreign_refund(order, amount=self.pays.minor, note="Sent back by Kim")
                self.by_others[refund.id] = "staff"
            if Flag.CANCELLED_BY_CONNECTOR in flags:
                pair.shopify.foreign_cancel(order, restock=False)
                self.by_others.update({one.id: "connector" for one in order.refunds})
            if Flag.SHIPPED_MEANWHILE in flags:
                pair.shopify.ship(order, **{sold.sku: sold.quantity})


def _before_the_start(pair: Pair) -> datetime:
    return pair.clock.now().replace(microsecond=0) - _ASKED_BEFORE


def _case_of(return_: Return) -> str | None:
    return next((mark.case_in(line.return_reason_note) for line in return_.return_line_items), None)


def assemble(pair: Pair, scripts: Sequence[Script]) -> list[Tale]:
    """Sell everything and import it; nobody has asked for anything yet."""
    closed = open_shop(pair)
    families: defaultdict[str, list[Tale]] = defaultdict(list)
    sales: dict[str, tuple[SandboxOrder, tuple[Order, ...]]] = {}
    tales: list[Tale] = []
    for script in scripts:
        sold: Sold = script.sold
        if sold.sku not in sales:
            order = sell(pair, sold)
            sales[sold.sku] = order, bring_over(pair, sold, order, closed)
        family = families[sold.sku]
        family.append(Tale(script, *sales[sold.sku], family))
        tales.append(family[-1])
    return tales
