"""What was asked of stand-ins: counts, points, and on demand every exchange, to be played again."""

import base64
import json
import re
import time
from collections import Counter
from dataclasses import dataclass, field, fields

from syncd.sandbox.faults import AfterHook
from syncd.sandbox.http import Call, Reply, Request, StandIn
from syncd.sandbox.pair import Pair
from syncd.sandbox.server import LoopbackServer

_COST = re.compile(rb'"requestedQueryCost":(\d+),"actualQueryCost":(\d+|null)')
_NAME = re.compile(rb'"operationName":\s*"(\w+)"')
_THROTTLED = b'"code":"THROTTLED"'
POLL = "returns/search"
PLAYED = "x-played"
"""The header that says which recorded answer is wanted."""


@dataclass(slots=True)
class Counts:
    """Since the last `reset`; points and calls by operation, times of polls by shop, all times monotonic."""

    tiktok: Counter[str] = field(default_factory=Counter)
    shopify: Counter[str] = field(default_factory=Counter)
    requested: Counter[str] = field(default_factory=Counter)
    actual: float = 0.0
    throttled: int = 0
    last: float = 0.0
    since: float = field(default_factory=time.monotonic)
    cpu: float = field(default_factory=time.process_time)
    polls: dict[str, list[float]] = field(default_factory=dict)

    def told(self) -> dict[str, object]:
        """As JSON, with the processor time since, and now."""
        now = {"cpu": time.process_time() - self.cpu, "seconds": time.monotonic() - self.since}
        return {one.name: getattr(self, one.name) for one in fields(self)} | now


@dataclass(slots=True)
class Exchange:
    """One request to Shopify or TikTok with its answer."""

    base: str
    request: Request
    reply: Reply

    def told(self, number: int) -> str:
        """What is needed to send it again, as a line of JSON; the answer is kept here."""
        headers = {"content-type": "application/json", PLAYED: str(number)}
        kept = ("x-shopify-access-token", "x-tts-access-token", "shopify-search-query-debug")
        headers |= {name: value for name, value in self.request.headers.items() if name in kept}
        return json.dumps(
            {
                "method": self.request.method,
                "url": self.base + self.request.path,
                "query": self.request.query,
                "headers": headers,
                "body": base64.b64encode(self.request.body).decode(),
            }
        )


class Recorder:
    """Listens to pairs."""

    def __init__(self) -> None:
        self.counts = Counts()
        self.exchanges: list[Exchange] | None = None

    def reset(self) -> None:
        """Count from here on."""
        self.counts = Counts()

    def listen(self, name: str, pair: Pair) -> None:
        """To that pair; `name` is the shop's."""
        for server, count in (
            (pair.tiktok_server, self._tiktok(name)),
            (pair.shopify_server, self._shopify),
        ):
            server.front.faults.after += [count, self._keep(server)]

    def _tiktok(self, name: str) -> AfterHook:
        def count(operation: str, _request: Request, _reply: Reply) -> None:
            self.counts.tiktok[operation] += 1
            if operation == POLL:
                self.counts.polls.setdefault(name, []).append(time.monotonic())

        return count

    def _shopify(self, operation: str, request: Request, reply: Reply) -> None:
        named = _NAME.search(request.body)
        name = named[1].decode() if named else operation
        counts = self.counts
        counts.shopify[name] += 1
        counts.last = time.monotonic()
        if _THROTTLED in reply.body:
            counts.throttled += 1
        elif cost := _COST.search(reply.body):
            counts.requested[name] += int(cost[1])
            counts.actual += float(cost[2])

    def _keep(self, server: LoopbackServer) -> AfterHook:
        def keep(_operation: str, request: Request, reply: Reply) -> None:
            if self.exchanges is not None:
                self.exchanges.append(Exchange(server.url, request, reply))

        return keep


class Player:
    """A stand-in that gives recorded answers, each to the request that names it."""

    def __init__(self, real: StandIn, exchanges: list[Exchange]) -> None:
        self.clock = real.clock
        self.calls: list[Call] = []
        self._exchanges = exchanges

    def operation_of(self, request: Request) -> str:
        """Its number."""
        return request.headers[PLAYED]

    def handle(self, request: Request) -> Reply:
        """The same answer again."""
        return self._exchanges[int(request.headers[PLAYED])].reply
