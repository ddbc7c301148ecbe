"""The heartbeat, over real HTTP."""

import httpx
import pytest
from structlog.testing import capture_logs

from syncd.sandbox.clock import HandClock
from syncd.sandbox.faults import Fault, FaultKind
from syncd.sandbox.server import LoopbackServer
from syncd.service.alerts.heartbeat import Heartbeat
from tests.hook import Hook


@pytest.fixture
def heartbeat(server: LoopbackServer, http: httpx.AsyncClient, clock: HandClock) -> Heartbeat:
    return Heartbeat(f"{server.url}/canary-check", http, clock)


async def test_at_most_once_a_minute(heartbeat: Heartbeat, hook: Hook, clock: HandClock) -> None:
    """It is fetched with GET; within a minute it is left out."""
    assert await heartbeat.beat()
    clock.advance(59)
    assert not await heartbeat.beat()
    clock.advance(1)
    assert await heartbeat.beat()
    assert [(request.method, request.path) for request in hook.requests] == [("GET", "/canary-check")] * 2


async def test_a_failure_is_logged_once(
    heartbeat: Heartbeat, hook: Hook, server: LoopbackServer, clock: HandClock
) -> None:
    """And so is its end; neither tells the address."""
    with capture_logs() as lines:
        server.front.faults.add(Fault(FaultKind.RESET, "*"))
        for status in (200, 404, 301, 200, 200):
            hook.status = status
            await heartbeat.beat()
            clock.advance(60)
    assert [line["event"] for line in lines] == ["heartbeat_failed", "heartbeat_recovered"]
    assert "canary" not in str(lines)
