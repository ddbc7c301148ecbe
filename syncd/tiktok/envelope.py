"""The envelope of every answer: code, message, data, request id (TikTok Shop: API responses)."""

from collections.abc import Mapping
from dataclasses import dataclass

from syncd.http import Answer

_QUOTED = 300


@dataclass(frozen=True, slots=True)
class Envelope:
    """An answer opened. `code` is None where it was no envelope, 0 where the request succeeded."""

    code: int | None
    message: str = ""
    data: Mapping[str, object] | None = None
    request_id: str = ""


def opened(answer: Answer) -> Envelope:
    """Read the envelope of an answer, whatever its HTTP status."""
    try:
        outer = answer.json()
    except ValueError:
        return Envelope(None)
    if not isinstance(outer, dict) or type(outer.get("code")) is not int:
        return Envelope(None)
    data = outer.get("data")
    return Envelope(
        outer["code"],
        _text(outer.get("message")),
        data if isinstance(data, dict) else None,
        _text(outer.get("request_id")),
    )


def _text(value: object) -> str:
    """A text of theirs, fit to be printed."""
    return "".join(c for c in value if c.isprintable()) if isinstance(value, str) else ""


def quotable(text: str, *secrets: str) -> str:
    """The beginning of a text of theirs, with each secret blotted out."""
    for secret in secrets:
        text = text.replace(secret, "***") if secret else text
    return text[:_QUOTED]
