"""A report: TikTok and Shopify are both read afresh, and compared case by case. Nothing is written."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, tzinfo
from functools import partial
from itertools import chain
from math import ceil

from syncd.clock import Clock
from syncd.config.settings import Settings
from syncd.decide.claim import links_in
from syncd.decide.traces import strangers
from syncd.errors import AnswerUnreadable, ApiError, RequestRefused, UsageError
from syncd.model.cases import Case, Kind, State
from syncd.model.match import Match
from syncd.model.orders import Books
from syncd.model.period import Period
from syncd.report.compare import Both, compare, named_in
from syncd.report.compare import Shop as Days
from syncd.report.rows import Reconciliation
from syncd.report.series import held_by_day
from syncd.service.build import open_shops
from syncd.service.session import Preview
from syncd.shopify.reader import OrderTooLarge
from syncd.shopify.reads import find_books, read_books, read_claims
from syncd.store.past import Standing
from syncd.store.tallies import Tallies
from syncd.sync.gather import batches, find_matches
from syncd.sync.poll import BATCH, PAID_BACK_OF, Polled, read
from syncd.sync.shop import Shop
from syncd.sync.together import together
from syncd.sync.zone import zone_of
from syncd.tiktok.client import FILTERS

_ORDERS_PER_READ = 100
_SECOND = timedelta(seconds=1)

Told = Callable[[str, str, int], None]
"""Is told how far it is: the shop, what is read, and how many are."""


async def reconcile(
    settings: Settings,
    view: Preview,
    clock: Clock,
    period: Period,
    *,
    only: str | None = None,
    told: Told = lambda _shop, _what, _count: None,
) -> list[Reconciliation]:
    """Each shop's period, or only one's. What goes wrong on a side is in its `errors`."""
    async with open_shops(
        settings, view.store, clock, logins=view.logins, may_refresh=view.may_refresh
    ) as shops:
        dry = [replace(shop, sends=False) for shop in shops if only in (None, shop.name)]
        return list(await asyncio.gather(*(_Reading(shop, told).reconciled(period) for shop in dry)))


@dataclass(slots=True)
class _Reading:
    """One shop while it is read; its store is a copy that nobody keeps."""

    shop: Shop
    told: Told
    cases: Sequence[Case] = ()
    changed: Sequence[str] = ()
    books: dict[str, Books] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)

    async def reconciled(self, period: Period) -> Reconciliation:
        shop = self.shop
        before, last_poll = (
            shop.store.past.all_standings(shop.name),
            shop.store.shops.progress(shop.name).last_good_poll,
        )
        since = until = shop.clock.now()
        try:
            zone = await zone_of(shop)
            since, until = (at.astimezone(zone) for at in period.within(zone))
            if since >= until:
                raise UsageError(f"{period} ends before it begins", hint="until is the first moment after it")
            work = (partial(self._read_cases, since, until), partial(self._find_changed, since))
            await together(work, len(work))
            matches = await self._read_orders()
            others = await self._others(since, until)
        except ApiError as error:
            return Reconciliation(shop.name, since, until, errors=(error,))
        days = Days(shop.name, zone, shop.policy.start_from, last_poll)
        both = [*self._sides(matches, before), *self._marked_only(others)]
        rows = [compare(one, days) for one in both]
        return Reconciliation(shop.name, since, until, rows, (), self._held_by_day(since, until, zone))

    async def _find_changed(self, since: datetime) -> None:
        """All orders on which money was refunded since then."""
        self.changed = await find_books(self.shop.shopify, since)

    async def _read_cases(self, since: datetime, until: datetime) -> None:
        """The cases paid back in the period, as TikTok has them now."""
        shop, polled = self.shop, Polled()
        now = shop.clock.now().replace(microsecond=0) + _SECOND
        for kind in shop.policy.kinds:
            window = FILTERS[kind](updated_from=since, updated_before=now, statuses=PAID_BACK_OF[kind])
            await read(shop, window, polled)
            self.told(shop.name, "cases on TikTok", polled.rows)
        cases = shop.store.cases.paid_back(shop.name, since, until)
        asked = [case for case in cases if case.case_id not in polled.ids]
        await self._ask_again((case.case_id, case.latest.kind) for case in asked)
        self.cases = [shop.store.cases.get(shop.name, case.case_id) or case for case in cases]

    async def _ask_again(self, wanted: Iterable[tuple[str, Kind]]) -> None:
        """Read these cases by their ids, and remember which TikTok does not know."""
        by_kind: dict[Kind, list[str]] = defaultdict(list)
        for case_id, kind in wanted:
            by_kind[kind].append(case_id)
        for kind, case_ids in by_kind.items():
            for batch in batches(case_ids, BATCH):
                polled = Polled()
                await read(self.shop, FILTERS[kind](ids=tuple(batch)), polled)
                self.gone |= set(batch) - polled.ids

    async def _read_orders(self) -> Mapping[str, Match]:
        """The orders of the cases, and the others that were changed."""
        matches = await find_matches(self.shop, (case.order_id for case in self.cases))
        of_cases = chain.from_iterable(match.order_ids for match in matches.values())
        wanted = list(dict.fromkeys([*of_cases, *self.changed]))
        reads = (partial(self._read_batch, batch) for batch in batches(wanted, _ORDERS_PER_READ))
        await together(reads, self.shop.concurrency)
        return matches

    async def _read_batch(self, order_ids: Sequence[str]) -> None:
        """An order that makes no sense, or too many at once, must not stand in the way of the others."""
        try:
            found = await read_books(self.shop.shopify, order_ids)
            self.books |= {order_id: await self._with_links(books) for order_id, books in found.items()}
        except (AnswerUnreadable, OrderTooLarge, RequestRefused) as error:
            if len(order_ids) == 1:
                self.unread[order_ids[0]] = str(error)
                return
            for half in batches(order_ids, ceil(len(order_ids) / 2)):
                await self._read_batch(half)
        self.told(self.shop.name, "orders on Shopify", len(self.books))

    async def _with_links(self, books: Books) -> Books:
        if not strangers(books):
            return books
        return replace(books, links=links_in(await read_claims(self.shop.shopify, books.id)))

    async def _others(self, since: datetime, until: datetime) -> dict[str, tuple[Kind, Case | None]]:
        """The cases of refunds of ours that were made in the period, which TikTok has not paid back."""
        known = {case.case_id for case in self.cases}
        named = {
            case_id: kind
            for books in self.books.values()
            for case_id, (kind, dated) in named_in(books).items()
            if case_id not in known and dated and since <= dated < until
        }
        await self._ask_again(named.items())
        store, name = self.shop.store.cases, self.shop.name
        found = {
            case_id: (kind, None if case_id in self.gone else store.get(name, case_id))
            for case_id, kind in named.items()
        }
        return {
            case_id: (kind, case)
            for case_id, (kind, case) in found.items()
            if not (case and case.latest.paid_back)
        }

    def _sides(self, matches: Mapping[str, Match], before: Mapping[str, Standing]) -> list[Both]:
        marked = self._by_case()
        return [
            self._both(
                case,
                [*matches.get(case.order_id, Match()).order_ids, *marked.get(case.case_id, ())],
                known=(standing := before.get(case.case_id)) is not None
                and standing.state is not State.TRACKING,
            )
            for case in self.cases
        ]

    def _both(self, case: Case, order_ids: Sequence[str], *, known: bool) -> Both:
        unread = [self.unread[order_id] for order_id in order_ids if order_id in self.unread]
        orders = [self.books[order_id] for order_id in dict.fromkeys(order_ids) if order_id in self.books]
        return Both(
            case_id=case.case_id,
            kind=case.latest.kind,
            case=None if case.case_id in self.gone else case,
            books=_together(orders),
            known=known,
            unread=unread[0] if unread else "",
        )

    def _marked_only(self, others: Mapping[str, tuple[Kind, Case | None]]) -> list[Both]:
        marked = self._by_case()
        return [
            Both(case_id, kind, case, _together([self.books[order_id] for order_id in marked[case_id]]))
            for case_id, (kind, case) in others.items()
        ]

    def _by_case(self) -> Mapping[str, Sequence[str]]:
        """The orders that have refunds of a case, by the case."""
        found: dict[str, list[str]] = defaultdict(list)
        for order_id, books in self.books.items():
            for case_id in named_in(books):
                found[case_id].append(order_id)
        return found

    def _held_by_day(self, since: datetime, until: datetime, zone: tzinfo) -> list[tuple[date, int]]:
        return held_by_day(
            Tallies(self.shop.store.database, self.shop.name).held_spells(),
            since,
            min(until, self.shop.clock.now()),
            zone,
        )


def _together(orders: Sequence[Books]) -> Books | None:
    """All orders of a case as one: a refund on any of them is one for the case."""
    if not orders:
        return None
    first = orders[0]
    return Books(
        first.id,
        first.name,
        tuple(chain.from_iterable(one.refunds for one in orders)),
        tuple(chain.from_iterable(one.returns for one in orders)),
        {made: case_id for one in orders for made, case_id in one.links.items()},
    )
