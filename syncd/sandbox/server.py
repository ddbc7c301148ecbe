"""Serves a stand-in on 127.0.0.1 with aiohttp, and does to the wire what a fault asks for."""

import asyncio
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from aiohttp import web

from syncd.sandbox.faults import Fault, FaultKind, Faults, Front
from syncd.sandbox.http import Reply, Request, StandIn

HOST = "127.0.0.1"
_PIECES = 8  # of a dripping body
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER with no time left: the peer sees a reset


class LoopbackServer:
    """One stand-in behind one port.

    `latency` is added to every answer, in seconds, and may be changed at any time.
    """

    def __init__(self, stand_in: StandIn, faults: Faults | None = None, port: int = 0) -> None:
        self.front = Front(stand_in, faults)
        self.latency = 0.0
        self._port = port
        self._runner: web.ServerRunner | None = None

    @property
    def url(self) -> str:
        """The base address, without a slash at the end; the port is known once started."""
        return f"http://{HOST}:{self._port}"

    async def start(self) -> None:
        """Listen; raises OSError when the port is taken."""
        server = web.Server(self._answer, access_log=None)
        self._runner = web.ServerRunner(server, shutdown_timeout=0.1)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, HOST, self._port).start()
        except OSError:
            await self.stop()
            raise
        self._port = int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Close the port and every connection."""
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    async def _answer(self, incoming: web.BaseRequest) -> web.StreamResponse:
        outcome = self.front.exchange(await _received(incoming))
        if self.latency:
            await asyncio.sleep(self.latency)
        if outcome.wire is None:
            return _response(outcome.reply)
        return await _spoil(incoming, outcome.reply, outcome.wire)


@contextmanager
def in_background(*servers: LoopbackServer) -> Iterator[None]:
    """Serve from a thread with a loop of its own, for synchronous tests and for child processes.

    The stand-ins then run in that thread: look at them between requests, not during one.
    """
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="syncd-sandbox", daemon=True)
    thread.start()
    try:
        try:
            asyncio.run_coroutine_threadsafe(_start(servers), loop).result()
            yield
        finally:
            asyncio.run_coroutine_threadsafe(_stop(servers), loop).result()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _start(servers: tuple[LoopbackServer, ...]) -> None:
    for server in servers:
        await server.start()


async def _stop(servers: tuple[LoopbackServer, ...]) -> None:
    for server in servers:
        await server.stop()
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


async def _received(incoming: web.BaseRequest) -> Request:
    return Request(
        incoming.method,
        incoming.path,
        tuple((key, value) for key, value in incoming.query.items()),
        {name.lower(): value for name, value in incoming.headers.items()},
        await incoming.read(),
    )


def _response(reply: Reply) -> web.Response:
    return web.Response(status=reply.status, headers=dict(reply.headers), body=reply.body)


async def _spoil(incoming: web.BaseRequest, reply: Reply, fault: Fault) -> web.StreamResponse:
    match fault.kind:
        case FaultKind.STALL:
            await asyncio.sleep(fault.seconds)
            return _response(reply)
        case FaultKind.DRIP:
            return await _in_pieces(incoming, reply, fault.seconds / _PIECES)
        case FaultKind.TRUNCATE:
            await _half_of(incoming, reply)
    _hang_up(incoming, reset=fault.kind is FaultKind.RESET)
    return web.Response()


async def _in_pieces(incoming: web.BaseRequest, reply: Reply, pause: float) -> web.StreamResponse:
    response = await _opened(incoming, reply)
    size = max(1, -(-len(reply.body) // _PIECES))
    for start in range(0, len(reply.body), size):
        await asyncio.sleep(pause)
        await response.write(reply.body[start : start + size])
    return response


async def _half_of(incoming: web.BaseRequest, reply: Reply) -> None:
    response = await _opened(incoming, reply)
    await response.write(reply.body[: len(reply.body) // 2])


async def _opened(incoming: web.BaseRequest, reply: Reply) -> web.StreamResponse:
    response = web.StreamResponse(status=reply.status, headers=dict(reply.headers))
    response.content_length = len(reply.body)
    await response.prepare(incoming)
    return response


def _hang_up(incoming: web.BaseRequest, *, reset: bool) -> None:
    transport = incoming.transport
    if transport is None:
        return
    connection = transport.get_extra_info("socket")
    if reset and connection is not None:
        with suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        transport.abort()
    else:
        transport.close()
