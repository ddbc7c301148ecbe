"""Reading TikTok: whole windows of changes, page by page into the store."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from syncd.decide.pauses import read_again
from syncd.errors import AnswerUnreadable
from syncd.model.cases import PAID_BACK, CancelStatus, Case, Kind, ReturnStatus, Status
from syncd.store.cases import Seen
from syncd.sync.shop import Shop
from syncd.tiktok.client import FILTERS, CaseFilters, Page
from syncd.tiktok.kept import kept
from syncd.tiktok.wire import snapshot_from

OVERLAP = timedelta(minutes=15)
"""Each window begins that long before the last one ended, for rows that TikTok shows late."""
_SECOND = timedelta(seconds=1)  # TikTok's times are whole seconds: the present one belongs to the window
BATCH = 50
"""Cases that are asked for by id at a time."""
_MOST_PAGES = 10_000
_MOST_PASSES = 5
PAID_BACK_OF: Mapping[Kind, tuple[Status, ...]] = {
    Kind.RETURN: tuple(status for status in ReturnStatus if status in PAID_BACK),
    Kind.CANCELLATION: tuple(status for status in CancelStatus if status in PAID_BACK),
}
"""The states of each kind of case in which it is paid back."""


@dataclass(slots=True)
class Polled:
    """How many rows were read so far, of which cases, and how many cases are new or changed."""

    rows: int = 0
    changed: int = 0
    ids: set[str] = field(default_factory=set)


async def poll(shop: Shop, polled: Polled) -> None:
    """Take in everything that changed on TikTok since the last poll, counting it in `polled`.

    Each kind of case has its own watermark. It moves only after the last page, never past the start of this
    poll.

    Raises:
        ApiError: A page could not be read; what was read before it is kept, the watermark is not moved.
    """
    reached: dict[Kind, datetime] = {}
    try:
        for kind in shop.policy.kinds:
            reached[kind] = await _read_changes(shop, kind, polled)
    finally:
        _keep(shop, reached)
    for kind in shop.policy.kinds:
        await _read_known(shop, kind, polled)


def _keep(shop: Shop, reached: Mapping[Kind, datetime]) -> None:
    """How far each kind was read, and that the poll was good if all were."""
    with shop.store.database.transaction():
        for kind, watermark in reached.items():
            shop.store.shops.read_up_to(shop.name, watermark, kind)
        if len(reached) == len(shop.policy.kinds):
            shop.store.shops.polled(shop.name, shop.clock.now())


async def _read_changes(shop: Shop, kind: Kind, polled: Polled) -> datetime:
    """Read what changed since the watermark; the next one."""
    started = shop.clock.now().replace(microsecond=0)
    await _baseline(shop, kind, polled)
    since = min(shop.store.shops.progress(shop.name, kind).watermark or shop.policy.start_from, started)
    window = FILTERS[kind](updated_from=since - OVERLAP, updated_before=started + _SECOND)
    await read(shop, window, polled)
    return min(started, shop.clock.now())


async def _baseline(shop: Shop, kind: Kind, polled: Polled) -> None:
    """For a new store: what was paid back before `start_from`, so that a later touch does not wake it."""
    if shop.store.shops.progress(shop.name, kind).baseline_done:
        return
    past = FILTERS[kind](updated_before=shop.policy.start_from, statuses=PAID_BACK_OF[kind])
    await read(shop, past, polled)
    shop.store.shops.baseline_done(shop.name, kind)


async def _read_known(shop: Shop, kind: Kind, polled: Polled) -> None:
    """Ask for some known cases by id: nobody promises that every change moves the update time."""
    cases = shop.store.cases.to_read_again(shop.name, kind, shop.clock.now(), BATCH)
    if not cases:
        return
    await read(shop, FILTERS[kind](ids=tuple(case.case_id for case in cases)), polled)
    now = shop.clock.now()
    for case in cases:
        shop.store.cases.read_again_at(shop.name, case.case_id, _next_reading(shop, case, now))


def _next_reading(shop: Shop, case: Case, now: datetime) -> datetime | None:
    return read_again(shop.store.cases.get(shop.name, case.case_id) or case, now)


async def read(shop: Shop, filters: CaseFilters, polled: Polled) -> None:
    """Take in what fits, read again from its start where rows left it meanwhile, until a reading was whole.

    A page token may be an offset: then a row that leaves lets later ones slip onto pages already read.
    """
    for number in range(_MOST_PASSES):
        before = polled.changed
        whole = await _pass(shop, filters, polled)
        nothing_new = number > 0 and polled.changed == before
        if whole or nothing_new:
            return
    raise AnswerUnreadable(
        "cases left the window each time while it was read", api="tiktok", operation=filters.operation
    )


async def _pass(shop: Shop, filters: CaseFilters, polled: Polled) -> bool:
    """Read the window once; False where its total changed meanwhile, or rows are missing from it."""
    totals: list[int | None] = []
    ids: set[str] = set()
    async for page in _pages(shop, filters):
        seen = []
        for row in page.rows:
            seen.append(Seen(kept(row), snapshot_from(row)))
            await asyncio.sleep(0)  # to read a page takes a moment, and other shops wait
        totals.append(page.total_count)
        new = {one.snapshot.case_id for one in seen}
        polled.rows += len(new - ids)
        ids |= new
        polled.ids |= new
        polled.changed += shop.store.cases.see(shop.name, seen, shop.clock.now())
    told = [total for total in totals if total is not None]
    return not told or (len(set(told)) == 1 and len(ids) >= told[-1])


async def _pages(shop: Shop, filters: CaseFilters) -> AsyncIterator[Page]:
    token = ""
    tokens: set[str] = set()
    while len(tokens) < _MOST_PAGES:
        page = await shop.tiktok.search(filters, token)
        yield page
        token = page.next_page_token
        if not token:
            return
        if token in tokens:
            raise _endless("TikTok repeated a page token", filters, page)
        tokens.add(token)
    raise _endless(f"TikTok did not end after {_MOST_PAGES} pages", filters, page)


def _endless(what: str, filters: CaseFilters, page: Page) -> AnswerUnreadable:
    return AnswerUnreadable(what, api="tiktok", operation=filters.operation, request_id=page.request_id)
