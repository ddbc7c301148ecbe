"""The flow of the cases that are due: some at a time, the orders of the next found ahead."""

import asyncio
import sys
from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from syncd.model.cases import Case
from syncd.model.orders import Location
from syncd.sync.gather import Found, find
from syncd.sync.shop import Shop

PIECE = 40
"""Cases whose orders are found at once: one request to TikTok, two full searches."""
VERIFIED_PER_CYCLE = 20
"""Written cases whose orders are read once more in one cycle: new ones come first."""


@dataclass(frozen=True, slots=True)
class OnOrder:
    """Cases of one Shopify order, oldest first, with what was found for them.

    `alone` is held while they are worked on: later cases of the same order wait for it.
    """

    cases: list[Case]
    found: Found
    alone: asyncio.Lock


@dataclass(frozen=True, slots=True)
class _Piece:
    """Some cases, and what was found for them."""

    cases: list[Case]
    found: Found


class Flow:
    """What is due in one shop: with `most`, so many cases that need a look at their order.

    `needs_order` tells whether a case does; those that do not are settled by it. Nothing more comes once it
    is `over`. Afterwards, `asked`: orders were looked for; `left`: there were too many cases.
    """

    def __init__(
        self, shop: Shop, needs_order: Callable[[Case], bool], over: Callable[[], bool], most: int | None
    ) -> None:
        self.asked = False
        self.left = False
        self._shop = shop
        self._needs_order = needs_order
        self._over = over
        self._most = sys.maxsize if most is None else most

    async def orders(self, first: Collection[str]) -> AsyncGenerator[OnOrder]:
        """By order; the cases called `first` come first. The next are found while some are worked on.

        Raises:
            ApiError: Orders could not be found.
        """
        pieces = self._pieces(first)
        locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        coming = asyncio.create_task(self._found(pieces))
        try:
            while piece := await coming:
                coming = asyncio.create_task(self._found(pieces, piece.found.locations))
                for order_id, cases in _by_order(piece):
                    yield OnOrder(cases, piece.found, locks[order_id])
        finally:
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)

    async def _found(
        self, pieces: AsyncIterator[list[Case]], locations: tuple[Location, ...] = ()
    ) -> _Piece | None:
        """The next cases with what was found for them; None where there are no more."""
        cases = await anext(pieces, None)
        if cases is None:
            return None
        return _Piece(cases, await find(self._shop, (case.order_id for case in cases), locations))

    async def _pieces(self, first: Collection[str]) -> AsyncIterator[list[Case]]:
        """The cases that need a look at their order, some at a time; the others are settled on the way."""
        room = self._most
        seen: set[str] = set()
        for due in self._due(first):
            cases = []
            for case in due:
                if case.case_id not in seen and self._needs_order(case):
                    cases.append(case)
                seen.add(case.case_id)
                await asyncio.sleep(0)  # to settle one takes a moment of the disk, and other shops wait
            self.left = len(cases) > room
            if cases[:room]:
                self.asked = True
                yield cases[:room]
            if self.left or self._over():
                return
            room -= len(cases)

    def _due(self, first: Collection[str]) -> Iterator[list[Case]]:
        """What is due: first what people asked for, last what was written long ago."""
        cases, name, now = self._shop.store.cases, self._shop.name, self._shop.clock.now()
        asked = [case for case_id in sorted(first) if (case := cases.get(name, case_id))]
        yield [case for case in asked if case.due_at and case.due_at <= now]
        yield from cases.due(name, now, PIECE)
        yield cases.to_verify(name, now, VERIFIED_PER_CYCLE)


def _by_order(piece: _Piece) -> Iterable[tuple[str, list[Case]]]:
    """Grouped by Shopify order, oldest first, so that an edited request follows the one it replaced.

    Several TikTok orders may be one Shopify order.
    """
    groups: dict[str, list[Case]] = defaultdict(list)
    for case in sorted(piece.cases, key=lambda case: (case.latest.created_at, case.case_id)):
        match = piece.found.matches.get(case.order_id)
        groups[match.order_ids[0] if match else case.order_id].append(case)
    return groups.items()
