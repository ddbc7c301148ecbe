"""A stand-in behind a real socket."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from syncd.sandbox.http import StandIn
from syncd.sandbox.server import LoopbackServer


@asynccontextmanager
async def served(stand_in: StandIn) -> AsyncIterator[LoopbackServer]:
    """Answer on 127.0.0.1 for as long as the block lasts, in this event loop."""
    server = LoopbackServer(stand_in)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()
