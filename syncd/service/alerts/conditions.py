"""What is wrong right now, by the store, the settings, and what was seen of the work. Nothing is asked."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from syncd.config.settings import Settings
from syncd.config.tables import Shop
from syncd.model.notes import login_pointer
from syncd.model.reasons import Reason
from syncd.model.tokens import StoredToken
from syncd.service.alerts.alert import Alert
from syncd.service.alerts.catalogue import MEANINGS, Kind
from syncd.service.alerts.held import held
from syncd.service.alerts.watch import Fault, Seen
from syncd.service.alerts.words import minute
from syncd.service.words import lasting
from syncd.store.store import Store
from syncd.store.tallies import Tallies
from syncd.sync import brake

_INTERVALS = 3
_SILENT = timedelta(minutes=15)
_NOT_RENEWED = timedelta(hours=1)
_OLD = timedelta(hours=1)
_VERY_OLD = timedelta(days=1)
_DAYS_LEFT = (14, 7, 3, 1, 0)
"""Days before the authorisation ends at which that is told."""


def conditions(
    store: Store, settings: Settings, seen: Mapping[str, Seen], started: Mapping[str, bool], now: datetime
) -> Iterator[dict[str, Alert]]:
    """Every alert that stands now, by its key, shop after shop: others may have their turn in between.

    Only shops that are switched on count. `started` has the shops that had a cycle in this process: before
    that, how long ago the last good poll was says nothing.
    """
    for name, shop in settings.shops.items():
        if shop.sync.enabled and name in seen:
            alerts = _of_shop(store, name, shop, seen[name], name in started, now)
            yield {alert.key: alert for alert in alerts}


def is_silent(store: Store, name: str, shop: Shop, seen: Seen, now: datetime) -> bool:
    """Whether TikTok Shop was not read whole for too long; the time before it was watched does not count."""
    good = store.shops.progress(name).last_good_poll
    limit = max(shop.sync.poll_interval * _INTERVALS, _SILENT)
    return now - max(good or seen.since, seen.since) > limit


def _of_shop(  # noqa: PLR0917 - each is another source
    store: Store, name: str, shop: Shop, seen: Seen, started: bool, now: datetime
) -> Iterator[Alert]:
    tallies = Tallies(store.database, name)
    yield from held(tallies, name)
    yield from _faults(store, name, seen)
    yield from _token(store, name, shop, now)
    yield from _unrenewed(name, seen, now)
    yield from _ceilings(tallies, name, seen)
    if not shop.guard.dry_run:
        yield from _backlog(tallies, name, now)
    if seen.broke:
        yield Alert(seen.broke.kind, name, what=seen.broke.what, hint=_todo(seen.broke.kind, name))
    if brake.is_on(store.memory, name):
        yield _plain(Kind.BRAKE_ON, name)
    if started and is_silent(store, name, shop, seen, now):
        yield _silent(store, name)


def _faults(store: Store, name: str, seen: Seen) -> Iterator[Alert]:
    for fault in seen.faults.values():
        kind, subject = _kind_of(fault)
        braked = kind is Kind.SHOP_STOPPED and fault.api == "tiktok" and not fault.code
        if not (braked and brake.is_on(store.memory, name)):
            hint = fault.hint or MEANINGS[kind].todo
            yield Alert(kind, name, subject, f"{fault.what} ({fault.api} {fault.operation}).", hint=hint)


def _kind_of(fault: Fault) -> tuple[Kind, str]:
    if fault.error == "ShopStopped":
        return (Kind.WRITES_STOPPED, "") if fault.code == "version" else (Kind.SHOP_STOPPED, fault.api)
    return Kind.LOGIN_REFUSED, " ".join(word for word in (fault.api, fault.scope) if word)


def _token(store: Store, name: str, shop: Shop, now: datetime) -> Iterator[Alert]:
    token = _login(store, name, shop)
    ends = token.refresh_expires_at if token else None
    if ends is None:
        return
    left = ends - now
    passed = [days for days in _DAYS_LEFT if left <= timedelta(days=days)]
    if passed:
        when = f"ends in {lasting(left)}" if left > timedelta() else "has ended"
        what = f"The seller's authorisation on TikTok {when}: {minute(ends)}."
        yield Alert(
            Kind.TOKEN_EXPIRING, name, what=what, hint=_todo(Kind.TOKEN_EXPIRING, name), stage=len(passed)
        )


def _login(store: Store, name: str, shop: Shop) -> StoredToken | None:
    key = store.memory.get(login_pointer(shop.tiktok.app_key, name))
    return store.tokens.get(key) if key else None


def _unrenewed(name: str, seen: Seen, now: datetime) -> Iterator[Alert]:
    for api, since in seen.unrenewed.items():
        if now - since >= _NOT_RENEWED:
            what = f"No new access token of {api} could be had since {minute(since)}."
            yield Alert(Kind.TOKEN_NOT_RENEWED, name, api, what, hint=_todo(Kind.TOKEN_NOT_RENEWED, name))


def _ceilings(tallies: Tallies, name: str, seen: Seen) -> Iterator[Alert]:
    todo = _todo(Kind.CEILING_REACHED, name)
    if seen.cycle_ceiling:
        what = "More was to be refunded in one cycle than max_refunds_per_cycle; the rest waits for the next."
        yield Alert(Kind.CEILING_REACHED, name, "cycle", what, hint=todo)
    waiting = tallies.at_ceiling()
    if waiting.count:
        what = f"{_cases(waiting.count)} for tomorrow: a ceiling of the day is reached."
        yield Alert(Kind.CEILING_REACHED, name, "day", what, hint=todo, size=waiting.count)


def _backlog(tallies: Tallies, name: str, now: datetime) -> Iterator[Alert]:
    soon = tallies.unwritten(now - _OLD, (None, Reason.OUTCOME_UNKNOWN))
    late = tallies.unwritten(now - _VERY_OLD, (Reason.CLAIMED_ELSEWHERE, Reason.REFUND_PENDING))
    count = soon.count + late.count
    since = min((at for at in (soon.since, late.since) if at), default=now)
    if count:
        what = f"{_cases(count)} to be written, the oldest since {minute(since)}."
        yield Alert(Kind.BACKLOG_OLD, name, what=what, hint=_todo(Kind.BACKLOG_OLD, name), size=count)


def _silent(store: Store, name: str) -> Alert:
    progress = store.shops.progress(name)
    last = minute(progress.last_good_poll) if progress.last_good_poll else "never"
    error = f" Its last error: {progress.last_error}" if progress.last_error else ""
    what = f"The last good poll was: {last}.{error}"
    return Alert(Kind.SHOP_SILENT, name, what=what, hint=_todo(Kind.SHOP_SILENT, name))


def _plain(kind: Kind, name: str) -> Alert:
    return Alert(kind, name, what=MEANINGS[kind].sentence, hint=_todo(kind, name))


def _todo(kind: Kind, name: str) -> str:
    return MEANINGS[kind].todo.replace("NAME", name)


def _cases(count: int) -> str:
    return "1 case waits" if count == 1 else f"{count} cases wait"
