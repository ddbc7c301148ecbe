"""What people decided about a case, and on which word of TikTok's they decided it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from syncd.model.reasons import Reason


class RulingKind(StrEnum):
    """What a person can decide about a case.

    DISMISSED: never write it. LINKED: this refund or return that Shopify has is the one. REOPENED: neither of
    them any more. APPROVED: let it through what holds it. RESTOCKED: put its waiting units back into stock.
    NOT_RESTOCKED: they do not come back into stock.
    """

    DISMISSED = "dismissed"
    LINKED = "linked"
    REOPENED = "reopened"
    APPROVED = "approved"
    RESTOCKED = "restocked"
    NOT_RESTOCKED = "not_restocked"


LASTING = frozenset({RulingKind.DISMISSED, RulingKind.LINKED, RulingKind.REOPENED})
"""Of these the last one counts, and it is also kept on the Shopify order, for other stores to find."""
INSPECTED = frozenset({RulingKind.RESTOCKED, RulingKind.NOT_RESTOCKED})
"""What was decided about units after inspection: the last one counts, and it is carried out once."""
APPROVABLE = frozenset(
    {Reason.OVER_CEILING, Reason.PAUSED, Reason.FOREIGN_REFUND, Reason.DOUBLED, Reason.RESTOCK_DIFFERS}
)
"""The holds that a person may let a case through."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """One decision of a person.

    `basis` is what TikTok said then: see `Snapshot.basis`. `subjects` are the Shopify ids that it is about:
    what is linked, or which foreign refunds were approved. `reason` is the hold that was approved, `units`
    how many of each SKU were inspected (empty: all that wait). `recorded` says that the Shopify order is
    known to carry it, or that it is carried out.
    """

    kind: RulingKind
    basis: str
    who: str
    at: datetime
    why: str = ""
    subjects: tuple[str, ...] = ()
    reason: str = ""
    units: Mapping[str, int] = field(default_factory=dict)
    recorded: bool = field(default=False, compare=False)


def last_ruling(rulings: tuple[Ruling, ...]) -> Ruling | None:
    """The lasting decision that counts: the last one."""
    return max((r for r in rulings if r.kind in LASTING), key=lambda r: r.at, default=None)


def last_inspection(rulings: tuple[Ruling, ...]) -> Ruling | None:
    """The last decision about returned units."""
    return max((r for r in rulings if r.kind in INSPECTED), key=lambda r: r.at, default=None)


def newer(one: Ruling | None, other: Ruling | None) -> bool:
    """Whether the first decision is there and was made after the second."""
    return one is not None and (other is None or one.at > other.at)


@dataclass(frozen=True, slots=True)
class Begun:
    """A decision about returned units that was begun, as the claim on the order keeps it.

    `at` is the decision's own time. `leaves` is how many units of each reverse line are disposed once it is
    carried out, so that a repeat in another life of the store disposes no further units.
    """

    at: datetime
    leaves: Mapping[str, int]
