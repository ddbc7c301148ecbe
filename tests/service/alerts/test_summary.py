"""The daily summary."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from syncd.config.settings import Settings
from syncd.model.cases import Restock, State
from syncd.model.intents import Intent, IntentState
from syncd.model.money import Money
from syncd.model.plans import ActionKind
from syncd.service.alerts.message import signature
from syncd.service.alerts.summary import is_due, summary
from syncd.store.store import Store
from tests.service.alerts.conftest import keep

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def sent(store: Store, number: int, at: datetime, state: IntentState = IntentState.CONFIRMED) -> None:
    """A refund of 20 dollars."""
    intent = Intent(
        shop="us",
        case_id=str(number),
        action=ActionKind.CREATE_REFUND,
        generation=1,
        key=f"key-{number}",
        operation="refundCreate",
        api_version="2026-10",
        body=b"",
        shopify_order_id="gid://shopify/Order/1",
        amount=Money(2000, "USD"),
        digest="",
        created_at=at,
        first_sent_at=at,
        state=state,
    )
    store.intents.add(intent)


def test_what_was_done_and_what_waits(store: Store, settings_of: Callable[..., Settings]) -> None:
    """Shop by shop: refunds since the last one, holds by reason, what waits and since when."""
    sent(store, 1, NOON - HOUR)
    sent(store, 2, NOON - DAY)
    sent(store, 3, NOON - DAY - HOUR)
    sent(store, 4, NOON - HOUR, IntentState.UNKNOWN)
    keep(store, "us", 1, NOON, state=State.HELD, reason="units_gone")
    keep(store, "us", 2, NOON, state=State.HELD, reason="over_ceiling")
    keep(store, "us", 3, NOON, state=State.HELD, reason="over_ceiling")
    keep(store, "us", 4, NOON - DAY, state=State.DUE, reason="order_not_found")
    keep(store, "us", 5, NOON, state=State.SYNCED, restock=Restock.WAITING, restock_since=NOON - 2 * DAY)
    store.shops.polled("us", NOON)
    message = summary(store, settings_of("shops.uk.sync.enabled = false\n", "us", "uk"), NOON - DAY, NOON)
    assert message.title == "syncd: daily summary"
    assert message.body.splitlines() == [
        "Since 2026-11-01 12:00 UTC:",
        "",
        "uk: switched off",
        "",
        "us: 2 refunds, 40.00 USD",
        "- held: 3 (over_ceiling 2, units_gone 1)",
        "- to be written: 1 case, the oldest since 2026-11-01 12:00 UTC",
        "- units to inspect: 1 case, the oldest since 2026-10-31 12:00 UTC",
        "- last good poll: 2026-11-02 12:00 UTC",
        "",
        signature(NOON),
    ]


def test_a_quiet_day(store: Store, settings_of: Callable[..., Settings]) -> None:
    """Nothing is told of what is not there."""
    body = summary(store, settings_of(), NOON - DAY, NOON).body
    assert body.split("\n\n")[1] == "us: 0 refunds\n- last good poll: never"


@pytest.mark.parametrize(
    ("last", "now", "due"),
    [
        ("2026-11-01 08:00", "2026-11-02 07:59", False),
        ("2026-11-01 08:00", "2026-11-02 08:00", True),
        ("2026-11-02 08:00", "2026-11-02 23:59", False),
        ("2026-11-01 09:30", "2026-11-02 08:01", True),
        ("2026-10-20 08:00", "2026-11-02 07:00", True),
    ],
)
def test_when(last: str, now: str, due: bool) -> None:
    """Once a day at its time, in UTC, or as soon after it as there is somebody to send it."""
    at, then = (datetime.fromisoformat(f"{text}+00:00") for text in (last, now))
    assert is_due("08:00", at, then) is due
