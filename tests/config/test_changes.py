"""What differs between two settings, and what waits for a restart."""

from typing import Any

from syncd.config.changes import changes, needs_restart, taken_over
from syncd.config.keys import dotted


def named(before: Any, after: Any) -> list[str]:
    """The changed keys."""
    return [dotted(key) for key in changes(before.settings, after.settings)]


def test_nothing(good: Any, shop: str) -> None:
    """The same file twice is no change."""
    assert named(good(shop), good(shop)) == []


def test_each_key_is_named(good: Any, shop: str) -> None:
    """A key for every shop once, a shop's own by itself, tables of the admin's own as a whole."""
    before = good(shop)
    after = good(
        '[sync]\npoll_interval = "1m"\n[alerts]\nurls = ["json://x"]\n[match.skus]\nA = "B"\n'
        + shop
        + "concurrency = 2\n[shops.us.sync]\nauto_restock = true\n"
    )
    assert named(before, after) == [
        "sync.poll_interval",
        "match.skus",
        "alerts.urls",
        "shops.us.shopify.concurrency",
        "shops.us.sync.auto_restock",
    ]


def test_a_shop_of_its_own_mind(good: Any, shop: str) -> None:
    """Where a shop has its own value, the shared key's change is not its."""
    own = shop + '[shops.us.sync]\npoll_interval = "2m"\n'
    assert named(good(own), good('[sync]\npoll_interval = "1m"\n' + own)) == ["sync.poll_interval"]
    assert named(good(shop), good(own)) == ["shops.us.sync.poll_interval"]


def test_shops_come_and_go(good: Any, shop: str) -> None:
    """A new shop is one key, and so is one that is gone."""
    both = shop + shop.replace("shops.us", "shops.uk").replace("acme", "acme-uk")
    assert named(good(shop), good(both)) == ["shops.uk"]
    assert named(good(both), good(shop)) == ["shops.uk"]
    assert "uk" in taken_over(good(shop).settings, good(both).settings).shops


def test_what_waits_for_a_restart_stays_as_it_was(good: Any, shop: str) -> None:
    """The store, the port, and every login; all else of the same file is taken over."""
    before = good(shop).settings
    after = good(
        '[store]\npath = "/var/lib/syncd/other.db"\n[metrics]\nlisten = "127.0.0.1:9464"\n[guard]\n'
        "dry_run = true\n" + shop.replace("canary-app-secret", "other").replace("6abc", "7abc")
    ).settings
    late = [dotted(key) for key in changes(before, after) if needs_restart(key)]
    assert late == ["store.path", "metrics.listen", "shops.us.tiktok.app_key", "shops.us.tiktok.app_secret"]
    taken = taken_over(before, after)
    assert taken.store == before.store
    assert taken.metrics == before.metrics
    assert taken.shops["us"].tiktok == before.shops["us"].tiktok
    assert taken.shops["us"].guard.dry_run
    assert [dotted(key) for key in changes(before, taken)] == ["guard.dry_run"]
