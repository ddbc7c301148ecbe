"""The timetable: APScheduler nudges every shop once per interval.

It goes by the wall clock, so it only nudges: each shop's loop polls by a monotonic guard of its own when a
nudge does not come, as after the clock was set back.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from syncd.clock import Clock
from syncd.service.shop_loop import ShopLoop


@contextmanager
def timetable(loops: Sequence[ShopLoop], clock: Clock) -> Iterator[None]:
    """Nudge every shop meanwhile. The first cycle needs no nudge: it starts at once."""
    scheduler = AsyncIOScheduler(timezone="UTC", job_defaults={"coalesce": True, "misfire_grace_time": None})
    for loop, after in zip(loops, spread([loop.interval for loop in loops]), strict=True):
        seconds = int(loop.interval.total_seconds())
        trigger = IntervalTrigger(seconds=seconds, start_date=clock.now() + after)
        scheduler.add_job(_nudge, trigger, [loop], id=loop.shop.name)
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=False)


def spread(intervals: Sequence[timedelta]) -> list[timedelta]:
    """When each shop is nudged first: all over the interval, so that they do not wait for one another."""
    return [interval * place / len(intervals) for place, interval in enumerate(intervals, start=1)]


async def _nudge(loop: ShopLoop) -> None:
    """In the event loop: what is no coroutine APScheduler runs in a thread, where no event may be set."""
    loop.wake()
