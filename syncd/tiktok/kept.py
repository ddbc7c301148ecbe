"""What is kept of a row of TikTok's: what decisions, `show` and the report need, and nothing of a buyer.

Whatever else a row has is dropped where it comes in: TikTok adds fields without notice. The shapes are those
of Search Returns and Search Cancellations, see `syncd.tiktok.wire`.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping

Row = Mapping[str, object]
Small = dict[str, object]
Shape = Callable[[object], object]

_AMOUNT = re.compile(r"[a-z_]*(fee|tax|total|discount|amount)")
"""Names of amounts, also of those that TikTok will add: a part of a refund, or a discount."""
_DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
_READ = frozenset({"currency", "refund_total", "refund_shipping_fee"})
"""Amounts that are acted upon: what cannot be read of these is told, so it is kept as it is."""
_PLAIN = frozenset(
    {
        "order_id",
        "create_time",
        "update_time",
        "return_tracking_number",
        "is_quick_refund",
        "can_buyer_keep_item",
        "pre_return_id",
        "next_return_id",
        "should_replenish_stock",
        *(f"{its}_{name}" for its in ("return", "cancel") for name in ("id", "type", "status")),
        *(f"{its}_{name}" for its in ("return", "cancel") for name in ("reason", "reason_text")),
    }
)
_PLAIN_OF_LINE = frozenset({"return_line_item_id", "cancel_line_item_id", "order_line_item_id", "seller_sku"})
_PLAIN_OF_PART = frozenset({"seller_sku"})


def kept(row: Row) -> Small:
    """The row with these fields alone; `snapshot_from` reads from it what it reads from the whole row."""
    return _plain(row, _PLAIN) | _shaped(
        row,
        {
            "return_line_items": lambda items: _listed(items, _line),
            "cancel_line_items": lambda items: _listed(items, _line),
            "refund_amount": _amounts,
            "discount_amount": lambda discounts: _listed(discounts, _amounts),
        },
    )


def digest_of(row: Row) -> str:
    """The hash of what is kept of a row: another one means that there is news."""
    text = json.dumps(kept(row), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _line(item: object) -> Small:
    row = _object(item)
    parts = {"return_sub_line_items": lambda parts: _listed(parts, _part), "refund_amount": _amounts}
    return _plain(row, _PLAIN_OF_LINE) | _shaped(row, parts)


def _part(item: object) -> Small:
    return _plain(_object(item), _PLAIN_OF_PART)


def _amounts(value: object) -> Small:
    row = _object(value)
    read = _plain(row, _READ)
    return read | {name: amount for name, amount in row.items() if _is_amount(name, amount)}


def _is_amount(name: str, amount: object) -> bool:
    decimal = isinstance(amount, str) and _DECIMAL.fullmatch(amount) is not None
    return decimal and _AMOUNT.fullmatch(name) is not None


def _shaped(row: Row, shapes: Mapping[str, Shape]) -> Small:
    return {name: shape(row[name]) for name, shape in shapes.items() if name in row}


def _listed(value: object, shape: Shape) -> object:
    """Each of a list, or one that is not in a list; of anything else only that it is there."""
    if isinstance(value, list):
        return [shape(item) for item in value]
    if isinstance(value, Mapping):
        return shape(value)
    return None if value is None else ""


def _plain(row: Row, names: frozenset[str]) -> Small:
    return {name: _bare(value) for name, value in row.items() if name in names}


def _bare(value: object) -> object:
    """A value that holds no others; of one that should not, only what it is."""
    if isinstance(value, Mapping):
        return {}
    return [] if isinstance(value, list) else value


def _object(value: object) -> Row:
    return value if isinstance(value, Mapping) else {}
