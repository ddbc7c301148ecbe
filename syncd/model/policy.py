"""What the merchant wants, as the decisions read it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from syncd.model.cases import Kind


class Strategy(StrEnum):
    """Where to look for the TikTok order id in Shopify."""

    TAG = "tag"
    NAME = "name"
    SOURCE_IDENTIFIER = "source_identifier"
    METAFIELD = "metafield"
    TEXT = "text"
    WINDOW = "window"


@dataclass(frozen=True, slots=True)
class MatchPolicy:
    """`[match]`: the strategies in order, the patterns with `{id}`, and TikTok SKU to Shopify SKU.

    `metafield` is `namespace.key`; empty where no strategy needs it.
    """

    order_by: tuple[Strategy, ...] = (
        Strategy.TAG,
        Strategy.NAME,
        Strategy.SOURCE_IDENTIFIER,
        Strategy.TEXT,
        Strategy.WINDOW,
    )
    tags: tuple[str, ...] = ("TikTokOrderID:{id}",)
    names: tuple[str, ...] = ("{id}",)
    metafield: str = ""
    skus: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Spell:
    """A time in which the shop was switched off or only rehearsed; `until` is None while that lasts.

    With a `kind` it is a time in which cases of that kind alone were not carried over.
    """

    since: datetime
    until: datetime | None
    kind: Kind | None = None

    def covers(self, at: datetime, kind: Kind) -> bool:
        """Whether that moment belongs to it, for a case of that kind."""
        concerned = self.kind in (None, kind)
        return concerned and self.since <= at and (self.until is None or at < self.until)


_NOTHING_WAITS_FOR = frozenset({"start_from", "enabled", "settle", "max_refunds_per_cycle", "paused"})


@dataclass(frozen=True, slots=True)
class Policy:
    """`[sync]`, `[restock]`, `[guard]` and `[match]` of one shop, and whose money may be refunded.

    `max_refund` and `max_refunded_per_day` are in minor units per currency. `paused` are the times in which
    the merchant had it switched off.
    """

    start_from: datetime
    enabled: bool = True
    auto_restock: bool = False
    import_returns: bool = True
    cancellations: bool = False
    location: str = ""
    exclude_skus: frozenset[str] = frozenset()
    exclude_reasons: frozenset[str] = frozenset()
    allowed_gateways: frozenset[str] = frozenset()
    max_refund: Mapping[str, int] = field(default_factory=dict)
    max_refunds_per_cycle: int = 100
    max_refunds_per_day: int = 1000
    max_refunded_per_day: Mapping[str, int] = field(default_factory=dict)
    dry_run: bool = False
    settle: timedelta = timedelta(seconds=60)
    match: MatchPolicy = MatchPolicy()
    paused: tuple[Spell, ...] = ()

    @property
    def live(self) -> bool:
        """Whether refunds are really written."""
        return self.enabled and not self.dry_run

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds of cases that are read from TikTok."""
        return (Kind.RETURN, Kind.CANCELLATION) if self.cancellations else (Kind.RETURN,)

    def was_paused(self, at: datetime, kind: Kind) -> bool:
        """Whether cases of that kind were not carried over then."""
        return any(spell.covers(at, kind) for spell in self.paused)

    @property
    def digest(self) -> str:
        """Of everything that a case may wait for; the same for the same settings, in every process."""
        relevant = {key: value for key, value in asdict(self).items() if key not in _NOTHING_WAITS_FOR}
        text = json.dumps(relevant, sort_keys=True, default=_plain)
        return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> object:
    return sorted(value) if isinstance(value, frozenset) else str(value)
