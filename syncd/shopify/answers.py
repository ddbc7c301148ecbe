"""Answers of Shopify's GraphQL Admin API: as they came, and as they are handed on."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from syncd.calls import Cost
from syncd.http import Answer as HttpAnswer
from syncd.redaction import REDACTOR

Json = Mapping[str, object]
_SCOPE = re.compile(r"`([a-z_]+)`")
_MOST_POINTS = 1_000_000_000  # more is no number of points
_SLOWEST = 0.1  # points a second; less is no rate of any plan
_LONGEST = 500  # characters of a message that are kept


class Idempotency(StrEnum):
    """What Shopify says of a key it has seen before (Shopify: Idempotent requests)."""

    IN_PROGRESS = "in_progress"
    MISMATCH = "mismatch"
    PREVIOUS_FAILED = "previous_failed"


@dataclass(frozen=True, slots=True)
class UserError:
    """Why Shopify did not do it. `code` is empty where the mutation's errors have none (refundCreate)."""

    field: tuple[str, ...]
    message: str
    code: str = ""

    def __str__(self) -> str:
        place = f" (at {'.'.join(self.field)})" if self.field else ""
        return f"{self.message}{place}"


@dataclass(frozen=True, slots=True)
class Answer:
    """A good answer: complete data without errors, or a mutation's reasons for not doing it.

    `data` is GraphQL's `data`. `idempotency` is set when Shopify refers to an earlier use of the key: then
    nothing ran now, but something may have run before. `warnings` are those of a search.
    """

    operation: str
    data: Json
    user_errors: tuple[UserError, ...] = ()
    idempotency: Idempotency | None = None
    request_id: str = ""
    cost: Cost | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TopError:
    """One of GraphQL's own errors; `scope` is what ACCESS_DENIED says is missing."""

    message: str
    code: str
    scope: str


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP answer, taken apart but not judged. `body` is None where it is not a JSON object."""

    status: int
    body: Json | None
    request_id: str = ""
    version: str = ""
    retry_after: float | None = None

    @classmethod
    def of(cls, answer: HttpAnswer, *, strict: bool = False) -> "Reply":
        """Take it apart; `strict` as for its JSON."""
        return cls(
            status=answer.status,
            body=_json_object(answer, strict=strict),
            request_id=answer.headers.get("x-request-id", ""),
            version=answer.headers.get("x-shopify-api-version", ""),
            retry_after=_seconds(answer.headers.get("retry-after", "")),
        )

    @property
    def cost(self) -> Cost | None:
        """What it cost, where that is told in full."""
        cost = _member(_member(self.body, "extensions"), "cost")
        bucket = _member(cost, "throttleStatus")
        requested, maximum = _number(cost, "requestedQueryCost"), _number(bucket, "maximumAvailable")
        available, rate = _number(bucket, "currentlyAvailable"), _number(bucket, "restoreRate")
        if requested is None or available is None or maximum is None or rate is None or rate < _SLOWEST:
            return None
        available = max(available, -maximum)
        return Cost(requested, _number(cost, "actualQueryCost"), maximum, available, rate)

    @property
    def errors(self) -> tuple[TopError, ...] | None:
        """GraphQL's errors; None where there are none, empty where they have another shape."""
        found = (self.body or {}).get("errors")
        if found is None or found == []:
            return None
        understood = isinstance(found, list) and all(isinstance(error, dict) for error in found)
        return tuple(_top_error(error) for error in objects(found)) if understood else ()

    @property
    def data(self) -> Json | None:
        """GraphQL's data, where it is an object."""
        found = (self.body or {}).get("data")
        return found if isinstance(found, dict) else None

    @property
    def odd_data(self) -> bool:
        """Whether there is data of another shape than GraphQL has."""
        found = (self.body or {}).get("data")
        return found is not None and not isinstance(found, dict)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the search did not understand and left out (Shopify: API search syntax)."""
        searches = _member(self.body, "extensions").get("search") or []
        if not isinstance(searches, list) or not all(isinstance(search, dict) for search in searches):
            return ("the search is told in an unknown shape",)
        return tuple(text for search in searches for text in _warnings(search.get("warnings") or []))


def objects(value: object) -> Iterator[Json]:
    """The objects in a list; nothing where it is no list."""
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, dict))


def short(message: object) -> str:
    """A message of Shopify's, without secrets, cut to a length that can be logged."""
    text = REDACTOR.text(str("" if message is None else message))[:_LONGEST]
    return text.encode(errors="replace").decode()


def _top_error(error: Json) -> TopError:
    extensions = _member(error, "extensions")
    scopes = _SCOPE.findall(str(extensions.get("requiredAccess", "")))
    return TopError(
        message=short(error.get("message")),
        code=str(extensions.get("code") or ""),
        scope=" or ".join(scopes),
    )


def _warnings(found: object) -> tuple[str, ...]:
    if not isinstance(found, list) or not all(isinstance(warning, dict) for warning in found):
        return ("the warnings are told in an unknown shape",)
    return tuple(f"{warning.get('field', '')}: {warning.get('message', '')}" for warning in found)


def _json_object(answer: HttpAnswer, *, strict: bool) -> Json | None:
    try:
        value = answer.json(strict=strict)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _member(value: Json | None, key: str) -> Json:
    found = (value or {}).get(key)
    return found if isinstance(found, dict) else {}


def _number(value: Json, key: str) -> float | None:
    found = value.get(key)
    if isinstance(found, bool) or not isinstance(found, int | float) or abs(found) > _MOST_POINTS:
        return None
    return float(found)


def _seconds(text: str) -> float | None:
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if 0 <= seconds < math.inf else None
