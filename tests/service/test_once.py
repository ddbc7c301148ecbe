"""One cycle to its end: it waits where waiting helps, and gives up where it does not."""

from pathlib import Path

import pytest

from syncd.sandbox.faults import Fault, FaultKind
from syncd.sandbox.tiktok import wrong_reply
from syncd.service.once import once
from tests.sync.world import World, open_to_write


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Both stand-ins; the test serves them."""
    return World(tmp_path)


async def test_a_side_that_fails_is_not_asked_without_end(world: World) -> None:
    """A case that should be settled stays due, and once ends with the error."""
    asked: list[str] = []
    with world.pair.serving():
        world.faults.add(world.lost("refundCreate"))
        world.refund()
        await world.cycle()
        world.clock.advance(60)
        faults = world.pair.tiktok_server.front.faults
        refused = wrong_reply(105005, "no scope")
        faults.add(Fault(FaultKind.REPLY, "orders", reply=refused, times=1000))
        faults.before.append(lambda operation, _: asked.append(operation))
        store = open_to_write(world.folder / "syncd.db")
        results = await once(world.settings(), store, world.clock)
        store.close()

    assert not results["us"].ok
    assert asked.count("orders") < 5
