"""Several things at once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

Work = Callable[[], Awaitable[None]]


async def together(work: Iterable[Work] | AsyncIterator[Work], at_once: int) -> None:
    """Do all of it, so many at a time; each is only asked for when its turn comes.

    Of several failures the first one comes out, by itself; what is not done yet is given up.
    """
    coming = work if isinstance(work, AsyncIterator) else _one_by_one(work)
    turn = asyncio.Lock()

    async def worker() -> None:
        while each := await _next(coming, turn):
            await each()

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(at_once):
                group.create_task(worker())
    except BaseExceptionGroup as several:
        raise several.exceptions[0] from several


async def _next(coming: AsyncIterator[Work], turn: asyncio.Lock) -> Work | None:
    async with turn:
        return await anext(coming, None)


async def _one_by_one(work: Iterable[Work]) -> AsyncIterator[Work]:
    for each in work:
        yield each
