"""How a shop stands, by what the store knows."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from syncd.config.tables import Guard, Shop, Shopify, Sync, TikTok
from syncd.model import notes
from syncd.model.cases import Kind, Restock, State
from syncd.model.tokens import StoredToken
from syncd.service.health import Health, Level, health_of
from syncd.store.cases import Seen
from syncd.store.database import Database
from syncd.store.store import Store
from syncd.tiktok.wire import snapshot_from

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ON = Shop(
    tiktok=TikTok(app_key="6abc"),
    shopify=Shopify(domain="acme.myshopify.com", client_id="id"),
    sync=Sync(enabled=True, start_from=NOW - DAY),
)


@pytest.fixture
def store() -> Iterator[Store]:
    """A store of a shop that was just polled."""
    with closing(Store.over(Database.in_memory(), snapshot_from)) as store:
        store.shops.polled("us", NOW)
        yield store


def look(store: Store, shop: Shop = ON, at: datetime = NOW) -> Health:
    """How the shop stands."""
    return health_of(store, "us", shop, at)


def found(store: Store, shop: Shop = ON, at: datetime = NOW) -> list[tuple[Level, str, str]]:
    """What is not as it should be."""
    return [(one.level, one.what, one.hint) for one in look(store, shop, at).findings]


def login(store: Store, until: datetime | None, access: datetime = NOW + DAY) -> None:
    """Keep a TikTok token."""
    store.memory.put(notes.login_pointer("6abc", "us"), "key")
    store.tokens.put("key", StoredToken("a", access, "r", until, (), "seed"))


def case(store: Store, state: State, *, seen: datetime = NOW, reason: str | None = None) -> None:
    """Keep a case of TikTok's that was paid back."""
    row: dict[str, object] = {
        "return_id": "1",
        "order_id": "101",
        "return_type": "REFUND",
        "return_status": "RETURN_OR_REFUND_REQUEST_COMPLETE",
        "create_time": 1_792_000_000,
        "update_time": 1_793_000_000,
        "refund_amount": {"currency": "USD", "refund_total": "5.00"},
    }
    store.cases.see("us", [Seen(row, snapshot_from(row))], seen)
    known = store.cases.get("us", "1")
    assert known
    store.cases.keep(replace(known, state=state, reason=reason, paid_back_seen_at=seen), seen)


def test_all_is_well(store: Store) -> None:
    """Nothing found, nothing said."""
    health = look(store)
    assert (health.level, health.why, health.findings) == (Level.OK, "", ())


@pytest.mark.parametrize(
    ("interval", "ago", "level"),
    [(5 * MINUTE, 15, Level.OK), (5 * MINUTE, 16, Level.CRITICAL), (MINUTE / 60, 2, Level.OK)],
)
def test_silence(store: Store, interval: timedelta, ago: int, level: Level) -> None:
    """Three intervals without a good poll are critical, but never less than two minutes."""
    shop = ON.model_copy(update={"sync": ON.sync.model_copy(update={"poll_interval": interval})})
    assert look(store, shop, NOW + ago * MINUTE).level == level


@pytest.mark.parametrize(
    ("stops", "late", "level"),
    [
        (False, False, Level.WARNING),
        (True, False, Level.CRITICAL),
        (False, True, Level.CRITICAL),
    ],
)
def test_a_failure(store: Store, stops: bool, late: bool, level: Level) -> None:
    """One that waiting may cure is a warning as long as polls are good; the hint and its age come with it."""
    at = NOW + 16 * MINUTE
    store.shops.failed("us", "no connection", NOW, stops=stops, hint="look at the cable")
    store.shops.failed("us", "no connection", at, stops=stops, hint="look at the cable")
    if not late:
        store.shops.polled("us", at)
    assert found(store, at=at) == [(level, "no connection (for 16 min)", "look at the cable")]


def test_the_brake(store: Store) -> None:
    """It is told once, though it also fails every cycle."""
    store.memory.put(notes.brake("us"), "on")
    store.shops.failed("us", "TikTok knows none of this shop's latest cases", NOW, stops=True)
    [(level, what, hint)] = found(store)
    assert (level, what.partition(":")[0]) == (Level.CRITICAL, "the brake is on")
    assert hint.endswith("syncd check --shop us")
    assert look(store).braked


@pytest.mark.parametrize(
    ("left", "level", "words"),
    [
        (15 * DAY, Level.OK, ""),
        (14 * DAY, Level.WARNING, "ends in 14 days"),
        (3 * DAY, Level.CRITICAL, "ends in 3 days"),
        (-HOUR, Level.CRITICAL, "has ended"),
        (None, Level.OK, ""),
    ],
)
def test_the_authorisation_ends(store: Store, left: timedelta | None, level: Level, words: str) -> None:
    """A warning two weeks before and critical in the last three days; where no end is known, nothing."""
    login(store, None if left is None else NOW + left)
    health = look(store)
    assert (health.level, words in health.why) == (level, True)
    assert health.authorised_until == (None if left is None else NOW + left)
    assert [one.hint for one in health.findings] == ["syncd auth tiktok --shop us"] * (level > Level.OK)


def test_a_token_that_cannot_be_renewed(store: Store) -> None:
    """It is told while the old one still works."""
    login(store, None)
    store.memory.put(notes.unrenewed("key"), (NOW - 3 * HOUR).isoformat())
    what = "TikTok's access token could not be renewed for 3 h; it works until 2026-11-03 12:00 UTC"
    assert found(store) == [(Level.WARNING, what, "")]


@pytest.mark.parametrize(
    ("reason", "age", "warned"),
    [
        (None, 2 * HOUR, True),
        (None, 30 * MINUTE, False),
        ("order_not_found", 2 * DAY, False),
        ("claimed_elsewhere", 2 * HOUR, False),
        ("claimed_elsewhere", 2 * DAY, True),
    ],
)
def test_old_cases(store: Store, reason: str | None, age: timedelta, warned: bool) -> None:
    """What should long have been written is a warning, not what waits for its order; never in a dry run."""
    case(store, State.DUE, seen=NOW - age, reason=reason)
    levels = [level for level, _, _ in found(store)]
    assert levels == ([Level.WARNING] if warned else [])
    assert look(store).due.since == NOW - age
    assert found(store, ON.model_copy(update={"guard": Guard(dry_run=True)})) == []


def test_the_worst_comes_first(store: Store) -> None:
    """A hold is a warning, behind what is critical."""
    case(store, State.HELD, reason="order_ambiguous")
    login(store, NOW + DAY)
    assert [level for level, _, _ in found(store)] == [Level.CRITICAL, Level.WARNING]
    assert look(store).why.startswith("the seller's authorisation")


def test_a_disabled_shop_is_never_ill(store: Store) -> None:
    """Its tokens and its cases are still told."""
    case(store, State.HELD, reason="order_ambiguous")
    login(store, NOW - DAY)
    store.tokens.put(
        notes.token_key("acme.myshopify.com", "id"), StoredToken("a", NOW, None, None, (), "seed")
    )
    store.shops.failed("us", "no connection", NOW, stops=True)
    health = look(store, ON.model_copy(update={"sync": Sync()}), NOW + DAY)
    assert (health.level, health.why, health.findings, health.held) == (Level.OK, "disabled", (), 1)
    assert (health.authorised_until, health.shopify_token_expires_at) == (NOW - DAY, NOW)


def test_watermarks_and_what_waits_for_inspection(store: Store) -> None:
    """Each kind of case has its own."""
    store.shops.read_up_to("us", NOW - MINUTE, Kind.CANCELLATION)
    case(store, State.SYNCED)
    known = store.cases.get("us", "1")
    assert known
    store.cases.keep(replace(known, restock=Restock.WAITING, restock_since=NOW - DAY), NOW)
    health = look(store)
    assert health.watermarks == {Kind.CANCELLATION: NOW - MINUTE}
    assert (health.restock_waiting.count, health.restock_waiting.since) == (1, NOW - DAY)
