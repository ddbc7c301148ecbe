"""Writers with a bug each: the worlds of these tests must tell them from the real one.

Every world is run twice, with the real program, which must come through, and with the bug, which must not.
"""

import asyncio
import contextlib
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import pytest

from syncd.decide.outcome import Resend
from syncd.model.cases import ReturnStatus, ReturnType
from syncd.model.orders import Order
from syncd.sandbox.faults import Fault, FaultKind, When
from syncd.shopify.client import ShopifyClient
from syncd.shopify.reads import read_order
from syncd.store.intents import Intents
from syncd.sync import doubt, gather
from syncd.sync import poll as polling
from syncd.sync.shop import Shop
from syncd.tiktok.client import CaseFilters
from tests.sync.world import SETTLE, World

Story = Callable[[World], Awaitable[bool]]
Plant = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class Bug:
    """What is planted, and a story that ends well (True) unless it is there."""

    plant: Plant
    story: Story


def once_refunded(world: World) -> bool:
    """Whether each case has exactly its one refund."""
    return all(
        [20_00] == [r.total_refunded for r in world.refunds_of(case)] for case, _ in world.agreed.values()
    )


# The stories


async def a_death_while_sending(world: World) -> bool:
    """The request lands when the next process is already at work; Shopify ignores keys."""
    world.pair.shopify.switches.keys_ignored = True
    world.faults.add(Fault(FaultKind.CLOSE, "refundCreate", When.LATE, seconds=SETTLE - 1))
    world.refund()
    async with world.running() as cycle:
        task = asyncio.create_task(cycle.run())
        loop = asyncio.get_running_loop()

        def kill() -> None:
            loop.call_soon_threadsafe(task.cancel)

        world.faults.once_before("refundCreate", kill)
        with contextlib.suppress(asyncio.CancelledError):
            await task
    await world.cycle()
    world.clock.advance(SETTLE)
    world.pair.shopify_server.front.settle()
    await world.until_quiet()
    return once_refunded(world)


async def an_answer_that_is_lost(world: World) -> bool:
    """Shopify carried it out and forgets its keys."""
    world.pair.shopify.switches.keys_ignored = True
    world.faults.add(Fault(FaultKind.RESET, "refundCreate", When.AFTER))
    world.refund()
    await world.until_quiet()
    return once_refunded(world)


async def a_request_that_lands_after_the_look(world: World) -> bool:
    """Only the key can tell then."""
    world.faults.add(Fault(FaultKind.CLOSE, "refundCreate", When.LATE, seconds=4 * 3600))
    world.refund()
    await world.until_quiet()
    world.clock.advance(5 * 3600)
    await world.cycle()
    world.pair.shopify_server.front.settle()
    return once_refunded(world)


async def a_page_that_cannot_be_read(world: World) -> bool:
    """The second page fails, once."""
    sold = world.pair.sell({"SHIRT": "20.00"}, quantity=70)
    await world.cycle()
    for line in sold.tiktok.line_ids:
        world.pair.tiktok.add_return(
            sold.tiktok, (line,), type=ReturnType.REFUND, status=ReturnStatus.PENDING, refund_total="20.00"
        )
    world.pair.tiktok_server.front.faults.add(Fault(FaultKind.HTML_200, "returns/search", skip=1, times=9))
    world.clock.advance(3600)
    await world.cycle()
    world.pair.tiktok_server.front.faults.clear()
    world.clock.advance(3600)
    await world.cycle()
    return len(world.cases()) == len(sold.tiktok.line_ids)


async def a_return_without_restock(world: World) -> bool:
    """The flag is off."""
    world.auto_restock = False
    world.return_()
    await world.cycle()
    return once_refunded(world) and world.restocked() == 0


# The bugs


def no_intent(patch: pytest.MonkeyPatch) -> None:
    """Nothing is on record before it is sent."""
    patch.setattr(Intents, "add", lambda _, intent: intent)


def a_new_key_per_try(patch: pytest.MonkeyPatch) -> None:
    """Keys made afresh."""
    patch.setattr(ShopifyClient, "send", _with_new_key(ShopifyClient.send))


def _with_new_key(send: Callable[..., Awaitable[object]]) -> Callable[..., Awaitable[object]]:
    async def sending(self: ShopifyClient, operation: object, content: bytes, **rest: object) -> object:
        before, mark, after = content.partition(b'"key":"')
        fresh = before + mark + str(uuid.uuid4()).encode() + after[36:] if mark else content
        return await send(self, operation, fresh, **rest)

    return sending


def no_look(patch: pytest.MonkeyPatch) -> None:
    """What is in doubt is sent again without looking."""
    patch.setattr(gather, "read_order", _blind)
    patch.setattr(doubt, "after_negative_look", lambda *_, **__: Resend())


async def _blind(client: ShopifyClient, order_id: str, claim_key: str) -> Order | None:
    order = await read_order(client, order_id, claim_key)
    return replace(order, refunds=()) if order else None


def an_incomplete_look(patch: pytest.MonkeyPatch) -> None:
    """A look that leaves the refunds out is taken for a whole one."""
    patch.setattr(gather, "read_order", _blind)


def the_watermark_first(patch: pytest.MonkeyPatch) -> None:
    """The watermark moves before the pages are read."""
    real = polling.read

    async def reading(shop: Shop, filters: CaseFilters, polled: polling.Polled) -> None:
        now = shop.clock.now()
        shop.store.shops.read_up_to(shop.name, now)
        await real(shop, filters, polled)

    patch.setattr(polling, "read", reading)


def restock_always(patch: pytest.MonkeyPatch) -> None:
    """The flag is forgotten."""
    patch.setattr("syncd.decide.restock.wanted", lambda *_: True)


BUGS = {
    "no intent": Bug(no_intent, a_death_while_sending),
    "a new key per try": Bug(a_new_key_per_try, a_request_that_lands_after_the_look),
    "no look": Bug(no_look, an_answer_that_is_lost),
    "an incomplete look": Bug(an_incomplete_look, an_answer_that_is_lost),
    "the watermark first": Bug(the_watermark_first, a_page_that_cannot_be_read),
    "restock always": Bug(restock_always, a_return_without_restock),
}


@pytest.mark.parametrize("name", BUGS)
async def test_the_real_program_comes_through(world: World, name: str) -> None:
    """Otherwise the story would prove nothing."""
    assert await BUGS[name].story(world)


@pytest.mark.parametrize("name", BUGS)
async def test_the_bug_is_caught(world: World, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """The same story ends badly."""
    BUGS[name].plant(monkeypatch)

    assert not await BUGS[name].story(world)
