"""Pacing by the bucket that Shopify shows."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.calls import Cost
from syncd.sandbox.clock import HandClock
from syncd.shopify.operations import FIND_ORDERS, READ_CLAIMS, READ_EVENTS, READ_ORDER, READ_SHOP, Operation
from syncd.shopify.throttle import Bucket, Reserve, Throttle


def cost(available: float, requested: float = 39.0, rate: float = 100.0) -> Cost:
    return Cost(requested, requested, 2000.0, available, rate)


async def test_before_the_first_answer_one_goes_at_a_time(clock: HandClock) -> None:
    """As long as the bucket is unknown, the second request waits for the first one's answer."""
    throttle = Throttle(clock)
    order: list[str] = []

    async def send(name: str) -> None:
        async with throttle.turn(READ_CLAIMS) as turn:
            order.append(f"{name} sent")
            await asyncio.sleep(0)
            order.append(f"{name} answered")
            turn.paid(cost(1900.0))

    await asyncio.gather(send("a"), send("b"))
    assert order == ["a sent", "a answered", "b sent", "b answered"]


async def test_a_first_failure_does_not_lock_the_door(clock: HandClock) -> None:
    """After a first request without an answer the next one still goes."""
    throttle = Throttle(clock)
    async with throttle.turn(READ_CLAIMS):
        pass
    async with throttle.turn(READ_CLAIMS):
        held = throttle.bucket.held
    assert (held, throttle.bucket.held) == (10, 0)


async def test_waits_until_the_bucket_holds_enough(clock: HandClock) -> None:
    """With 4 points at 2 a second, a request of 10 waits 3 seconds."""
    throttle = Throttle(clock)
    throttle.bucket.update(cost(4.0, rate=2.0), clock.monotonic())
    async with throttle.turn(READ_CLAIMS):
        pass
    assert clock.monotonic() == 3.0


async def test_next_to_nothing_is_not_waited_for(clock: HandClock) -> None:
    """A wait that is too short to move the clock would never end."""
    clock.advance(1e9)
    throttle = Throttle(clock)
    throttle.bucket.update(cost(9.9999999, rate=1000.0), clock.monotonic())
    before = clock.monotonic()
    async with throttle.turn(READ_CLAIMS):
        pass
    assert clock.monotonic() == before


async def test_requests_under_way_are_reserved(clock: HandClock) -> None:
    """Points of a request without an answer yet are not spent twice."""
    throttle = Throttle(clock)
    throttle.bucket.update(cost(14.0, rate=2.0), clock.monotonic())
    async with throttle.turn(READ_CLAIMS), throttle.turn(READ_CLAIMS):
        pass
    assert round(clock.monotonic(), 6) == 3.0


async def test_learns_the_cost_of_an_operation(clock: HandClock) -> None:
    """The estimate holds until an answer tells the real requested cost."""
    throttle = Throttle(clock)
    before = throttle.cost_of(READ_CLAIMS)
    async with throttle.turn(READ_CLAIMS) as turn:
        turn.paid(cost(1900.0, requested=55.0))
    assert (before, throttle.cost_of(READ_CLAIMS), throttle.cost_of(READ_SHOP)) == (10, 55.0, 3)


async def test_each_size_of_a_document_has_a_cost_of_its_own(clock: HandClock) -> None:
    """Small pages cost less than large ones, and what a size once cost it may cost again."""
    throttle = Throttle(clock)
    for requested in (17.0, 16.0):
        async with throttle.turn(READ_ORDER, (3, False)) as turn:
            turn.paid(cost(1900.0, requested=requested))
    assert (throttle.cost_of(READ_ORDER, (3, False)), throttle.cost_of(READ_ORDER, (5, True))) == (17.0, 162)


async def test_an_operation_larger_than_the_bucket_is_not_waited_for_forever(clock: HandClock) -> None:
    """What can never fit is sent when the bucket is full, and Shopify says the rest."""
    throttle = Throttle(clock)
    throttle.bucket.update(Cost(1.0, 1.0, 20.0, 20.0, 10.0), clock.monotonic())
    async with throttle.turn(READ_CLAIMS):
        pass
    assert clock.monotonic() == 0.0


async def test_a_cancelled_sender_gives_its_points_back(clock: HandClock) -> None:
    """Cancelling a request under way leaves nothing reserved."""
    throttle = Throttle(clock)

    async def send() -> None:
        async with throttle.turn(READ_CLAIMS):
            await asyncio.Event().wait()

    task = asyncio.create_task(send())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert throttle.bucket.held == 0


async def test_what_is_set_apart_is_not_waited_for(clock: HandClock) -> None:
    """The requests that it is for go at once, whoever else came meanwhile."""
    throttle = Throttle(clock)
    throttle.bucket.update(cost(20.0, rate=2.0), clock.monotonic())
    async with throttle.reserve(READ_CLAIMS, READ_EVENTS) as reserve:
        others = asyncio.create_task(sent(throttle, READ_CLAIMS))
        for _ in range(3):
            await asyncio.sleep(0)
        await sent(throttle, READ_CLAIMS, reserve)
        await sent(throttle, READ_EVENTS, reserve)
        assert not others.done()
    await others
    assert clock.monotonic() == 5.0


async def test_who_waits_for_points_holds_none(clock: HandClock) -> None:
    """Or two who want more than is left would wait for each other."""
    throttle = Throttle(clock)
    throttle.bucket.update(Cost(1.0, 1.0, 30.0, 30.0, 2.0), clock.monotonic())
    async with throttle.reserve(READ_CLAIMS, READ_EVENTS) as reserve:
        await sent(throttle, READ_CLAIMS, reserve)
        others = asyncio.create_task(sent(throttle, FIND_ORDERS))
        await asyncio.sleep(0)
        await asyncio.wait_for(sent(throttle, FIND_ORDERS, reserve), 5)
    await others
    assert throttle.bucket.held == 0


@pytest.mark.parametrize("used", [0, 1, 2, 3])
async def test_what_was_set_apart_for_nothing_is_free_again(clock: HandClock, used: int) -> None:
    """However many of its requests were sent."""
    throttle = Throttle(clock)
    throttle.bucket.update(cost(200.0), clock.monotonic())
    async with throttle.reserve(READ_CLAIMS, READ_EVENTS) as reserve:
        for _ in range(used):
            await sent(throttle, READ_CLAIMS, reserve)
    assert (throttle.bucket.held, reserve.points) == (0, 0)


async def sent(throttle: Throttle, operation: Operation, reserve: Reserve | None = None) -> None:
    """One request without an answer."""
    async with throttle.turn(operation, reserve=reserve):
        await asyncio.sleep(0)


@given(
    available=st.floats(-500, 2000),
    rate=st.floats(1, 1000),
    held=st.floats(0, 1000),
    points=st.floats(1, 1000),
)
def test_after_the_pause_the_points_are_there(
    available: float, rate: float, held: float, points: float
) -> None:
    """A pause is as long as needed: afterwards there is none, or other requests fill the bucket."""
    bucket = Bucket(held=held)
    bucket.update(Cost(points, None, 2000.0, available, rate), 0.0)
    pause = bucket.pause(points, 0.0)
    again = bucket.pause(points, pause)
    assert again < 1e-6 or held + points > 2000.0
