"""Whose turn it is: reading the claim on an order, and writing our own.

A claim is a metafield of the order, one per case. It is created only if absent and changed by
compare-and-set, so of two instances that want a case at the same time one loses and waits. It also carries
the last lasting decision that a person made about the case, for stores that do not know it, and which
decision about returned units was begun.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from syncd.model.orders import Claim
from syncd.model.rulings import Begun, Ruling, RulingKind


@dataclass(frozen=True, slots=True)
class Ours:
    """Who we are: the store's `instance`, and the `token` of the claim that we last wrote, if any."""

    instance: str
    token: str | None


@dataclass(frozen=True, slots=True)
class Free:
    """We may write our claim over what is there; `digest` is None where nothing is."""

    digest: str | None


@dataclass(frozen=True, slots=True)
class Busy:
    """Another instance may still be sending until then."""

    until: datetime
    instance: str


def lease(settle: timedelta) -> timedelta:
    """How long a claim protects its sender."""
    return settle * 2


_LONGEST = timedelta(days=1)
"""No claim reaches further into the future than that: one that does is not one of ours."""


def standing(claim: Claim | None, ours: Ours, now: datetime, grace: timedelta) -> Free | Busy:
    """Whether we may take the claim now.

    Another instance's claim is respected until its lease and then `grace` (the longest request and a settle
    time) are over. One that cannot be read is taken as free only together with its digest: whoever wrote it
    loses the compare-and-set.
    """
    if claim is None:
        return Free(None)
    found = _read(claim.value)
    if found is None or (found.token == ours.token and found.instance == ours.instance):
        return Free(claim.digest)
    if found.until > now + _LONGEST:
        return Free(claim.digest)
    until = found.until + grace
    return Busy(until, found.instance) if now < until else Free(claim.digest)


@dataclass(frozen=True, slots=True)
class _Found:
    instance: str
    token: str
    until: datetime


def _read(value: str) -> _Found | None:
    try:
        content = json.loads(value)
        at = datetime.fromisoformat(content["at"]).astimezone(UTC)
        length = min(timedelta(seconds=float(content["lease"])), _LONGEST)
        return _Found(str(content["instance"]), str(content["token"]), at + length)
    except (ValueError, KeyError, TypeError, OverflowError):
        return None


def value(
    ours: Ours,
    now: datetime,
    settle: timedelta,
    generation: int,
    *,
    ruling: Ruling | None = None,
    begun: Begun | None = None,
) -> str:
    """The claim's text: who, since when, for how long, the generation of the key in use, the decisions."""
    content: dict[str, object] = {
        "instance": ours.instance,
        "token": ours.token,
        "at": now.isoformat(),
        "lease": lease(settle).total_seconds(),
        "generation": generation,
    }
    if ruling:
        content["decision"] = {
            "kind": ruling.kind.value,
            "basis": ruling.basis,
            "who": ruling.who,
            "at": ruling.at.isoformat(),
            "why": ruling.why,
            "subjects": list(ruling.subjects),
        }
    if begun:
        content["inspection"] = {"at": begun.at.isoformat(), "leaves": dict(begun.leaves)}
    return json.dumps(content, separators=(",", ":"))


def ruling_in(claim: Claim | None) -> Ruling | None:
    """The decision that a claim carries; None where there is none that can be read."""
    if claim is None:
        return None
    try:
        found = json.loads(claim.value)["decision"]
        return Ruling(
            kind=RulingKind(found["kind"]),
            basis=str(found["basis"]),
            who=str(found["who"]),
            at=datetime.fromisoformat(found["at"]).astimezone(UTC),
            why=str(found["why"]),
            subjects=tuple(map(str, found["subjects"])),
            recorded=True,
        )
    except (ValueError, KeyError, TypeError, OverflowError):
        return None


def begun_in(claim: Claim | None) -> Begun | None:
    """The decision about returned units that was begun last; None where there is none that can be read."""
    if claim is None:
        return None
    try:
        found = json.loads(claim.value)["inspection"]
        leaves = {str(line): int(count) for line, count in found["leaves"].items()}
        return Begun(datetime.fromisoformat(found["at"]).astimezone(UTC), leaves)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
        return None


def links_in(claims: Mapping[str, Claim]) -> dict[str, str]:
    """The refunds and returns that people have linked, to the cases whose claims (by case id) say so."""
    links: dict[str, str] = {}
    for case_id, claim in claims.items():
        ruling = ruling_in(claim)
        if ruling and ruling.kind is RulingKind.LINKED:
            links |= dict.fromkeys(ruling.subjects, case_id)
    return links


def generation_of(claim: Claim | None) -> int:
    """The generation that the claim's writer had reached; 1 where nothing readable is there."""
    try:
        return max(1, int(json.loads(claim.value)["generation"])) if claim else 1
    except (ValueError, KeyError, TypeError, OverflowError):
        return 1
