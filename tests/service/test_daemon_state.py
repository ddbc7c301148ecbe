"""Alive, stuck, stopped or dead."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from syncd.sandbox.clock import HandClock
from syncd.service.daemon_state import SILENT, Daemon, Sign, SignOfLife, forget_signs, last_sign, state_of
from syncd.store.database import Database
from syncd.store.store import Store
from syncd.tiktok.wire import snapshot_from

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def store() -> Iterator[Store]:
    """An empty store."""
    with closing(Store.over(Database.in_memory(), snapshot_from)) as store:
        yield store


@pytest.mark.parametrize(
    ("ago", "ended", "running", "state"),
    [
        (None, False, True, Daemon.RUNNING),
        (None, False, False, Daemon.ABSENT),
        (timedelta(), False, True, Daemon.RUNNING),
        (SILENT, False, True, Daemon.RUNNING),
        (SILENT + SECOND, False, True, Daemon.STUCK),
        (-SILENT, False, True, Daemon.RUNNING),  # the clock was set back
        (SILENT + SECOND, True, True, Daemon.RUNNING),  # another command has the store
        (SECOND, False, False, Daemon.DEAD),
        (SECOND, True, False, Daemon.STOPPED),
    ],
)
def test_the_last_sign_and_the_lock_tell_how_the_daemon_is(
    ago: timedelta | None, ended: bool, running: bool, state: Daemon
) -> None:
    """Who holds the lock but is silent is stuck; who said nothing before the lock was free has died."""
    sign = None if ago is None else Sign(NOW - ago, ended)
    assert state_of(sign, NOW, running=running) == state


async def test_signs_are_rare(store: Store) -> None:
    """However often it is asked to, the daemon writes one only each ten seconds."""
    clock = HandClock()
    signs, started = SignOfLife(store, clock), clock.now()
    await signs.leave()
    clock.advance(9)
    await signs.leave()
    assert last_sign(store) == Sign(started, ended=False)
    clock.advance(1)
    await signs.leave()
    assert last_sign(store) == Sign(started + 10 * SECOND, ended=False)


async def test_an_orderly_end_is_told(store: Store) -> None:
    """Until another command takes the daemon's place."""
    clock = HandClock()
    SignOfLife(store, clock).end()
    assert last_sign(store) == Sign(clock.now(), ended=True)
    forget_signs(store)
    assert last_sign(store) is None
