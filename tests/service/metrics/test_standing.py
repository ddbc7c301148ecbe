"""How the shops stand, as the store has it."""

from contextlib import closing
from datetime import timedelta

from syncd.model.cases import ReturnStatus
from syncd.sandbox.faults import Fault, FaultKind
from syncd.sandbox.http import json_reply
from syncd.store.store import Store
from syncd.tiktok.wire import snapshot_from
from tests.service.metrics.watched import Watched, watching
from tests.sync.world import World, open_to_write

NOTHING = json_reply({"code": 0, "data": {"total_count": 0, "next_page_token": ""}})


def held(world: World) -> None:
    """A case whose order was paid through a real gateway."""
    sold = world.pair.sell({"SHIRT": "20.00"}, gateway="shopify_payments", manual_gateway=False)
    world.refund(sold)


async def test_cases_by_state_and_reason(watched: Watched) -> None:
    """Every state has its series, also at zero; reasons only where something is held."""
    watched.world.refund()
    watched.world.return_(ReturnStatus.AWAITING_BUYER_SHIP)
    held(watched.world)

    await watched.cycle()

    cases = watched.values("syncd_cases", shop="us")
    states = {"tracking", "due", "writing", "synced", "held", "skipped", "dismissed"}
    assert cases.keys() == {(state,) for state in states}
    assert {state: n for (state,), n in cases.items() if n} == {"synced": 1.0, "tracking": 1.0, "held": 1.0}
    assert watched.values("syncd_held", shop="us") == {("real_gateway",): 1.0}
    assert watched.value("syncd_shop_health", shop="us") == 1.0


async def test_a_reason_of_another_version_is_other(watched: Watched) -> None:
    """The store may hold a word that this program has not; labels stay a closed set."""
    held(watched.world)
    await watched.cycle()
    with closing(open_to_write(watched.settings.store.path)) as store:
        store.database.execute("UPDATE cases SET reason = 'a_word_of_tomorrow'")

    assert watched.values("syncd_held", shop="us") == {("other",): 1.0}


async def test_units_that_wait_for_inspection(watched: Watched) -> None:
    """A return that was paid back with `auto_restock` off."""
    watched.world.auto_restock = False
    watched.world.return_()

    await watched.cycle()

    assert watched.value("syncd_restock_waiting", shop="us") == 1.0


async def test_how_far_tiktok_was_read(watched: Watched) -> None:
    """A watermark for each kind that is read, and when the last poll was good."""
    watched.world.cancellations = True
    now = watched.world.clock.now()

    await watched.cycle()

    read = watched.values("syncd_watermark_timestamp_seconds", shop="us")
    assert read == {("return",): int(now.timestamp()), ("cancellation",): int(now.timestamp())}
    polled = watched.value("syncd_last_good_poll_timestamp_seconds", shop="us") or 0
    assert 0 <= polled - now.timestamp() < 5
    assert watched.value("syncd_poll_interval_seconds", shop="us") == 300.0


async def test_when_tokens_run_out(watched: Watched) -> None:
    """TikTok's access token and its authorisation, and Shopify's grant."""
    watched.world.pair.tiktok.switches.access_token_life = timedelta(days=5)
    now = watched.world.clock.now().timestamp()

    watched.world.refund()
    await watched.cycle()

    tokens = watched.values("syncd_token_expiry_timestamp_seconds", shop="us")
    assert tokens.keys() == {("tiktok_access",), ("tiktok_authorisation",), ("shopify_access",)}
    days = {name: round((at - now) / 86400) for (name,), at in tokens.items()}
    assert (days["tiktok_access"], days["shopify_access"]) == (5, 1)
    assert days["tiktok_authorisation"] > 300


async def test_the_brake(watched: Watched) -> None:
    """On while TikTok knows none of the shop's cases."""
    world = watched.world
    world.return_(ReturnStatus.AWAITING_BUYER_SHIP)
    await watched.cycle()
    world.clock.advance(2 * 3600)
    before = watched.value("syncd_brake", shop="us")
    faults = world.pair.tiktok_server.front.faults
    faults.add(Fault(FaultKind.REPLY, "returns/search", times=99, reply=NOTHING))

    await watched.cycle()

    assert (before, watched.value("syncd_brake", shop="us")) == (0.0, 1.0)
    assert watched.value("syncd_writes_stopped", shop="us") == 0.0


async def test_after_a_restart(world: World) -> None:
    """What the store knows is there at once; what is counted begins anew."""
    world.refund()
    with watching(world) as first:
        await first.cycle()

    with watching(world) as second:
        assert second.values("syncd_cases", shop="us", state="synced") == {(): 1.0}
        assert second.values("syncd_refunded_minor_units_total", shop="us") == {("USD",): 0.0}
        assert second.value("syncd_shop_health", shop="us") == 0.0


def test_no_store(watched: Watched) -> None:
    """What cannot be read is not made up; the rest is served."""
    families = watched.families()

    assert watched.value("syncd_store_usable") == 0.0
    assert not families["syncd_cases"].samples
    assert families["syncd_build_info"].samples
    assert families["syncd_exported_timestamp_seconds"].samples


async def test_the_store(watched: Watched) -> None:
    """It can be read, and has a size."""
    await watched.cycle()

    sizes = watched.values("syncd_store_size_bytes")
    assert watched.value("syncd_store_usable") == 1.0
    assert sizes.keys() == {("database",), ("log",)}
    assert sizes["database",] == watched.settings.store.path.stat().st_size


async def test_a_disabled_shop(watched: Watched) -> None:
    """It is told as switched off, and as fine."""
    settings = watched.world.settings(enabled=False)
    with closing(open_to_write(settings.store.path)):
        watched.metrics.in_effect(settings)

        assert watched.value("syncd_shop_enabled", shop="us") == 0.0
        assert watched.value("syncd_shop_health", shop="us") == 0.0


async def test_nothing_is_held_open_between_two_scrapes(watched: Watched) -> None:
    """A reader that stays would keep the writer's log from being folded back into the file."""
    await watched.cycle()
    watched.get()
    with closing(open_to_write(watched.settings.store.path)) as store:
        store.memory.put("key", "text")
        [row] = store.database.rows("PRAGMA wal_checkpoint(TRUNCATE)")

    assert row["busy"] == 0
    with closing(Store.look(watched.settings.store.path, snapshot_from)) as store:
        assert store.memory.get("key") == "text"
