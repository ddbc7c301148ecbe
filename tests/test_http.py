"""One request: its total timeout, its size, and the two ways to fail."""

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from syncd.clock import SystemClock
from syncd.errors import ConfigError
from syncd.http import Answer, NoAnswer, NotSent, build_http, send
from syncd.sandbox.faults import Fault, FaultKind, When
from syncd.sandbox.http import Call, Reply, Request
from syncd.sandbox.server import LoopbackServer
from tests.loopback import served


class Big:
    """A stand-in whose answers are as long as asked, or send the client elsewhere."""

    def __init__(self) -> None:
        self.clock = SystemClock()
        self.calls: list[Call] = []

    def operation_of(self, request: Request) -> str:
        return request.path

    def handle(self, request: Request) -> Reply:
        self.calls.append(Call(request.path, "", self.clock.now(), 200, applied=True))
        if request.path == "/elsewhere":
            return Reply(302, {"Location": "/"})
        return Reply(200, {"X-Kind": "big"}, b"x" * int(request.argument("size", "3")))


@pytest.fixture
async def server() -> AsyncIterator[LoopbackServer]:
    async with served(Big()) as server:
        yield server


async def get(http: httpx.AsyncClient, url: str, *, seconds: float = 5, limit: int = 1000) -> Answer:
    return await send(http, http.build_request("GET", url), timeout=seconds, limit=limit)


async def test_an_answer_is_read_whole(http: httpx.AsyncClient, server: LoopbackServer) -> None:
    """Status, headers in any case, and body."""
    answer = await get(http, f"{server.url}/?size=5")
    assert (answer.status, answer.headers.get("x-KIND"), answer.body) == (200, "big", b"xxxxx")


@pytest.mark.parametrize(("size", "fits"), [(1000, True), (1001, False)])
async def test_the_size_is_limited(
    http: httpx.AsyncClient, server: LoopbackServer, size: int, fits: bool
) -> None:
    """A body of exactly the limit is fine, one byte more is no answer."""
    if fits:
        assert len((await get(http, f"{server.url}/?size={size}")).body) == size
    else:
        with pytest.raises(NoAnswer, match="longer than 1000 bytes"):
            await get(http, f"{server.url}/?size={size}")


async def test_the_timeout_is_a_total_one(http: httpx.AsyncClient, server: LoopbackServer) -> None:
    """An answer that drips in without ever pausing for long is cut off all the same."""
    server.front.faults.add(Fault(FaultKind.DRIP, when=When.AFTER, seconds=5))
    with pytest.raises(NoAnswer, match=r"within 0\.3 s"):
        await get(http, f"{server.url}/?size=80", seconds=0.3)


@pytest.mark.parametrize("kind", [FaultKind.RESET, FaultKind.CLOSE, FaultKind.TRUNCATE])
async def test_a_broken_connection_may_have_done_its_work(
    http: httpx.AsyncClient, server: LoopbackServer, kind: FaultKind
) -> None:
    """Once bytes were sent, a break is `NoAnswer`."""
    server.front.faults.add(Fault(kind, when=When.AFTER))
    with pytest.raises(NoAnswer):
        await get(http, server.url)


async def test_a_closed_port_got_nothing(http: httpx.AsyncClient, server: LoopbackServer) -> None:
    """Without a connection nothing was sent."""
    await server.stop()
    with pytest.raises(NotSent):
        await get(http, server.url)


async def test_cancelling_is_not_swallowed(http: httpx.AsyncClient, server: LoopbackServer) -> None:
    """A cancelled request stays cancelled."""
    server.front.faults.add(Fault(FaultKind.STALL, seconds=30))
    task = asyncio.create_task(get(http, server.url))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_redirects_are_not_followed(http: httpx.AsyncClient, server: LoopbackServer) -> None:
    """A redirect comes back as it is, so that no secret goes elsewhere."""
    assert (await get(http, f"{server.url}/elsewhere")).status == 302


async def test_the_environment_is_ignored(server: LoopbackServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proxies are set in the configuration alone."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    async with build_http() as http:
        assert (await get(http, server.url)).status == 200


async def test_a_proxy_is_used(server: LoopbackServer) -> None:
    """With a proxy the request goes there, whatever host it is for."""
    async with build_http(proxy=server.url) as http:
        assert (await get(http, "http://shop.invalid/")).status == 200


def test_a_wrong_proxy_is_a_mistake_in_the_configuration() -> None:
    """An address that makes no sense is told without being quoted: it may hold a password."""
    with pytest.raises(ConfigError, match="proxy") as caught:
        build_http(proxy="socks9://me:secret@host")
    assert "secret" not in str(caught.value)


def test_a_wrong_ca_file_is_a_mistake_in_the_configuration(tmp_path: Path) -> None:
    """A file that is missing or holds no certificate is named."""
    empty = tmp_path / "ca.pem"
    for path in (str(empty), str(tmp_path / "none.pem")):
        with pytest.raises(ConfigError, match=path):
            build_http(ca_file=path)
        empty.touch()


@pytest.fixture
async def own_authority(tmp_path: Path) -> AsyncIterator[tuple[str, Path]]:
    """The address of a server whose certificate nobody knows, and the file that tells it."""
    key, certificate = tmp_path / "key.pem", tmp_path / "ca.pem"
    names = "-subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
    command = f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 {names} -keyout {key} -out {certificate}"
    made = await asyncio.create_subprocess_exec(*command.split(), stderr=asyncio.subprocess.DEVNULL)
    assert await made.wait() == 0
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\ngood")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    async with server:
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}", certificate


async def test_an_authority_of_ones_own_is_trusted(own_authority: tuple[str, Path]) -> None:
    """Its file makes a server believed that is not believed without, as behind a proxy that looks inside."""
    address, ca_file = own_authority
    async with build_http() as http:
        with pytest.raises(NotSent):
            await get(http, address)
    async with build_http(ca_file=str(ca_file)) as http:
        assert (await get(http, address)).body == b"good"


async def test_addresses_are_not_logged(server: LoopbackServer, caplog: pytest.LogCaptureFixture) -> None:
    """The HTTP library's own log of whole addresses is off, even when everything else logs."""
    with caplog.at_level(logging.DEBUG):
        async with build_http() as http:
            await get(http, f"{server.url}/?app_secret=canary")
    assert "canary" not in caplog.text


@pytest.mark.parametrize(
    ("body", "words"),
    [(b"{", "Expecting"), (b"NaN", "no JSON"), (b"\xff", "decode"), (b"[" * 100_000, "too deeply")],
)
def test_what_is_no_json(body: bytes, words: str) -> None:
    """One error, whatever is wrong with the text."""
    with pytest.raises(ValueError, match=words):
        Answer(200, {}, body).json()


def test_json() -> None:
    """A JSON body as Python has it."""
    assert Answer(200, {}, b'{"a":["1"]}').json() == {"a": ["1"]}
