"""A report: TikTok and Shopify are both read afresh, and compared case by case. Nothing is written."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from functools import partial
from math import ceil

from syncd.clock import Clock
from syncd.config.settings import Settings
from syncd.decide.claim import links_in
from syncd.decide.match import READ_ALL
from syncd.decide.traces import strangers
from syncd.errors import AnswerUnreadable, ApiError, RequestRefused, UsageError
from syncd.model.cases import Case, Kind
from syncd.model.match import Match
from syncd.model.orders import Books, Refund
from syncd.model.period import Period
from syncd.report.compare import compare
from syncd.report.rows import AGREES, CaseRow, Reconciliation
from syncd.report.series import held_by_day
from syncd.report.sides import Both, dated, named_in
from syncd.report.sides import Shop as Compared
from syncd.report.sides import together as merged
from syncd.service.build import open_shops
from syncd.service.session import Preview
from syncd.shopify.reader import OrderTooLarge
from syncd.shopify.reads import find_books, read_books
from syncd.store.past import Standing
from syncd.store.tallies import Tallies
from syncd.sync.gather import batches, find_matches
from syncd.sync.poll import BATCH, OVERLAP, PAID_BACK_OF, Polled, read
from syncd.sync.shop import Shop
from syncd.sync.together import together
from syncd.sync.zone import zone_of
from syncd.tiktok.client import FILTERS

_ORDERS_PER_READ = 100
"""A page of nodes costs the same however many they are; where Shopify will not have so many, half of them."""
_SECOND = timedelta(seconds=1)  # TikTok's times are whole seconds: the present one belongs to the window

_HIDDEN = "Shopify does not show {}: it was deleted, or is too old for an app without read_all_orders"

Told = Callable[[str, str, int], None]
"""Is told how far it is: the shop, what is read, and how many were."""


async def reconcile(
    settings: Settings,
    view: Preview,
    clock: Clock,
    period: Period,
    *,
    told: Told = lambda _shop, _what, _count: None,
    only: str | None = None,
) -> list[Reconciliation]:
    """The period in each shop, or only in one. What could not be read is in its `errors`."""
    async with open_shops(
        settings, view.store, clock, logins=view.logins, may_refresh=view.may_refresh
    ) as shops:
        dry = [replace(shop, sends=False) for shop in shops if only in (None, shop.name)]
        return list(await asyncio.gather(*(_Reading(shop, told).of(period) for shop in dry)))


@dataclass(slots=True)
class _Reading:
    """One shop while it is read, into a store that nobody keeps.

    `gone` are the cases that TikTok does not know (any more), `unread` says why an order could not be read.
    `before` is how the cases stood in the store, `marked_orders` which orders have refunds of a case.
    """

    shop: Shop
    told: Told
    cases: Sequence[Case] = ()
    changed: Sequence[str] = ()
    books: dict[str, Books] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    before: Mapping[str, Standing] = field(default_factory=dict)
    matches: Mapping[str, Match] = field(default_factory=dict)
    marked_orders: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    async def of(self, period: Period) -> Reconciliation:
        shop, now = self.shop, self.shop.clock.now()
        last_poll = shop.store.shops.progress(shop.name).last_good_poll
        self.before = shop.store.past.all_standings(shop.name)
        since = until = now
        try:
            zone = await zone_of(shop)
            since, until = _within(period, zone)
            work = (partial(self._read_cases, since, until), partial(self._find_changed, since))
            await together(work, len(work))
            await self._read_orders(self.cases)
            marked = await self._marked_only(self.cases, since, until)
        except ApiError as error:
            return Reconciliation(shop.name, since, until, errors=(error,))
        policy = shop.policy
        polled_until = last_poll - OVERLAP if last_poll else None
        compared = Compared(shop.name, zone, policy.start_from, policy.kinds, polled_until)
        rows = self._rows(self.cases, marked, compared)
        spells = Tallies(shop.store.database, shop.name).held_spells()
        held = held_by_day(spells, since, min(until, now), zone)
        return Reconciliation(shop.name, since, until, rows, held_by_day=held)

    async def _read_cases(self, since: datetime, until: datetime) -> None:
        """The cases paid back in the period, as TikTok has them now."""
        shop, polled = self.shop, Polled()
        now = shop.clock.now().replace(microsecond=0) + _SECOND
        for kind in shop.policy.kinds:
            if since < now:
                window = FILTERS[kind](updated_from=since, updated_before=now, statuses=PAID_BACK_OF[kind])
                await read(shop, window, polled)
                self.told(shop.name, "cases of TikTok's read", polled.rows)
        cases = shop.store.cases.paid_back(shop.name, since, until)
        unseen = [case for case in cases if case.case_id not in polled.ids]
        await self._ask_for((case.case_id, case.latest.kind) for case in unseen)
        self.cases = [shop.store.cases.get(shop.name, case.case_id) or case for case in cases]

    async def _ask_for(self, wanted: Iterable[tuple[str, Kind]]) -> None:
        """Read these cases by their ids, and remember which TikTok does not know."""
        by_kind: dict[Kind, list[str]] = defaultdict(list)
        for case_id, kind in wanted:
            by_kind[kind].append(case_id)
        for kind, case_ids in by_kind.items():
            for batch in batches(case_ids, BATCH):
                polled = Polled()
                await read(self.shop, FILTERS[kind](ids=tuple(batch)), polled)
                self.gone |= set(batch) - polled.ids

    async def _read_orders(self, cases: Sequence[Case]) -> None:
        """The orders of these cases, and all others on which money was refunded since then."""
        self.matches = await find_matches(self.shop, (case.order_id for case in cases))
        of_cases = (order_id for match in self.matches.values() for order_id in match.order_ids)
        wanted = list(dict.fromkeys([*of_cases, *self.changed]))
        reads = (partial(self._read_batch, batch) for batch in batches(wanted, _ORDERS_PER_READ))
        await together(reads, self.shop.concurrency)
        for order_id in sorted(self.books):
            for case_id in named_in(self.books[order_id]):
                self.marked_orders[case_id].append(order_id)

    async def _find_changed(self, since: datetime) -> None:
        """All orders on which money was refunded since then."""
        self.changed = await find_books(self.shop.shopify, since)

    async def _read_batch(self, order_ids: Sequence[str]) -> None:
        """An order that makes no sense, or too many at once, must not stand in the way of the others."""
        try:
            found = await read_books(self.shop.shopify, order_ids)
        except (AnswerUnreadable, OrderTooLarge, RequestRefused) as error:
            if len(order_ids) == 1:
                self.unread[order_ids[0]] = str(error)
                return
            for half in batches(order_ids, ceil(len(order_ids) / 2)):
                await self._read_batch(half)
            return
        for order_id, books in found.items():
            self.books[order_id] = replace(books, links=links_in(books.claims))
        self.told(self.shop.name, "orders of Shopify's read", len(self.books))

    async def _marked_only(self, cases: Sequence[Case], since: datetime, until: datetime) -> list[Both]:
        """The cases of refunds that were made in the period, though TikTok has not paid them back in it."""
        known = {case.case_id for case in cases}
        found = {
            case_id: kind
            for books in self.books.values()
            for case_id, (kind, refunds) in named_in(books).items()
            if case_id not in known and any(_made_within(refund, since, until) for refund in refunds)
        }
        await self._ask_for(found.items())
        store, name = self.shop.store.cases, self.shop.name
        return [
            self._both(case_id, kind, None if case_id in self.gone else store.get(name, case_id))
            for case_id, kind in found.items()
        ]

    def _rows(self, cases: Sequence[Case], marked: Sequence[Both], compared: Compared) -> list[CaseRow]:
        """Of the cases that are in the period only by their refunds, those that agree are another's."""
        both = [self._both(case.case_id, case.latest.kind, case) for case in cases]
        others = self._on_the_same_orders([*both, *marked])
        rows = compare([*both, *marked], compared, others)
        of_others = {one.case_id for one in marked}
        return [row for row in rows if row.case_id not in of_others or row.result not in AGREES]

    def _on_the_same_orders(self, known: Sequence[Both]) -> list[Both]:
        """Cases of another time, where a refund of somebody else's may be for one of them."""
        store, ids = self.shop.store.cases, {one.case_id for one in known}
        orders = {one.case.order_id for one in known if one.case and one.books and strangers(one.books)}
        found = (case for order_id in sorted(orders) for case in store.find(f"{self.shop.name}:{order_id}"))
        return [self._both(case.case_id, case.latest.kind, case) for case in found if case.case_id not in ids]

    def _both(self, case_id: str, kind: Kind, case: Case | None) -> Both:
        match = self.matches.get(case.order_id, Match()) if case else Match()
        order_ids = dict.fromkeys([*match.order_ids, *self.marked_orders.get(case_id, ())])
        unread = next((why for order_id in order_ids if (why := self._why_unread(order_id))), "")
        return Both(
            case_id=case_id,
            kind=kind,
            case=None if case_id in self.gone else case,
            books=merged(self.books[order_id] for order_id in order_ids if order_id in self.books),
            stored=case_id in self.before,
            unread=unread,
        )

    def _why_unread(self, order_id: str) -> str:
        """Why nothing is known of an order; empty where it was read, or is surely not there."""
        if order_id in self.books:
            return ""
        scopes = self.shop.shopify.tokens.scopes
        hidden = scopes is not None and READ_ALL not in scopes
        return self.unread.get(order_id, _HIDDEN.format(order_id) if hidden else "")


def _within(period: Period, zone: tzinfo) -> tuple[datetime, datetime]:
    since, until = (at.astimezone(zone) for at in period.within(zone))
    if since >= until:
        raise UsageError(f"{period} ends before it begins", hint="until is the first moment after it")
    return since, until


def _made_within(refund: Refund, since: datetime, until: datetime) -> bool:
    """By Shopify's books, or by when it was really made."""
    return any(at is not None and since <= at < until for at in (dated(refund), refund.created_at))
