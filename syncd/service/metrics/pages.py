"""What is answered to whom: one table of pages, for requests that name this machine."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from ipaddress import ip_address
from urllib.parse import urlsplit

from syncd.config.addresses import is_loopback

_HTTP_PORT = 80
_TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer."""

    status: HTTPStatus
    body: bytes
    kind: str = _TEXT
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks for: which kinds of content the client accepts, and what stands behind the `?`."""

    accept: str = ""
    query: str = ""


Page = Callable[[Asked], Reply]
"""Makes a page."""


def text(status: HTTPStatus, what: str) -> Reply:
    """A line or more for people."""
    return Reply(status, f"{what}\n".encode())


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages by path. `host` is the one that the config names, `port` the one that is listened on."""

    host: str
    port: int
    table: Mapping[str, Page]

    def answer(self, path: str, hosts: list[str], accept: str) -> Reply:
        """The page for a request with these `Host` headers."""
        if len(hosts) != 1 or not names_us(hosts[0], self.host, self.port):
            return text(HTTPStatus.MISDIRECTED_REQUEST, "the request is for another host")
        try:
            parts = urlsplit(path)
        except ValueError:
            return text(HTTPStatus.BAD_REQUEST, "no address")
        page = self.table.get(parts.path)
        return page(Asked(accept, parts.query)) if page else text(HTTPStatus.NOT_FOUND, "not found")


def names_us(header: str, host: str, port: int) -> bool:
    """Whether a `Host` header is one that our own users send.

    A web page elsewhere can have a browser ask us under a name of its own that leads here (DNS rebinding),
    but not under an address, and not under a name that we chose.
    """
    try:
        parts = urlsplit(f"//{header}")
        name, named_port = parts.hostname or "", parts.port or _HTTP_PORT
    except ValueError:
        return False
    if named_port != port or parts.netloc != header or "@" in header:
        return False
    known = is_loopback(name) or name == host.lower()
    return known or (not is_loopback(host) and _is_address(name))


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
