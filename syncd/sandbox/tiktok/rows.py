"""The world as TikTok's JSON: ids and amounts as texts, times as whole seconds, absent fields left out."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from random import Random

from syncd.model.money import Money
from syncd.sandbox.tiktok.switches import Switches
from syncd.sandbox.tiktok.world import (
    Paid,
    ReturnUnit,
    SandboxCancellation,
    SandboxOrder,
    SandboxReturn,
    SandboxShop,
    Unit,
    shares,
)

Json = dict[str, object]
_MAY_BE_MISSING = frozenset(
    {
        "arbitration_status",
        "combined_return_id",
        "discount_amount",
        "handover_method",
        "is_combined_return",
        "return_method",
        "return_provider_id",
        "return_provider_name",
        "return_reason_text",
        "role",
        "seller_next_action_response",
        "shipment_type",
        "shipping_fee_amount",
    }
)


class Rows:
    """Writes rows; what is left out and put in at random depends on `seed` and on the row alone."""

    def __init__(self, switches: Switches, seed: int) -> None:
        self._switches = switches
        self._seed = seed

    def of_shop(self, shop: SandboxShop) -> Json:
        """A row of Get Authorized Shops."""
        return {
            "id": shop.id,
            "name": shop.name,
            "region": shop.region,
            "seller_type": "LOCAL",
            "cipher": shop.cipher,
            "code": f"{shop.region}{shop.id[-6:]}",
        }

    def of_return(self, case: SandboxReturn) -> Json:
        """A row of Search Returns."""
        goes_back = case.type == "RETURN_AND_REFUND"
        row: Json = {
            "return_id": case.return_id,
            "order_id": case.order.order_id,
            "return_type": str(case.type),
            "return_status": str(case.status),
            "arbitration_status": case.arbitration or None,
            "role": case.role,
            "return_reason": case.reason,
            "return_reason_text": case.reason_text,
            "shipment_type": "PLATFORM" if goes_back else None,
            "handover_method": "DROP_OFF" if goes_back else None,
            "return_tracking_number": case.tracking_number or None,
            "return_provider_name": "USPS" if case.tracking_number else None,
            "pre_return_id": case.previous_id or None,
            "next_return_id": case.next_id or None,
            "can_buyer_keep_item": True if case.keep_item else None,
            "is_quick_refund": case.quick_refund,
            "is_combined_return": False,
            "combined_return_id": "0",
            "create_time": seconds(case.created_at),
            "update_time": seconds(case.updated_at),
            "return_line_items": self._items(case, case.paid, "return"),
            "refund_amount": self._amount(case.paid, case.order),
            "discount_amount": [_discounts(case.units, case.order.currency)],
        }
        return self._sent(row, case.return_id, case.extra)

    def of_cancellation(self, case: SandboxCancellation) -> Json:
        """A row of Search Cancellations."""
        paid = case.paid
        if case.order.cash_on_delivery and not self._switches.cash_on_delivery_has_amount:
            paid = None
        row: Json = {
            "cancel_id": case.cancel_id,
            "order_id": case.order.order_id,
            "cancel_type": case.type,
            "cancel_status": case.status,
            "role": case.role,
            "cancel_reason": case.reason,
            "cancel_reason_text": case.reason_text,
            "create_time": seconds(case.created_at),
            "update_time": seconds(case.updated_at),
            "cancel_line_items": self._items(case, paid, "cancel"),
            "refund_amount": self._amount(paid, case.order),
            "should_replenish_stock": case.replenish,
        }
        return self._sent(row, case.cancel_id, case.extra)

    def of_record(self, case: SandboxReturn) -> list[Json]:
        """The records of a return."""
        first: Json = {
            "event": "ORDER_RETURN",
            "role": "Buyer",
            "description": "Buyer submitted a return request",
            "reason_text": case.reason_text,
            "create_time": seconds(case.created_at),
        }
        if not (case.quick_refund and self._switches.quick_refund_has_record):
            return [first]
        paid: Json = {"event": "REFUND_SUCCESS", "role": "System", "create_time": seconds(case.updated_at)}
        return [first, paid]

    def of_order(self, order: SandboxOrder) -> Json:
        """A row of Get Order Detail."""
        goods = sum((_price(unit, order.currency) for unit in order.units), Money.zero(order.currency))
        row: Json = {
            "id": order.order_id,
            "status": order.status,
            "create_time": seconds(order.created_at),
            "paid_time": seconds(order.paid_at) if order.paid_at else None,
            "update_time": seconds(order.updated_at),
            "fulfillment_type": order.fulfillment_type,
            "is_cod": order.cash_on_delivery,
            "is_sample_order": order.sample,
            "payment": {
                "currency": order.currency,
                "sub_total": goods.amount,
                "shipping_fee": order.shipping,
                "tax": order.tax,
                "total_amount": order.total.amount,
            },
            "line_items": [_order_item(unit, order) for unit in order.units],
        }
        return self._sent(row, order.order_id, order.extra)

    def _items(
        self, case: SandboxReturn | SandboxCancellation, paid: Paid | None, kind: str
    ) -> list[Json] | None:
        currency = case.order.currency
        parts = shares(paid, case.units, currency) if paid else [None] * len(case.units)
        if paid and self._switches.shipping_also_in_lines and parts and parts[0] is not None:
            parts = [parts[0] + Money.parse(paid.shipping, currency), *parts[1:]]
        return [_case_item(unit, part, kind) for unit, part in zip(case.units, parts, strict=True)] or None

    def _amount(self, paid: Paid | None, order: SandboxOrder) -> Json | None:
        if paid is None:
            return None
        total, shipping, tax = (
            Money.parse(text, order.currency) for text in (paid.total, paid.shipping, paid.tax)
        )
        subtotal = total - shipping
        if self._switches.tax_beside_subtotal:
            subtotal -= tax
        return {
            "currency": order.currency,
            "refund_total": paid.total,
            "refund_subtotal": subtotal.amount,
            "refund_shipping_fee": paid.shipping,
            "refund_tax": paid.tax,
            "retail_delivery_fee": "0",
            "buyer_service_fee": "0",
        }

    def _sent(self, row: Json, row_id: str, extra: Mapping[str, object]) -> Json:
        chance = Random(f"{self._seed}:{row_id}")  # noqa: S311 - test data
        sent = {name: value for name, value in row.items() if value is not None}
        if self._switches.drops_fields:
            gone = {name for name in sorted(_MAY_BE_MISSING) if chance.getrandbits(1)}
            sent = {name: value for name, value in sent.items() if name not in gone}
        if self._switches.adds_fields:
            sent["new_field"] = {"since": "202612", "values": [chance.getrandbits(8)]}
            sent["another_new_flag"] = bool(chance.getrandbits(1))
        return {**sent, **extra}


def seconds(moment: datetime) -> int:
    """Unix seconds."""
    return int(moment.timestamp())


def _case_item(unit: ReturnUnit, part: Money | None, kind: str) -> Json:
    item: Json = {
        f"{kind}_line_item_id": unit.line_id,
        "order_line_item_id": unit.unit.line_id,
        "sku_id": unit.unit.sku_id,
        "sku_name": "Default",
        "product_name": unit.unit.sale.name or unit.unit.sale.sku,
        "seller_sku": unit.unit.sale.sku,
    }
    if unit.unit.sale.parts and kind == "return":
        item["return_sub_line_items"] = [
            {"return_line_item_id": unit.line_id, "order_line_item_id": unit.unit.line_id, "seller_sku": sku}
            for sku in unit.unit.sale.parts
        ]
    if part is None:
        return item
    amount = {"currency": part.currency, "refund_total": part.amount, "refund_subtotal": part.amount}
    return {**item, "refund_amount": amount}


def _order_item(unit: Unit, order: SandboxOrder) -> Json:
    sale = unit.sale
    discounts = Money.parse(sale.platform_discount, order.currency) + Money.parse(
        sale.seller_discount, order.currency
    )
    parts = [{"sku_count": count, "seller_sku": sku} for sku, count in Counter(sale.parts).items()]
    return {
        "id": unit.line_id,
        "sku_id": unit.sku_id,
        "seller_sku": sale.sku,
        "product_name": sale.name or sale.sku,
        "currency": order.currency,
        "original_price": (_price(unit, order.currency) + discounts).amount,
        "sale_price": sale.price,
        "seller_discount": sale.seller_discount,
        "platform_discount": sale.platform_discount,
        "display_status": sale.status or order.status,
        "is_gift": sale.gift,
    } | ({"combined_listing_skus": parts} if parts else {})


def _discounts(units: tuple[ReturnUnit, ...], currency: str) -> Json:
    zero = Money.zero(currency)
    sales = [unit.unit.sale for unit in units]
    seller = sum((Money.parse(sale.seller_discount, currency) for sale in sales), zero)
    platform = sum((Money.parse(sale.platform_discount, currency) for sale in sales), zero)
    return {
        "currency": currency,
        "product_seller_discount": seller.amount,
        "product_platform_discount": platform.amount,
        "shipping_fee_seller_discount": "0",
        "shipping_fee_platform_discount": "0",
    }


def _price(unit: Unit, currency: str) -> Money:
    return Money.parse(unit.sale.price, currency)
