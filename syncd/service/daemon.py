"""The daemon: every shop by its own timetable, until it is told to stop.

APScheduler only nudges: the work runs in tasks of our own, and a monotonic guard polls anyway when a nudge
does not come, as after the wall clock was set back.
"""

import asyncio
import math
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from syncd.clock import Clock
from syncd.config.settings import Settings
from syncd.errors import CredentialsRefused, MissingScope
from syncd.service.build import open_shops
from syncd.service.requests import answer, carry_out
from syncd.store.store import Store
from syncd.sync.cycle import CycleResult, ShopCycle
from syncd.sync.shop import Shop

_GUARD = 1.5
"""Intervals without a nudge after which a shop polls anyway."""
_STOPPING = 30.0
"""Seconds that the first signal leaves for what is in flight; systemd gives 45."""
_LISTEN = 1.0
"""Seconds between two looks for requests that people left in the store."""
_SIGNALS = (signal.SIGTERM, signal.SIGINT)

log: structlog.stdlib.BoundLogger = structlog.get_logger()


@dataclass(slots=True)
class ShopLoop:
    """One shop: cycle, then sleep until the next poll, the next case that is due, or the stop."""

    shop: Shop
    interval: timedelta
    stopping: asyncio.Event
    nudge: asyncio.Event = field(default_factory=asyncio.Event)
    poll_by: float = 0.0
    last_errors: tuple[str, ...] = ()
    refused: bool = False
    on_cycle: Callable[[], None] = lambda: None

    async def run(self) -> None:
        """Run until `stopping` is set; a cycle in progress ends its writes first.

        A shop that is switched off only takes down what people decide.
        """
        cycle = ShopCycle(self.shop)
        helpers = [asyncio.create_task(self._stop(cycle)), asyncio.create_task(self._listen())]
        structlog.contextvars.bind_contextvars(shop=self.shop.name)
        try:
            polling = True
            while not self.stopping.is_set():
                if polling:
                    self.poll_by = self.shop.clock.monotonic() + self.interval.total_seconds() * _GUARD
                asked = carry_out(self.shop.store, self.shop.name, self.shop.clock.now())
                if self.shop.policy.enabled:
                    self._report(await cycle.run(polling=polling))
                answer(self.shop.store, asked, self.shop.clock.now())
                self.on_cycle()
                polling = await self._sleep()
        finally:
            for helper in helpers:
                helper.cancel()

    async def _stop(self, cycle: ShopCycle) -> None:
        await self.stopping.wait()
        cycle.stop()

    async def _listen(self) -> None:
        """Wake up when somebody left a request in the store."""
        while True:
            await self.shop.clock.sleep(_LISTEN)
            if self.shop.store.requests.waiting(self.shop.name):
                self.nudge.set()

    async def _sleep(self) -> bool:
        """True when it is time to poll, False when only a case is due."""
        clock = self.shop.clock
        guard = max(0.0, self.poll_by - clock.monotonic())
        waits = [asyncio.create_task(event.wait()) for event in (self.nudge, self.stopping)]
        await asyncio.wait(waits, timeout=min(guard, self._until_due()), return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        polling = self.nudge.is_set() or clock.monotonic() >= self.poll_by
        self.nudge.clear()
        return polling

    def _until_due(self) -> float:
        """Seconds to the next case whose time comes; what is due already was left for the next poll."""
        now = self.shop.clock.now()
        due_at = self.shop.store.cases.next_due(self.shop.name, after=now)
        if due_at is None:
            return math.inf
        return max(1.0, (due_at - now).total_seconds())

    def _report(self, result: CycleResult) -> None:
        """Every cycle that did something, the first of each failure, and the recovery."""
        figures = {
            "polled": result.polled,
            "changed": result.changed,
            "written": result.written,
            "held": result.held,
            "deferred": result.deferred,
        }
        failures = tuple(dict.fromkeys(error.what for error in result.errors))
        for error in result.errors:
            if error.what not in self.last_errors:
                log.error("cycle_failed", error=str(error), hint=error.hint, kind=type(error).__name__)
        if self.last_errors and not failures:
            log.info("cycle_recovered", **figures)
        elif result.changed or result.written:
            log.info("cycle_done", **figures)
        else:
            log.debug("cycle_done", **figures)
        self.last_errors = failures
        self.refused = any(
            isinstance(error, CredentialsRefused) and not isinstance(error, MissingScope)
            for error in result.errors
        )


async def run(settings: Settings, store: Store, clock: Clock) -> int:
    """Work until a signal; the exit code."""
    stopping = asyncio.Event()
    with _stop_on_signal(stopping):
        async with open_shops(settings, store, clock) as shops:
            loops = [ShopLoop(shop, settings.shops[shop.name].sync.poll_interval, stopping) for shop in shops]
            enabled = [loop for loop in loops if loop.shop.policy.enabled]
            code = _Code()

            def leave_if_refused() -> None:
                if enabled and all(loop.refused for loop in enabled):
                    code.value = CredentialsRefused.exit_code
                    stopping.set()

            for loop in loops:
                loop.on_cycle = leave_if_refused
            for shop in shops:
                if not shop.policy.enabled:
                    log.warning("shop_disabled", shop=shop.name, hint="set [sync] enabled = true")
            log.info("started", shops=[loop.shop.name for loop in enabled], store=store.database.path)
            with _timetable(enabled):
                async with asyncio.TaskGroup() as group:
                    for loop in loops:
                        group.create_task(loop.run(), name=f"shop {loop.shop.name}")
    log.info("stopped", exit_code=code.value)
    return code.value


@dataclass(slots=True)
class _Code:
    """The exit code, while it is still open."""

    value: int = 0


async def _nudge(event: asyncio.Event) -> None:
    """In the event loop: what is no coroutine APScheduler runs in a thread, where no event may be set."""
    event.set()


@contextmanager
def _timetable(loops: list[ShopLoop]) -> Iterator[None]:
    """Nudge every shop once per interval. The first cycle needs no nudge: it starts at once."""
    scheduler = AsyncIOScheduler(timezone="UTC", job_defaults={"coalesce": True, "misfire_grace_time": None})
    for loop in loops:
        trigger = IntervalTrigger(seconds=int(loop.interval.total_seconds()))
        scheduler.add_job(_nudge, trigger, [loop.nudge], id=loop.shop.name)
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=False)


@contextmanager
def _stop_on_signal(stopping: asyncio.Event) -> Iterator[None]:
    """The first signal stops in order, a second one or too long a wait at once.

    That is safe: what was sent is on record, and will be looked for.
    """
    loop = asyncio.get_running_loop()
    main = asyncio.current_task()
    timers: list[asyncio.TimerHandle] = []

    def leave() -> None:
        log.warning("leaving", hint="what is in flight is looked for at the next start")
        if main:
            main.cancel()

    def stop(name: str) -> None:
        if stopping.is_set():
            leave()
            return
        log.info("stopping", signal=name)
        stopping.set()
        timers.append(loop.call_later(_STOPPING, leave))

    for number in _SIGNALS:
        loop.add_signal_handler(number, stop, number.name)
    try:
        yield
    finally:
        for timer in timers:
            timer.cancel()
        for number in _SIGNALS:
            loop.remove_signal_handler(number)
