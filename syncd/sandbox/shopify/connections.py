"""Pages: first, last, after, before, reverse; cursors that mean nothing to the client."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLError

ARGUMENTS = ("first", "last", "after", "before", "reverse")
_MOST = 250


@dataclass(frozen=True, slots=True)
class Edge:
    """A node with its cursor."""

    cursor: str
    node: object


@dataclass(frozen=True, slots=True)
class PageInfo:
    """Where a page stands in its list."""

    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@dataclass(frozen=True, slots=True)
class Connection:
    """One page."""

    edges: list[Edge]
    page_info: PageInfo

    @property
    def nodes(self) -> list[object]:
        """The entries without cursors."""
        return [one.node for one in self.edges]


def page(things: Sequence[object], asked: Mapping[str, Any]) -> Connection:
    """Cut the page that the arguments ask for."""
    first, last = asked.get("first"), asked.get("last")
    if first is None and last is None:
        raise GraphQLError("you must provide one of first or last", extensions={"code": "BAD_REQUEST"})
    if max(first or 0, last or 0) > _MOST:
        raise GraphQLError(f"first and last must be {_MOST} at most", extensions={"code": "BAD_REQUEST"})
    listed = list(reversed(things)) if asked.get("reverse") else list(things)
    keys = [_cursor(one, place) for place, one in enumerate(listed)]
    start = keys.index(asked["after"]) + 1 if asked.get("after") in keys else 0
    end = keys.index(asked["before"]) if asked.get("before") in keys else len(listed)
    if first is not None:
        end = min(end, start + first)
    if last is not None:
        start = max(start, end - last)
    edges = [Edge(keys[place], listed[place]) for place in range(start, end)]
    ends = (edges[0].cursor, edges[-1].cursor) if edges else (None, None)
    return Connection(edges, PageInfo(end < len(listed), start > 0, *ends))


def _cursor(thing: object, place: int) -> str:
    return b64encode(str(getattr(thing, "id", place)).encode()).decode()
