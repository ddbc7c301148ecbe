"""Statuses and headers that do not fit."""

from random import Random

from tests.campaign.fuzz import values
from tests.campaign.fuzz.line import Said

_HEADERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Content-Type", values.TYPES),
    ("Content-Encoding", values.ENCODINGS),
    ("X-Shopify-Api-Version", values.VERSIONS),
    ("X-Request-Id", values.IDS),
    ("Date", values.PAUSES),
    ("Retry-After", values.PAUSES),
    ("Content-Length", ("0", "-1", "7", "9" * 30)),
    ("Transfer-Encoding", ("chunked", "nonsense")),
    ("Location", ("/", "http://127.0.0.1:9/elsewhere", "\u00e9")),
)


def with_header(said: Said, name: str, value: str) -> Said:
    """The answer with that header, and no other one of the name."""
    key = name.lower().encode()
    others = tuple(pair for pair in said.headers if pair[0].lower() != key)
    return Said(said.status, (*others, (name.encode(), value.encode())), said.body)


def odd_header(said: Said, chance: Random) -> tuple[Said, str]:
    """One header that is nonsense."""
    name, choices = chance.choice(_HEADERS)
    value = chance.choice(choices)
    return with_header(said, name, value), f"{name}: {value[:40]}"


def odd_status(said: Said, chance: Random) -> tuple[Said, str]:
    """Another status, in half of the cases with a page, and often with a pause."""
    status = chance.choice(values.STATUSES) if chance.random() < 0.8 else chance.randint(100, 999)
    body = values.PAGE if chance.random() < 0.5 else said.body
    other, told = Said(status, said.headers, body), f"status {status}"
    if chance.random() < 0.4:
        pause = chance.choice(values.PAUSES)
        return with_header(other, "Retry-After", pause), f"{told}, Retry-After: {pause[:40]}"
    return other, told
