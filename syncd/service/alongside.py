"""Work, and helpers that last as long as it does."""

import asyncio
from collections.abc import Coroutine


async def alongside(work: Coroutine[None, None, None], *helpers: Coroutine[None, None, None]) -> None:
    """Run the work to its end, the helpers beside it; the first error of any of them ends everything."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(helper) for helper in helpers]
            await work
            for task in tasks:
                task.cancel()
    except BaseExceptionGroup as several:
        raise several.exceptions[0] from several
