"""Makes orders the way the connectors do: tagged, paid on some gateway, shipped from some location."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TypedDict

from syncd.sandbox.shopify.lines import AssignedLocation, FulfillmentOrder, FulfillmentOrderLine, Line
from syncd.sandbox.shopify.marking import metafields_set
from syncd.sandbox.shopify.order import App, Attribution, Order
from syncd.sandbox.shopify.records import (
    Attribute,
    Fulfillment,
    FulfillmentLine,
    InventoryItem,
    LineGroup,
    Location,
    ShippingLine,
    Transaction,
    Variant,
)
from syncd.sandbox.shopify.world import World


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A line to be ordered. Amounts are minor units; `discount` and `tax` are for the whole line.

    `fulfilled` is how many units were shipped (None: all); `custom` has no variant and so no stock.
    """

    sku: str
    quantity: int = 1
    price: int = 1000
    fulfilled: int | None = None
    discount: int = 0
    tax: int = 0
    title: str = ""
    location: Location | None = None
    custom: bool = False
    gift_card: bool = False
    tracked: bool = True
    bundle: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sale:
    """A payment on the order, for orders with several or with unusual ones."""

    amount: int
    gateway: str = "TikTok Shop"
    manual: bool = True
    kind: str = "SALE"
    status: str = "SUCCESS"


class OrderOptions(TypedDict, total=False):
    """What can be said about an order beside its lines; OrderSpec has the defaults."""

    name: str
    tiktok_order_id: str
    currency: str
    shipping: int
    gateway: str
    manual_gateway: bool
    paid: bool
    sales: Sequence[Sale] | None
    created_at: datetime | None
    tags: Sequence[str]
    note: str | None
    source_identifier: str | None
    source_name: str | None
    po_number: str | None
    email: str | None
    custom_attributes: Mapping[str, str]
    metafields: Mapping[str, str]
    app: str
    location: Location | None
    taxes_included: bool
    test: bool
    archived: bool
    edited: bool
    tip: int
    duties: int | None


@dataclass(frozen=True, slots=True)
class OrderSpec:
    """An order to be made: paid in full on a manual gateway, tagged as the official TikTok app does it.

    `tiktok_order_id` becomes the tag `TikTokOrderID:<id>`; `sales` replaces the one payment; amounts are
    minor units of `currency` (empty: the shop's). `metafields` are texts by `namespace.key`.
    """

    lines: Sequence[OrderLine]
    name: str = ""
    tiktok_order_id: str = ""
    currency: str = ""
    shipping: int = 0
    gateway: str = "TikTok Shop"
    manual_gateway: bool = True
    paid: bool = True
    sales: Sequence[Sale] | None = None
    created_at: datetime | None = None
    tags: Sequence[str] = ()
    note: str | None = None
    source_identifier: str | None = None
    source_name: str | None = "tiktok"
    po_number: str | None = None
    email: str | None = None
    custom_attributes: Mapping[str, str] = field(default_factory=dict)
    metafields: Mapping[str, str] = field(default_factory=dict)
    app: str = "TikTok"
    location: Location | None = None
    taxes_included: bool = False
    test: bool = False
    archived: bool = False
    edited: bool = False
    tip: int = 0
    duties: int | None = None


class Builder:
    """Puts orders into a world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._number = 1000

    def location(
        self, name: str, *, active: bool = True, fulfillment_service: bool = False, primary: bool = False
    ) -> Location:
        """A new location."""
        gid = self.world.new_id("Location")
        location = Location(gid, name, active, fulfillment_service, primary)
        self.world.locations[gid] = location
        return self.world.keep(location, gid)

    def order(self, spec: OrderSpec, location: Location) -> Order:
        """A new order; `location` ships what does not say otherwise."""
        order = self._head(spec)
        for one in spec.lines:
            self._line(order, one)
        if spec.shipping:
            gid = self.world.new_id("ShippingLine")
            order.shipping_lines.append(ShippingLine(gid, order, "Standard", spec.shipping))
        self._payments(order, spec)
        places = [one.location or spec.location or location for one in spec.lines]
        for place in dict.fromkeys(places):
            here = [
                (line, one)
                for line, one, at in zip(order.line_items, spec.lines, places, strict=True)
                if at is place
            ]
            self._shipping_from(order, place, here)
        self.world.orders[order.id] = self.world.keep(order, order.id)
        kept = {"ownerId": order.id, "type": "single_line_text_field"}
        for name, value in spec.metafields.items():
            namespace, _, key = name.partition(".")
            metafields_set(self.world, [{**kept, "namespace": namespace, "key": key, "value": value}])
        return order

    def _head(self, spec: OrderSpec) -> Order:
        self._number += 1
        currency = spec.currency or self.world.currency
        created = spec.created_at or self.world.now()
        tags = [*([f"TikTokOrderID:{spec.tiktok_order_id}"] if spec.tiktok_order_id else []), *spec.tags]
        return Order(
            self.world.new_id("Order"),
            spec.name or f"#{self._number}",
            created,
            created,
            created,
            self.world.currency,
            currency,
            rate=self.world.rates.get(currency, Decimal(1)),
            app=App("gid://shopify/App/1", spec.app) if spec.app else None,
            attribution=Attribution(spec.app.lower(), spec.app) if spec.app else None,
            email=spec.email,
            note=spec.note,
            po_number=spec.po_number,
            source_identifier=spec.source_identifier,
            source_name=spec.source_name,
            tags=tags,
            custom_attributes=[Attribute(*pair) for pair in spec.custom_attributes.items()],
            taxes_included=spec.taxes_included,
            test=spec.test,
            edited=spec.edited,
            closed_at=created if spec.archived else None,
            tip=spec.tip,
            duties=spec.duties,
        )

    def _line(self, order: Order, spec: OrderLine) -> None:
        gid = self.world.new_id("LineItem")
        line = Line(
            gid,
            order,
            spec.sku or None,
            spec.title or spec.sku,
            spec.quantity,
            spec.price,
            spec.discount,
            spec.tax,
            None if spec.custom else self._variant(spec),
            LineGroup(self.world.new_id("LineItemGroup"), spec.bundle) if spec.bundle else None,
            spec.gift_card,
            [Attribute(*pair) for pair in spec.attributes.items()],
        )
        order.line_items.append(self.world.keep(line, gid))

    def _variant(self, spec: OrderLine) -> Variant:
        item = InventoryItem(self.world.new_id("InventoryItem"), spec.sku, spec.tracked)
        return Variant(self.world.new_id("ProductVariant"), spec.sku, item)

    def _payments(self, order: Order, spec: OrderSpec) -> None:
        sales = spec.sales
        if sales is None:
            sales = [Sale(order.total_price, spec.gateway, spec.manual_gateway)] if spec.paid else []
        for sale in sales:
            gid = self.world.new_id("OrderTransaction")
            at = order.created_at
            made = Transaction(gid, order, sale.kind, sale.amount, sale.gateway, sale.manual, at, at)
            made.status, made.test = sale.status, order.test
            order.transactions.append(self.world.keep(made, gid))

    def _shipping_from(self, order: Order, place: Location, here: list[tuple[Line, OrderLine]]) -> None:
        gid = self.world.new_id("FulfillmentOrder")
        todo = FulfillmentOrder(gid, order, AssignedLocation(place), order.created_at)
        todo.line_items = [
            FulfillmentOrderLine(self.world.new_id("FulfillmentOrderLineItem"), one) for one, _ in here
        ]
        order.fulfillment_orders.append(self.world.keep(todo, gid))
        shipped = {line: one.quantity if one.fulfilled is None else one.fulfilled for line, one in here}
        self.ship(order, shipped, place)

    def ship(self, order: Order, units: Mapping[Line, int], place: Location) -> Fulfillment | None:
        """Ship units from a place; None when there are none."""
        if not any(units.values()):
            return None
        gid = self.world.new_id("Fulfillment")
        name = f"{order.name}-F{len(order.fulfillments) + 1}"
        made = Fulfillment(gid, order, name, place, self.world.now())
        for line, quantity in units.items():
            if quantity:
                each = self.world.new_id("FulfillmentLineItem")
                part = self.world.keep(FulfillmentLine(each, order, line, quantity), each)
                made.fulfillment_line_items.append(part)
        order.fulfillments.append(made)
        return self.world.keep(made, gid)
