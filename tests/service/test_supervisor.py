"""Shops that crash or get stuck are started anew; the others do not notice."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from syncd.clock import SystemClock
from syncd.errors import StoreTrouble
from syncd.service import supervisor
from syncd.service.pulse import Pulse
from syncd.service.supervisor import Supervisor


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "_WATCH", 0.01)
    monkeypatch.setattr(supervisor, "_FIRST_PAUSE", 0.01)


@pytest.fixture
def pulse() -> Pulse:
    """By the true clock: tasks are watched while they run."""
    return Pulse(SystemClock(), limit=1.5)


class Loop:
    """Does something else in each of its lives; leaves at the end of the last one."""

    def __init__(self, name: str, leaving: asyncio.Event, *lives: Callable[[], Awaitable[None]]) -> None:
        self.name = name
        self.leaving = leaving
        self.lives = list(lives)
        self.begun = 0

    async def run(self) -> None:
        """Live once."""
        self.begun += 1
        await self.lives.pop(0)()


async def crash() -> None:
    """A fault of the program."""
    raise ZeroDivisionError


async def hang() -> None:
    """Something that never comes."""
    await asyncio.Event().wait()


async def finish() -> None:
    """The end of the work."""


async def test_a_crashed_shop_is_started_anew(pulse: Pulse) -> None:
    """After each crash, until it leaves by itself, while another one lives one long life."""
    leaving = asyncio.Event()

    async def leave() -> None:
        leaving.set()

    async def work() -> None:
        while not leaving.is_set():
            pulse.beat("uk")
            await asyncio.sleep(0.01)

    broken, sound = Loop("us", leaving, crash, crash, leave), Loop("uk", leaving, work)
    heard: list[tuple[str, str]] = []
    supervised = Supervisor(pulse, lambda shop, error: heard.append((shop, type(error).__name__)))
    await asyncio.wait_for(supervised.run([broken, sound]), 10)
    assert (broken.begun, sound.begun) == (3, 1)
    assert heard == [("us", "ZeroDivisionError")] * 2


async def test_pauses_grow_and_end_when_it_is_time_to_leave(
    pulse: Pulse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shop that crashes at once does not spin, and does not delay the end either."""
    monkeypatch.setattr(supervisor, "_FIRST_PAUSE", 30.0)
    leaving = asyncio.Event()
    loop = Loop("us", leaving, crash, crash)
    running = asyncio.create_task(Supervisor(pulse).run([loop]))
    while loop.begun == 0:  # noqa: ASYNC110 - a counter, no event
        await asyncio.sleep(0.01)
    leaving.set()
    await asyncio.wait_for(running, 5)
    assert loop.begun == 1


async def test_a_stuck_shop_is_started_anew(pulse: Pulse) -> None:
    """One that makes no progress is cancelled, and begins a new life."""
    leaving = asyncio.Event()

    async def leave() -> None:
        leaving.set()

    loop = Loop("us", leaving, hang, leave)
    await asyncio.wait_for(Supervisor(pulse).run([loop]), 10)
    assert loop.begun == 2


async def test_one_that_rests_is_not_stuck(pulse: Pulse) -> None:
    """However long it waits for its next poll."""
    leaving = asyncio.Event()

    async def rest() -> None:
        pulse.rest("us", 2.0)
        await asyncio.sleep(2.0)
        leaving.set()

    loop = Loop("us", leaving, rest)
    await asyncio.wait_for(Supervisor(pulse).run([loop]), 10)
    assert loop.begun == 1


async def test_a_store_in_trouble_ends_everything(pulse: Pulse) -> None:
    """Nothing may be sent that cannot be recorded: all shops end, and the error says why."""
    leaving = asyncio.Event()

    async def disk_full() -> None:
        raise StoreTrouble("disk full")

    with pytest.raises(StoreTrouble, match="disk full"):
        await asyncio.wait_for(
            Supervisor(pulse).run([Loop("us", leaving, disk_full), Loop("uk", leaving, hang)]), 10
        )
