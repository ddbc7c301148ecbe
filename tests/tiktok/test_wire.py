"""Rows as snapshots and orders."""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.errors import AnswerUnreadable
from syncd.http import Answer
from syncd.model.cases import (
    CancelStatus,
    CancelType,
    CaseLine,
    Kind,
    RefundAmount,
    ReturnStatus,
    ReturnType,
    Snapshot,
)
from syncd.model.money import Money
from syncd.sandbox.clock import HandClock
from syncd.sandbox.tiktok import Paid, TikTokSale, TikTokStandIn
from syncd.tiktok.envelope import opened
from syncd.tiktok.wire import order_from, snapshot_from

# Amounts as answers of live shops in the US and in Vietnam had them; ids are made up.
ROW: dict[str, Any] = {
    "return_id": "4035318504086604100",
    "order_id": "576461413038785752",
    "return_type": "RETURN_AND_REFUND",
    "return_status": "RETURN_OR_REFUND_REQUEST_COMPLETE",
    "return_reason": "ecom_order_delivered_refund_and_return_reason_no_need",
    "return_reason_text": "No longer needed",
    "return_tracking_number": "9400100000000000000000",
    "combined_return_id": "0",
    "create_time": 1759900000,
    "update_time": 1760000000,
    "refund_amount": {
        "currency": "USD",
        "refund_total": "28.46",
        "refund_subtotal": "20.47",
        "refund_shipping_fee": "7.99",
        "refund_tax": "1.62",
        "buyer_service_fee": "0",
        "retail_delivery_fee": "0.28",
    },
    "discount_amount": [
        {"currency": "USD", "product_platform_discount": "2.1", "product_seller_discount": "0"},
    ],
    "return_line_items": [
        {
            "return_line_item_id": "4035318504086604101",
            "order_line_item_id": "576461413038851288",
            "seller_sku": "MUG",
            "product_name": "A mug",
            "refund_amount": {"currency": "USD", "refund_total": "20.47"},
        }
    ],
}
CANCELLATION: dict[str, Any] = {
    "cancel_id": "4035318504086604500",
    "order_id": "576461413038785752",
    "cancel_type": "BUYER_CANCEL",
    "cancel_status": "CANCELLATION_REQUEST_COMPLETE",
    "role": "BUYER",
    "cancel_reason": "ecom_order_to_ship_canceled_reason_buyer_change_of_mind",
    "cancel_reason_text": "Change of mind",
    "create_time": 1760000000,
    "update_time": 1760000000,
    "should_replenish_stock": True,
    "refund_amount": {"currency": "VND", "refund_total": "686850", "refund_tax": "62441"},
    "cancel_line_items": [
        {
            "cancel_line_item_id": "4035318504086604501",
            "order_line_item_id": "576461413038851288",
            "seller_sku": "MUG",
            "product_name": "A mug",
            "refund_amount": {"currency": "VND", "refund_total": "686850"},
        }
    ],
}


def usd(amount: str) -> Money:
    return Money.parse(amount, "USD")


def test_a_row_is_read_whole() -> None:
    """Every field that decisions need is there, exact and typed."""
    snapshot = snapshot_from(ROW)
    assert snapshot == Snapshot(
        case_id="4035318504086604100",
        kind=Kind.RETURN,
        order_id="576461413038785752",
        type=ReturnType.RETURN_AND_REFUND,
        type_word="RETURN_AND_REFUND",
        status=ReturnStatus.COMPLETE,
        status_word="RETURN_OR_REFUND_REQUEST_COMPLETE",
        created_at=datetime.fromtimestamp(1759900000, UTC),
        updated_at=datetime.fromtimestamp(1760000000, UTC),
        digest=snapshot.digest,
        lines=(CaseLine("4035318504086604101", "576461413038851288", "MUG", usd("20.47")),),
        refund=RefundAmount(
            usd("28.46"),
            usd("7.99"),
            {
                "refund_subtotal": usd("20.47"),
                "refund_shipping_fee": usd("7.99"),
                "refund_tax": usd("1.62"),
                "retail_delivery_fee": usd("0.28"),
            },
            {"product_platform_discount": usd("2.10")},
        ),
        reason="ecom_order_delivered_refund_and_return_reason_no_need",
        reason_text="No longer needed",
        tracking_number="9400100000000000000000",
    )


@pytest.mark.parametrize(
    ("total", "currency", "minor"),
    [("489681", "VND", 489681), ("0", "USD", 0), ("60.790", "USD", 6079), ("1.23", "GBP", 123)],
)
def test_amounts_are_exact(total: str, currency: str, minor: int) -> None:
    """Decimal texts of any length are read to the minor unit of their currency."""
    row = {**ROW, "return_line_items": [], "discount_amount": [], "refund_amount": paid(total, currency)}
    snapshot = snapshot_from(row)
    assert snapshot.refund == RefundAmount(Money(minor, currency))


def paid(total: object, currency: object = "USD", **parts: object) -> dict[str, object]:
    return {"refund_total": total, "currency": currency, **parts}


@pytest.mark.parametrize("amount", [None, {}, {"currency": "USD"}, paid(None), paid("")])
def test_no_amount_is_no_trouble(amount: object) -> None:
    """A case without an amount has none, and nothing is wrong with it."""
    snapshot = snapshot_from({**ROW, "refund_amount": amount})
    assert (snapshot.refund, snapshot.trouble) == (None, "")


@pytest.mark.parametrize(
    "amount",
    [
        paid(28.46),
        paid(28),
        paid("28.465"),
        paid("28,46"),
        paid("-1.00"),
        paid("NaN"),
        paid("1e3"),
        paid(["1"]),
        paid("28.46", None),
        paid("28.46", "usd"),
        paid("28.46", refund_shipping_fee="28.47"),
        paid("28.46", refund_shipping_fee="-1"),
        paid("28.46", refund_shipping_fee=7.99),
    ],
    ids=str,
)
def test_an_unreadable_amount_is_trouble(amount: object) -> None:
    """An amount that is no exact, sensible text gives no refund, and a sentence that says why."""
    snapshot = snapshot_from({**ROW, "refund_amount": amount})
    assert snapshot.refund is None
    assert snapshot.trouble.startswith("TikTok")


@pytest.mark.parametrize(
    "items",
    [
        {"not": "a list"},
        [{"return_line_item_id": "1"}],
        [{"return_line_item_id": 1, "order_line_item_id": "2"}],
        [{"return_line_item_id": "1", "order_line_item_id": "2x"}],
        [None],
        [{**ROW["return_line_items"][0], "refund_amount": paid("20.47", "EUR")}],
    ],
    ids=str,
)
def test_unreadable_units_are_trouble(items: object) -> None:
    """A unit that cannot be identified, or in another currency, leaves the case to a person."""
    snapshot = snapshot_from({**ROW, "return_line_items": items})
    assert snapshot.refund is None
    assert snapshot.trouble.startswith("TikTok")


def test_a_missing_time_of_creation_is_trouble() -> None:
    """Without it nobody can tell which refunds are older than the case."""
    row = {name: value for name, value in ROW.items() if name != "create_time"}
    assert snapshot_from(row).trouble == "TikTok gives no time of creation"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("return_id", None),
        ("return_id", ""),
        ("return_id", "0"),
        ("return_id", 4035318504086604100),
        ("return_id", "40353185x"),
        ("return_id", "４０３５"),  # noqa: RUF001 - digits, but not TikTok's
        ("order_id", None),
        ("order_id", 576461413038785752),
        ("return_status", None),
        ("return_status", ""),
        ("return_status", 3),
        ("update_time", None),
        ("update_time", "1760000000"),
        ("update_time", 1760000000.5),
        ("update_time", True),
        ("update_time", 0),
        ("update_time", 1760000000000),
    ],
)
def test_what_a_row_must_have(name: str, value: object) -> None:
    """A row without readable ids, status and update time is not understood at all."""
    with pytest.raises(AnswerUnreadable):
        snapshot_from({**ROW, name: value})


@pytest.mark.parametrize("word", ["SPLIT_REFUND", "unknown", ""])
def test_unknown_words_are_kept(word: str) -> None:
    """A word that is not listed is unknown, and can still be shown."""
    snapshot = snapshot_from({**ROW, "return_type": word, "return_status": word or "NEW"})
    assert (snapshot.type, snapshot.type_word) == (ReturnType.UNKNOWN, word)
    assert (snapshot.status, snapshot.status_word) == (ReturnStatus.UNKNOWN, word or "NEW")
    assert not snapshot.paid_back


@pytest.mark.parametrize("nothing", [None, "", "0"])
def test_nothing_has_three_spellings(nothing: str | None) -> None:
    """A missing field, an empty text and "0" all mean that there is no such id."""
    row = {**ROW, "return_tracking_number": nothing, "pre_return_id": nothing, "next_return_id": nothing}
    snapshot = snapshot_from(row)
    assert (snapshot.tracking_number, snapshot.previous_id, snapshot.next_id) == ("", "", "")


def test_the_parts_of_a_bundle_are_told_twice() -> None:
    """By the return, one entry a unit, and by the order, with counts; what cannot be read counts as one."""
    sub_lines = [{"seller_sku": "SHIRT"}, {"seller_sku": "MUG"}, None]
    item = {**ROW["return_line_items"][0], "return_sub_line_items": sub_lines}
    listed = [
        {"seller_sku": "SHIRT", "sku_count": 2},
        {"seller_sku": "MUG"},
        {"seller_sku": "X", "sku_count": 1000},
    ]
    order = {"id": "1", "create_time": 1, "line_items": [{"id": "2", "combined_listing_skus": listed}]}

    assert ("SHIRT", "MUG", "") == snapshot_from({**ROW, "return_line_items": [item]}).lines[0].parts
    assert ("SHIRT", "SHIRT", "MUG", "X") == order_from(order).lines[0].parts


def test_discounts_are_told_in_a_list_or_alone() -> None:
    """Both shapes are about; what is nothing or cannot be read is left out."""
    alone = {"currency": "USD", "product_seller_discount": "3", "shipping_fee_seller_discount": "x"}
    snapshot = snapshot_from({**ROW, "discount_amount": alone})

    assert snapshot.refund is not None
    assert {"product_seller_discount": usd("3")} == snapshot.refund.discounts


def test_flags_and_chains() -> None:
    """Quick refunds, kept items and edits are told."""
    snapshot = snapshot_from(
        {
            **ROW,
            "is_quick_refund": True,
            "can_buyer_keep_item": True,
            "pre_return_id": "1",
            "next_return_id": "2",
        }
    )
    assert (snapshot.quick_refund, snapshot.buyer_keeps_item) == (True, True)
    assert (snapshot.previous_id, snapshot.next_id) == ("1", "2")


@pytest.mark.parametrize("name", [name for name in ROW if name != "combined_return_id"])
def test_the_digest_is_of_what_is_kept(name: str) -> None:
    """A change of any of it changes it; the order of the fields and what nobody reads do not."""
    digest = snapshot_from(ROW).digest
    assert snapshot_from(dict(reversed(ROW.items()))).digest == digest
    assert snapshot_from({**ROW, "new_field": 1, "combined_return_id": "7"}).digest == digest
    with suppress(AnswerUnreadable):
        assert snapshot_from({key: value for key, value in ROW.items() if key != name}).digest != digest
    assert len(digest) == 64


def test_texts_can_be_stored() -> None:
    """Half of a character is replaced, so that the text can be written as UTF-8."""
    snapshot = snapshot_from({**ROW, "return_reason_text": json.loads('"broken \\ud83d"')})
    assert snapshot.reason_text == "broken ?"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
WORDS = st.sampled_from(["", "0", "1", "12.5", "USD", "VND", "REFUND", "BUYER_SHIPPED_ITEM", "x"])
VALUES = JSON | WORDS | st.integers(-(10**30), 10**30)
AMOUNTS = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(ROW["refund_amount"], VALUES),
)
ITEMS = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(ROW["return_line_items"][0], VALUES),
        "refund_amount": AMOUNTS | VALUES,
    },
)
ROWS = st.fixed_dictionaries(
    {},
    optional={
        **{name: VALUES | st.just(value) for name, value in ROW.items()},
        "refund_amount": AMOUNTS | VALUES,
        "return_line_items": st.lists(ITEMS | VALUES, max_size=3) | VALUES,
        "is_quick_refund": VALUES,
    },
)


CANCELLATIONS = st.fixed_dictionaries(
    {},
    optional={
        **{name: VALUES | st.just(value) for name, value in CANCELLATION.items()},
        "refund_amount": AMOUNTS | VALUES,
        "cancel_line_items": st.lists(ITEMS | VALUES, max_size=3) | VALUES,
    },
)


@given(ROWS | CANCELLATIONS)
def test_any_row_is_read_or_refused(row: dict[str, object]) -> None:
    """Whatever comes, the answer is a snapshot or AnswerUnreadable, and trouble means no amount."""
    try:
        snapshot = snapshot_from(row)
    except AnswerUnreadable:
        return
    assert snapshot.refund is None or not snapshot.trouble
    assert {line.refund.currency for line in snapshot.lines if line.refund and snapshot.refund} <= (
        {snapshot.refund.total.currency} if snapshot.refund else set()
    )


ORDER_ROWS = st.fixed_dictionaries(
    {"id": VALUES | st.just("5764"), "create_time": VALUES | st.just(1760000000)},
    optional={
        "payment": st.fixed_dictionaries({}, optional={"currency": VALUES, "total_amount": VALUES}) | VALUES,
        "line_items": st.lists(
            st.fixed_dictionaries(
                {}, optional=dict.fromkeys(("id", "sale_price", "currency", "seller_sku"), VALUES)
            )
            | VALUES
        )
        | VALUES,
        "status": VALUES,
    },
)


@given(ORDER_ROWS)
def test_any_order_is_read_or_refused(row: dict[str, object]) -> None:
    """Whatever comes, the answer is an order with an id, or AnswerUnreadable."""
    try:
        order = order_from(row)
    except AnswerUnreadable:
        return
    assert order.order_id == row["id"]


@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_can_be_opened(body: bytes) -> None:
    """No answer breaks the reading of the envelope; without an integer code it is none."""
    envelope = opened(Answer(200, {}, body))
    assert envelope.code is None or isinstance(envelope.code, int)


def test_nesting_without_end_is_no_answer() -> None:
    """Thousands of brackets are refused, not followed."""
    assert opened(Answer(200, {}, b'{"code":0,"data":' + b"[" * 100_000)).code is None


def test_an_unread_order_is_refused() -> None:
    """An order needs an id and a time of creation."""
    with pytest.raises(AnswerUnreadable):
        order_from({"id": "5764"})
    with pytest.raises(AnswerUnreadable):
        order_from({"create_time": 1760000000})


SALES = st.lists(
    st.builds(
        TikTokSale,
        sku=st.sampled_from(["MUG", "CAP", "LAMP"]),
        price=st.integers(1, 99_999).map(lambda minor: f"{minor // 100}.{minor % 100:02d}"),
        quantity=st.integers(1, 3),
    ),
    min_size=1,
    max_size=3,
)


@given(
    sales=SALES,
    kind=st.sampled_from([t for t in ReturnType if t is not ReturnType.UNKNOWN]),
    status=st.sampled_from([s for s in ReturnStatus if s is not ReturnStatus.UNKNOWN]),
    shipping=st.sampled_from(["0", "4.99"]),
    amount=st.booleans(),
    noise=st.booleans(),
    quick=st.booleans(),
)
def test_the_stand_ins_rows_come_back(
    *,
    sales: list[TikTokSale],
    kind: ReturnType,
    status: ReturnStatus,
    shipping: str,
    amount: bool,
    noise: bool,
    quick: bool,
) -> None:
    """What was put in is what is read from the rows, with or without missing and new fields."""
    stand_in = TikTokStandIn(HandClock())
    stand_in.switches.drops_fields = stand_in.switches.adds_fields = noise
    order = stand_in.add_order(sales, shipping=shipping)
    case = stand_in.add_return(
        order, type=kind, status=status, shipping=shipping, amount=amount, quick_refund=quick
    )
    snapshot = snapshot_from(stand_in.row_of(case))
    assert (snapshot.case_id, snapshot.order_id) == (case.return_id, order.order_id)
    assert (snapshot.type, snapshot.status, snapshot.trouble) == (kind, status, "")
    assert (snapshot.refund and snapshot.refund.total) == (order.total if amount else None)
    assert [line.order_line_id for line in snapshot.lines] == list(order.line_ids)
    assert snapshot.quick_refund is quick
    read = order_from(stand_in.row_of(order))
    assert [line.sale_price for line in read.lines] == [usd(unit.sale.price) for unit in order.units]
    assert read.total == order.total


def test_a_cancellation_is_read_whole() -> None:
    """Every field that decisions need is there, exact and typed."""
    snapshot = snapshot_from(CANCELLATION)
    total = Money(686850, "VND")
    assert snapshot == Snapshot(
        case_id="4035318504086604500",
        kind=Kind.CANCELLATION,
        order_id="576461413038785752",
        type=CancelType.BUYER_CANCEL,
        type_word="BUYER_CANCEL",
        status=CancelStatus.COMPLETE,
        status_word="CANCELLATION_REQUEST_COMPLETE",
        created_at=datetime.fromtimestamp(1760000000, UTC),
        updated_at=datetime.fromtimestamp(1760000000, UTC),
        digest=snapshot.digest,
        lines=(CaseLine("4035318504086604501", "576461413038851288", "MUG", total),),
        refund=RefundAmount(total, parts={"refund_tax": Money(62441, "VND")}),
        reason="ecom_order_to_ship_canceled_reason_buyer_change_of_mind",
        reason_text="Change of mind",
        replenish=True,
    )


@pytest.mark.parametrize(
    ("word", "status"),
    [
        *((status.value, status) for status in CancelStatus),
        ("CANCELLATION_REQUEST_CANCELLED", CancelStatus.CANCELLED),
        ("RETURN_OR_REFUND_REQUEST_COMPLETE", CancelStatus.UNKNOWN),
    ],
)
def test_the_status_of_a_cancellation(word: str, status: CancelStatus) -> None:
    """TikTok's own words, that of its webhook, and none of another object's."""
    snapshot = snapshot_from({**CANCELLATION, "cancel_status": word})
    assert (snapshot.status, snapshot.status_word) == (status, word)
    assert isinstance(snapshot.status, CancelStatus)


@pytest.mark.parametrize("word", [*CancelType, "NEW"])
def test_the_type_of_a_cancellation(word: str) -> None:
    """What is not on the list is unknown, and told as it came."""
    snapshot = snapshot_from({**CANCELLATION, "cancel_type": word})
    expected = CancelType.UNKNOWN if word == "NEW" else CancelType(word)
    assert (snapshot.type, snapshot.type_word) == (expected, word)


@pytest.mark.parametrize(("value", "replenish"), [(True, True), (False, False), (None, None)])
def test_whether_stock_is_replenished(value: object, *, replenish: bool | None) -> None:
    """TikTok's own word; none is no word."""
    row = {**CANCELLATION, "should_replenish_stock": value}
    assert (snapshot_from(row).replenish, snapshot_from(row).trouble) == (replenish, "")
    row.pop("should_replenish_stock")
    assert snapshot_from(row).replenish is None


@pytest.mark.parametrize("value", ["false", 0, {}])
def test_an_unreadable_word_on_the_stock_is_trouble(value: object) -> None:
    """Nothing is written on a guess."""
    snapshot = snapshot_from({**CANCELLATION, "should_replenish_stock": value})
    assert snapshot.refund is None
    assert snapshot.trouble.startswith("TikTok's word on replenishing the stock, ")


@pytest.mark.parametrize("name", ["cancel_id", "order_id", "cancel_status", "update_time"])
def test_a_cancellation_that_cannot_be_told_apart_is_unreadable(name: str) -> None:
    """The error names the search that it came from, where that can be told."""
    row = {key: value for key, value in CANCELLATION.items() if key != name}
    with pytest.raises(AnswerUnreadable) as caught:
        snapshot_from(row)
    assert caught.value.operation == ("returns/search" if name == "cancel_id" else "cancellations/search")


def test_a_return_with_a_cancellations_id_is_a_return() -> None:
    """A new field does not make another object of it."""
    assert snapshot_from({**ROW, "cancel_id": "1"}).kind is Kind.RETURN


@pytest.mark.parametrize("cash_on_delivery", [True, False])
@pytest.mark.parametrize("replenish", [True, False, None])
def test_the_stand_ins_cancellations_come_back(
    stand_in: TikTokStandIn, *, cash_on_delivery: bool, replenish: bool | None
) -> None:
    """What was put in is what is read; nothing is paid back of what was never paid."""
    sale = TikTokSale("MUG", "10.00", quantity=2)
    order = stand_in.add_order([sale], status="AWAITING_SHIPMENT", cash_on_delivery=cash_on_delivery)
    case = stand_in.add_cancellation(order, replenish=replenish)
    snapshot = snapshot_from(stand_in.row_of(case))
    read = order_from(stand_in.row_of(order))
    assert (snapshot.kind, snapshot.case_id, snapshot.replenish) == (
        Kind.CANCELLATION,
        case.cancel_id,
        replenish,
    )
    assert (snapshot.refund is None, snapshot.trouble) == (cash_on_delivery, "")
    assert [line.order_line_id for line in snapshot.lines] == list(order.line_ids)
    assert (read.cash_on_delivery, read.paid) == (cash_on_delivery, not cash_on_delivery)


@pytest.mark.parametrize(
    ("fields", "paid"),
    [
        ({"paid_time": 1760000000}, True),
        ({"paid_time": 1760000000, "status": "UNPAID"}, False),
        ({"paid_time": 0}, False),
        ({"paid_time": None}, False),
        ({}, False),
        ({"paid_time": "soon"}, True),
    ],
)
def test_whether_an_order_was_paid(fields: dict[str, object], *, paid: bool) -> None:
    """A time that cannot be read is one: that nothing was paid has to be sure."""
    row = {"id": "5764", "create_time": 1760000000, "status": "CANCELLED", **fields}
    assert order_from(row).paid == paid


def test_parts_of_a_smaller_amount_add_up(stand_in: TikTokStandIn) -> None:
    """A partial refund is spread over the units so that nothing is lost."""
    order = stand_in.add_order([TikTokSale("MUG", "10.00", quantity=3)])
    case = stand_in.add_return(order, refund_total="10.00")
    snapshot = snapshot_from(stand_in.row_of(case))
    refunds = [line.refund for line in snapshot.lines if line.refund]
    assert sum(refunds, Money.zero("USD")) == usd("10.00")


def test_an_advanced_case_has_another_digest(stand_in: TikTokStandIn, clock: HandClock) -> None:
    """A change of the amount alone is seen by the digest, even where the update time stays."""
    order = stand_in.add_order([TikTokSale("MUG", "10.00")])
    case = stand_in.add_return(order)
    clock.advance(timedelta(hours=1))
    changed = stand_in.advance(case, touch=False, paid=Paid("9.00"))
    before, after = snapshot_from(stand_in.row_of(case)), snapshot_from(stand_in.row_of(changed))
    assert before.updated_at == after.updated_at
    assert before.digest != after.digest
