"""What kills and stops have shown to be wrong, each as short as it gets."""

import asyncio
import os
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from syncd.cli.errors import exit_code
from syncd.clock import SystemClock
from syncd.model.cases import ReturnStatus, State
from syncd.sandbox.faults import Fault, FaultKind, When
from syncd.sandbox.http import Reply, Request
from syncd.service.shop_loop import ShopLoop
from syncd.service.timetable import timetable
from syncd.store.database import Database
from tests.campaign.disks.world import QuickWorld
from tests.campaign.kills.starts import PATIENCE
from tests.campaign.place import no_log_lines, quick_folder
from tests.sync.world import SETTLE, open_to_write


@pytest.fixture
def world() -> Iterator[QuickWorld]:
    """Both sides, and an empty folder."""
    with no_log_lines(), quick_folder() as folder:
        yield QuickWorld(folder)


def test_a_return_that_is_created_late_is_cancelled_by_a_new_store(world: QuickWorld) -> None:
    """The lost store's request is still on its way, as its claim tells, when the new one finds nothing."""
    case = world.return_(ReturnStatus.AWAITING_BUYER_SHIP)
    world.clock.advance(1)
    world.faults.add(Fault(FaultKind.CLOSE, "returnCreate", When.LATE, seconds=SETTLE / 2))
    asyncio.run(world.cycle("lost.db"))
    world.pair.tiktok.advance(case, ReturnStatus.CANCELLED)
    world.clock.advance(1)

    asyncio.run(world.cycle("new.db"))
    asyncio.run(world.until_quiet("new.db"))

    assert [] == world.findings("new.db")


class Torn:
    """Another store looks at the order while a return is made and processed there, all in one second."""

    def __init__(self, world: QuickWorld) -> None:
        """Watch the requests of both."""
        self.other = threading.Thread(target=lambda: asyncio.run(world.cycle("other.db")))
        self._asked, self._made, self._half, self._processed = (threading.Event() for _ in range(4))
        self._looks = 0
        world.faults.before.append(self._before)
        world.faults.after.append(self._after)

    def _before(self, operation: str, _request: Request) -> None:
        if threading.current_thread() is self.other:
            self._look(operation)
        elif operation == "returnCreate":
            self.other.start()
            assert self._asked.wait(PATIENCE)
        elif operation == "returnProcess":
            self._made.set()
            assert self._half.wait(PATIENCE)

    def _look(self, operation: str) -> None:
        """Its first half waits until the return is made, its second half until that is processed."""
        self._looks += operation == "order"
        if operation == "order" and self._looks == 1:
            self._asked.set()
            assert self._made.wait(PATIENCE)
        elif operation == "order" and self._looks == 2:
            self._half.set()
            assert self._processed.wait(PATIENCE)

    def _after(self, operation: str, _request: Request, _reply: Reply) -> None:
        if operation == "returnProcess":
            self._processed.set()


def test_a_look_that_another_store_tears_holds_nothing(world: QuickWorld) -> None:
    """Its claim was made in the same second; the half that shows the return processed shows no refund."""
    world.return_()
    world.clock.advance(1)
    torn = Torn(world)
    asyncio.run(world.cycle())
    torn.other.join(PATIENCE)

    asyncio.run(world.until_quiet("other.db"))

    assert [State.SYNCED] == [case.state for case in world.cases("other.db")]


def test_a_store_that_was_about_to_get_its_log_is_opened(tmp_path: Path) -> None:
    """A death at the switch to the write-ahead log leaves a journal, which SQLite takes back when it may."""
    made, left = tmp_path / "made" / "syncd.db", tmp_path / "left"
    Database._create(made)
    with closing(sqlite3.connect(made, isolation_level=None)) as dying:
        dying.execute("PRAGMA synchronous = OFF")  # the journal is whole before the change is
        dying.execute("BEGIN IMMEDIATE")
        dying.execute("PRAGMA user_version = 0")
        shutil.copytree(made.parent, left)

    assert os.EX_OK == exit_code(lambda: open_to_write(left / made.name).close())


@dataclass
class Nudge:
    """Knows from which thread it came."""

    thread: int = 0
    come: threading.Event = field(default_factory=threading.Event)

    def set(self) -> None:
        """Come."""
        self.thread = threading.get_ident()
        self.come.set()


@dataclass
class Named:
    """All of a shop that the timetable asks for."""

    name: str = "us"


@dataclass
class Loop:
    """All of a shop's loop that the timetable asks for."""

    nudge: Nudge = field(default_factory=Nudge)
    shop: Named = field(default_factory=Named)
    interval: timedelta = timedelta(seconds=1)

    def wake(self) -> None:
        """It is time."""
        self.nudge.set()


async def test_a_nudge_comes_in_the_event_loop() -> None:
    """From a thread it wakes nobody for sure, and a stop meanwhile is told as an error with a traceback."""
    loop = Loop()
    with timetable([cast("ShopLoop", loop)], SystemClock()):
        assert await asyncio.to_thread(loop.nudge.come.wait, PATIENCE)

    assert threading.get_ident() == loop.nudge.thread
