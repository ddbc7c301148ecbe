"""Past cases: let in as they were shown, a few at a time, and exactly once whatever happens."""

import asyncio
from collections.abc import Iterable
from datetime import timedelta

import pytest

from syncd.model.cases import State
from syncd.sandbox.faults import Fault, FaultKind, When
from syncd.sandbox.http import Request
from syncd.sandbox.tiktok.world import Paid, SandboxReturn
from syncd.sync.backfill import Shown
from syncd.sync.cycle import ShopCycle
from syncd.tiktok.wire import snapshot_from
from tests.sync.world import World, open_to_write


def paid_back(world: World, count: int) -> list[SandboxReturn]:
    """Refunds from before the time from which we write."""
    world._start = world.clock.now() + timedelta(minutes=1)
    cases = [world.refund() for _ in range(count)]
    world.clock.advance(3600)
    return cases


def ask(world: World, cases: Iterable[SandboxReturn], store: str = "syncd.db") -> int:
    """Kim has seen these as they are now and said yes."""
    kept = open_to_write(world.folder / store)
    try:
        shown = [snapshot_from(world.pair.tiktok.row_of(case)) for case in cases]
        words = [(one.case_id, Shown(one.kind, one.basis, "created then").words) for one in shown]
        return kept.past.leave("us", words, who="kim", now=world.clock.now())
    finally:
        kept.close()


def left(world: World) -> int:
    """How many wait to be let in."""
    kept = open_to_write(world.folder / "syncd.db")
    try:
        return kept.past.left("us")
    finally:
        kept.close()


async def test_who_let_a_case_in_is_recorded_with_it(world: World) -> None:
    """Only that case is written, with TikTok's date, and the story tells who wanted it."""
    case, _ = paid_back(world, 2)
    await world.cycle()
    ask(world, [case])

    result = await world.cycle()

    assert 1 == result.written
    world.assert_exactly_once(case)
    kept = open_to_write(world.folder / "syncd.db")
    (line,) = [line for line in kept.cases.history("us", case.return_id) if line.event == "approved"]
    kept.close()
    assert {"who": "kim", "why": "created then", "reason": "before_start"} == line.detail
    assert [State.SKIPPED, State.SYNCED] == sorted(one.state for one in world.cases())


async def test_a_case_that_changed_since_it_was_shown_is_not_let_in(world: World) -> None:
    """Whoever asked is told what changed."""
    (case,) = paid_back(world, 1)
    await world.cycle()
    ask(world, [case])
    asked_at = world.clock.now()
    world.clock.advance(1)
    world.pair.tiktok.advance(case, paid=Paid("19.00"))

    result = await world.cycle()

    kept = open_to_write(world.folder / "syncd.db")
    refused = kept.past.refused("us", asked_at)
    kept.close()
    assert {case.return_id: "20.00 USD was shown, TikTok now says 19.00 USD"} == refused
    assert (0, []) == (result.written, world.pair.shopify.writes())


async def test_todays_cases_come_before_the_past(world: World) -> None:
    """While as many wait as one cycle may refund, none is let in."""
    world.tables = {"guard": {"settle": "5s", "max_refunds_per_cycle": 2}}
    past = paid_back(world, 3)
    ask(world, past)
    today = [world.refund() for _ in range(3)]

    written = [await written_now(world) for _ in range(4)]

    assert [2, 2, 2, 0] == [count for count, _ in written]
    assert [3, 2, 0, 0] == [waiting for _, waiting in written]
    world.assert_exactly_once(*past, *today)


async def written_now(world: World) -> tuple[int, int]:
    """What one cycle writes, and how many past cases wait after it."""
    world.clock.advance(10)
    result = await world.cycle()
    return result.written, left(world)


@pytest.mark.parametrize("guard", [{"dry_run": True}, {}])
async def test_a_shop_that_is_not_written_to_lets_nothing_in(world: World, guard: dict[str, object]) -> None:
    """A rehearsal leaves the queue as it is, and a live shop works it off."""
    world.tables = {"guard": {"settle": "5s"} | guard}
    ask(world, paid_back(world, 1))

    await world.cycle()

    assert bool(guard) == bool(left(world))


@pytest.mark.parametrize("when", [When.BEFORE, When.AFTER])
@pytest.mark.parametrize("operation", ["metafieldsSet", "refundCreate"])
async def test_a_lost_answer_doubles_nothing(world: World, operation: str, when: When) -> None:
    """The same looks, claims and keys as for any case."""
    world.faults.add(Fault(FaultKind.RESET, operation, when))
    cases = paid_back(world, 2)
    ask(world, cases)

    await world.until_quiet()

    world.assert_exactly_once(*cases)


@pytest.mark.parametrize("operation", ["returns/search", "order", "metafieldsSet", "refundCreate"])
async def test_a_death_at_any_request_is_made_good_by_the_next_process(world: World, operation: str) -> None:
    """What was let in stays so, what was not waits on, and asking again asks for nothing twice."""
    cases = paid_back(world, 3)
    await world.cycle()
    ask(world, cases)
    world.clock.advance(10)
    await dies_at(world, operation)
    world.clock.advance(600)
    ask(world, cases)

    await world.until_quiet()

    world.assert_exactly_once(*cases)
    assert 0 == left(world)


async def dies_at(world: World, operation: str) -> None:
    """A process that ends, as by a kill, as soon as it has asked for that."""
    server = world.pair.tiktok_server if "/" in operation else world.pair.shopify_server
    reached = asyncio.Event()
    loop = asyncio.get_running_loop()

    def seen(asked: str, _request: Request) -> None:
        if asked == operation:
            loop.call_soon_threadsafe(reached.set)

    server.front.faults.before.append(seen)
    async with world.opened() as shop:
        work = asyncio.create_task(ShopCycle(shop).run(polling=False))
        await asyncio.wait({work, asyncio.create_task(reached.wait())}, return_when=asyncio.FIRST_COMPLETED)
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
    assert reached.is_set()
    server.front.faults.before.remove(seen)


async def test_a_store_that_was_lost_finds_what_it_wrote(world: World) -> None:
    """Asked for once more, everything is linked and nothing is written."""
    cases = paid_back(world, 2)
    ask(world, cases)
    await world.cycle()
    world.clock.advance(3600)
    ask(world, cases, "other.db")

    result = await world.cycle("other.db")

    assert 0 == result.written
    world.assert_exactly_once(*cases)
    assert {State.SYNCED} == {one.state for one in world.cases("other.db")}


async def test_what_is_taken_back_is_not_let_in(world: World) -> None:
    """Until somebody asks again."""
    cases = paid_back(world, 2)
    assert (2, 0) == (ask(world, cases), ask(world, cases))
    kept = open_to_write(world.folder / "syncd.db")
    (first, _) = kept.past.queue("us")
    assert 2 == kept.past.take_back("us", world.clock.now())
    assert not kept.past.settle(first, world.clock.now())
    kept.close()

    await world.cycle()

    assert [] == world.pair.shopify.writes()
    assert 2 == ask(world, cases)
