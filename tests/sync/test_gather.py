"""Gathering: how orders are looked for, and what is concluded from not finding one."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from syncd.model.cases import ReturnStatus, State
from syncd.model.reasons import Reason, hint_for
from syncd.sandbox.faults import Fault, FaultKind
from syncd.sandbox.http import Request, json_reply
from syncd.sandbox.pair import Sold
from syncd.sandbox.shopify.access import ALL_SCOPES
from syncd.sandbox.shopify.build import OrderLine, OrderOptions
from syncd.sandbox.tiktok.world import TikTokSale
from syncd.sync.gather import find
from tests.sync.world import World

FIELD = "custom.tiktok_order_id"
LINES = [OrderLine("SHIRT", 1, 2000)]


async def test_an_order_that_was_imported_anew_is_found(world: World) -> None:
    """The old one is gone; the remembered pair does not hide the new one."""
    sold = world.pair.sell({"SHIRT": "20.00"})
    case = world.return_(ReturnStatus.AWAITING_BUYER_SHIP, sold=sold)
    await world.cycle()
    del world.pair.shopify.world.orders[sold.shopify.id]
    world.pair.shopify.world._objects.pop(sold.shopify.id)
    order = world.pair.imported(sold.tiktok, [OrderLine("SHIRT", 1, 2000)])
    world.pair.tiktok.advance(case, ReturnStatus.COMPLETE)

    for _ in range(3):
        world.clock.advance(timedelta(hours=7).total_seconds())
        await world.cycle()

    assert [20_00] == [refund.total_refunded for refund in order.refunds]


async def test_a_tiktok_order_that_cannot_be_read_holds_up_only_its_own_case(world: World) -> None:
    """The others are written; this one is tried again."""
    good, bad = world.refund(), world.refund()
    bad_id = world.agreed[bad.return_id][1].tiktok.order_id
    broken = json_reply({"code": 0, "message": "", "data": {"orders": [{"id": bad_id}]}})

    def spoil(operation: str, request: Request) -> None:
        if operation == "orders" and bad_id in request.argument("ids"):
            world.pair.tiktok_server.front.faults.add(Fault(FaultKind.REPLY, "orders", reply=broken))

    world.pair.tiktok_server.front.faults.before.append(spoil)
    await world.cycle()
    states = {case.case_id: case.state for case in world.cases()}
    world.pair.tiktok_server.front.faults.before.clear()
    await world.until_quiet()

    assert State.SYNCED is states[good.return_id]
    assert State.SYNCED is not states[bad.return_id]
    world.assert_exactly_once()


def searches(world: World) -> list[dict[str, Any]]:
    """The variables of every search for orders from now on."""
    seen: list[dict[str, Any]] = []

    def note(operation: str, request: Request) -> None:
        if operation == "orders":
            seen.append(json.loads(request.body)["variables"])

    world.faults.before.append(note)
    return seen


async def test_many_orders_share_their_searches(world: World) -> None:
    """Twenty to a search, and one list of the time for all of them, in pieces of a day."""
    seen = searches(world)
    sold = [world.pair.tiktok.add_order([TikTokSale("SHIRT", "20.00")]) for _ in range(45)]
    async with world.opened() as shop:
        found = await find(shop, [order.order_id for order in sold])

    queries = [variables["query"] for variables in seen]
    assert {} == found.matches
    assert [3, 3, 3] == [
        sum(text.startswith(f"{x}:") for text in queries) for x in ("tag", "name", "source_identifier")
    ]
    assert 3 == sum(text.startswith("'") for text in queries)
    assert [250] * 3 == [x["first"] for x in seen if x["query"].startswith("created_at:")]
    assert 15 == len(queries)


async def test_an_order_is_asked_for_only_until_it_is_found(world: World) -> None:
    """And the pair is remembered."""
    seen = searches(world)
    sold = world.pair.sell({"SHIRT": "20.00"}, source_identifier="577000000000000001")
    order_id = sold.tiktok.order_id
    sold.shopify.source_identifier = order_id
    async with world.opened() as shop:
        first = await find(shop, [order_id])
        second = await find(shop, [order_id])

    assert ["tag", "name", "source_identifier"] == [x["query"].partition(":")[0] for x in seen]
    assert ("source_identifier", "known") == (
        first.matches[order_id].strategy,
        second.matches[order_id].strategy,
    )
    assert (sold.shopify.id,) == first.matches[order_id].order_ids == second.matches[order_id].order_ids


async def test_no_time_is_searched_for_an_order_that_tiktok_does_not_show(world: World) -> None:
    """Nobody knows when it was made; the other searches are tried."""
    seen = searches(world)
    sold = world.pair.sell({"SHIRT": "20.00"}, note="x")
    world.refund(sold)
    del world.pair.tiktok.orders[sold.tiktok.order_id]

    await world.cycle()

    assert ["tag", "name", "source_identifier", ""] == [
        x["query"].partition(":")[0].strip("'0123456789") for x in seen
    ]
    assert [(State.DUE, Reason.ORDER_NOT_FOUND)] == [(case.state, case.reason) for case in world.cases()]


async def test_two_orders_with_the_id_in_their_notes_are_held(world: World) -> None:
    """However far apart in the window they were made; nothing is guessed."""
    sold = world.pair.sell({"SHIRT": "20.00"}, note="x")
    for hours in (1, 30):
        made = world.clock.now() + timedelta(hours=hours)
        world.pair.imported(sold.tiktok, LINES, note=f"TikTok {sold.tiktok.order_id}", created_at=made)
    world.refund(sold)

    await world.cycle()

    [case] = world.cases()
    assert (State.HELD, Reason.ORDER_AMBIGUOUS) == (case.state, case.reason)
    assert [] == world.pair.shopify.writes()


def by_tag(order_id: str) -> OrderOptions:
    """As TikTok's own app keeps the id."""
    return {"tiktok_order_id": order_id}


def by_note(order_id: str) -> OrderOptions:
    """As AfterShip keeps it."""
    return {"note": f"TikTok {order_id}"}


@pytest.mark.parametrize("kept", [by_tag, by_note])
@pytest.mark.parametrize("lag", [timedelta(minutes=1), timedelta(hours=5), timedelta(days=4)])
async def test_an_order_that_the_index_shows_late_is_found(
    world: World, kept: Callable[[str], OrderOptions], lag: timedelta
) -> None:
    """A search that finds nothing is not an order that is not there."""
    sold = world.pair.sell({"SHIRT": "20.00"}, note="x")
    world.pair.shopify.switches.search_lag_seconds = lag.total_seconds()
    order = world.pair.imported(sold.tiktok, LINES, **kept(sold.tiktok.order_id))
    world.refund(sold)
    end = world.clock.now() + lag + timedelta(hours=7)
    states = []

    while world.clock.now() < end:
        await world.cycle()
        states += [case.state for case in world.cases()]
        world.clock.advance(timedelta(minutes=30 if lag < timedelta(days=1) else 360))

    assert State.DUE is states[0]
    assert (State.HELD in states) == (lag > timedelta(days=3))
    assert State.SYNCED is states[-1]
    assert [20_00] == [refund.total_refunded for refund in order.refunds]


@pytest.mark.parametrize("needs_header", [False, True])
@pytest.mark.parametrize("order_by", [["metafield", "tag"], ["tag", "metafield"]])
async def test_a_metafield_that_shopify_does_not_search_by_stands_in_nobodys_way(
    world: World, order_by: list[str], *, needs_header: bool
) -> None:
    """Orders of other strategies are written; the others wait for a person, and are found after him."""
    world.pair.shopify.switches.warnings_need_debug_header = needs_header
    world.tables["match"] = {"order_by": order_by, "metafield": FIELD}
    tagged = world.pair.sell({"SHIRT": "20.00"})
    sold = world.pair.sell({"SHIRT": "20.00"}, tags=("x",))
    kept = world.pair.imported(sold.tiktok, LINES, metafields={FIELD: sold.tiktok.order_id})
    one, two = world.refund(tagged), world.refund(sold)

    result = await world.cycle()
    cases = {case.case_id: case for case in world.cases()}
    world.pair.shopify.world.filterable_metafields.add(FIELD)
    world.clock.advance(timedelta(hours=7))
    await world.cycle()

    assert result.ok
    assert State.SYNCED is cases[one.return_id].state
    held = cases[two.return_id]
    assert (State.HELD, Reason.SEARCH_NOT_UNDERSTOOD) == (held.state, held.reason)
    assert f"metafields.{FIELD}: Invalid search field" in held.detail
    assert "order_by" in hint_for(Reason.SEARCH_NOT_UNDERSTOOD, "us:1")
    assert [20_00] == [refund.total_refunded for refund in kept.refunds]


def old_sale(world: World, age: timedelta) -> Sold:
    """An order that was made so long ago, on both sides."""
    at = world.clock.now() - age
    tiktok = world.pair.tiktok.add_order([TikTokSale("SHIRT", "20.00")], created_at=at, status="DELIVERED")
    return Sold(tiktok, world.pair.imported(tiktok, LINES, created_at=at))


OLD = timedelta(days=61)
FEW = ALL_SCOPES - {"read_all_orders"}


async def test_an_order_that_is_too_old_for_our_scopes_is_told_at_once_and_found_with_the_scope(
    world: World,
) -> None:
    """The person is told what is missing; once that is given, a retry finds the order with a new token."""
    world.pair.shopify.tokens.scopes = FEW
    old, young = old_sale(world, OLD), old_sale(world, timedelta(days=59))
    case, other = world.refund(old), world.refund(young)

    await world.cycle()
    cases = {case.case_id: case for case in world.cases()}
    world.pair.shopify.tokens.scopes = ALL_SCOPES
    world.clock.advance(timedelta(hours=7))
    await world.cycle()

    held = cases[case.return_id]
    assert (State.HELD, Reason.ORDER_TOO_OLD) == (held.state, held.reason)
    assert old.tiktok.order_id in held.detail
    assert "read_all_orders" in hint_for(Reason.ORDER_TOO_OLD, "us:1")
    assert State.SYNCED is cases[other.return_id].state
    world.assert_exactly_once()


@pytest.mark.parametrize(
    ("age", "scopes", "static"),
    [(OLD, ALL_SCOPES, False), (timedelta(days=59), FEW, False), (OLD, FEW, True)],
    ids=["scope is there", "young enough", "scopes unknown"],
)
async def test_an_order_that_is_not_there_is_waited_for(
    world: World, age: timedelta, scopes: frozenset[str], *, static: bool
) -> None:
    """Where the age may not be the reason, or nobody knows our scopes."""
    world.pair.shopify.tokens.scopes = scopes
    if static:
        world.pair.shopify.tokens.static_token = "shpat_static"
        world.tables["shops.us.shopify"] = {
            "client_id": "",
            "client_secret": "",
            "access_token": "shpat_static",
        }
    at = world.clock.now() - age
    tiktok = world.pair.tiktok.add_order([TikTokSale("SHIRT", "20.00")], created_at=at)
    world.refund(Sold(tiktok, world.pair.imported(tiktok, LINES, tags=("x",), created_at=at)))

    await world.cycle()

    assert [(State.DUE, Reason.ORDER_NOT_FOUND)] == [(case.state, case.reason) for case in world.cases()]


async def test_a_known_order_that_grows_too_old_is_told_apart_from_one_that_is_gone(world: World) -> None:
    """It was found in time, and is paid back when Shopify shows it no more."""
    world.pair.shopify.tokens.scopes = FEW
    sold = old_sale(world, timedelta(days=59, hours=12))
    case = world.return_(ReturnStatus.AWAITING_BUYER_SHIP, sold=sold)
    await world.cycle()
    shown = [one.state for one in world.cases()]
    world.clock.advance(timedelta(days=1))
    world.pair.tiktok.advance(case, ReturnStatus.COMPLETE)
    told = []

    for _ in range(2):
        await world.cycle()
        told += [(one.state, one.reason) for one in world.cases()]
        world.clock.advance(timedelta(hours=7))

    assert [State.TRACKING] == shown
    assert [(State.HELD, Reason.ORDER_TOO_OLD)] * 2 == told


async def test_an_old_case_whose_order_neither_side_shows_is_too_old(world: World) -> None:
    """An order is at least as old as its case."""
    world.pair.shopify.tokens.scopes = FEW
    sold = old_sale(world, OLD)
    world.refund(sold)
    del world.pair.tiktok.orders[sold.tiktok.order_id]
    world.clock.advance(OLD)

    await world.cycle()

    assert [Reason.ORDER_TOO_OLD] == [case.reason for case in world.cases()]
