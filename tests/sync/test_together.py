"""Several things at once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial

import pytest

from syncd.sync.together import together


async def test_so_many_are_done_at_a_time() -> None:
    """All of it in the end, and never more at once."""
    running, most, done = 0, 0, []

    async def work(number: int) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        done.append(number)

    await together((partial(work, number) for number in range(7)), 3)
    assert (most, sorted(done)) == (3, list(range(7)))


async def test_the_first_failure_comes_out_by_itself() -> None:
    """What waits for its turn is not begun, but for the next in line, and what runs is given up."""
    begun: list[int] = []

    async def work(number: int) -> None:
        begun.append(number)
        if number == 1:
            raise ValueError(number)
        await asyncio.Event().wait()

    with pytest.raises(ValueError, match="1"):
        await together((partial(work, number) for number in range(9)), 2)
    assert len(begun) <= 3


async def test_each_is_only_asked_for_when_its_turn_comes() -> None:
    """What is still to come may depend on what was done before, and takes no room until then."""
    asked: list[int] = []
    done: list[int] = []

    async def coming() -> AsyncIterator[Callable[[], Awaitable[None]]]:
        for number in range(5):
            asked.append(number)
            assert len(asked) - len(done) <= 2
            yield partial(work, number)

    async def work(number: int) -> None:
        await asyncio.sleep(0)
        done.append(number)

    await together(coming(), 2)
    assert sorted(done) == asked == [0, 1, 2, 3, 4]
