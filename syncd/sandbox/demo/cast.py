"""Puts the scripts into the two stand-ins."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from syncd.model.money import Money
from syncd.sandbox.demo.script import Flag, Scene, Script, Sold
from syncd.sandbox.pair import Pair
from syncd.sandbox.shopify.build import OrderLine
from syncd.sandbox.shopify.order import Order
from syncd.sandbox.tiktok.world import SandboxOrder, SandboxReturn, TikTokSale

_SOLD_BEFORE = timedelta(days=6)
_ASKED_BEFORE = timedelta(minutes=10)
_DOLLARS_FOR_A_DONG = Decimal("0.000039")


@dataclass(frozen=True, slots=True)
class Tale:
    """A script on the stage: its case at TikTok, and its Shopify order where that was imported."""

    script: Script
    case: SandboxReturn
    order: Order | None

    @property
    def pays(self) -> Money:
        """What TikTok pays back in the end."""
        return Money.parse(self.script.pays, self.script.sold.currency)

    def now(self, pair: Pair) -> SandboxReturn:
        """The case as TikTok has it now."""
        return pair.tiktok.returns.latest(self.case.return_id)

    def step(self, pair: Pair, scene: Scene) -> None:
        """What TikTok says of the case from this scene on."""
        if status := self.script.steps.get(scene):
            pair.tiktok.advance(self.case, status)
        by_hand = scene is Scene.MOVING and Flag.REFUNDED_BY_HAND in self.script.flags
        if by_hand and self.order:
            pair.shopify.foreign_refund(self.order, amount=self.pays.minor, note="Sent back by Kim")


def assemble(pair: Pair, scripts: Sequence[Script]) -> list[Tale]:
    """Sell everything, import it, and let the buyers ask."""
    pair.shopify.set_rate("VND", _DOLLARS_FOR_A_DONG)
    return [_tale(pair, script) for script in scripts]


def _tale(pair: Pair, script: Script) -> Tale:
    order = _sold(pair, script.sold)
    case = pair.tiktok.add_return(
        order,
        type=script.type,
        status=script.asked,
        refund_total=script.pays,
        shipping=script.shipping,
        tax=script.tax,
        created_at=pair.clock.now().replace(microsecond=0) - _ASKED_BEFORE,
        quick_refund=script.quick_refund,
        keep_item=script.keep_item,
    )
    return Tale(script, case, _imported(pair, script.sold, order) if script.sold.imported else None)


def _sold(pair: Pair, sold: Sold) -> SandboxOrder:
    sale = TikTokSale(
        sold.sku,
        sold.price,
        quantity=sold.quantity,
        platform_discount=sold.platform_discount,
        seller_discount=sold.seller_discount,
    )
    return pair.tiktok.add_order(
        [sale],
        shipping=sold.shipping,
        tax="0" if sold.tax_inside else sold.tax,
        currency=sold.currency,
        status="DELIVERED",
        fulfillment_type="FULFILLMENT_BY_TIKTOK" if sold.fulfilled_by_tiktok else "FULFILLMENT_BY_SELLER",
        created_at=pair.clock.now().replace(microsecond=0) - _SOLD_BEFORE,
    )


def _imported(pair: Pair, sold: Sold, order: SandboxOrder) -> Order:
    def minor(amount: str) -> int:
        return Money.parse(amount, sold.currency).minor

    discount = minor(sold.platform_discount) + minor(sold.seller_discount)
    line = OrderLine(
        sold.sku,
        sold.quantity,
        price=minor(sold.price) + discount,
        discount=discount * sold.quantity,
        tax=minor(sold.tax),
    )
    return pair.imported(
        order,
        [line],
        currency=sold.currency,
        shipping=minor(sold.shipping),
        created_at=order.created_at,
        taxes_included=sold.tax_inside,
        gateway=sold.real_gateway or "TikTok Shop",
        manual_gateway=not sold.real_gateway,
    )
