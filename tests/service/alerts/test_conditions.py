"""What is wrong right now."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from syncd.config.settings import Settings
from syncd.model.cases import State
from syncd.model.notes import login_pointer
from syncd.model.reasons import EXPLANATIONS, Group, Reason, hint_for
from syncd.model.tokens import StoredToken
from syncd.service.alerts.alert import Alert
from syncd.service.alerts.catalogue import Kind
from syncd.service.alerts.conditions import conditions
from syncd.service.alerts.watch import Break, Fault, Seen
from syncd.store.store import Store
from tests.service.alerts.conftest import keep

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SettingsOf = Callable[..., Settings]
Now = Callable[..., list[Alert]]


def together(of_shops: Iterable[dict[str, Alert]]) -> dict[str, Alert]:
    """The alerts of all shops."""
    return {key: alert for of_shop in of_shops for key, alert in of_shop.items()}


@pytest.fixture
def wrong(store: Store, settings_of: SettingsOf) -> Now:
    """What is wrong with the shop `us`, which was watched for a year, and was just polled."""
    store.shops.polled("us", NOON)

    def wrong(now: datetime = NOON, *, text: str = "", started: bool = True, **seen: Any) -> list[Alert]:
        of_us = replace(Seen(NOON - 365 * DAY), **seen)
        ended = {"us": True} if started else {}
        found = together(conditions(store, settings_of(text), {"us": of_us}, ended, now))
        assert list(found) == [alert.key for alert in found.values()]
        return list(found.values())

    return wrong


def fault(error: str = "CredentialsRefused", **more: Any) -> dict[str, Fault]:
    known: dict[str, Any] = {
        "error": error,
        "api": "tiktok",
        "operation": "returns/search",
        "code": "",
        "scope": "",
        "what": "TikTok says no",
        "hint": "do this",
        "at": NOON,
    }
    return {"": Fault(**known | more)}


def test_nothing(wrong: Now) -> None:
    """A shop that was polled and has nothing to do is no cause for an alert."""
    assert wrong() == []


def test_held_cases_are_one_alert_for_each_reason(store: Store, wrong: Now) -> None:
    """With how many, how much, some of them by name, and what to do."""
    for number in range(7):
        keep(store, "us", number, NOON + number * MINUTE, state=State.HELD, reason="over_ceiling")
    keep(store, "us", 9, NOON, state=State.HELD, reason="units_gone", detail="SHIRT", shopify_order_name="#9")
    many, one = wrong()
    assert (many.kind, many.subject, many.size) == (Kind.CASE_HELD, "over_ceiling", 7)
    assert many.what == "7 cases are held, 140.00 USD: The refund is above a ceiling of [guard]."
    assert many.details[0] == "us:4035006, order 5764006, 20.00 USD"
    assert many.details[5:] == ("and 2 more: syncd list --shop us --reason over_ceiling",)
    assert many.hint == hint_for(Reason.OVER_CEILING, "CASE")
    assert one.what.startswith("1 case is held, 20.00 USD: ")
    assert one.details == ("us:4035009, order #9, 20.00 USD: SHIRT",)
    assert one.hint == hint_for(Reason.UNITS_GONE, "us:4035009")
    assert one.title == "us: cases held (units_gone)"


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        (Reason.DOUBLED, Kind.DOUBLED),
        (Reason.REFUSED_BY_SHOPIFY, Kind.REFUND_REJECTED),
        (Reason.REFUND_FAILED, Kind.REFUND_REJECTED),
        (Reason.OUTCOME_UNPROVEN, Kind.REFUND_REJECTED),
        *(
            (reason, Kind.CASE_HELD)
            for reason, told in EXPLANATIONS.items()
            if told.group is Group.HOLD
            and reason
            not in {
                Reason.DOUBLED,
                Reason.REFUSED_BY_SHOPIFY,
                Reason.REFUND_FAILED,
                Reason.OUTCOME_UNPROVEN,
            }
        ),
    ],
)
def test_every_hold_is_told(store: Store, wrong: Now, reason: Reason, kind: Kind) -> None:
    """With its own hint; a refund that may be wrong or lost is told more sharply."""
    keep(store, "us", 1, NOON, state=State.HELD, reason=reason.value)
    [alert] = wrong()
    assert (alert.kind, alert.hint) == (kind, hint_for(reason, "us:4035001"))


@pytest.mark.parametrize("state", [State.TRACKING, State.SYNCED, State.SKIPPED, State.DISMISSED])
def test_what_waits_for_nobody_is_not_told(store: Store, wrong: Now, state: State) -> None:
    """Cases that are done, or not due yet, are no alert, however old."""
    keep(store, "us", 1, NOON - 9 * DAY, state=state)
    assert wrong() == []


def test_a_shop_that_broke(wrong: Now) -> None:
    """That it crashed or got stuck is told with how."""
    [alert] = wrong(broke=Break(Kind.SHOP_STUCK, "It made no progress for 20 s.", NOON))
    assert (alert.key, alert.what) == ("shop_stuck:us:", "It made no progress for 20 s.")


def test_a_login_that_is_refused(wrong: Now) -> None:
    """With the words and the hint of the error; a missing scope is another alert."""
    [refused] = wrong(faults=fault())
    assert (refused.key, refused.hint) == ("login_refused:us:tiktok", "do this")
    assert refused.what == "TikTok says no (tiktok returns/search)."
    [scope] = wrong(faults=fault("MissingScope", api="shopify", scope="write_orders"))
    assert scope.key == "login_refused:us:shopify write_orders"


def test_a_shop_that_is_stopped(wrong: Now) -> None:
    """Another API version stops writing; a frozen shop is told as such."""
    [version] = wrong(faults=fault("ShopStopped", api="shopify", code="version"))
    assert version.key == "writes_stopped:us:"
    [frozen] = wrong(faults=fault("ShopStopped", api="shopify", code="402", hint=""))
    assert frozen.key == "shop_stopped:us:shopify"
    assert frozen.hint


def test_the_brake(store: Store, wrong: Now) -> None:
    """It is told by itself, not as a stopped shop as well."""
    store.memory.put("brake:us", "on")
    [alert] = wrong(faults=fault("ShopStopped"))
    assert alert.kind is Kind.BRAKE_ON
    assert "[shops.us.tiktok]" in alert.hint
    store.memory.put("brake:us", "")
    assert wrong() == []


@pytest.mark.parametrize(
    ("left", "stage", "words"),
    [
        (14 * DAY + MINUTE, 0, ""),
        (14 * DAY, 1, "ends in 14 days"),
        (7 * DAY, 2, "ends in 7 days"),
        (3 * DAY, 3, "ends in 3 days"),
        (DAY, 4, "ends in 24 h"),
        (-HOUR, 5, "has ended"),
    ],
)
def test_an_authorisation_that_ends(
    store: Store, wrong: Now, left: timedelta, stage: int, words: str
) -> None:
    """Each threshold is a stage of its own."""
    store.memory.put(login_pointer("6abc", "us"), "key")
    store.tokens.put("key", StoredToken("a", NOON + DAY, "r", NOON + left, (), ""))
    alerts = wrong()
    assert [alert.stage for alert in alerts] == ([stage] if stage else [])
    assert all(alert.kind is Kind.TOKEN_EXPIRING and words in alert.what for alert in alerts)


def test_an_authorisation_without_end(store: Store, wrong: Now) -> None:
    """Where TikTok tells no end, none is told."""
    store.memory.put(login_pointer("6abc", "us"), "key")
    store.tokens.put("key", StoredToken("a", NOON, "r", None, (), ""))
    assert wrong() == []


def test_a_token_that_is_not_renewed(wrong: Now) -> None:
    """An hour of failures is told, less is not."""
    assert wrong(unrenewed={"tiktok": NOON - HOUR + MINUTE}) == []
    [alert] = wrong(unrenewed={"tiktok": NOON - HOUR})
    assert alert.key == "token_not_renewed:us:tiktok"


@pytest.mark.parametrize(
    ("interval", "limit"), [("1m", 15 * MINUTE), ("5m", 15 * MINUTE), ("10m", 30 * MINUTE)]
)
def test_a_silent_shop(wrong: Now, store: Store, interval: str, limit: timedelta) -> None:
    """Three intervals without a good poll, and a quarter of an hour at least; with the last error."""
    text = f'sync.poll_interval = "{interval}"\n'
    assert wrong(NOON + limit, text=text) == []
    store.shops.failed("us", "nobody answers", NOON)
    [alert] = wrong(NOON + limit + MINUTE, text=text)
    assert alert.kind is Kind.SHOP_SILENT
    assert alert.what == "The last good poll was: 2026-11-02 12:00 UTC. Its last error: nobody answers"


def test_silence_while_nobody_listened(wrong: Now) -> None:
    """What was before the first cycle of this process, or before the shop was switched on, says nothing."""
    assert wrong(NOON + DAY, started=False) == []
    assert wrong(NOON + DAY, since=NOON + DAY - MINUTE) == []
    assert len(wrong(NOON + DAY)) == 1


def test_a_shop_that_was_never_polled(store: Store, wrong: Now) -> None:
    """It is silent since it is watched."""
    store.database.execute("DELETE FROM shops")
    [alert] = wrong()
    assert alert.what == "The last good poll was: never."


def test_a_backlog_that_does_not_move(store: Store, wrong: Now) -> None:
    """What nobody has to decide about must not wait for more than an hour; in a rehearsal it may."""
    keep(store, "us", 1, NOON - HOUR, state=State.DUE)
    keep(store, "us", 2, NOON - 2 * HOUR, state=State.WRITING, reason="outcome_unknown")
    keep(store, "us", 3, NOON - HOUR + MINUTE, state=State.DUE)
    keep(store, "us", 4, NOON - 2 * HOUR, state=State.DUE, reason="refund_pending")
    keep(store, "us", 5, NOON - 2 * DAY, state=State.DUE, reason="order_not_found")
    [alert] = wrong()
    assert (alert.kind, alert.size) == (Kind.BACKLOG_OLD, 2)
    assert alert.what == "2 cases wait to be written, the oldest since 2026-11-02 10:00 UTC."
    assert wrong(text="guard.dry_run = true\n") == []


def test_a_wait_of_days(store: Store, wrong: Now) -> None:
    """Another's claim, or a refund that Shopify does not finish, may take a day."""
    keep(store, "us", 1, NOON - DAY, state=State.DUE, reason="claimed_elsewhere")
    [alert] = wrong()
    assert alert.what == "1 case waits to be written, the oldest since 2026-11-01 12:00 UTC."


def test_ceilings(store: Store, wrong: Now) -> None:
    """That of a cycle and those of a day are two alerts."""
    keep(store, "us", 1, NOON, state=State.DUE, reason="day_ceiling")
    cycle, day = wrong(cycle_ceiling=True)
    assert (cycle.key, day.key) == ("ceiling_reached:us:cycle", "ceiling_reached:us:day")
    assert day.what.startswith("1 case waits for tomorrow")


def test_only_shops_that_are_switched_on(store: Store, settings_of: SettingsOf) -> None:
    """A shop that a person switched off, or took out of the file, is no cause for an alert."""
    for shop in ("us", "uk", "gone"):
        keep(store, shop, 1, NOON, state=State.HELD, reason="units_gone")
    settings = settings_of("shops.uk.sync.enabled = false\n", "us", "uk")
    found = together(conditions(store, settings, {"us": Seen(NOON), "uk": Seen(NOON)}, {}, NOON))
    assert list(found) == ["case_held:us:units_gone"]
