"""The cancellations of a world: of orders that wait to be shipped, in whole or in part."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from random import Random

from syncd.model.cases import CancelStatus, CancelType
from syncd.model.money import Money
from syncd.model.reasons import Reason
from syncd.sandbox.shopify.build import OrderLine, OrderOptions
from syncd.sandbox.shopify.problems import Refused
from syncd.sandbox.tiktok.world import Paid, SandboxCancellation, TikTokSale
from tests.campaign.engine.cast import PRICES, SKUS, Cast, Sold
from tests.campaign.engine.setup import HOUR

S = CancelStatus
CHANGED, CONNECTOR, SHIPPED = "changed", "connector", "shipped"
_WAYS: tuple[tuple[str, ...], ...] = (
    (S.COMPLETE,),
    (S.COMPLETE,),
    (S.SUCCESS, S.COMPLETE),
    (S.SUCCESS, S.COMPLETE),
    (S.CANCELLED,),
    (S.COMPLETE, CHANGED),
    (CONNECTOR, S.COMPLETE),
    (S.COMPLETE, CONNECTOR),
    (SHIPPED, S.COMPLETE),
    (S.SUCCESS,),
)
_AFTER_A_CONNECTOR = (
    Reason.ALREADY_CANCELLED,
    Reason.CANCELLED_NOT_REFUNDED,
    Reason.FOREIGN_REFUND,
    Reason.DOUBLED,
    Reason.OVER_REFUND,
    Reason.UNITS_GONE,
    Reason.REFUSED_BY_SHOPIFY,
)
_AFTER_SHIPPING = (Reason.SHIPPED_MEANWHILE, Reason.REFUSED_BY_SHOPIFY)


@dataclass
class Cancelling:
    """Draws them. Their orders are in no other case."""

    cast: Cast
    chance: Random

    def begin(self, at: float) -> None:
        """An order of which something is cancelled at that time, perhaps in two parts."""
        chance, on_delivery = self.chance, self.chance.random() < 0.25
        sold = self._sell(on_delivery=on_delivery)
        units = list(sold.tiktok.line_ids)
        cut = chance.randint(1, len(units)) if chance.random() < 0.5 else len(units)
        parts = [units[:cut], units[cut:]] if chance.random() < 0.5 else [units[:cut]]
        for number, part in enumerate(filter(None, parts)):
            opening = partial(self._open, sold, part, whole=len(part) == len(units))
            self.cast.stage.schedule.at(at + number * HOUR, opening)

    def _sell(self, *, on_delivery: bool) -> Sold:
        """An order that waits to be shipped on both sides."""
        chance, cast = self.chance, self.cast
        currency = chance.choice(("USD", "VND"))
        lines = {sku: chance.randint(1, 2) for sku in chance.sample(SKUS, chance.choice((1, 2)))}
        prices = {sku: chance.randint(*PRICES[currency]) for sku in lines}
        shipping = chance.choice((0, PRICES[currency][0]))
        tiktok = cast.stage.pair.tiktok.add_order(
            [
                TikTokSale(sku, Money(prices[sku], currency).amount, quantity=quantity)
                for sku, quantity in lines.items()
            ],
            shipping=Money(shipping, currency).amount,
            currency=currency,
            status="AWAITING_SHIPMENT",
            cash_on_delivery=on_delivery,
        )
        sold = Sold(tiktok, [], shipping, unshipped=True)
        placed = [OrderLine(sku, lines[sku], prices[sku], fulfilled=0) for sku in lines]
        options = OrderOptions(
            tiktok_order_id=tiktok.order_id,
            currency=currency,
            shipping=shipping,
            archived=chance.random() < 0.2,
            paid=not on_delivery,
        )

        def come() -> None:
            sold.shopify = cast.stage.pair.imported(tiktok, placed, **options)
            cast.stage.oracle.orders[tiktok.order_id] = sold.shopify
            cast.stage.story.tell("world", f"{sold.shopify.name} is imported for {tiktok.order_id}")

        cast.stage.schedule.at(chance.choice((0.0, 0.0, 3 * HOUR)), come)
        cast.sold.append(sold)
        return sold

    def _open(self, sold: Sold, units: Sequence[str], *, whole: bool) -> None:
        chance, stage = self.chance, self.cast.stage
        replenish = chance.choice((True, True, True, None, False))
        shipping = sold.tiktok.shipping if whole else "0"
        case = stage.pair.tiktok.add_cancellation(
            sold.tiktok,
            units,
            type=chance.choice((CancelType.CANCEL, CancelType.BUYER_CANCEL)),
            shipping=shipping,
            replenish=replenish,
        )
        stage.story.tell("tiktok", f"{case.cancel_id} is opened", order=sold.tiktok.order_id, paid=case.paid)
        if not whole and (replenish is False or sold.tiktok.cash_on_delivery):
            self.cast.excuse(case.cancel_id, "a part without money or stock", Reason.PART_CANCELLED)
        at = stage.now
        for step in chance.choice(_WAYS):
            at += chance.choice((0.0, 60.0, chance.expovariate(1 / HOUR)))
            stage.schedule.at(at, partial(self._go, sold, case, step))

    def _go(self, sold: Sold, case: SandboxCancellation, step: str) -> None:
        stage, tiktok = self.cast.stage, self.cast.stage.pair.tiktok
        if step == CONNECTOR:
            self._by_a_connector(sold)
        elif step == SHIPPED:
            self._ship(sold)
        elif step == CHANGED:
            paid = Paid(Money(self.chance.randint(1, 99), sold.tiktok.currency).amount)
            tiktok.advance_cancellation(case, S.COMPLETE, paid=paid)
            reasons = (Reason.CHANGED_AFTER_WRITE, Reason.REFUND_DIFFERS)
            self.cast.excuse(case.cancel_id, "TikTok changed the amount afterwards", *reasons)
        else:
            tiktok.advance_cancellation(case, step)
        stage.story.tell("tiktok", f"{case.cancel_id} {step}")

    def _by_a_connector(self, sold: Sold) -> None:
        """It cancels the order, with its money, or without."""
        if sold.shopify is None or sold.shopify.cancelled_at:
            return
        refund = not sold.tiktok.cash_on_delivery and self.chance.random() < 0.7
        try:
            self.cast.stage.pair.shopify.foreign_cancel(sold.shopify, refund=refund)
        except Refused:
            return
        self.cast.excuse_order(sold, "a connector has cancelled the order", *_AFTER_A_CONNECTOR)

    def _ship(self, sold: Sold) -> None:
        order = sold.shopify
        if order is None or order.cancelled_at:
            return
        left = {one.sku or "": one.unfulfilled_quantity for one in order.line_items}
        self.cast.stage.pair.shopify.ship(order, **{sku: count for sku, count in left.items() if count})
        self.cast.excuse_order(sold, "it was shipped on Shopify meanwhile", *_AFTER_SHIPPING)
