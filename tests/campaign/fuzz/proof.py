"""What an answer to a mutation proves, told from its bytes alone.

Where a key stands twice, both ways to read it must prove it.
"""

import json
import re
from collections.abc import Iterable
from typing import Any, NoReturn

import httpx

from syncd.shopify.operations import Operation
from tests.campaign.fuzz.line import Said

_FIELD = re.compile(r"^  (\w+)", re.MULTILINE)
_NOT_RUN_STATUSES = frozenset({400, 401, 402, 403, 404, 406, 422, 423, 429, 430})
_NOT_RUN_CODES = frozenset(
    {
        "THROTTLED",
        "ACCESS_DENIED",
        "SHOP_INACTIVE",
        "BAD_REQUEST",
        "INVALID_VARIABLE",
        "argumentNotAccepted",
        "undefinedField",
        "MAX_COST_EXCEEDED",
        "MAX_INPUT_SIZE_EXCEEDED",
        "RESOURCE_NOT_FOUND",
    }
)
_NOTHING: tuple[object, ...] = (None, [])


def readings(said: Said) -> tuple[Any, ...]:
    """The body as JSON, if it is any; where a key stands twice, with the first and with the last one."""
    try:
        body = _unpacked(said)
        last = json.loads(body, parse_constant=_no_constant)
        return (last, json.loads(body, object_pairs_hook=_first_of_each)) if _twice(body) else (last,)
    except (ValueError, RecursionError, httpx.HTTPError):
        return ()


def proves_not_run(operation: Operation, said: Said) -> bool:
    """Whether nothing can have been carried out."""
    if said.status in _NOT_RUN_STATUSES:
        return True
    found = readings(said) if said.status == httpx.codes.OK else ()
    return bool(found) and all(_says_not_run(operation, answer) for answer in found)


def proves_done(operation: Operation, said: Said) -> bool:
    """Whether it was carried out."""
    found = readings(said) if said.status == httpx.codes.OK else ()
    return bool(found) and all(_says_done(operation, answer) for answer in found)


def _says_not_run(operation: Operation, answer: Any) -> bool:
    if not isinstance(answer, dict):
        return False
    errors, data = answer.get("errors"), answer.get("data")
    if errors not in _NOTHING:
        return _all_prevent(errors) and (data is None or _without_values(data))
    payload = _payload(operation, data)
    if payload is None or not _objects(payload.get(operation.errors)):
        return False
    return operation.repeatable or all(value in _NOTHING for value in _results(operation, payload))


def _says_done(operation: Operation, answer: Any) -> bool:
    if not isinstance(answer, dict) or answer.get("errors") not in _NOTHING:
        return False
    payload = _payload(operation, answer.get("data"))
    if payload is None or payload.get(operation.errors) != []:
        return False
    return any(value not in _NOTHING for value in _results(operation, payload))


def field_of(operation: Operation) -> str:
    """The one field that a mutation asks for."""
    return str(_FIELD.findall(operation.text)[0])


def _payload(operation: Operation, data: object) -> dict[str, Any] | None:
    payload = data.get(field_of(operation)) if isinstance(data, dict) else None
    return payload if isinstance(payload, dict) else None


def _results(operation: Operation, payload: dict[str, Any]) -> Iterable[Any]:
    return (value for key, value in payload.items() if key != operation.errors)


def _objects(found: object) -> bool:
    return isinstance(found, list) and found != [] and all(isinstance(item, dict) for item in found)


def _without_values(data: object) -> bool:
    return isinstance(data, dict) and all(value is None for value in data.values())


def _all_prevent(errors: Any) -> bool:
    return _objects(errors) and all(_code(error) in _NOT_RUN_CODES for error in errors)


def _code(error: dict[str, Any]) -> str:
    extensions = error.get("extensions")
    return str(extensions.get("code")) if isinstance(extensions, dict) else ""


def _unpacked(said: Said) -> bytes:
    packed = any(name.lower() == b"content-encoding" for name, _ in said.headers)
    return said.response().read() if packed else said.body


def _twice(body: bytes) -> bool:
    """Whether a key stands twice in one object."""
    found: list[bool] = []
    json.loads(body, object_pairs_hook=lambda pairs: found.append(len(dict(pairs)) < len(pairs)))
    return any(found)


def _first_of_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return dict(reversed(pairs))


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
