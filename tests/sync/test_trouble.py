"""What is remembered of failures: the worst one, since when, and until the side that failed works again."""

from contextlib import closing

import pytest

from syncd.sandbox.faults import Fault, FaultKind
from syncd.sandbox.http import json_reply
from syncd.store.shops import Progress
from syncd.sync import brake
from syncd.sync.shop import Shop
from tests.sync.world import World, open_to_write


def remembered(world: World) -> Progress:
    """How the shop stands in the store."""
    with closing(open_to_write(world.folder / "syncd.db")) as store:
        return store.shops.progress("us")


async def test_tiktoks_failure_lasts_until_the_next_whole_poll(world: World) -> None:
    """A cycle for due cases alone proves nothing of TikTok."""
    tiktok = world.pair.tiktok_server.front.faults
    tiktok.add(Fault(FaultKind.STATUS_503, "returns/search", times=4))
    async with world.running() as cycle:
        await cycle.run()
        first = remembered(world)
        world.clock.advance(60)
        await cycle.run(polling=False)
        assert remembered(world) == first
        assert (first.last_error_api, first.last_error_stops) == ("tiktok", False)
        await cycle.run()
    assert remembered(world).last_error is None


async def test_shopifys_failure_lasts_until_shopify_was_asked_again(world: World) -> None:
    """A cycle that had no reason to ask it proves nothing, however well TikTok was read."""
    world.faults.add(Fault(FaultKind.REPLY, "order", reply=json_reply({}, 402)))
    world.refund()
    await world.cycle()
    first = remembered(world)
    assert (first.last_error_api, first.last_error_stops) == ("shopify", True)
    assert first.last_error_hint == "Settle it in the Shopify admin."
    await world.cycle()  # the case waits for its next try
    idle = remembered(world)
    assert (idle.last_error, idle.last_error_since) == (first.last_error, first.last_error_since)
    await world.until_quiet()
    assert remembered(world).last_error is None


async def test_of_several_failures_the_one_for_a_person_is_remembered(world: World) -> None:
    """What waiting cures can wait."""
    world.pair.tiktok_server.front.faults.add(Fault(FaultKind.STATUS_503, "returns/search", times=4))
    async with world.running() as cycle:
        await cycle.run()  # TikTok fails alone
        world.refund()
        world.pair.shopify.tokens.permitted = False
        world.pair.shopify.tokens.revoke_all()
        await cycle.run()
    progress = remembered(world)
    assert (progress.last_error_api, progress.last_error_stops) == ("shopify", True)
    assert "shop_not_permitted" in (progress.last_error or "")
    assert progress.last_error_since
    assert progress.last_error_since < (progress.last_error_at or progress.last_error_since)


async def test_a_fault_of_the_program_is_remembered_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though polls are good, and without what its text says."""

    async def broken(_shop: Shop) -> None:
        raise LookupError("canary")

    async with world.running() as cycle:
        monkeypatch.setattr(brake, "check", broken)
        with pytest.raises(LookupError):
            await cycle.run()
        assert remembered(world).last_error == "this is a fault of the program: LookupError"
        monkeypatch.undo()
        await cycle.run()
    assert remembered(world).last_error is None
