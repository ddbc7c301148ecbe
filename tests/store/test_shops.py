"""How far shops were read, and which orders belong together."""

from datetime import datetime, timedelta

from syncd.store.shops import Progress
from syncd.store.store import Store

MINUTE = timedelta(minutes=1)


def test_new(store: Store) -> None:
    """A shop that was never read has no watermark."""
    assert store.shops.progress("us") == Progress("us")


def test_polled(store: Store, now: datetime) -> None:
    """A good poll moves the watermark of its shop and ends its failure; no other shop is touched."""
    store.shops.failed("us", "no connection", now)
    assert store.shops.progress("us") == Progress("us", last_error="no connection", last_error_at=now)
    store.shops.polled("us", now, now + MINUTE)
    assert store.shops.progress("us") == Progress("us", watermark=now, last_good_poll=now + MINUTE)
    assert store.shops.progress("uk") == Progress("uk")


def test_watermark_never_moves_back(store: Store, now: datetime) -> None:
    """After the clock was set back, what was read stays read."""
    store.shops.polled("us", now, now)
    store.shops.polled("us", now - MINUTE, now - MINUTE)
    assert store.shops.progress("us").watermark == now


def test_failure_keeps_the_watermark(store: Store, now: datetime) -> None:
    """A failure changes nothing of what was read."""
    store.shops.polled("us", now, now)
    store.shops.baseline_done("us")
    store.shops.failed("us", "no connection", now + MINUTE)
    assert store.shops.progress("us") == Progress(
        "us",
        watermark=now,
        baseline_done=True,
        last_good_poll=now,
        last_error="no connection",
        last_error_at=now + MINUTE,
    )


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
