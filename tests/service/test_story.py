"""The life of a case in words."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from syncd.model.cases import Case
from syncd.model.intents import Intent, IntentState
from syncd.model.money import Money
from syncd.model.plans import ActionKind
from syncd.model.policy import Strategy
from syncd.model.reasons import explained
from syncd.model.rulings import RulingKind
from syncd.service.decisions import Command
from syncd.service.story import EVENTS, Kept, Voice, found_by, story
from syncd.store.cases import HistoryLine
from syncd.store.shops import Pair
from syncd.tiktok.wire import snapshot_from

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
LINE = {"return_line_item_id": "1", "order_line_item_id": "2", "seller_sku": "MUG"}
SAID = snapshot_from(
    {
        "return_id": "1",
        "order_id": "101",
        "return_type": "REFUND",
        "return_status": "RETURN_OR_REFUND_REQUEST_COMPLETE",
        "create_time": 1_792_000_000,
        "update_time": 1_793_000_000,
        "refund_amount": {"currency": "USD", "refund_total": "12.50"},
        "return_line_items": [LINE, LINE | {"return_line_item_id": "3"}],
    }
)
CASE = Case("us", SAID, NOW, NOW)
INTENT = Intent(
    shop="us",
    case_id="1",
    action=ActionKind.CREATE_REFUND,
    generation=1,
    key="key-1",
    operation="CreateRefund",
    api_version="2026-10",
    body=b"{}",
    shopify_order_id="gid://shopify/Order/7",
    amount=Money(1250, "USD"),
    digest="d",
    created_at=NOW,
)


def told(
    *lines: tuple[str, Mapping[str, object]], intent: Intent = INTENT, pair: Pair | None = None
) -> list[tuple[Voice, str]]:
    """The words for these lines of a history, a second apart."""
    history = [HistoryLine(NOW + timedelta(seconds=n), *line) for n, line in enumerate(lines)]
    return [(step.voice, step.what) for step in story(Kept(CASE, history, [(NOW, SAID)], [intent], pair))]


def test_what_tiktok_said() -> None:
    """Its status with the amount and the units of that moment; the status alone where the rest was pruned."""
    seen = {"status": "RETURN_OR_REFUND_REQUEST_COMPLETE", "snapshot": 1}
    assert told(("seen", seen), ("seen", seen | {"status": "OTHER"})) == [
        (Voice.TIKTOK, "RETURN_OR_REFUND_REQUEST_COMPLETE, 12.50 USD, 2 x MUG"),
        (Voice.TIKTOK, "OTHER"),
    ]


ACTION = {"action": "create_refund", "request_ids": []}
INTENDED = ("intended", ACTION | {"key": "key-1", "generation": 1})


def test_a_request_and_its_answer() -> None:
    """What is sent has its amount and key; the answer has what was made and the request's id."""
    done = replace(
        INTENT, state=IntentState.CONFIRMED, answer='{"refundCreate": {"id": "gid://shopify/Refund/9"}}'
    )
    confirmed = ("confirmed", ACTION | {"request_ids": ["req-1", "req-2"]})
    assert told(INTENDED, ("sending", ACTION), confirmed, intent=done) == [
        (Voice.SYNCD, "sends: create refund of 12.50 USD, with the idempotency key key-1"),
        (Voice.SHOPIFY, "has done it: create refund, gid://shopify/Refund/9; request req-1, req-2"),
    ]


def test_a_request_that_was_not_sent() -> None:
    """What was only intended is told; so is what Shopify refused, with its words."""
    refused = ("rejected", ACTION | {"request_ids": ["req-1"], "why": "Amount is too high"})
    assert told(INTENDED, ("dropped", ACTION), refused) == [
        (Voice.SYNCD, "is about to send: create refund"),
        (Voice.SYNCD, "does not send it any more: create refund"),
        (Voice.SHOPIFY, "has refused: create refund: Amount is too high; request req-1"),
    ]


def test_decisions_of_the_program() -> None:
    """Each with its reason in words, and what became of the units."""
    held = {"state": "held", "reason": "order_ambiguous", "detail": "#1 and #2", "restock": "none"}
    done = {"state": "synced", "reason": None, "detail": "", "restock": "waiting"}
    assert told(("decided", held), ("decided", done)) == [
        (
            Voice.SYNCD,
            f"the case is held (order_ambiguous): {explained('order_ambiguous', '#1 and #2')}",
        ),
        (Voice.SYNCD, "the case is done: Shopify has what it should; restock waiting"),
    ]


@pytest.mark.parametrize(
    ("event", "detail", "expected"),
    [
        ("dismissed", {"why": "settled by hand"}, "kim dismissed it: settled by hand"),
        (
            "linked",
            {"subjects": ["gid://shopify/Refund/9"]},
            "kim linked what Shopify has (gid://shopify/Refund/9)",
        ),
        (
            "approved",
            {"reason": "foreign_refund", "subjects": ["gid://shopify/Refund/9"], "why": "another unit"},
            "kim approved it (held for foreign_refund, gid://shopify/Refund/9): another unit",
        ),
        ("restocked", {"units": {"MUG": 2}}, "kim put units back into stock after inspection (2 x MUG)"),
        ("retry", {}, "kim had it decided again"),
    ],
)
def test_decisions_of_people(event: str, detail: Mapping[str, object], expected: str) -> None:
    """Who decided, what, about what, and why."""
    assert told((event, {**detail, "who": "kim"})) == [(Voice.PERSON, expected)]


def test_every_decision_has_words() -> None:
    """Whatever a person can decide."""
    assert {*RulingKind, Command.RETRY} <= EVENTS


def test_an_event_of_a_later_version() -> None:
    """What has no words yet is told as it is kept."""
    assert told(("moved", {"to": "there", "from": ""})) == [(Voice.SYNCD, "moved: to there")]


@pytest.mark.parametrize("strategy", Strategy)
def test_how_the_order_was_found(strategy: Strategy) -> None:
    """By which way, and between what was said before and after."""
    pair = Pair("gid://shopify/Order/7", strategy, NOW + timedelta(milliseconds=500))
    lines = told(("seen", {}), ("decided", {"state": "due", "restock": "none"}), pair=pair)
    words = [what for _, what in lines]
    assert words[1] == found_by(pair)
    assert words[1].startswith("found the Shopify order by ")
    earlier = Pair("gid://shopify/Order/7", strategy, NOW - timedelta(days=1))
    assert len(told(("seen", {}), pair=earlier)) == 1
