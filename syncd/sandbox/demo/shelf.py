"""What was sold: the order at TikTok, and what the connector has made of it in Shopify."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from syncd.model.money import Money
from syncd.sandbox.demo.script import Kept, Sold
from syncd.sandbox.pair import Pair
from syncd.sandbox.shopify.build import OrderLine, OrderOptions
from syncd.sandbox.shopify.order import Order
from syncd.sandbox.shopify.records import Location
from syncd.sandbox.tiktok.world import SandboxOrder, TikTokSale

NAME_PATTERN = "#TTS-{id}"
METAFIELD = "custom.tiktok_order_id"
"""Where the connectors of the story keep TikTok's order id, beside the tag and the note."""
_SOLD_BEFORE = timedelta(days=6)
_PLUS_PLAN = 20_000.0, 1_000.0
"""Points for queries, and how many come back a second: a small shop's would make the viewer wait."""
_DOLLARS_FOR = {"VND": Decimal("0.000039"), "KWD": Decimal("3.26")}


def open_shop(pair: Pair) -> Location:
    """Make the Shopify store what the story needs; the warehouse that has been closed since."""
    for currency, rate in _DOLLARS_FOR.items():
        pair.shopify.set_rate(currency, rate)
    pair.shopify.switches.bucket_size, pair.shopify.switches.restore_rate = _PLUS_PLAN
    pair.shopify.world.filterable_metafields.add(METAFIELD)
    return pair.shopify.add_location("Old warehouse", active=False)


def sell(pair: Pair, sold: Sold) -> SandboxOrder:
    """The order at TikTok."""
    sale = TikTokSale(
        sold.sku,
        sold.price,
        quantity=sold.quantity,
        platform_discount=sold.platform_discount,
        seller_discount=sold.seller_discount,
        parts=tuple(sold.parts),
    )
    gifts = [TikTokSale(sold.gift, "0", gift=True)] if sold.gift else []
    return pair.tiktok.add_order(
        [sale, *gifts],
        shipping=sold.shipping,
        tax="0" if sold.tax_inside else sold.tax,
        currency=sold.currency,
        status=_status(sold),
        fulfillment_type="FULFILLMENT_BY_TIKTOK" if sold.fulfilled_by_tiktok else "FULFILLMENT_BY_SELLER",
        created_at=pair.clock.now().replace(microsecond=0) - _SOLD_BEFORE,
        cash_on_delivery=sold.on_delivery,
    )


def _status(sold: Sold) -> str:
    if sold.unshipped:
        return "AWAITING_SHIPMENT"
    return "DELIVERED" if sold.delivered else "IN_TRANSIT"


def bring_over(pair: Pair, sold: Sold, order: SandboxOrder, closed: Location) -> tuple[Order, ...]:
    """The orders in Shopify: one, or as many as the connector has made of it."""
    options: OrderOptions = {
        "currency": sold.currency,
        "shipping": _minor(sold, sold.shipping),
        "created_at": order.created_at,
        "taxes_included": sold.tax_inside,
        "gateway": sold.real_gateway or "TikTok Shop",
        "manual_gateway": not sold.real_gateway,
        "paid": not sold.on_delivery,
        "location": closed if sold.from_closed_warehouse else None,
        **_kept(sold.kept, order.order_id),
    }
    return tuple(pair.imported(order, list(_lines(sold)), **options) for _ in range(sold.imported))


def _kept(where: Kept, order_id: str) -> OrderOptions:
    match where:
        case Kept.NOTE:
            return {"note": f"TikTok Shop order {order_id}\nPlease ring twice"}
        case Kept.NAME:
            return {"name": NAME_PATTERN.replace("{id}", order_id)}
        case Kept.METAFIELD:
            return {"metafields": {METAFIELD: order_id}}
        case Kept.TAG:
            return {"tiktok_order_id": order_id}


def _lines(sold: Sold) -> Iterator[OrderLine]:
    fulfilled = 0 if sold.unshipped else None
    discount = _minor(sold, sold.platform_discount) + _minor(sold, sold.seller_discount)
    for sku, price in (sold.parts or {sold.sku: sold.price}).items():
        yield OrderLine(
            sku,
            sold.quantity,
            price=_minor(sold, price) + discount,
            fulfilled=fulfilled,
            discount=discount * sold.quantity,
            tax=_minor(sold, sold.tax),
        )
    if sold.gift:
        yield OrderLine(sold.gift, price=0, fulfilled=fulfilled)


def _minor(sold: Sold, amount: str) -> int:
    return Money.parse(amount, sold.currency).minor
