"""The orders of a world: on TikTok from the start, on Shopify as soon as they are imported."""

from collections import defaultdict
from dataclasses import dataclass, field
from random import Random

from syncd.model.money import Money
from syncd.model.reasons import Reason
from syncd.sandbox.shopify.build import OrderLine, OrderOptions
from syncd.sandbox.shopify.order import Order
from syncd.sandbox.tiktok.world import SandboxCancellation, SandboxOrder, SandboxReturn, TikTokSale
from tests.campaign.engine.setup import HOUR
from tests.campaign.engine.stage import Stage

PRICES = {"USD": (150, 9999), "VND": (10_000, 2_500_000), "KWD": (1_000, 60_000)}
SKUS = ("SHIRT", "SHOES", "HAT")


@dataclass
class Sold:
    """An order on both sides. `free` are TikTok's ids of units that are in no case yet."""

    tiktok: SandboxOrder
    free: list[str]
    shipping: int
    shopify: Order | None = None
    unshipped: bool = False
    excuses: dict[Reason, str] = field(default_factory=dict)


class Cast:
    """Draws the orders. `excuses` are kept by case."""

    def __init__(self, stage: Stage, chance: Random) -> None:
        self.stage = stage
        self.chance = chance
        self.sold: list[Sold] = []
        self.excuses: dict[str, dict[Reason, str]] = defaultdict(dict)

    def sell(self) -> Sold:
        """One more order."""
        chance = self.chance
        currency = chance.choice(("USD", "USD", "VND", "KWD"))
        lines = {sku: chance.randint(1, 3) for sku in chance.sample(SKUS, chance.choice((1, 1, 2, 3)))}
        prices = {sku: chance.randint(*PRICES[currency]) for sku in lines}
        how = chance.choice(("shipped",) * 6 + ("unshipped", "partly", "lagging"))
        shipped = {sku: self._shipped(how, quantity) for sku, quantity in lines.items()}
        shipping = chance.choice((0, PRICES[currency][0]))
        tiktok = self.stage.pair.tiktok.add_order(
            [
                TikTokSale(
                    sku, Money(prices[sku], currency).amount, status=_status(number < shipped[sku], how)
                )
                for sku, quantity in lines.items()
                for number in range(quantity)
            ],
            shipping=Money(shipping, currency).amount,
            currency=currency,
            status="AWAITING_SHIPMENT" if how == "unshipped" else "DELIVERED",
            fulfillment_type=chance.choice(("FULFILLMENT_BY_SELLER",) * 5 + ("FULFILLMENT_BY_TIKTOK",)),
        )
        sold = Sold(tiktok, list(tiktok.line_ids), shipping, unshipped=how in {"unshipped", "partly"})
        if sold.unshipped:
            sold.excuses[Reason.NOT_FULFILLED] = "units were never shipped"
        fulfilled = dict.fromkeys(lines, 0) if how == "lagging" else shipped
        placed = [OrderLine(sku, lines[sku], prices[sku], fulfilled=fulfilled[sku]) for sku in lines]
        self._import(sold, placed, shipping, ships_later=how == "lagging")
        self.sold.append(sold)
        return sold

    def _shipped(self, how: str, quantity: int) -> int:
        match how:
            case "unshipped":
                return 0
            case "partly":
                return self.chance.randint(0, quantity)
            case _:
                return quantity

    def _import(self, sold: Sold, lines: list[OrderLine], shipping: int, *, ships_later: bool) -> None:
        """The connector brings the order to Shopify, mostly at once."""
        chance, stage = self.chance, self.stage
        options = self._options(sold.tiktok)
        options |= OrderOptions(
            currency=sold.tiktok.currency, shipping=shipping, archived=chance.random() < 0.2
        )
        if chance.random() < 0.04:
            options |= OrderOptions(manual_gateway=False, gateway="stripe")
            sold.excuses[Reason.REAL_GATEWAY] = "it was paid through a real gateway"
        elif chance.random() < 0.04:
            options |= OrderOptions(paid=False)
            sold.excuses[Reason.NO_PAYMENT] = "it is not paid on Shopify"
        delay = chance.choice((0.0,) * 5 + (chance.uniform(0, 5 * HOUR),))

        def come() -> None:
            sold.shopify = stage.pair.imported(sold.tiktok, lines, **options)
            stage.oracle.orders[sold.tiktok.order_id] = sold.shopify
            stage.story.tell("world", f"{sold.shopify.name} is imported for {sold.tiktok.order_id}")

        stage.schedule.at(delay, come)
        if ships_later:
            units = {one.sku: one.quantity for one in lines}
            stage.schedule.at(delay + chance.uniform(0, 6 * HOUR), lambda: self._ship(sold, units))

    def _ship(self, sold: Sold, units: dict[str, int]) -> None:
        if sold.shopify:
            self.stage.pair.shopify.ship(sold.shopify, **units)
            self.stage.story.tell("world", f"{sold.shopify.name} is shipped on Shopify too")

    def _options(self, tiktok: SandboxOrder) -> OrderOptions:
        """Where the connector keeps TikTok's id."""
        where = self.chance.choice(("tag", "tag", "tag", "name", "source", "note", "attribute"))
        if where == "name":
            return OrderOptions(name=f"#{tiktok.order_id}")
        if where == "source":
            return OrderOptions(source_identifier=tiktok.order_id)
        if where == "note":
            return OrderOptions(note=f"TikTok Shop order {tiktok.order_id}")
        if where == "attribute":
            return OrderOptions(custom_attributes={"TikTok order": tiktok.order_id})
        return OrderOptions(tiktok_order_id=tiktok.order_id)

    def excuse(self, case_id: str, why: str, *reasons: Reason) -> None:
        """Let the case be in a person's hands for these reasons."""
        self.excuses[case_id] |= dict.fromkeys(reasons, why)

    def excuse_order(self, sold: Sold, why: str, *reasons: Reason) -> None:
        """The same for every case of an order."""
        sold.excuses |= dict.fromkeys(reasons, why)

    def all_excuses(self) -> dict[str, dict[Reason, str]]:
        """By case, with those of their orders, and with what the merchant does not allow."""
        by_order = {sold.tiktok.order_id: sold.excuses for sold in self.sold}
        return {
            one.id: by_order[one.order.order_id] | self.excuses[one.id] | self._by_amount(one)
            for one in self.stage.pair.tiktok.cases_at(self.stage.clock.now())
        }

    def _by_amount(self, case: SandboxReturn | SandboxCancellation) -> dict[Reason, str]:
        if case.paid is None:
            return {}
        currency = case.order.currency
        amount = Money.parse(case.paid.total, currency).minor
        most = self.stage.oracle.limits.max_refund.get(currency)
        if not amount:
            return {Reason.RETURN_WITHOUT_MONEY: "nothing is paid back for the return"}
        return {Reason.OVER_CEILING: "it is above the merchant's ceiling"} if most and amount > most else {}


def _status(shipped: bool, how: str) -> str:
    if how != "partly":
        return ""
    return "DELIVERED" if shipped else "AWAITING_SHIPMENT"
