"""How far shops were read, and which orders belong together."""

from datetime import UTC, datetime, timedelta

from syncd.model.cases import Kind
from syncd.model.policy import Spell
from syncd.store.shops import Progress
from syncd.store.store import Store

MINUTE = timedelta(minutes=1)


def test_new(store: Store) -> None:
    """A shop that was never read has no watermark."""
    assert store.shops.progress("us") == Progress("us")


def test_polled(store: Store, now: datetime) -> None:
    """What was read moves the watermark; no other shop is touched."""
    store.shops.read_up_to("us", now)
    store.shops.polled("us", now + MINUTE)
    assert store.shops.progress("us") == Progress("us", watermark=now, last_good_poll=now + MINUTE)
    assert store.shops.progress("uk") == Progress("uk")


def test_failures_in_a_row(store: Store, now: datetime) -> None:
    """The latest is told, since when there are any, and none any more once the shop was worked on."""
    store.shops.failed("us", "no connection", now, api="tiktok")
    store.shops.polled("us", now + MINUTE)
    store.shops.failed("us", "refused", now + MINUTE, api="shopify", hint="log in", stops=True)
    assert store.shops.progress("us") == Progress(
        "us",
        last_good_poll=now + MINUTE,
        last_error="refused",
        last_error_at=now + MINUTE,
        last_error_since=now,
        last_error_api="shopify",
        last_error_hint="log in",
        last_error_stops=True,
    )
    store.shops.worked("us")
    assert store.shops.progress("us") == Progress("us", last_good_poll=now + MINUTE)


def test_watermark_never_moves_back(store: Store, now: datetime) -> None:
    """After the clock was set back, what was read stays read."""
    store.shops.read_up_to("us", now)
    store.shops.read_up_to("us", now - MINUTE)
    assert store.shops.progress("us").watermark == now


def test_failure_keeps_the_watermark(store: Store, now: datetime) -> None:
    """A failure changes nothing of what was read."""
    store.shops.read_up_to("us", now)
    store.shops.polled("us", now)
    store.shops.baseline_done("us")
    store.shops.failed("us", "no connection", now + MINUTE)
    assert store.shops.progress("us") == Progress(
        "us",
        watermark=now,
        baseline_done=True,
        last_good_poll=now,
        last_error="no connection",
        last_error_at=now + MINUTE,
        last_error_since=now + MINUTE,
    )


def test_each_kind_of_case_is_read_on_its_own(store: Store, now: datetime) -> None:
    """Its watermark and its baseline say nothing about the other kind."""
    store.shops.read_up_to("us", now)
    store.shops.baseline_done("us")
    assert store.shops.progress("us", Kind.CANCELLATION) == Progress("us")
    store.shops.read_up_to("us", now - MINUTE, Kind.CANCELLATION)
    store.shops.baseline_done("us", Kind.CANCELLATION)
    assert store.shops.progress("us", Kind.CANCELLATION) == Progress("us", now - MINUTE, baseline_done=True)
    assert store.shops.progress("us").watermark == now


def test_spells(store: Store, now: datetime) -> None:
    """A spell begins when the shop is not written to any more, and ends when it is again."""
    for number, live in enumerate((True, False, False, True, True)):
        store.shops.live("us", live=live, now=now + number * MINUTE)
    assert store.shops.spells("us") == (Spell(now + MINUTE, now + 3 * MINUTE),)
    assert store.shops.spells("uk") == ()


def cancelling(store: Store, *, on: bool, now: datetime) -> tuple[Spell, ...]:
    """The spells once it is known whether cancellations are carried over."""
    store.shops.live("us", live=on, now=now, kind=Kind.CANCELLATION)
    return store.shops.spells("us")


def test_cancellations_that_were_carried_over_from_the_start_have_no_spell(
    store: Store, now: datetime
) -> None:
    """Nobody has left anything unread."""
    assert cancelling(store, on=True, now=now) == ()


def test_all_time_before_the_first_reading_belongs_to_the_spell(store: Store, now: datetime) -> None:
    """What was cancelled before the store was made was not looked at either."""
    always = datetime(1970, 1, 1, tzinfo=UTC)
    assert cancelling(store, on=False, now=now) == (Spell(always, None, Kind.CANCELLATION),)
    assert cancelling(store, on=True, now=now + MINUTE) == (Spell(always, now + MINUTE, Kind.CANCELLATION),)


def test_a_later_spell_begins_when_it_begins(store: Store, now: datetime) -> None:
    """What was read before it is known; it may begin in the same moment as one of the whole shop."""
    store.shops.read_up_to("us", now, Kind.CANCELLATION)
    store.shops.live("us", live=False, now=now)
    assert cancelling(store, on=False, now=now) == (Spell(now, None), Spell(now, None, Kind.CANCELLATION))


def test_pairs(store: Store, now: datetime) -> None:
    """Only the pairs of the shop that are asked for and known come back; a newer one replaces the older."""
    store.shops.pair("us", "1", "gid://shopify/Order/1", "tag", now)
    store.shops.pair("us", "2", "gid://shopify/Order/2", "tag", now)
    store.shops.pair("us", "2", "gid://shopify/Order/22", "name", now)
    store.shops.pair("uk", "3", "gid://shopify/Order/3", "tag", now)
    assert store.shops.pairs("us", ["2", "3", "4"]) == {"2": "gid://shopify/Order/22"}
    assert store.shops.pairs("us", []) == {}


def test_many_pairs(store: Store, now: datetime) -> None:
    """A backlog of any size can be asked for at once."""
    store.shops.pair("us", "7", "gid://shopify/Order/7", "tag", now)
    ids = [str(number) for number in range(300_000)]
    assert store.shops.pairs("us", ids) == {"7": "gid://shopify/Order/7"}
