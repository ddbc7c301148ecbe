"""HTTP for both APIs: one request under one total timeout, one bounded answer, two ways to fail."""

import asyncio
import json
import logging
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import NoReturn

import httpx

from syncd.errors import ConfigError

MEBIBYTE = 1024 * 1024
NO_WAY_HINT = "check the base addresses, [network] proxy and the firewall"
_HALF = re.compile(rb"\\u[dD][89a-fA-F]")
"""Half of a character beyond the first 65,536; whether its other half follows is told by the JSON reader."""
_CONNECT_TIMEOUT = 10.0
_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)


class HttpError(Exception):
    """No answer to a request; the text tells why and holds neither address nor headers."""


class NotSent(HttpError):
    """No byte of the request reached the server."""


class NoAnswer(HttpError):
    """The request may have reached the server, and its answer did not come whole."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer read whole. `headers` are looked up in any case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self, *, strict: bool = False) -> object:
        """The body as JSON, with half characters as question marks; `strict` takes no key twice.

        Raises:
            ValueError: It is none, or is nested too deeply to be meant well.
        """
        pairs = _no_key_twice if strict else None
        try:
            found = json.loads(self.body, parse_constant=_no_constant, object_pairs_hook=pairs)
            return _whole(found) if _HALF.search(self.body) else found
        except RecursionError:
            raise ValueError("the JSON is nested too deeply") from None


def build_http(
    *, proxy: str = "", ca_file: str = "", transport: httpx.AsyncBaseTransport | None = None
) -> httpx.AsyncClient:
    """One client for the life of the program: nothing from the environment, no redirects.

    `ca_file` has certificates to trust besides the usual ones; `transport` replaces the network.

    Raises:
        ConfigError: `ca_file` or `proxy` cannot be used.
    """
    # These loggers print whole addresses, and TikTok's token service takes secrets in the address.
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    try:
        return httpx.AsyncClient(
            verify=_trust(ca_file) if transport is None else False,
            proxy=proxy or None,
            transport=transport,
            timeout=httpx.Timeout(None, connect=_CONNECT_TIMEOUT),
            follow_redirects=False,
            trust_env=False,
        )
    except (ValueError, httpx.InvalidURL):
        raise ConfigError("network.proxy is not an address that can be used") from None


async def send(
    client: httpx.AsyncClient,
    request: httpx.Request,
    *,
    timeout: float,  # noqa: ASYNC109 - the errors depend on it, so it is no business of callers
    limit: int = 8 * MEBIBYTE,
) -> Answer:
    """Send one request and read its answer, both in `timeout` seconds and `limit` bytes.

    Raises:
        NotSent: The server got nothing.
        NoAnswer: The server may have got it.
    """
    try:
        async with asyncio.timeout(timeout):
            return await _exchange(client, request, limit)
    except TimeoutError:
        raise NoAnswer(f"no whole answer within {timeout:g} s") from None
    except _NOT_SENT as error:
        raise NotSent(f"no connection: {error or type(error).__name__}") from error
    except httpx.HTTPError as error:
        # Not the error's own text: it can quote a header.
        raise NoAnswer(f"the connection broke ({type(error).__name__})") from None


def is_token(text: str) -> bool:
    """Whether this can be sent in a header."""
    return bool(text) and text.isascii() and text.isprintable() and " " not in text


async def _exchange(client: httpx.AsyncClient, request: httpx.Request, limit: int) -> Answer:
    response = await client.send(request, stream=True)
    try:
        body = bytearray()
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > limit:
                raise NoAnswer(f"the answer is longer than {limit} bytes")
        return Answer(response.status_code, response.headers, bytes(body))
    finally:
        await response.aclose()


def _trust(ca_file: str) -> ssl.SSLContext:
    if not ca_file:
        return _usual_trust()
    context = httpx.create_ssl_context(trust_env=False)
    try:
        context.load_verify_locations(ca_file)
    except OSError as error:
        raise ConfigError(f"network.ca_file: {ca_file} cannot be used: {error}") from error
    return context


@cache
def _usual_trust() -> ssl.SSLContext:
    """The certificates that come with the program; they are many, so they are read once."""
    return httpx.create_ssl_context(trust_env=False)


def _no_key_twice(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("the JSON says something twice")
    return found


def _whole(found: object) -> object:
    """The same, with every text such that it can be sent and stored."""
    match found:
        case str():
            return found.encode(errors="replace").decode()
        case list():
            return [_whole(item) for item in found]
        case dict():
            return {_whole(key): _whole(item) for key, item in found.items()}
        case _:
            return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
