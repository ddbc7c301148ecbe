"""How an order, its units and their places come to hold a case."""

from datetime import timedelta

from syncd.model.cases import ReturnStatus
from syncd.model.reasons import Reason
from syncd.sandbox.pair import Sold
from syncd.sandbox.shopify.access import ALL_SCOPES
from syncd.sandbox.shopify.build import OrderLine, Sale
from syncd.sandbox.tiktok.world import TikTokSale
from tests.sync.world import MINUTES, World

LINES = [OrderLine("SHIRT", 1, 2000)]
DAYS = 24 * 60 * MINUTES
OLD = timedelta(days=61)


def unlike(world: World, *lines: OrderLine, currency: str = "USD") -> Sold:
    """A shirt on TikTok, something else on the order that was imported."""
    sold = world.pair.sell({"SHIRT": "20.00"}, tags=("x",))
    world.pair.imported(sold.tiktok, lines, currency=currency)
    return sold


async def never_imported(world: World) -> None:
    """The connector has left it out, and three days have passed."""
    world.refund(world.pair.sell({"SHIRT": "20.00"}, tags=("other",)))
    await world.cycle()
    world.clock.advance(4 * DAYS)


async def imported_twice(world: World) -> None:
    """Two connectors were at work."""
    sold = world.pair.sell({"SHIRT": "20.00"})
    world.pair.imported(sold.tiktok, LINES)
    world.refund(sold)


async def deleted(world: World) -> None:
    """The order was found, and then somebody deleted it."""
    sold = world.pair.sell({"SHIRT": "20.00"})
    case = world.return_(ReturnStatus.AWAITING_BUYER_SHIP, sold)
    await world.cycle()
    del world.pair.shopify.world.orders[sold.shopify.id]
    world.pair.shopify.world._objects.pop(sold.shopify.id)
    world.clock.advance(1 * MINUTES)
    world.pair.tiktok.advance(case, ReturnStatus.COMPLETE)


async def older_than_shown(world: World) -> None:
    """Our app lacks the scope."""
    world.pair.shopify.tokens.scopes = ALL_SCOPES - {"read_all_orders"}
    at = world.clock.now() - OLD
    tiktok = world.pair.tiktok.add_order([TikTokSale("SHIRT", "20.00")], created_at=at, status="DELIVERED")
    world.refund(Sold(tiktok, world.pair.imported(tiktok, LINES, created_at=at)))


async def unfilterable_metafield(world: World) -> None:
    """Nobody made it searchable."""
    world.tables["match"] = {"order_by": ["metafield"], "metafield": "custom.tiktok_order_id"}
    world.refund()


async def other_sku(world: World) -> None:
    """The unit is called otherwise in Shopify."""
    world.refund(unlike(world, OrderLine("TEE", 1, 2000)))


async def two_prices(world: World) -> None:
    """The SKU stands on two lines."""
    world.refund(unlike(world, OrderLine("SHIRT", 1, 2000), OrderLine("SHIRT", 1, 1800)))


async def refunded_earlier(world: World) -> None:
    """Staff took the unit off the order before the buyer sent it back."""
    sold = world.pair.sell({"SHIRT": "20.00"})
    world.pair.shopify.foreign_refund(sold.shopify, units={"SHIRT": 1})
    world.clock.advance(1 * MINUTES)
    world.return_(sold=sold)


async def not_shipped_in_shopify(world: World) -> None:
    """Goods came back that Shopify never shipped."""
    world.return_(sold=world.pair.sell({"SHIRT": "20.00"}, fulfilled=False))


async def asked_twice(world: World) -> None:
    """A second request for a unit that is on its way back already."""
    sold = world.pair.sell({"SHIRT": "20.00"})
    world.return_(ReturnStatus.AWAITING_BUYER_SHIP, sold)
    await world.cycle()
    world.clock.advance(1 * MINUTES)
    world.return_(ReturnStatus.AWAITING_BUYER_SHIP, sold)


async def no_such_location(world: World) -> None:
    """It is misspelt in the config."""
    world.tables["restock"] = {"location": "Warehuose"}
    world.return_()


async def two_of_a_name(world: World) -> None:
    """The configured name is that of two locations."""
    world.pair.shopify.add_location("Warehouse")
    world.tables["restock"] = {"location": "Warehouse"}
    world.return_()


async def unpaid(world: World) -> None:
    """Nobody marked it as paid."""
    world.refund(world.pair.sell({"SHIRT": "20.00"}, paid=False))


async def real_gateway(world: World) -> None:
    """A card was charged."""
    world.refund(world.pair.sell({"SHIRT": "20.00"}, gateway="shopify_payments", manual_gateway=False))


async def several_payments(world: World) -> None:
    """None of them equals what the buyer paid."""
    world.refund(world.pair.sell({"SHIRT": "20.00"}, sales=(Sale(1500), Sale(1500))))


async def other_currency(world: World) -> None:
    """TikTok paid dollars, the order is in euros."""
    world.refund(unlike(world, *LINES, currency="EUR"))


async def too_small(world: World) -> None:
    """The order is worth less than TikTok paid back."""
    world.refund(world.pair.sell({"SHIRT": "10.00"}), total="20.00")


async def too_large(world: World) -> None:
    """More payments than are read."""
    world.refund(world.pair.sell({"SHIRT": "20.00"}, sales=[Sale(100)] * 60))


SCENARIOS = {
    Reason.ORDER_NOT_FOUND: never_imported,
    Reason.ORDER_AMBIGUOUS: imported_twice,
    Reason.ORDER_GONE: deleted,
    Reason.ORDER_TOO_OLD: older_than_shown,
    Reason.SEARCH_NOT_UNDERSTOOD: unfilterable_metafield,
    Reason.LINE_NOT_FOUND: other_sku,
    Reason.LINE_AMBIGUOUS: two_prices,
    Reason.UNITS_GONE: refunded_earlier,
    Reason.NOT_FULFILLED: not_shipped_in_shopify,
    Reason.UNITS_ON_RETURN: asked_twice,
    Reason.LOCATION_UNKNOWN: no_such_location,
    Reason.LOCATION_AMBIGUOUS: two_of_a_name,
    Reason.NO_PAYMENT: unpaid,
    Reason.REAL_GATEWAY: real_gateway,
    Reason.SEVERAL_PAYMENTS: several_payments,
    Reason.CURRENCY_MISMATCH: other_currency,
    Reason.OVER_REFUND: too_small,
    Reason.ORDER_TOO_LARGE: too_large,
}
