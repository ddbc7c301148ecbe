"""Several things at once."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable


async def together(work: Iterable[Callable[[], Awaitable[None]]], at_once: int) -> None:
    """Do all of it, so many at a time.

    Of several failures the first one comes out, by itself; what is not done yet is given up.
    """
    gate = asyncio.Semaphore(at_once)

    async def one(each: Callable[[], Awaitable[None]]) -> None:
        async with gate:
            await each()

    try:
        async with asyncio.TaskGroup() as group:
            for each in work:
                group.create_task(one(each))
    except BaseExceptionGroup as several:
        raise several.exceptions[0] from several
