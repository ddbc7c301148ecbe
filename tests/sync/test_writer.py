"""Exactly once: faults, deaths, lost stores, second daemons and forgetful keys, against both stand-ins."""

import asyncio
import itertools
import shutil
from datetime import timedelta

import pytest

from syncd.model.cases import ReturnStatus, State
from syncd.model.reasons import Reason
from syncd.sandbox.faults import Fault, FaultKind, When
from syncd.sandbox.http import Reply, Request, json_reply
from syncd.sandbox.shopify.records import Refund
from syncd.service.decisions import Command
from tests.sync.world import SETTLE, World, rule

MUTATIONS = ("metafieldsSet", "refundCreate", "returnCreate", "returnProcess", "returnClose", "returnCancel")
READS = ("order", "orders", "returnReasonDefinitions")
CELLS = [*itertools.product(MUTATIONS, (When.BEFORE, When.AFTER)), *((name, When.BEFORE) for name in READS)]
"""All other faults: tests/campaign/test_matrix.py."""


def tell_the_story(world: World) -> None:
    """A refund, a return that is paid back, and one that is withdrawn."""
    world.refund()
    world.return_()
    withdrawn = world.return_(ReturnStatus.AWAITING_BUYER_SHIP)
    world.agreed.pop(withdrawn.return_id)
    world.clock.advance(1)
    world.withdrawn = withdrawn  # type: ignore[attr-defined]


async def end_the_story(world: World) -> None:
    """Let everything settle, withdraw the one return, and let it settle again."""
    await world.until_quiet()
    world.pair.tiktok.advance(world.withdrawn, ReturnStatus.CANCELLED)  # type: ignore[attr-defined]
    await world.until_quiet()


def assert_all_is_well(world: World) -> None:
    """Nothing doubled, nothing lost, nothing bent, nothing left behind."""
    world.assert_exactly_once()
    assert 1 == world.restocked()
    shown = sorted(r.status for order in world.pair.shopify.orders for r in order.returns)
    assert ["CANCELED", "CLOSED"] == shown
    states = sorted(case.state for case in world.cases())
    assert [State.SKIPPED, State.SYNCED, State.SYNCED] == states


@pytest.mark.parametrize(("operation", "when"), CELLS)
async def test_a_fault_at_any_operation_changes_nothing_in_the_end(
    world: World, operation: str, when: When
) -> None:
    """Whether the request was carried out or not: it settles, looks, and goes on."""
    world.faults.add(Fault(FaultKind.RESET, operation, when))
    tell_the_story(world)

    await end_the_story(world)

    assert_all_is_well(world)


@pytest.mark.parametrize("when", [When.BEFORE, When.AFTER])
@pytest.mark.parametrize("operation", MUTATIONS)
async def test_faults_one_after_another_change_nothing_in_the_end(
    world: World, operation: str, when: When
) -> None:
    """The repeat may fail as well, and the repeat of the repeat."""
    for kind in (FaultKind.RESET, FaultKind.STATUS_502, FaultKind.HTML_200):
        world.faults.add(Fault(kind, operation, when))
    tell_the_story(world)

    await end_the_story(world)

    assert_all_is_well(world)


@pytest.mark.parametrize("operation", ["refundCreate", "returnProcess", "returnCreate"])
async def test_a_request_that_lands_late_is_not_sent_a_second_time(world: World, operation: str) -> None:
    """It may land after the timeout, as long as it is within the settle time."""
    world.faults.add(Fault(FaultKind.CLOSE, operation, When.LATE, seconds=SETTLE - 1))
    tell_the_story(world)

    await end_the_story(world)

    assert_all_is_well(world)


@pytest.mark.parametrize("when", [When.BEFORE, When.AFTER])
@pytest.mark.parametrize("operation", MUTATIONS)
async def test_keys_that_shopify_ignores_double_nothing(world: World, operation: str, when: When) -> None:
    """The key is one lock of three."""
    world.pair.shopify.switches.keys_ignored = True
    world.faults.add(Fault(FaultKind.RESET, operation, when))
    tell_the_story(world)

    await end_the_story(world)

    assert_all_is_well(world)


@pytest.mark.parametrize("top_level", [True, False])
async def test_a_key_used_with_other_bytes_leads_to_a_look(world: World, top_level: bool) -> None:
    """Somebody has sent this action already: it is found, not sent again with a new key."""
    world.pair.shopify.switches.idempotency_errors_top_level = top_level
    case = world.refund()
    async with world.running() as cycle:
        await cycle.run()
    (world.folder / "syncd.db").unlink()
    world.clock.advance(3600)

    await world.until_quiet()

    world.assert_exactly_once(case)
    assert 1 == len(world.pair.shopify.writes("refundCreate"))


async def test_a_lost_answer_is_looked_for_only_after_it_has_settled(world: World) -> None:
    """Before that nothing is read and nothing is sent."""
    world.faults.add(Fault(FaultKind.RESET, "refundCreate", When.AFTER))
    world.refund()
    await world.cycle()
    calls = len(world.pair.shopify.calls)

    early = await world.cycle()
    world.clock.advance(SETTLE + 2)
    await world.cycle()

    assert (1, calls) == (early.deferred, calls)
    assert 1 == len(world.pair.shopify.writes("refundCreate"))
    world.assert_exactly_once()


async def test_a_refusal_is_held_with_shopifys_words(world: World) -> None:
    """A business refusal is final: nothing ran, and nothing is tried again by itself."""
    refusal = {"data": {"refundCreate": {"refund": None, "userErrors": [{"field": None, "message": "No."}]}}}
    world.faults.add(Fault(FaultKind.REPLY, "refundCreate", reply=json_reply(refusal)))
    world.refund()

    result = await world.until_quiet()

    [held] = world.cases()
    assert (1, State.HELD, Reason.REFUSED_BY_SHOPIFY, "No.") == (
        result.held,
        held.state,
        held.reason,
        held.detail,
    )


async def test_a_confirmed_refund_that_the_order_shows_only_later_is_found_by_a_retry(world: World) -> None:
    """It is not made a second time, neither before that nor by the retry."""
    world.import_returns = False
    case = world.return_()
    hidden: list[Refund] = []

    def hide(operation: str, _request: Request, _reply: Reply) -> None:
        if operation == "refundCreate":
            hidden.extend(world.refunds_of(case))
            hidden[0].order.refunds.clear()

    world.faults.after.append(hide)
    await world.cycle()
    rule(world, Command.RETRY)
    await world.cycle()
    held = [one.reason for one in world.cases()]
    hidden[0].order.refunds.extend(hidden)
    rule(world, Command.RETRY)

    await world.cycle()

    assert [Reason.OUTCOME_UNPROVEN] == held
    world.assert_exactly_once()


# Lost stores, second daemons


@pytest.mark.parametrize("operation", MUTATIONS)
@pytest.mark.parametrize("when", [When.BEFORE, When.AFTER])
async def test_a_store_that_is_lost_in_the_middle_doubles_nothing(
    world: World, operation: str, when: When
) -> None:
    """Everything that was done is found again on the orders."""
    world.faults.add(Fault(FaultKind.RESET, operation, when))
    tell_the_story(world)
    await world.cycle()
    world.pair.tiktok.advance(world.withdrawn, ReturnStatus.CANCELLED)  # type: ignore[attr-defined]
    world.clock.advance(1)
    await world.cycle()
    for file in world.folder.glob("syncd.db*"):
        file.unlink()

    await world.until_quiet()

    world.assert_exactly_once()
    assert 1 == world.restocked()
    assert {"CANCELED", "CLOSED"} >= {r.status for o in world.pair.shopify.orders for r in o.returns}


@pytest.mark.parametrize("keys_ignored", [True, False])
async def test_two_daemons_on_two_stores_double_nothing(world: World, keys_ignored: bool) -> None:
    """The claim on the order lets only one of them send."""
    world.pair.shopify.switches.keys_ignored = keys_ignored
    tell_the_story(world)
    async with world.running("syncd.db") as one, world.running("other.db") as two:
        for _ in range(6):
            first = asyncio.create_task(one.run())
            await two.run()
            await first
            world.clock.advance(120)

    await end_the_story(world)

    assert_all_is_well(world)


async def test_a_claim_of_another_instance_is_waited_for(world: World) -> None:
    """Its lease, the longest request and a settle time have to be over."""
    world.faults.add(Fault(FaultKind.RESET, "refundCreate", When.BEFORE))
    world.refund()
    await world.cycle("gone.db")

    early = await world.cycle()
    world.clock.advance(3 * SETTLE + 2)
    late = await world.cycle()

    assert ([0, 1], [1, 0]) == ([early.written, early.deferred], [late.written, late.deferred])
    world.assert_exactly_once()


async def test_a_skip_waits_for_what_another_instance_may_still_be_sending(world: World) -> None:
    """Its claim tells of a return that may land after the look."""
    case = world.return_(ReturnStatus.AWAITING_BUYER_SHIP)
    world.agreed.clear()
    world.faults.add(Fault(FaultKind.CLOSE, "returnCreate", When.LATE, seconds=SETTLE / 2))
    await world.cycle("lost.db")
    world.pair.tiktok.advance(case, ReturnStatus.CANCELLED)
    world.clock.advance(1)

    await world.cycle("new.db")
    [waiting] = world.cases("new.db")
    await world.until_quiet("new.db")

    assert Reason.CLAIMED_ELSEWHERE == waiting.reason
    assert ["CANCELED"] == [one.status for order in world.pair.shopify.orders for one in order.returns]


async def test_an_old_copy_of_the_store_doubles_nothing(world: World) -> None:
    """A restored backup knows less than Shopify."""
    world.return_()
    await world.cycle()
    shutil.copy(world.folder / "syncd.db", world.folder / "backup.db")
    world.refund()
    world.clock.advance(1)
    await world.cycle()

    await world.until_quiet("backup.db")

    world.assert_exactly_once()
    assert 1 == world.restocked()


async def test_a_key_that_shopify_has_forgotten_is_not_trusted(world: World) -> None:
    """After a day the same key is a new refund: two looks come first."""
    world.faults.add(Fault(FaultKind.RESET, "refundCreate", When.BEFORE))
    case = world.refund()
    await world.cycle()
    world.clock.advance(timedelta(hours=30).total_seconds())

    first = await world.cycle()
    sent_before = len(world.pair.shopify.writes("refundCreate"))
    world.clock.advance(SETTLE + 1)
    await world.cycle()

    assert (1, 0) == (first.deferred, sent_before)
    world.assert_exactly_once(case)
