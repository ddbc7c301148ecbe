"""People hear of what the daemon meets: from the case on TikTok to a message over real HTTP."""

import asyncio
import os
import signal
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from syncd.clock import SystemClock
from syncd.config import Loaded, load
from syncd.errors import ConfigError
from syncd.model.cases import ReturnType
from syncd.sandbox.pair import Pair
from syncd.sandbox.server import LoopbackServer, in_background
from syncd.service import daemon
from syncd.service.alerts import book, desk
from syncd.service.decisions import Asked, Command
from syncd.service.decisions import decide as rule
from syncd.service.session import writing
from syncd.store.cases import Filter
from tests.e2e.test_daemon import COMPLETE
from tests.hook import Hook
from tests.loopback import served


async def until(true: Callable[[], bool]) -> None:
    """Wait until that holds."""
    async with asyncio.timeout(20):
        while not true():  # noqa: ASYNC110 - it is looked at from outside
            await asyncio.sleep(0.02)


def read(file: Loaded | ConfigError) -> Loaded:
    """The config file as it is now."""
    if isinstance(file, ConfigError):
        raise file
    return file


async def test_a_held_case_and_its_end(
    syncd: Any, pair: Pair, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The address is told of the hold, and that it is over once a person decided; the heart beats.

    Between the two the settings are read anew: a file that is refused is told, and that it was mended, and
    nothing is told twice.
    """
    monkeypatch.setattr(desk, "_PAUSE", 0.1)
    monkeypatch.setattr(book, "SETTLED", timedelta())
    monkeypatch.setattr(book, "_MINUTE", timedelta())
    hook = Hook(SystemClock())
    case = pair.tiktok.add_return(
        pair.sell({"A": "20.00"}).tiktok, type=ReturnType.REFUND, status=COMPLETE
    ).return_id
    async with served(hook) as server:
        syncd.set("sync", poll_interval="1s")
        syncd.set("guard.max_refund", USD="5.00")
        address = f"{server.url.replace('http', 'json')}/canary-token"
        syncd.set("alerts", urls=[address], heartbeat_url=f"{server.url}/canary-beat")
        loaded = load(syncd.configure(), {}, None)
        files: list[Loaded | ConfigError] = [
            ConfigError("it cannot be used", problems=["x.toml:1: bad"]),
            loaded,
        ]
        with writing(syncd.store) as store:
            running = asyncio.create_task(
                daemon.run(loaded.settings, store, SystemClock(), reload=lambda: read(files.pop(0)))
            )
            await until(lambda: len(hook.messages) == 1)
            os.kill(os.getpid(), signal.SIGHUP)
            await until(lambda: len(hook.messages) == 2)
            os.kill(os.getpid(), signal.SIGHUP)
            await until(lambda: len(hook.messages) == 3)
            [held] = store.cases.select(Filter())
            rule(store, held, Asked(Command.DISMISS, "kim", "settled by hand"), SystemClock().now())
            await until(lambda: len(hook.messages) == 4)
            os.kill(os.getpid(), signal.SIGTERM)
            assert await asyncio.wait_for(running, 10) == 0
    told, refused, good, over = hook.messages
    assert (refused["title"], good["title"]) == (
        "syncd: new settings refused",
        "syncd: over: new settings refused",
    )
    assert "- x.toml:1: bad" in refused["message"]
    assert told["title"] == "syncd: us: cases held (over_ceiling)"
    assert f"us:{case}, order #1001, 20.00 USD" in told["message"]
    assert f"syncd approve us:{case}" in told["message"]
    assert (over["title"], over["type"]) == ("syncd: over: us: cases held (over_ceiling)", "success")
    assert any(request.path == "/canary-beat" for request in hook.requests)
    assert "canary" not in caplog.text


def test_last_words(syncd: Any) -> None:
    """A daemon that cannot open its store says so before it ends."""
    hook = Hook(SystemClock())
    server = LoopbackServer(hook)
    with in_background(server):
        syncd.set("alerts", urls=[f"{server.url.replace('http', 'json')}/canary-token"])
        syncd.store.write_bytes(b"")
        done = syncd.run("run")
    assert done.code == os.EX_DATAERR
    assert hook.titles == ["syncd: store trouble"]
    assert "is empty, though a store was there" in hook.messages[0]["message"]
    assert "canary" not in done.out + done.err
