"""What a stand-in receives and answers: plain data, so that it also runs without sockets."""

import json
from collections.abc import Mapping, MutableSequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from syncd.clock import Clock


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request; header names are lower-case, `path` is without the query."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def argument(self, name: str, default: str = "") -> str:
        """The first value of a query parameter."""
        return next((value for key, value in self.query if key == name), default)


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP answer."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Call:
    """One request in a stand-in's log.

    `status` is 0 where the request was lost before the stand-in saw it. `applied` is true when the request
    was carried out: for a write, when it changed something, whether or not the answer arrived.
    """

    operation: str
    request_id: str
    at: datetime
    status: int
    applied: bool
    write: bool = False


class StandIn(Protocol):
    """A synchronous, deterministic API: state in memory, time from `clock`, ids from counters.

    `handle` writes one `Call` for each request to `calls`.
    """

    @property
    def clock(self) -> Clock:
        """Where the stand-in takes its time from."""
        ...

    @property
    def calls(self) -> MutableSequence[Call]:
        """Every request, in order."""
        ...

    def operation_of(self, request: Request) -> str:
        """The name by which faults and the log know this request."""
        ...

    def handle(self, request: Request) -> Reply:
        """Carry the request out."""
        ...


def json_reply(data: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    """Answer with JSON text in UTF-8, keys in the order given."""
    body = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    return Reply(status, {"Content-Type": "application/json; charset=utf-8", **(headers or {})}, body)


def html_reply(text: str, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    """Answer with an HTML page whose body is `text`."""
    page = f"<!DOCTYPE html><html><body>{text}</body></html>".encode()
    return Reply(status, {"Content-Type": "text/html; charset=utf-8", **(headers or {})}, page)
