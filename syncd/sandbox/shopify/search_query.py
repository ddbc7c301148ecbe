"""Shopify's search syntax: terms side by side are AND; OR, NOT and `-`, brackets, ranges, quotes."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<bracket>[()])
    | (?P<minus>-)(?=\S)
    | :?(?P<field>[A-Za-z0-9_][\w.\-]*):(?P<op>>=|<=|>|<|)
      (?P<value>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s():]*)
    | (?P<quoted>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    | (?P<word>:?[^\s():]+|:)
    )""",
    re.VERBOSE,
)
T = TypeVar("T")
Test = Callable[[T], bool | None]
"""Whether something holds of a thing; None: it is left out of the query."""
_RANGES = {">": "range_gt", ">=": "range_gte", "<": "range_lt", "<=": "range_lte"}


@dataclass(frozen=True, slots=True)
class Term:
    """`field:value`, a range, or plain text (field `default`)."""

    field: str
    op: str
    value: str

    def parsed(self) -> dict[str, Any]:
        """As `extensions.search` shows it."""
        return {"field": self.field, _RANGES.get(self.op, "match_all"): self.value}


@dataclass(frozen=True, slots=True)
class Group:
    """Several expressions under `and`, `or` or `not`."""

    kind: str
    parts: tuple["Node", ...]

    def parsed(self) -> dict[str, Any]:
        """As `extensions.search` shows it."""
        shown = [one.parsed() for one in self.parts]
        return {self.kind: shown[0] if self.kind == "not" else shown}


Node = Term | Group


def terms(node: Node) -> Iterator[Term]:
    """Every term of an expression."""
    if isinstance(node, Term):
        yield node
    else:
        for one in node.parts:
            yield from terms(one)


def test_of(node: Node, test_of_term: Callable[[Term], Test[T]]) -> Test[T]:
    """A test of whether the expression holds, made once and used for many things."""
    if isinstance(node, Term):
        return test_of_term(node)
    tests = [test_of(part, test_of_term) for part in node.parts]
    decisive = node.kind == "or"

    def holds(thing: T) -> bool | None:
        known = None
        for test in tests:
            result = test(thing)
            if result is decisive:
                return result
            known = result if known is None else known
        return known

    def holds_not(thing: T) -> bool | None:
        result = tests[0](thing)
        return None if result is None else not result

    return holds_not if node.kind == "not" else holds


def parse(query: str) -> Node | None:
    """Read a search query; None when it is empty."""
    return _Parser(_tokens(query)).whole()


def _tokens(query: str) -> list[Term | str]:
    found: list[Term | str] = []
    for match in _TOKEN.finditer(query):
        if match["field"]:
            found.append(Term(match["field"], match["op"], _bare(match["value"])))
        elif match["quoted"]:
            found.append(Term("default", "", _bare(match["quoted"])))
        elif match["word"]:
            word = match["word"]
            found.append(word if word in ("AND", "OR", "NOT") else Term("default", "", word.lstrip(":")))
        else:
            found.append(match["bracket"] or "NOT")
    return [one for one in found if one != Term("default", "", "")]


def _bare(text: str) -> str:
    if text[:1] in ('"', "'"):
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    return text


class _Parser:
    def __init__(self, tokens: list[Term | str]) -> None:
        self._tokens = tokens

    def whole(self) -> Node | None:
        return self._either()

    def _either(self) -> Node | None:
        parts = [self._all()]
        while self._tokens[:1] == ["OR"]:
            self._tokens.pop(0)
            parts.append(self._all())
        return _group("or", parts)

    def _all(self) -> Node | None:
        parts: list[Node | None] = []
        while self._tokens and self._tokens[0] not in ("OR", ")"):
            if self._tokens[0] == "AND":
                self._tokens.pop(0)
                continue
            parts.append(self._one())
        return _group("and", parts)

    def _one(self) -> Node | None:
        token = self._tokens.pop(0)
        if isinstance(token, Term):
            return token
        if token == "NOT":  # noqa: S105 -- a word of the query
            inner = self._one() if self._tokens else None
            return Group("not", (inner,)) if inner else None
        inner = self._either()
        if self._tokens[:1] == [")"]:
            self._tokens.pop(0)
        return inner


def _group(kind: str, parts: list[Node | None]) -> Node | None:
    real = tuple(one for one in parts if one is not None)
    if len(real) < 2:  # noqa: PLR2004 -- a group of one is that one
        return real[0] if real else None
    return Group(kind, real)
