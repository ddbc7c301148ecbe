"""The timetable: APScheduler nudges every shop once per interval.

It goes by the wall clock, so it only nudges: each shop's loop polls by a monotonic guard of its own when a
nudge does not come, as after the clock was set back.
"""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from syncd.service.shop_loop import ShopLoop


@contextmanager
def timetable(loops: Sequence[ShopLoop]) -> Iterator[None]:
    """Nudge every shop meanwhile. The first cycle needs no nudge: it starts at once."""
    scheduler = AsyncIOScheduler(timezone="UTC", job_defaults={"coalesce": True, "misfire_grace_time": None})
    for loop in loops:
        trigger = IntervalTrigger(seconds=int(loop.interval.total_seconds()))
        scheduler.add_job(_nudge, trigger, [loop.nudge], id=loop.shop.name)
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=False)


async def _nudge(event: asyncio.Event) -> None:
    """In the event loop: what is no coroutine APScheduler runs in a thread, where no event may be set."""
    event.set()
