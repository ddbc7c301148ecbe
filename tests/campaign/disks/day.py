"""A day on which a clock goes wrong, and what is watched on it."""

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

from syncd.model.cases import Case, ReturnStatus
from syncd.sandbox.http import Request
from syncd.sandbox.pair import Sold
from syncd.sandbox.shopify.build import OrderLine
from syncd.sync.poll import OVERLAP
from syncd.sync.shop import Shop
from syncd.tiktok.wire import snapshot_from
from tests.campaign.disks.clocks import INTERVAL, ClockWorld
from tests.campaign.disks.upsets import Course, End, Moment, Upset, at

GUARD = 1.5 * INTERVAL
"""Within this, of time that nobody sets, the next poll begins."""
_CYCLE = timedelta(seconds=30)
"""The longest cycle here, with all its tries."""
_LONGEST_PAUSE = timedelta(days=1)
_SOON = timedelta(hours=1)
_OUTAGE = timedelta(minutes=40)
_WRONG_FOR = (150, 300)
_MOST_CYCLES = 1000


@dataclass
class Watcher:
    """What was seen to be wrong."""

    world: ClockWorld
    wrong: list[str] = field(default_factory=list)
    polls: list[float] = field(default_factory=list)
    cycles: int = 0
    watermark: datetime | None = None

    def poll(self, operation: str, _request: Request) -> None:
        """A hook for `Faults.before`, on TikTok's side."""
        if operation in ("shops", "returns/search"):
            self.polls.append(self.world.machine.monotonic())

    def cycle(self, shop: Shop) -> None:
        """The watermark only moves on, and no later poll may begin behind what is unread."""
        self.cycles += 1
        assert self.cycles < _MOST_CYCLES, "the loop goes round without a pause"
        mark, now = shop.store.shops.progress(shop.name).watermark, self.world.true.now()
        if mark is None:
            return
        if self.watermark and mark < self.watermark:
            self.wrong.append(f"the watermark moved back from {self.watermark} to {mark}")
        self.watermark = mark
        if mark - OVERLAP > now:
            self.wrong.append(f"at {now} the watermark is {mark}")
        self.wrong += [f"{case_id} is unread, the watermark {mark}" for case_id in self._unread(shop, mark)]

    def _unread(self, shop: Shop, mark: datetime) -> list[str]:
        found = []
        for case_id in self.world.agreed:
            row = self.world.pair.tiktok.row_of(self.world.pair.tiktok.returns.latest(case_id))
            updated = snapshot_from(row).updated_at
            known = shop.store.cases.get(shop.name, case_id)
            if updated < mark - OVERLAP and (known is None or known.latest.updated_at < updated):
                found.append(case_id)
        return found

    def gaps(self, since: float, until: float, frozen: float) -> None:
        """Polls come within the guard, but for the time in which the process could not run."""
        times = [since, *(time for time in self.polls if since <= time <= until), until]
        widest = max(later - earlier for earlier, later in pairwise(times))
        if widest > (GUARD + _CYCLE).total_seconds() + frozen:
            self.wrong.append(f"no poll for {widest:.0f} s")

    def put_off(self) -> None:
        """Nothing waits longer than the longest pause."""
        latest = self.world.true.now() + _LONGEST_PAUSE
        with closing(sqlite3.connect(self.world.folder / "syncd.db")) as connection:
            [row] = connection.execute("SELECT max(due_at), max(read_again_at) FROM cases").fetchall()
        for name, at_ in zip(("due_at", "read_again_at"), row, strict=True):
            if at_ is not None and at_ > latest.timestamp() * 1000:
                self.wrong.append(f"{name} is more than a day away")


class Day:
    """Cases that are written, shown, or wait for their order; the upset; and an outage when all is right."""

    def __init__(self, world: ClockWorld, upset: Upset, seed: int) -> None:
        """The moments are drawn from the seed."""
        self._world = world
        self._chance = Random(f"{upset} {seed}")
        self._upset = upset
        self.watcher = Watcher(world)
        self._course = Course(world, upset, self._chance.uniform(*_WRONG_FOR))
        world.pair.tiktok_server.front.faults.before.append(self.watcher.poll)
        self._shown = world.return_(ReturnStatus.AWAITING_BUYER_SHIP)
        self._waiting = world.refund(world.pair.sell({"SHIRT": "20.00"}, tags=("of another order",)))
        world.refund()

    async def pass_by(self) -> None:
        """From the morning to the evening."""
        world = self._world
        began = world.machine.monotonic()
        async with world.daemon(self._cycle):
            await self._until_wrong()
            await self._while_wrong()
            if self._ends_running:
                await self._when_right()
        self.watcher.gaps(began, world.machine.monotonic(), self._course.frozen)
        if not self._ends_running:
            self._course.right()
            async with world.daemon(self._cycle):
                await self._when_right()
        await self._outage()

    @property
    def _ends_running(self) -> bool:
        return self._upset.end is not End.AT_A_RESTART

    def _cycle(self, shop: Shop) -> None:
        self.watcher.cycle(shop)
        self._course.cycle_ended()
        if self._upset.moment is Moment.BETWEEN_CYCLES and self.watcher.cycles > 1:
            asyncio.get_running_loop().call_soon(self._course.begin)

    async def _until_wrong(self) -> None:
        at(self._world, self._upset.moment, self._course.begin)
        if self._upset.moment is Moment.WAITING:
            await asyncio.sleep(self._chance.uniform(5, 100))
            self._course.begin()
        if self._upset.moment is Moment.IDLE:
            await asyncio.sleep(self._chance.uniform(125, 250))
            self._course.begin()
        await self._course.begun.wait()

    async def _while_wrong(self) -> None:
        """Meanwhile one is paid back, one more is asked for, and the missing order is imported."""
        world = self._world
        await asyncio.sleep(self._chance.uniform(10, 100))
        world.pair.tiktok.advance(self._shown, ReturnStatus.COMPLETE, tracking_number="940010000000")
        world.refund()
        order = world.pair.imported(self._waiting.order, [OrderLine("SHIRT", 1, 2000)])
        world.agreed[self._waiting.return_id] = (self._waiting, Sold(self._waiting.order, order))
        async with asyncio.timeout(3600):
            await self._course.over.wait()

    async def _when_right(self) -> None:
        """Everything that waits is looked at after its pause and an interval."""
        ends = []
        for case in self._world.cases():
            if case.due_at is not None:
                pause = max(case.due_at - case.updated, timedelta())
                if pause < _SOON:
                    ends.append(((pause + GUARD + _CYCLE).total_seconds(), case))
        started = self._world.time.now
        for seconds, case in sorted(ends, key=lambda end: end[0]):
            await asyncio.sleep(max(0.0, started + seconds - self._world.time.now))
            self._looked_at(case)
        await asyncio.sleep((2 * GUARD).total_seconds())

    def _looked_at(self, before: Case) -> None:
        [now] = [case for case in self._world.cases() if case.case_id == before.case_id]
        if now.updated == before.updated and now.due_at is not None:
            self.watcher.wrong.append(
                f"{now.case_id} {now.state} {now.reason} still waits, until {now.due_at}"
            )

    async def _outage(self) -> None:
        """A refund is made while nobody looks, for longer than two polls overlap."""
        self._world.refund()
        self._world.true.advance(_OUTAGE)
        async with self._world.daemon(self._cycle):
            await asyncio.sleep((2 * GUARD).total_seconds())
        self.watcher.put_off()
