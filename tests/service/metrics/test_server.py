"""Answers over real HTTP."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from http import HTTPStatus

import pytest

from syncd import __version__
from syncd.errors import CannotListen, ConfigError
from syncd.service.metrics import server
from syncd.service.metrics.pages import Pages, Reply, text
from syncd.service.metrics.server import serving
from tests.service.metrics.watched import LISTEN, get

PATIENCE = 10.0


@contextmanager
def answering(listen: str = LISTEN, host: str = "127.0.0.1") -> Iterator[int]:
    """Two pages, of which one is broken; the port."""

    def broken(_: str) -> Reply:
        raise RuntimeError("canary")

    table = {"/hello": lambda _: text(HTTPStatus.OK, "hello"), "/broken": broken}
    with serving(listen, lambda port: Pages(host, port, table)) as port:
        yield port


def until_closed(connection: socket.socket) -> bytes:
    """All that still comes, once the other side has closed."""
    connection.settimeout(PATIENCE)
    return b"".join(iter(lambda: connection.recv(4096), b""))


def drip(client: socket.socket) -> None:
    """A byte, and another one, and another one."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        client.sendall(b"x")
        time.sleep(0.05)


def test_a_page() -> None:
    """With its length, of plain text, and not to be kept."""
    with answering() as port:
        answer = get(port, "/hello?name=value")

    assert (answer.status, answer.text) == (200, "hello\n")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["Content-Length"] == "6"
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_head_of_a_page() -> None:
    """The same without the page."""
    with answering() as port:
        answer = get(port, "/hello", method="HEAD")

    assert (answer.status, answer.text, answer.headers["Content-Length"]) == (200, "", "6")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_nothing_else_is_done(method: str) -> None:
    """Whoever asks learns what is."""
    with answering() as port:
        answer = get(port, "/hello", method=method)

    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("path", ["/", "/hello/", "/../hello", "/hello%00", "/etc/passwd"])
def test_there_is_nothing_else(path: str) -> None:
    """No list, no file."""
    with answering() as port:
        answer = get(port, path)

    assert (answer.status, answer.text) == (404, "not found\n")


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1", "", None])
def test_a_request_for_another_host(host: str | None) -> None:
    """A browser that was led here under a name of somebody else learns nothing."""
    with answering() as port:
        answer = get(port, "/hello", Host=host and host.format(port=port))

    assert (answer.status, answer.text) == (421, "the request is for another host\n")


def test_no_version_is_told() -> None:
    """Neither ours nor Python's, not even to a request that makes no sense."""
    with answering() as port:
        with closing(socket.create_connection(("127.0.0.1", port))) as connection:
            connection.sendall(b"GET /hello there HTTP/1.1\r\n\r\n")
            nonsense = until_closed(connection).decode()
        good = str(get(port, "/hello").headers)

    assert " 400 " in nonsense
    assert "syncd" in good
    for told in (nonsense, good):
        assert __version__ not in told
        assert "Python" not in told


def test_a_page_that_breaks() -> None:
    """Whoever asks learns that, not why; the next one is answered."""
    with answering() as port:
        answer = get(port, "/broken")
        next_one = get(port, "/hello")

    assert (answer.status, next_one.status) == (500, 200)
    assert "canary" not in answer.text


def test_ipv6() -> None:
    """In brackets."""
    with answering("[::1]:0", "::1") as port:
        assert get(port, "/hello", address="::1").status == 200


def test_a_port_that_is_taken() -> None:
    """Temporary: it may be free at the next start. The message names it."""
    with answering() as port, pytest.raises(CannotListen) as caught, answering(f"127.0.0.1:{port}"):
        pass
    assert caught.value.exit_code == 75
    assert str(caught.value) == f"[metrics] listen = '127.0.0.1:{port}': Address already in use"
    assert "ss -ltnp" in caught.value.hint


def test_an_address_that_is_not_there() -> None:
    """The network may still be on its way up."""
    with pytest.raises(CannotListen, match=r"192\.0\.2\.7"), answering("192.0.2.7:0"):
        pass


def test_a_host_that_cannot_be() -> None:
    """No start will help."""
    with pytest.raises(ConfigError, match="no host can have that name"), answering(f"{'x' * 70}:9464"):
        pass


def test_a_port_is_free_afterwards() -> None:
    """The next start takes it at once, though somebody was connected."""
    with answering() as port, closing(socket.create_connection(("127.0.0.1", port))):
        pass
    with answering(f"127.0.0.1:{port}") as again:
        assert get(again, "/hello").status == 200


async def test_it_answers_while_the_event_loop_is_stuck() -> None:
    """This very test is a coroutine that blocks its loop."""
    with answering() as port:
        assert get(port, "/hello").status == 200


def test_a_silent_client_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Others are answered meanwhile; it is cut off."""
    monkeypatch.setattr(server._Handler, "timeout", 0.3)
    with answering() as port, closing(socket.create_connection(("127.0.0.1", port))) as silent:
        assert get(port, "/hello").status == 200
        assert until_closed(silent) == b""


def test_a_client_that_drips_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each byte comes in time, and the request would never end."""
    monkeypatch.setattr(server, "_PATIENCE", 0.5)
    with (
        answering() as port,
        closing(socket.create_connection(("127.0.0.1", port))) as client,
        pytest.raises(OSError, match=r"Broken pipe|reset"),
    ):
        drip(client)


def until_threads(number: int) -> None:
    """Wait until there are so many."""
    end = time.monotonic() + PATIENCE
    while threading.active_count() != number:
        assert time.monotonic() < end
        time.sleep(0.01)


def test_no_more_threads_than_that() -> None:
    """Who comes when too many are connected is turned away; when they have gone, all is as before."""
    with answering() as port:
        before = threading.active_count()
        with ExitStack() as clients:
            for _ in range(server._MOST_THREADS):
                clients.enter_context(closing(socket.create_connection(("127.0.0.1", port))))
            until_threads(before + server._MOST_THREADS)
            with closing(socket.create_connection(("127.0.0.1", port))) as one_too_many:
                assert until_closed(one_too_many) == b""
        until_threads(before)
        assert get(port, "/hello").status == 200
