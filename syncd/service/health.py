"""How each shop stands, from what the store knows: for `status`, the status line, probes and alerts.

Quick to import: reading commands need no HTTP.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum

from syncd.config.tables import Shop as ShopSettings
from syncd.model import notes
from syncd.model.cases import UNDONE, Kind, State
from syncd.model.reasons import Reason
from syncd.model.tokens import StoredToken
from syncd.service.words import lasting
from syncd.store.shops import Progress
from syncd.store.store import Store
from syncd.store.tallies import Tallies, Waiting

_LATE = 3
"""Poll intervals without a good poll after which a shop is critical."""
_LATE_AT_LEAST = timedelta(minutes=2)
"""A poll itself takes a while, and one that failed is repeated."""
_OLD, _VERY_OLD = timedelta(hours=1), timedelta(days=1)
"""Ages at which a case that should have been written long ago is worth a warning."""
SOON, NOW_OR_NEVER = timedelta(days=14), timedelta(days=3)
"""Time left of the seller's authorisation that is worth a warning, and that is critical."""
_NOTHING = Waiting(0, None)


class Level(IntEnum):
    """How bad it is; also the exit code of `status`."""

    OK = 0
    WARNING = 1
    CRITICAL = 2


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it should be, and what to do or type about it."""

    level: Level
    what: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """How one shop stands, and why: the worst finding. `counts` are cases by state.

    `token_expires_at` is when TikTok's access token ends, `authorised_until` when the seller's consent does;
    None where that is not known. `due` and `restock_waiting` are the cases to be written, and those with
    units to inspect; `watermarks` tell how far each kind of case was read.
    """

    level: Level
    why: str
    progress: Progress
    counts: Mapping[str, int]
    token_expires_at: datetime | None
    authorised_until: datetime | None = None
    shopify_token_expires_at: datetime | None = None
    watermarks: Mapping[Kind, datetime] = field(default_factory=dict)
    due: Waiting = _NOTHING
    restock_waiting: Waiting = _NOTHING
    braked: bool = False
    findings: tuple[Finding, ...] = ()

    @property
    def backlog(self) -> int:
        """Cases that are to be written and are not yet."""
        return self.counts.get(State.DUE, 0) + self.counts.get(State.WRITING, 0)

    @property
    def held(self) -> int:
        """Cases that wait for a person."""
        return self.counts.get(State.HELD, 0)


def health_of(
    store: Store, name: str, shop: ShopSettings, now: datetime, counted: Iterable[State] = UNDONE
) -> Health:
    """How the shop stands now, with the numbers of cases in the states that are `counted`."""
    tallies, progress = Tallies(store.database, name), store.shops.progress(name)
    counts = store.cases.counts(name, counted)
    key, token = tiktok_login(store, name, shop)
    granted = store.tokens.get(notes.token_key(shop.shopify.domain, shop.shopify.client_id))
    braked = bool(store.memory.get(notes.brake(name)))
    read = {kind: store.shops.progress(name, kind).watermark for kind in Kind}
    found: list[Finding] = []
    if shop.sync.enabled:
        # The brake is also the failure of every cycle while it is on.
        found += [_braked(name)] if braked else _of_progress(progress, shop, now)
        found += login_findings(name, token, store.memory.get(notes.unrenewed(key)), now)
        found += _of_cases(tallies, counts, now, dry=shop.guard.dry_run)
    found.sort(key=lambda finding: -finding.level)
    return Health(
        level=found[0].level if found else Level.OK,
        why=found[0].what if found else _quiet(shop),
        progress=progress,
        counts=counts,
        token_expires_at=token.access_expires_at if token else None,
        authorised_until=token.refresh_expires_at if token else None,
        shopify_token_expires_at=granted.access_expires_at if granted else None,
        watermarks={kind: at for kind, at in read.items() if at},
        due=tallies.backlog(),
        restock_waiting=tallies.to_inspect(),
        braked=braked,
        findings=tuple(found),
    )


def _quiet(shop: ShopSettings) -> str:
    """Why nothing is written though nothing is wrong."""
    if not shop.sync.enabled:
        return "disabled"
    return "dry run, nothing is written: syncd list --state due" if shop.guard.dry_run else ""


def tiktok_login(store: Store, name: str, shop: ShopSettings) -> tuple[str, StoredToken | None]:
    """The key of the shop's token, and the token."""
    key = store.memory.get(notes.login_pointer(shop.tiktok.app_key, name)) or ""
    return key, store.tokens.get(key) if key else None


def _of_progress(progress: Progress, shop: ShopSettings, now: datetime) -> Iterator[Finding]:
    """The failure that stands, or else that nothing is heard at all."""
    good, error = progress.last_good_poll, progress.last_error
    late = good is None or now - good > max(shop.sync.poll_interval * _LATE, _LATE_AT_LEAST)
    if error:
        level = Level.CRITICAL if late or progress.last_error_stops else Level.WARNING
        since = progress.last_error_since
        lasts = f" (for {lasting(now - since)})" if since and now - since > _LATE_AT_LEAST else ""
        yield Finding(level, f"{error}{lasts}", progress.last_error_hint)
    elif late:
        what = f"no good poll for {lasting(now - good)}" if good else "no good poll yet"
        yield Finding(Level.CRITICAL, what, "journalctl -u syncd tells why")


def _braked(name: str) -> Finding:
    what = "the brake is on: TikTok knows none of this shop's latest cases any more, so nothing is written"
    hint = f"check shop_cipher and the authorisation of shops.{name}.tiktok: syncd check --shop {name}"
    return Finding(Level.CRITICAL, what, hint)


def login_findings(
    name: str, token: StoredToken | None, unrenewed: str | None, now: datetime
) -> Iterator[Finding]:
    """What is wrong with the login of a TikTok Shop; `unrenewed` is since when it cannot be renewed."""
    hint = f"syncd auth tiktok --shop {name}"
    ends = token.refresh_expires_at if token else None
    if ends and ends - now <= SOON:
        level = Level.CRITICAL if ends - now <= NOW_OR_NEVER else Level.WARNING
        when = f"ends in {lasting(ends - now)}" if ends > now else "has ended"
        yield Finding(level, f"the seller's authorisation on TikTok {when}: {ends:%Y-%m-%d %H:%M} UTC", hint)
    since = datetime.fromisoformat(unrenewed) if unrenewed else now
    if token and now - since > _LATE_AT_LEAST:
        what = f"TikTok's access token could not be renewed for {lasting(now - since)}"
        yield Finding(Level.WARNING, f"{what}; it works until {token.access_expires_at:%Y-%m-%d %H:%M} UTC")


def _of_cases(tallies: Tallies, counts: Mapping[str, int], now: datetime, *, dry: bool) -> Iterator[Finding]:
    if held := counts.get(State.HELD, 0):
        yield Finding(Level.WARNING, f"{held} held: syncd list --state held")
    if dry:
        return
    late = [
        tallies.unwritten(now - _OLD, (None, Reason.OUTCOME_UNKNOWN)),
        tallies.unwritten(now - _VERY_OLD, (Reason.CLAIMED_ELSEWHERE, Reason.REFUND_PENDING)),
    ]
    if count := sum(each.count for each in late):
        since = min((each.since for each in late if each.since), default=now)
        what = f"{count} to be written, the oldest for {lasting(now - since)}"
        yield Finding(Level.WARNING, what, "syncd list --state due")
