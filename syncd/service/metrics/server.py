"""A small HTTP server in threads of its own, so that it answers whatever the event loop is at."""

import errno
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from socketserver import TCPServer, ThreadingMixIn
from typing import Any
from urllib.parse import urlsplit

from syncd.errors import CannotListen, ConfigError
from syncd.events import Event, tell
from syncd.service.metrics.pages import Pages, Reply, text

_MOST_THREADS = 8
_SILENCE = 5.0
"""Seconds without a byte after which a client is cut off."""
_PATIENCE = 10.0
"""Seconds that one request may take, however its bytes drip in."""

_Connection = Any  # a socket; the library's types know of datagrams, too
_Place = Any  # an address, as its family has it


@contextmanager
def serving(listen: str, pages: Callable[[int], Pages]) -> Iterator[int]:
    """Answer on that address meanwhile; `pages` makes the pages for the port, which comes back.

    Raises:
        CannotListen: The port is taken, or the address is not there now.
        ConfigError: The port is one that we may not use.
    """
    server = _open(listen)
    server.pages = pages(server.server_port)
    thread = threading.Thread(target=server.serve_forever, name="metrics", daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.wake()
        server.shutdown()
        server.server_close()
        thread.join()


def _open(listen: str) -> "_Server":
    address = urlsplit(f"//{listen}")
    try:
        [(family, _, _, _, place), *_] = socket.getaddrinfo(
            address.hostname, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        return _Server(family, place)
    except UnicodeError as error:
        raise ConfigError(f"[metrics] listen = {listen!r}: no host can have that name") from error
    except OSError as error:
        what = f"[metrics] listen = {listen!r}: {error.strerror}"
        if error.errno == errno.EACCES:
            raise ConfigError(what, hint="take a port above 1023") from error
        hint = "another program has the port: ss -ltnp shows which; or name another port"
        raise CannotListen(what, hint=hint if error.errno == errno.EADDRINUSE else "") from error


class _Handler(BaseHTTPRequestHandler):
    """One request on one connection."""

    server: "_Server"
    timeout = _SILENCE
    server_version = "syncd"
    sys_version = ""
    error_content_type = "text/plain"
    error_message_format = "%(message)s\n"

    def do_GET(self) -> None:
        """Answer with a page."""
        self._send(self._page())

    do_HEAD = do_GET  # noqa: N815 - as the library looks it up

    def _refuse(self) -> None:
        self._send(text(HTTPStatus.METHOD_NOT_ALLOWED, "only GET and HEAD"), ("Allow", "GET, HEAD"))

    do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_TRACE = _refuse  # noqa: N815 - the same

    def _page(self) -> Reply:
        hosts = self.headers.get_all("Host", [])
        try:
            return self.server.pages.answer(self.path, hosts, self.headers.get("Accept", ""))
        except Exception as error:  # noqa: BLE001 - the edge: the next one is answered again
            tell(Event.PAGE_FAILED, failure=error, cause=error, path=urlsplit(self.path).path)
            return text(HTTPStatus.INTERNAL_SERVER_ERROR, "internal error: the log says more")

    def _send(self, reply: Reply, *more: tuple[str, str]) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.kind)
        self.send_header("Content-Length", str(len(reply.body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        for name, value in (*reply.headers.items(), *more):
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)

    def version_string(self) -> str:
        """Not which version."""
        return self.server_version

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the library has it
        """A request is no event."""


class _Server(ThreadingMixIn, HTTPServer):
    """At most so many connections at a time; the thread that accepts them cuts off those that last."""

    daemon_threads = True
    allow_reuse_port = False  # or two programs would share the port, and each see half of the requests
    pages: Pages

    def __init__(self, family: socket.AddressFamily, place: _Place) -> None:
        self.address_family = family
        self._ends: dict[socket.socket, float] = {}
        self._slots = threading.BoundedSemaphore(_MOST_THREADS)
        super().__init__(place, _Handler)

    def server_bind(self) -> None:
        """Bind, without the look-up of our own name that the library makes: it may take long."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = "", int(self.server_address[1])

    def process_request(self, request: _Connection, client_address: _Place) -> None:
        """Answer in a thread of its own, or not at all where too many are busy."""
        if not self._slots.acquire(blocking=False):
            self.shutdown_request(request)
            return
        self._ends[request] = time.monotonic() + _PATIENCE
        try:
            super().process_request(request, client_address)
        except RuntimeError:  # the system gives us no thread
            self._forget(request)
            raise

    def process_request_thread(self, request: _Connection, client_address: _Place) -> None:
        """The thread."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._forget(request)

    def _forget(self, request: socket.socket) -> None:
        self._ends.pop(request, None)
        self._slots.release()

    def wake(self) -> None:
        """Let the thread that waits for connections look at once whether to go on."""
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)

    def service_actions(self) -> None:
        """Twice a second: cut off what lasts too long."""
        self._cut_off(time.monotonic())

    def _cut_off(self, now: float) -> None:
        for connection, end in list(self._ends.items()):
            if end <= now:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def server_close(self) -> None:
        """Listen no longer, and cut off who is still connected."""
        super().server_close()
        self._cut_off(float("inf"))

    def handle_error(self, request: _Connection, client_address: _Place) -> None:
        """The client has gone, or said nothing for too long."""
