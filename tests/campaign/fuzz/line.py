"""The way between the clients and the answers: recorded once from both stand-ins, then played back.

When played back, one answer may be another one than it was.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import httpx

_NAME = re.compile(rb'"operationName":"(\w+)"')
_OF_THE_MOMENT = frozenset({"timestamp", "sign"})
_MOST_REQUESTS = 100


class NeverEnds(BaseException):
    """A call that goes on and on. No error of the program's, so that nothing takes it for one."""


@dataclass(frozen=True, slots=True)
class Said:
    """One HTTP answer, byte for byte."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    def response(self) -> httpx.Response:
        """The answer as the client gets it."""
        return httpx.Response(self.status, headers=list(self.headers), stream=httpx.ByteStream(self.body))


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its answer; `name` is that of the GraphQL document, or the path."""

    name: str
    key: str
    said: Said


def name_of(request: httpx.Request) -> str:
    """What the request asks for."""
    found = _NAME.search(request.content)
    return found[1].decode() if found else request.url.path


def key_of(request: httpx.Request) -> str:
    """The same for the same request at another time."""
    params = [pair for pair in request.url.params.multi_items() if pair[0] not in _OF_THE_MOMENT]
    return f"{request.url.path} {params} {request.content.decode()}"


class Recorder(httpx.AsyncBaseTransport):
    """Keeps everything that goes over the line behind it."""

    def __init__(self, line: httpx.AsyncBaseTransport) -> None:
        self._line = line
        self.exchanges: list[Exchange] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Carry it over, and keep the answer."""
        await request.aread()
        response = await self._line.handle_async_request(request)
        said = Said(response.status_code, tuple(response.headers.raw), await response.aread())
        self.exchanges.append(Exchange(name_of(request), key_of(request), said))
        return said.response()


@dataclass
class Replay(httpx.AsyncBaseTransport):
    """Answers as it was recorded, and to the request `target` with `spoilt`, `times` times.

    Requests that nobody recorded get the last answer to another one of the same name.
    """

    by_key: dict[str, Said] = field(default_factory=dict)
    by_name: dict[str, Said] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    target: str = ""
    spoilt: Said | None = None
    times: int = 0

    def know(self, exchanges: Iterable[Exchange]) -> None:
        """Answer so from now on, and no longer as before."""
        self.by_key, self.by_name = {}, {}
        for each in exchanges:
            self.by_key[each.key] = self.by_name[each.name] = each.said

    def spoil(self, target: str, spoilt: Said, times: int) -> None:
        """Give this answer instead, and count from the start."""
        self.target, self.spoilt, self.times = target, spoilt, times
        self.asked.clear()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer, good or spoilt."""
        await request.aread()
        key = key_of(request)
        self.asked[key] += 1
        if self.asked.total() > _MOST_REQUESTS:
            raise NeverEnds(f"more than {_MOST_REQUESTS} requests in one call")
        if key == self.target and self.asked[key] <= self.times and self.spoilt:
            return self.spoilt.response()
        return (self.by_key.get(key) or self.by_name[name_of(request)]).response()
