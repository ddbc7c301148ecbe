"""The loopback server: real sockets, real faults."""

import time
from collections.abc import AsyncIterator, Iterator
from datetime import datetime

import httpx
import pytest

from syncd.clock import SystemClock
from syncd.sandbox.faults import Fault, FaultKind, Faults, When
from syncd.sandbox.http import Call, Reply, Request, json_reply
from syncd.sandbox.server import LoopbackServer, in_background
from tests.loopback import served


class Echo:
    """A stand-in that counts and says back what it got."""

    def __init__(self) -> None:
        self.clock = SystemClock()
        self.calls: list[Call] = []

    def operation_of(self, request: Request) -> str:
        return request.path.strip("/")

    def handle(self, request: Request) -> Reply:
        now: datetime = self.clock.now()
        self.calls.append(Call(self.operation_of(request), f"r{len(self.calls)}", now, 200, applied=True))
        said = {"query": request.query, "kind": request.headers.get("x-kind"), "body": request.body.decode()}
        return json_reply(said, headers={"X-Request-Id": f"r{len(self.calls)}"})


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest.fixture
async def server(echo: Echo) -> AsyncIterator[LoopbackServer]:
    async with served(echo) as server:
        yield server


@pytest.fixture
async def client(server: LoopbackServer) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=server.url, timeout=5) as client:
        yield client


async def test_a_request_arrives_whole(client: httpx.AsyncClient) -> None:
    """Query (with repeats), headers and body reach the stand-in, headers and body come back."""
    answer = await client.post("/x", params=[("a", "1"), ("a", "ü")], headers={"X-Kind": "k"}, content=b"hi")
    assert answer.json() == {"query": [["a", "1"], ["a", "ü"]], "kind": "k", "body": "hi"}
    assert answer.headers["x-request-id"] == "r1"


@pytest.mark.parametrize("when", [When.BEFORE, When.AFTER])
@pytest.mark.parametrize(
    ("kind", "error"),
    [
        (FaultKind.RESET, httpx.ReadError),
        (FaultKind.CLOSE, httpx.RemoteProtocolError),
        (FaultKind.TRUNCATE, httpx.RemoteProtocolError),
    ],
)
async def test_a_broken_connection(
    *,
    client: httpx.AsyncClient,
    server: LoopbackServer,
    echo: Echo,
    kind: FaultKind,
    error: type[Exception],
    when: When,
) -> None:
    """The client sees the break once; the log tells whether the request was carried out."""
    server.front.faults.add(Fault(kind, when=when))
    with pytest.raises(error):
        await client.get("/x")
    assert [call.applied for call in echo.calls] == [when is When.AFTER]
    assert (await client.get("/x")).status_code == 200


async def test_a_stalled_answer_outlasts_the_client(
    client: httpx.AsyncClient, server: LoopbackServer
) -> None:
    """A client with less patience than the stall gets a timeout."""
    server.front.faults.add(Fault(FaultKind.STALL, seconds=30))
    with pytest.raises(httpx.ReadTimeout):
        await client.get("/x", timeout=0.1)


async def test_a_dripping_answer_is_whole_in_the_end(
    client: httpx.AsyncClient, server: LoopbackServer
) -> None:
    """The body comes in pieces, no faster than asked for."""
    server.front.faults.add(Fault(FaultKind.DRIP, when=When.AFTER, seconds=0.2))
    start = time.monotonic()
    answer = await client.get("/x")
    assert answer.json()["body"] == ""
    assert time.monotonic() - start > 0.15


async def test_latency_can_be_set(client: httpx.AsyncClient, server: LoopbackServer) -> None:
    """Each answer waits at least the latency."""
    server.latency = 0.1
    start = time.monotonic()
    await client.get("/x")
    assert time.monotonic() - start > 0.09


@pytest.fixture
def two() -> Iterator[tuple[LoopbackServer, LoopbackServer]]:
    servers = LoopbackServer(Echo()), LoopbackServer(Echo(), Faults())
    with in_background(*servers):
        yield servers


def test_background_servers_answer_sync_code(two: tuple[LoopbackServer, LoopbackServer]) -> None:
    """Two servers on ports of their own serve a synchronous client."""
    assert [httpx.get(f"{server.url}/x").status_code for server in two] == [200, 200]
    assert two[0].url != two[1].url


def test_a_background_server_is_gone_afterwards() -> None:
    """After the block nobody listens any more, even if a request was still stalled."""
    server = LoopbackServer(Echo())
    with in_background(server):
        server.front.faults.add(Fault(FaultKind.STALL, seconds=30))
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(server.url, timeout=0.1)
    with pytest.raises(httpx.ConnectError):
        httpx.get(server.url)


def test_a_taken_port_is_reported(two: tuple[LoopbackServer, LoopbackServer]) -> None:
    """Starting on a port in use raises OSError in the caller."""
    port = int(two[0].url.rpartition(":")[2])
    with (
        pytest.raises(OSError, match="address already in use"),
        in_background(LoopbackServer(Echo(), port=port)),
    ):
        pytest.fail("it started")
