"""Searching: filters in the body, sorting and paging in the query (TikTok Shop: Search Returns)."""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Generic, Protocol, TypeVar

from syncd.sandbox.http import Request
from syncd.sandbox.tiktok.rows import seconds
from syncd.sandbox.tiktok.switches import Paging, Switches
from syncd.sandbox.tiktok.wrong import Wrong, WrongRequest

_DEFAULT_PAGE = 10
_LARGEST_PAGE = 50
_TIMES = ("create_time_ge", "create_time_lt", "update_time_ge", "update_time_lt")


class Case(Protocol):
    """What every row has."""

    @property
    def id(self) -> str: ...
    @property
    def created_at(self) -> datetime: ...
    @property
    def updated_at(self) -> datetime: ...


C = TypeVar("C", bound=Case)


@dataclass(frozen=True, slots=True)
class Resource(Generic[C]):
    """One thing to search: `filters` names the lists of the body and how to read the row's own value."""

    filters: Mapping[str, Callable[[C], str]]
    smallest_page: int


@dataclass(frozen=True, slots=True)
class Found(Generic[C]):
    """One page."""

    rows: Sequence[C]
    total: int
    next_page_token: str


@dataclass(frozen=True, slots=True)
class _Order:
    """How rows are sorted and cut."""

    field: str
    descending: bool
    size: int

    def key(self, case: Case) -> tuple[int, str]:
        """What rows are sorted by."""
        return seconds(case.created_at if self.field == "create_time" else case.updated_at), case.id


def search(
    request: Request, resource: Resource[C], cases: Sequence[C], now: datetime, switches: Switches
) -> Found[C]:
    """The page that a request asks for."""
    body = _body(request)
    _check_body(body, resource, switches)
    order = _order(request, resource.smallest_page, switches)
    rows = sorted((c for c in cases if _fits(c, body, resource)), key=order.key, reverse=order.descending)
    pager = _Pager(sha256(request.body + repr(order).encode()).hexdigest()[:12], now, switches)
    token = request.argument("page_token")
    start = pager.start(token, rows, order) if token else 0
    page = rows[start : start + order.size]
    more = page and start + order.size < len(rows)
    return Found(page, len(rows), pager.token(start, page[-1], order) if more else "")


def _body(request: Request) -> Mapping[str, object]:
    if not request.body:
        return {}
    try:
        body = json.loads(request.body)
    except ValueError:
        body = None
    if not isinstance(body, dict) or not request.headers.get("content-type", "").startswith(
        "application/json"
    ):
        raise WrongRequest(Wrong.FORMAT, "request body is not a JSON object")
    return body


def _check_body(body: Mapping[str, object], resource: Resource[C], switches: Switches) -> None:
    for name in ("page_size", "page_token", "sort_field", "sort_order"):
        if name in body:
            raise WrongRequest(Wrong.PARAMETER, f"{name} belongs into the query")
    for name in _TIMES:
        if type(body.get(name, 0)) is not int:
            raise WrongRequest(Wrong.SEARCH_PARAMETER, f"{name} must be an integer")
    for name in resource.filters:
        values = body.get(name, [])
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise WrongRequest(Wrong.SEARCH_PARAMETER, f"{name} must be a list of strings")
        if switches.longest_id_list is not None and len(values) > switches.longest_id_list:
            raise WrongRequest(Wrong.SEARCH_PARAMETER, f"{name} is too long")
    _check_window(body, switches.longest_window)


def _check_window(body: Mapping[str, object], longest: timedelta | None) -> None:
    if longest is None:
        return
    for kind in ("create", "update"):
        low, high = body.get(f"{kind}_time_ge"), body.get(f"{kind}_time_lt")
        if isinstance(low, int) and isinstance(high, int) and high - low > longest.total_seconds():
            raise WrongRequest(Wrong.SEARCH_PARAMETER, f"the {kind} time window is too long")


def _order(request: Request, smallest: int, switches: Switches) -> _Order:
    field = request.argument("sort_field", "create_time")
    direction = request.argument("sort_order", "ASC")
    if field not in {"create_time", "update_time"} or direction not in {"ASC", "DESC"}:
        raise WrongRequest(Wrong.SEARCH_PARAMETER, "sort_field or sort_order is invalid")
    text = request.argument("page_size", str(_DEFAULT_PAGE))
    size = int(text) if text.isdecimal() else 0
    fits = smallest <= size <= _LARGEST_PAGE
    if not fits and (switches.small_pages_are_refused or size > _LARGEST_PAGE or size < 1):
        raise WrongRequest(Wrong.SEARCH_PARAMETER, f"page_size must be from {smallest} to {_LARGEST_PAGE}")
    return _Order(field, direction == "DESC", max(size, smallest))


def _fits(case: C, body: Mapping[str, object], resource: Resource[C]) -> bool:
    for name, value_of in resource.filters.items():
        values = body.get(name)
        if isinstance(values, list) and values and value_of(case) not in values:
            return False
    created, updated = seconds(case.created_at), seconds(case.updated_at)
    return all(
        _within(moment, body.get(f"{kind}_time_ge"), body.get(f"{kind}_time_lt"))
        for kind, moment in (("create", created), ("update", updated))
    )


def _within(moment: int, low: object, high: object) -> bool:
    return (not isinstance(low, int) or moment >= low) and (not isinstance(high, int) or moment < high)


@dataclass(frozen=True, slots=True)
class _Pager:
    """Makes and reads page tokens of one search, which `mark` stands for."""

    mark: str
    now: datetime
    switches: Switches

    def token(self, start: int, last: Case, order: _Order) -> str:
        """The token for the page after this one."""
        offset = order.size if self.switches.repeats_page_token else start + order.size
        made = 0 if self.switches.repeats_page_token else seconds(self.now)
        text = json.dumps({"of": self.mark, "offset": offset, "last": order.key(last), "made": made})
        return b64encode(text.encode()).decode()

    def start(self, token: str, rows: Sequence[Case], order: _Order) -> int:
        """The number of the first row that the token asks for."""
        try:
            read = json.loads(b64decode(token, validate=True))
            fits, made = read["of"] == self.mark, int(read["made"])
            offset, last = int(read["offset"]), (int(read["last"][0]), str(read["last"][1]))
        except (ValueError, KeyError, TypeError):
            raise WrongRequest(Wrong.SEARCH_PARAMETER, "page_token is invalid") from None
        life = self.switches.page_token_life
        if not fits or (life is not None and seconds(self.now) - made > life.total_seconds()):
            raise WrongRequest(Wrong.SEARCH_PARAMETER, "page_token is expired or of another search")
        if self.switches.paging is Paging.OFFSET:
            return offset
        keys = [order.key(row) for row in rows]
        return sum(1 for key in keys if (key >= last if order.descending else key <= last))
