"""TikTok's JSON as our types. Lenient, except about ids, times and money.

The shapes are those of TikTok Shop: Search Returns and Search Cancellations (202309 and 202602) and Get
Order Detail.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar

from syncd.errors import AnswerUnreadable
from syncd.model.cases import (
    CancelStatus,
    CancelType,
    CaseLine,
    Kind,
    RefundAmount,
    ReturnStatus,
    ReturnType,
    Snapshot,
    Status,
    Type,
)
from syncd.model.money import Money, MoneyError
from syncd.model.orders import TikTokLine, TikTokOrder
from syncd.tiktok.kept import digest_of, kept

Row = Mapping[str, object]
_ID = re.compile(r"[0-9]{1,32}")
_NONE = frozenset({"", "0"})
_MOST = 1000  # parts of one SKU in a bundle
_END_OF_TIME = 253_402_300_800  # the year 10000
Word = TypeVar("Word", bound=StrEnum)


_ALSO = {"CANCELLATION_REQUEST_CANCELLED": CancelStatus.CANCELLED.value}
"""Words of TikTok's that mean another one: so its webhook spells it."""


def kind_of(row: Row) -> Kind:
    """What a row is about: that of a cancellation names it by `cancel_id`."""
    return Kind.CANCELLATION if "cancel_id" in row and "return_id" not in row else Kind.RETURN


def snapshot_from(row: Row) -> Snapshot:
    """A row of Search Returns or of Search Cancellations; only what is kept of it counts.

    Raises:
        AnswerUnreadable: It has no id, order, status or update time.
    """
    row = kept(row)
    trouble: list[str] = []
    kind = kind_of(row)
    operation, its = f"{kind}s/search", "cancel" if kind is Kind.CANCELLATION else "return"
    type_word, status_word = _text(row.get(f"{its}_type")), _text(row.get(f"{its}_status"))
    if not status_word:
        raise _unreadable(operation, f"a {kind} without a status")
    updated = _time(row.get("update_time"))
    if updated is None:
        raise _unreadable(operation, f"a {kind} without an update time")
    created = _time(row.get("create_time"))
    if created is None:
        trouble.append("TikTok gives no time of creation")
    refund = _refund(row.get("refund_amount"), row.get("discount_amount"), trouble)
    lines = tuple(_lines(row.get(f"{its}_line_items"), its, refund, trouble))
    replenish = _replenish(row.get("should_replenish_stock"), trouble)
    return Snapshot(
        case_id=_id(row, f"{its}_id", operation),
        kind=kind,
        order_id=_id(row, "order_id", operation),
        type=_type(kind, type_word),
        type_word=type_word,
        status=_status(kind, status_word),
        status_word=status_word,
        created_at=created or updated,
        updated_at=updated,
        digest=digest_of(row),
        lines=lines,
        refund=None if trouble else refund,
        trouble="; ".join(trouble),
        reason=_text(row.get(f"{its}_reason")),
        reason_text=_text(row.get(f"{its}_reason_text")),
        tracking_number=_unless_none(row.get("return_tracking_number")),
        quick_refund=row.get("is_quick_refund") is True,
        buyer_keeps_item=row.get("can_buyer_keep_item") is True,
        previous_id=_unless_none(row.get("pre_return_id")),
        next_id=_unless_none(row.get("next_return_id")),
        replenish=replenish,
    )


def _type(kind: Kind, word: str) -> Type:
    if kind is Kind.CANCELLATION:
        return _word(CancelType, word, CancelType.UNKNOWN)
    return _word(ReturnType, word, ReturnType.UNKNOWN)


def _status(kind: Kind, word: str) -> Status:
    if kind is Kind.CANCELLATION:
        return _word(CancelStatus, _ALSO.get(word, word), CancelStatus.UNKNOWN)
    return _word(ReturnStatus, word, ReturnStatus.UNKNOWN)


def _replenish(value: object, trouble: list[str]) -> bool | None:
    if isinstance(value, bool) or value is None:
        return value
    trouble.append(f"TikTok's word on replenishing the stock, {_shown(value)}, cannot be read")
    return None


def order_from(row: Row) -> TikTokOrder:
    """An order of Get Order Detail; what cannot be read of its money is None.

    Raises:
        AnswerUnreadable: It has no id or no time of creation.
    """
    created = _time(row.get("create_time"))
    if created is None:
        raise _unreadable("orders", "an order without a time of creation")
    payment = _object(row.get("payment"))
    currency = payment.get("currency")
    return TikTokOrder(
        order_id=_id(row, "id", "orders"),
        status=_text(row.get("status")),
        created_at=created,
        lines=tuple(_order_lines(row.get("line_items"), currency)),
        total=_money(payment.get("total_amount"), currency),
        fulfilled_by_tiktok=row.get("fulfillment_type") == "FULFILLMENT_BY_TIKTOK",
        sample=row.get("is_sample_order") is True,
        cash_on_delivery=row.get("is_cod") is True,
        paid=row.get("paid_time") not in (None, 0) and row.get("status") != "UNPAID",
    )


def _order_lines(items: object, currency: object) -> Iterator[TikTokLine]:
    for item in _objects(items):
        line_id = item.get("id")
        if isinstance(line_id, str) and _ID.fullmatch(line_id):
            price = _money(item.get("sale_price"), item.get("currency") or currency)
            status, parts = _text(item.get("display_status")), tuple(_parts(item))
            yield TikTokLine(line_id, _text(item.get("seller_sku")), price, status, parts)


def _parts(item: Row) -> Iterator[str]:
    """The SKUs of a bundle, each as often as one bundle has it."""
    for part in _objects(item.get("combined_listing_skus")):
        count = part.get("sku_count")
        yield from [_text(part.get("seller_sku"))] * (count if type(count) is int and count < _MOST else 1)


def _lines(items: object, its: str, refund: RefundAmount | None, trouble: list[str]) -> Iterator[CaseLine]:
    if items is not None and not isinstance(items, list):
        trouble.append("TikTok's list of units cannot be read")
    for item in _objects(items):
        line_id, order_line_id = item.get(f"{its}_line_item_id"), item.get("order_line_item_id")
        if not (_is_id(line_id) and _is_id(order_line_id)):
            trouble.append("TikTok names a unit that cannot be identified")
            continue
        amount = _object(item.get("refund_amount"))
        money = _money(amount.get("refund_total"), amount.get("currency"))
        if money and refund and money.currency != refund.total.currency:
            trouble.append(
                f"TikTok pays back in {refund.total.currency}, but for one unit in {money.currency}"
            )
            money = None
        yield CaseLine(
            str(line_id),
            str(order_line_id),
            _text(item.get("seller_sku")),
            money,
            tuple(_text(part.get("seller_sku")) for part in _objects(item.get("return_sub_line_items"))),
        )


def _refund(value: object, discounts: object, trouble: list[str]) -> RefundAmount | None:
    amount = _object(value)
    if amount.get("refund_total") in (None, ""):
        return None
    currency = amount.get("currency")
    total = _money(amount["refund_total"], currency)
    if total is None or total.minor < 0:
        trouble.append(f"TikTok's amount {_shown(amount['refund_total'])} {_shown(currency)} cannot be read")
        return None
    shipping = _shipping(amount.get("refund_shipping_fee"), total, trouble)
    taken_off = dict(pair for each in _listed(discounts) for pair in _amounts(each).items())
    parts = {name: money for name, money in _amounts(amount).items() if name != "refund_total"}
    return RefundAmount(total, shipping, parts, taken_off)


def _amounts(row: Row) -> dict[str, Money]:
    """Every amount of an object, but for nothing and what cannot be read."""
    found = {name: _money(value, row.get("currency")) for name, value in row.items()}
    return {name: money for name, money in found.items() if money}


def _listed(value: object) -> Iterator[Row]:
    """The objects of a list; one object where it is not in a list."""
    return _objects(value) if isinstance(value, list) else iter((_object(value),))


def _shipping(value: object, total: Money, trouble: list[str]) -> Money | None:
    if value in (None, ""):
        return None
    shipping = _money(value, total.currency)
    if shipping is None or not 0 <= shipping.minor <= total.minor:
        trouble.append(f"TikTok's shipping part {_shown(value)} does not fit its amount {total}")
    return shipping


def _money(amount: object, currency: object) -> Money | None:
    if not isinstance(amount, str) or not isinstance(currency, str):
        return None
    try:
        return Money.parse(amount, currency)
    except MoneyError:
        return None


def _word(words: type[Word], word: str, unknown: Word) -> Word:
    try:
        return words(word)
    except ValueError:
        return unknown


def _id(row: Row, name: str, operation: str) -> str:
    value = row.get(name)
    if isinstance(value, str) and _is_id(value):
        return value
    raise _unreadable(operation, f"a row whose {name} is {_shown(value)}")


def _is_id(value: object) -> bool:
    return isinstance(value, str) and value not in _NONE and _ID.fullmatch(value) is not None


def _time(value: object) -> datetime | None:
    """Whole Unix seconds."""
    if type(value) is not int or not 0 < value < _END_OF_TIME:
        return None
    return datetime.fromtimestamp(value, UTC)


def _text(value: object) -> str:
    """A text that can be stored as UTF-8; half characters become question marks."""
    return value.encode(errors="replace").decode() if isinstance(value, str) else ""


def _unless_none(value: object) -> str:
    """A text, empty where TikTok has nothing: the field is left out, empty, or "0"."""
    text = _text(value)
    return "" if text in _NONE else text


def _object(value: object) -> Row:
    return value if isinstance(value, Mapping) else {}


def _objects(value: object) -> Iterator[Row]:
    if isinstance(value, list):
        yield from (_object(item) for item in value)


def _shown(value: object) -> str:
    """A value for an error text: short, and whatever it is."""
    plain = value is None or isinstance(value, str | int | float)
    return ascii(value)[:60] if plain else f"a {type(value).__name__}"


def _unreadable(operation: str, what: str) -> AnswerUnreadable:
    return AnswerUnreadable(what, api="tiktok", operation=operation)
