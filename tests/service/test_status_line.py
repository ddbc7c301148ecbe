"""One line for `systemctl status`."""

from contextlib import closing
from datetime import UTC, datetime, timedelta

from syncd.config.settings import Settings
from syncd.config.tables import Shop, Shopify, Sync, TikTok
from syncd.sandbox.clock import HandClock
from syncd.service.health import Health, Level
from syncd.service.status_line import StatusLine, _line
from syncd.store.database import Database
from syncd.store.shops import Progress
from syncd.store.store import Store
from syncd.sync.cycle import CycleResult
from syncd.tiktok.wire import snapshot_from

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)


def health(level: Level, *, ago: float | None = 12, **counts: int) -> Health:
    """A shop that was polled so many seconds ago."""
    good = None if ago is None else NOW - timedelta(seconds=ago)
    return Health(level, "", Progress("x", last_good_poll=good), counts, None)


def test_each_shop_with_what_a_person_wants_to_know() -> None:
    """The worst one first."""
    shops = {
        "eu": health(Level.OK),
        "us": health(Level.WARNING, held=2, due=3),
        "de": health(Level.OK, ago=None),
    }
    line = "us warning 12 s ago backlog 3 held 2, de ok not polled yet, eu ok 12 s ago"
    assert _line(shops, NOW) == line


def test_many_shops_are_counted() -> None:
    """A line stays a line with two hundred shops."""
    shops = {f"s{number:03}": health(Level.OK) for number in range(200)}
    assert _line(shops, NOW).endswith("s004 ok 12 s ago, 195 more shops ok")
    bad = shops | {f"x{number}": health(Level.CRITICAL) for number in range(7)}
    assert _line(bad, NOW).endswith("202 more shops, 2 of them not ok")


def shop_on(clock: HandClock) -> Shop:
    """One that is switched on."""
    return Shop(
        tiktok=TikTok(app_key="6abc"),
        shopify=Shopify(domain="acme.myshopify.com", client_id="id"),
        sync=Sync(enabled=True, start_from=clock.now() - timedelta(days=1)),
    )


async def test_only_what_had_a_cycle_is_looked_at_again(clock: HandClock) -> None:
    """A look at each of many shops would take longer than their cycles; all are seen now and then."""
    settings = Settings.model_construct(shops={name: shop_on(clock) for name in ("de", "us")})
    with closing(Store.over(Database.in_memory(), snapshot_from)) as store:
        status = StatusLine(store, clock)
        assert (await status.told(settings)).count("not polled yet") == 2
        for name in settings.shops:
            store.shops.polled(name, clock.now())
        status.cycled("us", CycleResult(), 0.1)
        found = await status.told(settings)
        assert "de critical not polled yet" in found
        assert "us ok 0 s ago" in found
        clock.advance(31)
        assert "not polled yet" not in await status.told(settings)
        off = Settings.model_construct(shops={"us": settings.shops["us"]})
        assert (await status.told(off)).count("us ") == 1
    assert (await status.told(Settings.model_construct(shops={}))).startswith("no shop is enabled")
