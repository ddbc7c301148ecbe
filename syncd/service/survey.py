"""What a backfill would do, found out on a copy of the store that nobody keeps."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from syncd.clock import Clock
from syncd.config.settings import Settings
from syncd.errors import ApiError, SyncdError, UsageError
from syncd.model.cases import Case, State
from syncd.model.period import Period
from syncd.model.plans import Plan
from syncd.model.reasons import Reason
from syncd.service.build import open_shops
from syncd.service.session import Preview
from syncd.store.past import Standing
from syncd.sync.backfill import Shown, let_in
from syncd.sync.cycle import ShopCycle
from syncd.sync.poll import Polled, read
from syncd.sync.shop import Shop
from syncd.sync.zone import zone_of
from syncd.tiktok.client import FILTERS


class Fate(StrEnum):
    """What becomes of a past case that is let in."""

    WRITTEN = "to be written"
    THERE = "already there"
    """Shopify has the refund of this very case: it is only noted."""
    HELD = "held"
    WAITS = "waits"
    TRACKED = "tracked"
    SKIPPED = "skipped"


def fate_of(plan: Plan) -> Fate:
    """What a plan means for its case."""
    if plan.actions:
        return Fate.WRITTEN
    others = {
        State.SYNCED: Fate.THERE,
        State.HELD: Fate.HELD,
        State.DUE: Fate.WAITS,
        State.TRACKING: Fate.TRACKED,
    }
    return others.get(plan.state, Fate.SKIPPED)


@dataclass(frozen=True, slots=True)
class Survey:
    """The cases of one shop that were created from `since` on, before `until`.

    `plans` are those that syncd has not dealt with, `known` counts the others by how they stand. With
    `errors` it is not whole.
    """

    shop: str
    since: datetime | None = None
    until: datetime | None = None
    plans: Sequence[tuple[Case, Plan]] = ()
    known: Mapping[State, int] = field(default_factory=dict)
    errors: tuple[SyncdError, ...] = ()

    def by_fate(self, fate: Fate) -> list[tuple[Case, Plan]]:
        """The cases that end so."""
        return [(case, plan) for case, plan in self.plans if fate_of(plan) is fate]

    def to_let_in(self, why: str) -> Iterator[tuple[str, str]]:
        """The cases that syncd is to deal with, with what was seen of each."""
        for case, plan in self.plans:
            if fate_of(plan) is not Fate.SKIPPED:
                yield case.case_id, Shown(case.latest.kind, case.latest.basis, why).words


async def survey(
    settings: Settings, view: Preview, clock: Clock, period: Period, only: str | None = None
) -> list[Survey]:
    """What would become of the cases of that period, in each shop or only in one. Nothing is written."""
    async with open_shops(
        settings, view.store, clock, logins=view.logins, may_refresh=view.may_refresh
    ) as shops:
        dry = [replace(shop, sends=False) for shop in shops if only in (None, shop.name)]
        return list(await asyncio.gather(*(_survey(shop, period) for shop in dry)))


async def _survey(shop: Shop, period: Period) -> Survey:
    before, polled = shop.store.past.all_standings(shop.name), Polled()
    try:
        zone = await zone_of(shop)
        since, until = (at.astimezone(zone) for at in period.within(zone))
        if since >= until:
            raise UsageError(f"{period} ends before it begins", hint="until is the first moment after it")
        for kind in shop.policy.kinds:
            await read(shop, FILTERS[kind](created_from=since, created_before=until), polled)
    except ApiError as error:
        return Survey(shop.name, errors=(error,))
    fresh = [case_id for case_id in sorted(polled.ids) if _open(before.get(case_id))]
    _let_in(shop, fresh, str(period))
    result = await ShopCycle(shop).run(polling=False)
    cases = (shop.store.cases.get(shop.name, case_id) for case_id in fresh if case_id in result.plans)
    return Survey(
        shop.name,
        since,
        until,
        [(case, result.plans[case.case_id]) for case in cases if case],
        Counter(before[case_id].state for case_id in sorted(polled.ids - set(fresh))),
        result.errors,
    )


def _open(standing: Standing | None) -> bool:
    """Whether syncd has nothing to do with it so far."""
    left_out = standing and standing.state is State.SKIPPED and standing.reason == Reason.BEFORE_START
    return standing is None or bool(left_out)


def _let_in(shop: Shop, case_ids: Sequence[str], why: str) -> None:
    """In the copy: these cases and nothing else."""
    store, now = shop.store, shop.clock.now()
    store.past.take_back(shop.name, now)
    for case_id in case_ids:
        if case := store.cases.get(shop.name, case_id):
            let_in(shop, case, who="", why=why, now=now)
    store.past.only_due(shop.name, case_ids, now)
