"""The network without sockets: brings a client's requests to the fronts in its own event loop."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from email.utils import format_datetime

import httpx

from syncd.sandbox.faults import Fault, FaultKind, Front
from syncd.sandbox.http import Reply, Request

_PIECES = 8  # of a dripping body
_NO_ANSWER = "Server disconnected without sending a response."
_CUT_SHORT = "peer closed connection without sending complete message body"


class InlineTransport(httpx.AsyncBaseTransport):
    """Each front behind the base address that it is given under; the client sees what a socket would show.

    `latency` is for both ways together, in seconds, and may be changed at any time. All waiting is by the
    time of the event loop.
    """

    def __init__(self, fronts: Mapping[str, Front], *, latency: float = 0.0) -> None:
        self.latency = latency
        self._fronts = {_place(httpx.URL(address)): front for address, front in fronts.items()}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Carry one request over, and its answer back.

        Raises:
            httpx.ConnectError: Nothing is behind that address.
            httpx.HTTPError: The connection breaks before an answer begins.
        """
        front = self._fronts.get(_place(request.url))
        if front is None:
            raise httpx.ConnectError("All connection attempts failed", request=request)
        incoming = await _received(request)
        await asyncio.sleep(self.latency / 2)
        outcome = front.exchange(incoming)
        await asyncio.sleep(self.latency / 2)
        if outcome.wire:
            await _break_off(outcome.wire, request)
        return _response(outcome.reply, outcome.wire, front)


def _place(url: httpx.URL) -> tuple[str, int | None]:
    return url.host, url.port


async def _received(request: httpx.Request) -> Request:
    return Request(
        request.method,
        request.url.path,
        tuple(request.url.params.multi_items()),
        {name.lower(): value for name, value in request.headers.items()},
        await request.aread(),
    )


async def _break_off(fault: Fault, request: httpx.Request) -> None:
    """What comes before the first byte of an answer, or in its place."""
    match fault.kind:
        case FaultKind.RESET:
            raise httpx.ReadError("", request=request)
        case FaultKind.CLOSE:
            raise httpx.RemoteProtocolError(_NO_ANSWER, request=request)
        case FaultKind.STALL:
            await asyncio.sleep(fault.seconds)


def _response(reply: Reply, fault: Fault | None, front: Front) -> httpx.Response:
    own = {"Date": format_datetime(front.stand_in.clock.now(), usegmt=True)}
    own["Content-Length"] = str(len(reply.body))
    return httpx.Response(reply.status, headers={**own, **reply.headers}, stream=_Body(reply.body, fault))


class _Body(httpx.AsyncByteStream):
    """The body of an answer, as it arrives."""

    def __init__(self, body: bytes, fault: Fault | None) -> None:
        self._body = body
        self._fault = fault

    async def __aiter__(self) -> AsyncIterator[bytes]:
        match self._fault:
            case Fault(FaultKind.TRUNCATE) if self._body:
                yield self._body[: len(self._body) // 2]
                raise httpx.RemoteProtocolError(_CUT_SHORT)
            case Fault(FaultKind.DRIP, seconds=seconds):
                size = max(1, -(-len(self._body) // _PIECES))
                for start in range(0, len(self._body), size):
                    await asyncio.sleep(seconds / _PIECES)
                    yield self._body[start : start + size]
            case _:
                yield self._body
