"""Time turned by hand, and the client that everything is sent with."""

from collections.abc import AsyncIterator

import httpx
import pytest

from syncd.http import build_http
from syncd.sandbox.clock import HandClock


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with build_http() as client:
        yield client
