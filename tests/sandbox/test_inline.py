"""The network without sockets: a client must not be able to tell it from a real one."""

import asyncio
import time
from collections.abc import AsyncIterator

import httpx
import pytest

from syncd.http import Answer, HttpError, NotSent, build_http, send
from syncd.sandbox.clock import HandClock
from syncd.sandbox.faults import Fault, FaultKind, Front, When
from syncd.sandbox.http import Call, Reply, Request, json_reply
from syncd.sandbox.inline import InlineTransport
from syncd.sandbox.server import LoopbackServer

ADDRESS = "http://127.0.0.1:1"
PATIENCE = 0.3
FAULTS = [
    None,
    *(Fault(kind, when=when) for kind in FaultKind if kind is not FaultKind.REPLY for when in When),
    Fault(FaultKind.STALL, when=When.AFTER, seconds=0.1),
    Fault(FaultKind.STALL, when=When.AFTER, seconds=60.0),
    Fault(FaultKind.DRIP, when=When.AFTER, seconds=0.1),
    Fault(FaultKind.DRIP, when=When.AFTER, seconds=60.0),
    Fault(FaultKind.STATUS_429, seconds=7.0),
    Fault(FaultKind.REPLY, reply=Reply(418, {"X-Kind": "teapot"}, b"")),
    Fault(FaultKind.TRUNCATE, operation="nothing", when=When.AFTER),
]
SEEN = ("content-type", "content-length", "retry-after", "x-kind", "x-request-id")
"""The headers that the client reads, and one of its own sort; a server adds others."""


class Echo:
    """A stand-in that counts and says back what it got; to `nothing` it says nothing."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.calls: list[Call] = []

    def operation_of(self, request: Request) -> str:
        return request.path.strip("/")

    def handle(self, request: Request) -> Reply:
        operation = self.operation_of(request)
        self.calls.append(Call(operation, "", self.clock.now(), 200, applied=True))
        if operation == "nothing":
            return Reply()
        kind, body = request.headers.get("x-kind"), request.body.decode()
        said = {"method": request.method, "query": request.query, "kind": kind, "body": body}
        return json_reply(said, headers={"X-Request-Id": f"r{len(self.calls)}"})


@pytest.fixture
async def server() -> AsyncIterator[LoopbackServer]:
    """The stand-in behind a real socket."""
    server = LoopbackServer(Echo())
    await server.start()
    yield server
    await server.stop()


async def outcome(client: httpx.AsyncClient, address: str, path: str) -> object:
    """What a request comes to, as the program sees it."""
    request = client.build_request(
        "POST", f"{address}/{path}", params=[("a", "1"), ("a", "ü+ ")], headers={"X-Kind": "k"}, content=b"hi"
    )
    try:
        answer: Answer = await send(client, request, timeout=PATIENCE)
    except HttpError as error:
        return type(error), str(error)
    return answer.status, {name: answer.headers.get(name) for name in SEEN}, answer.body


async def twice(
    front: Front, address: str, transport: httpx.AsyncBaseTransport | None, fault: Fault
) -> object:
    """A request that is hit and one after it, and what was carried out."""
    front.faults.add(fault)
    path = "x" if fault.operation == "*" else fault.operation
    async with build_http(transport=transport) as client:
        seen = [await outcome(client, address, path) for _ in range(2)]
    return seen, [call.applied for call in front.stand_in.calls]


@pytest.mark.parametrize("fault", FAULTS, ids=str)
async def test_a_client_sees_the_same_as_on_a_real_socket(
    server: LoopbackServer, fault: Fault | None
) -> None:
    """The same answer or the same error, for the request that is hit and for the next one."""
    fault = fault or Fault(FaultKind.RESET, operation="another")
    front = Front(Echo())

    inline = await twice(front, ADDRESS, InlineTransport({ADDRESS: front}), fault)

    assert await twice(server.front, server.url, None, fault) == inline


async def test_an_address_that_nobody_listens_on() -> None:
    """Surely nothing was sent."""
    async with build_http(transport=InlineTransport({ADDRESS: Front(Echo())})) as client:
        with pytest.raises(NotSent, match="no connection: All connection attempts failed"):
            await send(client, client.build_request("GET", "http://127.0.0.1:2/x"), timeout=PATIENCE)


async def test_each_address_has_its_own_front() -> None:
    """Host and port choose it."""
    one, two = Front(Echo()), Front(Echo())
    transport = InlineTransport({ADDRESS: one, "http://127.0.0.1:2": two})
    async with build_http(transport=transport) as client:
        for number in (2, 2, 1):
            request = client.build_request("GET", f"http://127.0.0.1:{number}/x")
            await send(client, request, timeout=PATIENCE)

    assert (1, 2) == (len(one.stand_in.calls), len(two.stand_in.calls))


async def test_half_of_the_latency_passes_before_the_request_arrives() -> None:
    """A client that gives up earlier was never heard."""
    front = Front(Echo())
    async with build_http(transport=InlineTransport({ADDRESS: front}, latency=0.4)) as client:
        begun = time.monotonic()
        task = asyncio.create_task(outcome(client, ADDRESS, "x"))
        await asyncio.sleep(0.1)
        early = len(front.stand_in.calls)
        await task

    assert (0, 1) == (early, len(front.stand_in.calls))
    assert time.monotonic() - begun > 0.29


async def test_an_answer_carries_the_date_of_the_stand_in() -> None:
    """By which a client learns that its own clock is wrong."""
    front = Front(Echo())
    async with build_http(transport=InlineTransport({ADDRESS: front})) as client:
        answer = await send(client, client.build_request("GET", f"{ADDRESS}/x"), timeout=PATIENCE)

    assert "Mon, 02 Nov 2026 12:00:00 GMT" == answer.headers["date"]
