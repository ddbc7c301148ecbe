"""What is kept of TikTok's rows: what somebody reads, and nothing of a buyer."""

import json
from collections.abc import Iterator

import pytest
from hypothesis import given

from syncd.errors import AnswerUnreadable
from syncd.tiktok.kept import digest_of, kept
from syncd.tiktok.wire import snapshot_from
from tests.tiktok.test_wire import CANCELLATION, CANCELLATIONS, ROW, ROWS

CANARY = "Jane Canary"
BUYER = {
    "buyer_user_id": CANARY,
    "buyer": {"name": CANARY, "addresses": [{"street": CANARY}]},
    "recipient_address": {"full_address": CANARY, "phone_number": CANARY},
    "buyer_message": CANARY,
    "buyer_email": CANARY,
    "images": [{"url": CANARY}],
}
SMALL = {name: value for name, value in ROW.items() if name != "combined_return_id"}
SMALL_CANCELLATION = {name: value for name, value in CANCELLATION.items() if name != "role"}


def without_names(row: dict[str, object], items: str) -> dict[str, object]:
    """The row without the names of products, which nobody reads."""
    lines = row[items]
    assert isinstance(lines, list)
    return {**row, items: [{k: v for k, v in line.items() if k != "product_name"} for line in lines]}


@pytest.mark.parametrize(
    ("row", "small"),
    [
        (ROW, without_names(SMALL, "return_line_items")),
        (CANCELLATION, without_names(SMALL_CANCELLATION, "cancel_line_items")),
    ],
    ids=["return", "cancellation"],
)
def test_what_is_read_is_kept(row: dict[str, object], small: dict[str, object]) -> None:
    """Every id, status, time, reason and amount, as it came."""
    assert kept(row) == small


@pytest.mark.parametrize("row", [ROW, CANCELLATION], ids=["return", "cancellation"])
def test_nothing_of_a_buyer_is_kept(row: dict[str, object]) -> None:
    """Wherever TikTok would put it: in the row, in each object of it, and in place of what is read."""
    plain = kept(row)
    for planted in planted_in(row):
        assert kept(planted) == plain
    for name in row:
        assert CANARY not in json.dumps(kept({**row, name: BUYER, "x": BUYER}))
        assert CANARY not in json.dumps(kept({**row, name: [BUYER, [CANARY], CANARY]}))


def planted_in(row: dict[str, object]) -> Iterator[dict[str, object]]:
    """The row with a buyer in each of its objects."""
    yield {**row, **BUYER}
    for name, value in row.items():
        if isinstance(value, dict):
            yield {**row, name: {**value, **BUYER, "buyer_tax": CANARY, "phone": "5550100"}}
        if isinstance(value, list):
            yield {**row, name: [planted for item in value for planted in planted_in(item)][:1]}


def test_parts_of_a_bundle_are_kept_by_their_sku() -> None:
    """And nothing else of them."""
    part = {"seller_sku": "SHIRT", "note": CANARY}
    line = {"return_line_item_id": "1", "order_line_item_id": "2", "return_sub_line_items": [part]}
    assert kept({"return_line_items": [line]})["return_line_items"] == [
        {**line, "return_sub_line_items": [{"seller_sku": "SHIRT"}]}
    ]


@given(ROWS | CANCELLATIONS)
def test_what_is_kept_reads_as_the_whole_row_did(row: dict[str, object]) -> None:
    """What comes back from the store is what was decided on, and keeping it again changes nothing."""
    small = json.loads(json.dumps(kept(row)))
    assert kept(small) == small
    assert digest_of(small) == digest_of(row)
    try:
        snapshot = snapshot_from(row)
    except AnswerUnreadable as error:
        with pytest.raises(AnswerUnreadable, match=str(error)[:12]):
            snapshot_from(small)
    else:
        assert snapshot_from(small) == snapshot
