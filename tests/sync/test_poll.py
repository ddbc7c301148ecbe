"""Reading TikTok: nothing is missed, whatever happens in between."""

import json

import pytest

from syncd.model.cases import ReturnStatus, ReturnType
from syncd.sandbox.faults import Fault, FaultKind
from syncd.sandbox.http import Reply, Request, json_reply
from syncd.store.store import Store
from syncd.tiktok.wire import snapshot_from
from tests.sync.world import World

MANY = 120


def many_refunds(world: World, count: int = MANY) -> None:
    """More cases than fit on a page, nothing to be written for them."""
    sold = world.pair.sell({"SHIRT": "20.00"}, quantity=count)
    for line in sold.tiktok.line_ids:
        world.pair.tiktok.add_return(
            sold.tiktok, (line,), type=ReturnType.REFUND, status=ReturnStatus.PENDING, refund_total="20.00"
        )
        world.clock.advance(1)


def watermark(world: World) -> object:
    """How far the store says that TikTok was read."""
    store = Store.look(world.folder / "syncd.db", snapshot_from)
    try:
        return store.shops.progress("us").watermark
    finally:
        store.close()


def searches(world: World) -> int:
    """How often TikTok was asked for returns."""
    return sum(call.operation == "returns/search" for call in world.pair.tiktok.calls)


async def test_every_page_is_read(world: World) -> None:
    """All cases of the window, each once."""
    many_refunds(world)

    result = await world.cycle()

    assert (MANY, MANY, MANY) == (result.polled, result.changed, len(world.cases()))


@pytest.mark.parametrize("kind", [FaultKind.RESET, FaultKind.HTML_200, FaultKind.GARBAGE_JSON])
async def test_a_page_that_cannot_be_read_leaves_the_watermark(world: World, kind: FaultKind) -> None:
    """What was read before it is kept; the window is read again."""
    await world.cycle()
    before = watermark(world)
    many_refunds(world)
    world.pair.tiktok_server.front.faults.add(Fault(kind, "returns/search", skip=1, times=20))

    broken = await world.cycle()
    stuck = watermark(world)
    world.pair.tiktok_server.front.faults.clear()
    await world.cycle()

    assert (1, 50, before) == (len(broken.errors), broken.polled, stuck)
    assert MANY == len(world.cases())
    assert watermark(world) != before


async def test_a_repeated_page_token_ends_the_poll_without_moving_on(world: World) -> None:
    """TikTok going round in circles is no end of the window."""
    await world.cycle()
    before = watermark(world)
    many_refunds(world)
    _same_token(world)

    result = await world.cycle()

    assert ["TikTok repeated a page token"] == [error.what for error in result.errors]
    assert before == watermark(world)


def _same_token(world: World) -> None:
    """Every page is the first one, and names the same next page."""
    row = world.pair.tiktok.row_of(world.pair.tiktok.add_return(world.pair.sell({"A": "1"}).tiktok))
    page = {"code": 0, "data": {"return_orders": [row], "next_page_token": "again", "total_count": 9}}
    reply = json_reply(page)
    world.pair.tiktok_server.front.faults.add(Fault(FaultKind.REPLY, "returns/search", times=9, reply=reply))


async def test_a_row_that_makes_no_sense_ends_the_poll_without_moving_on(world: World) -> None:
    """A row without an id cannot be skipped: nobody knows what it was."""
    await world.cycle()
    before = watermark(world)
    page = {"code": 0, "data": {"return_orders": [{"order_id": "1"}], "next_page_token": ""}}
    world.pair.tiktok_server.front.faults.add(
        Fault(FaultKind.REPLY, "returns/search", reply=json_reply(page), times=9)
    )

    result = await world.cycle()

    assert 1 == len(result.errors)
    assert before == watermark(world)


async def test_an_answer_without_a_list_is_an_empty_page(world: World) -> None:
    """TikTok leaves the list out where there is nothing."""
    result = await world.cycle()

    assert (0, ()) == (result.polled, result.errors)


async def test_windows_overlap_so_that_late_rows_are_not_missed(world: World) -> None:
    """A row that TikTok shows minutes late, with its old time, is still read."""
    await world.cycle()
    world.clock.advance(300)
    hidden = world.refund()
    world.clock.advance(120)
    await world.cycle()

    assert [hidden.return_id] == [case.case_id for case in world.cases()]


async def test_open_cases_are_asked_for_by_id_now_and_then(world: World) -> None:
    """A change that does not move TikTok's update time is noticed all the same."""
    case = world.return_(ReturnStatus.AWAITING_BUYER_SHIP)
    await world.cycle()
    world.clock.advance(3600)
    await world.cycle()
    world.clock.advance(3600)
    world.pair.tiktok.advance(case, ReturnStatus.COMPLETE, touch=False)
    await world.cycle()
    assert [] == world.refunds_of(case)

    world.clock.advance(5 * 3600)
    await world.cycle()

    world.assert_exactly_once()


async def test_the_body_never_is_an_empty_object(world: World) -> None:
    """Signers disagree on it; every search has a filter."""
    bodies: list[bytes] = []

    def keep(operation: str, request: Request, _reply: Reply) -> None:
        if operation == "returns/search":
            bodies.append(request.body)

    world.pair.tiktok_server.front.faults.after.append(keep)
    await world.cycle()

    assert bodies
    assert all(json.loads(body) for body in bodies)


async def test_rows_that_leave_the_window_between_pages_hide_no_others(world: World) -> None:
    """If page tokens are offsets, a row that moves shifts the next one onto a page already read."""
    await world.cycle()
    many_refunds(world)
    world.clock.advance(3600)
    world.pair.tiktok.switches.rows_move_between_pages = True
    await world.cycle()
    world.pair.tiktok.switches.rows_move_between_pages = False

    world.clock.advance(3600)
    await world.cycle()

    assert MANY == len(world.cases())
