"""The brake: another shop behind the same configuration is noticed before anything is written to it."""

from syncd.errors import ShopStopped
from syncd.model.cases import ReturnStatus, State
from syncd.sandbox.faults import Fault, FaultKind
from syncd.sandbox.http import Request, json_reply
from syncd.sandbox.tiktok.world import SandboxReturn
from tests.sync.world import World

HOUR = 3600
NOTHING = json_reply({"code": 0, "data": {"total_count": 0, "next_page_token": ""}})


async def paid_back_after_a_while(world: World) -> SandboxReturn:
    """A case that is known, and one that is paid back an hour later."""
    world.return_(ReturnStatus.AWAITING_BUYER_SHIP)
    await world.cycle()
    world.clock.advance(2 * HOUR)
    return world.refund()


def forget(world: World) -> None:
    """TikTok answers searches by id as a shop that has never heard of these ids."""

    def answer(operation: str, request: object, *_: object) -> None:
        if operation == "returns/search" and b"return_ids" in getattr(request, "body", b""):
            world.pair.tiktok_server.front.faults.add(Fault(FaultKind.REPLY, "returns/search", reply=NOTHING))

    world.pair.tiktok_server.front.faults.before.append(answer)


async def test_nothing_is_written_when_tiktok_has_forgotten_every_case(world: World) -> None:
    """Wrong shop, wrong token: the cycle ends with an error that says so."""
    await paid_back_after_a_while(world)
    forget(world)
    writes = len(world.pair.shopify.writes())

    result = await world.cycle()

    assert [ShopStopped] == [type(error) for error in result.errors]
    assert "shop_cipher" in result.errors[0].hint
    assert (writes, 0) == (len(world.pair.shopify.writes()), result.written)


async def test_the_brake_stays_on_until_tiktok_knows_the_cases_again(world: World) -> None:
    """Then everything that waited is written."""
    case = await paid_back_after_a_while(world)
    forget(world)
    await world.cycle()
    await world.cycle()
    assert [] == world.refunds_of(case)

    world.pair.tiktok_server.front.faults.before.clear()
    result = await world.cycle()

    assert ((), 1) == (result.errors, result.written)
    world.assert_exactly_once(case)


async def test_a_shop_that_is_known_is_asked_once_an_hour(world: World) -> None:
    """One more search in an hour, and none in the cycles between."""
    world.refund()
    await world.cycle()
    counts = []
    for seconds in (60, HOUR, 60):
        world.clock.advance(seconds)
        before = len(world.pair.tiktok.calls)
        await world.cycle()
        counts.append(len(world.pair.tiktok.calls) - before)

    assert [1, 2, 1] == counts


async def known_cancellation(world: World) -> None:
    """A shop of which only a cancellation is known, two hours later."""
    world.cancellations = True
    sold = world.pair.sell({"SHIRT": "20.00"}, fulfilled=False, status="AWAITING_SHIPMENT")
    world.pair.tiktok.add_cancellation(sold.tiktok)
    await world.cycle()
    world.clock.advance(2 * HOUR)


async def test_a_shop_with_nothing_but_cancellations_has_a_brake_too(world: World) -> None:
    """They are asked for in the place of returns."""
    await known_cancellation(world)
    assert () == (await world.cycle()).errors

    world.clock.advance(2 * HOUR)
    faults = world.pair.tiktok_server.front.faults
    faults.add(Fault(FaultKind.REPLY, "cancellations/search", skip=1, reply=NOTHING))
    result = await world.cycle()

    assert [ShopStopped] == [type(error) for error in result.errors]


async def test_cancellations_are_not_asked_for_where_returns_are_known(world: World) -> None:
    """One known case tells the shop; and the brake stays off where TikTok knows the other kind alone."""
    await known_cancellation(world)
    world.return_(ReturnStatus.AWAITING_BUYER_SHIP)
    await world.cycle()
    world.clock.advance(2 * HOUR)
    before = len(world.pair.tiktok.calls)
    await world.cycle()
    asked = [call.operation for call in world.pair.tiktok.calls[before:]]

    assert (2, 1) == (asked.count("returns/search"), asked.count("cancellations/search"))
    forget(world)
    world.clock.advance(2 * HOUR)
    assert () == (await world.cycle()).errors


async def test_a_store_without_cases_has_nothing_to_ask_for(world: World) -> None:
    """A new shop is no wrong shop."""
    await world.cycle()
    world.clock.advance(2 * HOUR)

    result = await world.cycle()

    assert () == result.errors
    assert [] == [case for case in world.cases() if case.state is State.HELD]


async def test_new_cases_of_the_wrong_shop_do_not_keep_the_brake_off(world: World) -> None:
    """Only cases that were known at the last good check can tell whose shop it is."""
    known = world.return_(ReturnStatus.AWAITING_BUYER_SHIP)
    await world.cycle()
    world.clock.advance(2 * HOUR)
    stranger = world.refund()

    def answer(operation: str, request: Request) -> None:
        if operation == "returns/search" and known.return_id.encode() in request.body:
            found = stranger.return_id.encode() in request.body
            rows = [world.pair.tiktok.row_of(stranger)] if found else []
            page = {"code": 0, "data": {"return_orders": rows, "next_page_token": ""}}
            fault = Fault(FaultKind.REPLY, "returns/search", reply=json_reply(page))
            world.pair.tiktok_server.front.faults.add(fault)

    world.pair.tiktok_server.front.faults.before.append(answer)
    results = [await world.cycle(), await world.cycle()]

    assert [[ShopStopped], [ShopStopped]] == [[type(e) for e in result.errors] for result in results]
    assert [] == world.refunds_of(stranger)
