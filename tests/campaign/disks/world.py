"""A world without sockets, a story that takes every way of writing, and the one audit of its end."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from syncd.model import mark
from syncd.model.cases import ReturnStatus
from syncd.report.audit import Finding, Sides, audit
from syncd.sandbox.clock import HandClock
from syncd.sandbox.faults import Front
from syncd.sandbox.inline import InlineTransport
from syncd.service.build import open_shops
from syncd.shopify.reads import read_order
from syncd.store.store import Store
from syncd.sync.shop import Shop
from syncd.tiktok.wire import snapshot_from
from tests.campaign.canaries import in_store
from tests.sync.world import World, open_to_write

TIKTOK = "http://127.0.0.1:1"
SHOPIFY = "http://127.0.0.1:2"


class LiveClock(HandClock):
    """Is moved by hand until it is let go; from then on it goes with the machine's, two seconds behind."""

    def __init__(self) -> None:
        """An hour ago."""
        super().__init__(datetime.now(UTC) - timedelta(hours=1))
        self._let_go_at: float | None = None

    def let_go(self) -> None:
        """Go with the machine's clock, so that a process meets it; what changes now was changed before."""
        self.advance(datetime.now(UTC) - timedelta(seconds=2) - self.now())
        self._let_go_at = time.monotonic()

    def now(self) -> datetime:
        """The time of day, aware, in UTC."""
        return super().now() + timedelta(seconds=self._gone())

    def monotonic(self) -> float:
        """Seconds since the start."""
        return super().monotonic() + self._gone()

    def _gone(self) -> float:
        return 0.0 if self._let_go_at is None else time.monotonic() - self._let_go_at


@dataclass
class QuickWorld(World):
    """A world whose two sides answer without sockets."""

    def __post_init__(self) -> None:
        """Both sides under made-up addresses."""
        super().__post_init__()
        self.tables["shops.us.tiktok"] = {"api_base": TIKTOK, "auth_base": TIKTOK}
        self.tables["shops.us.shopify"] = {"api_base": SHOPIFY}

    def line(self, fronts: Mapping[str, Front]) -> httpx.AsyncBaseTransport:
        """The way to both sides."""
        return InlineTransport(fronts)

    @asynccontextmanager
    async def opened(
        self, store: str = "syncd.db", open_store: Callable[[Path], Store] = open_to_write, **sync: object
    ) -> AsyncIterator[Shop]:
        """The shop, as one process has it."""
        fronts = {TIKTOK: self.pair.tiktok_server.front, SHOPIFY: self.pair.shopify_server.front}
        settings, kept = self.settings(store, **sync), open_store(self.folder / store)
        try:
            async with open_shops(settings, kept, self.own_clock, transport=self.line(fronts)) as shops:
                yield shops[0]
        finally:
            kept.close()

    @contextmanager
    def served(self) -> Iterator[Path]:
        """Both sides answer on loopback, by the machine's clock; the config file for a process."""
        made_up = {name: self.tables.pop(name) for name in ("shops.us.tiktok", "shops.us.shopify")}
        self.tables |= {"network": {"timeout": "4s"}, "guard": {"settle": "1s"}}
        if isinstance(self.clock, LiveClock):
            self.clock.let_go()
        with self.pair.serving():
            self.settings()
            yield self.folder / "syncd.db.toml"
        self.tables |= made_up

    async def sides(self, store: str = "syncd.db") -> list[Sides]:
        """Every agreed case as TikTok, the store and Shopify have it."""
        cases = {case.case_id: case for case in self.cases(store)}
        async with self.opened(store) as shop:
            return [
                Sides(
                    snapshot_from(self.pair.tiktok.row_of(self.pair.tiktok.case(case_id))),
                    cases.get(case_id),
                    await read_order(shop.shopify, sold.shopify.id, mark.claim_key(case_id)),
                )
                for case_id, (_, sold) in self.agreed.items()
            ]

    def findings(self, store: str = "syncd.db") -> list[str]:
        """Everything that is wrong, and every secret that the store should not hold."""
        found: tuple[Finding, ...] = audit(asyncio.run(self.sides(store)), auto_restock=self.auto_restock)
        return [*map(str, found), *in_store(self.folder / store)]


class Story:
    """A refund of part of a price on an archived order, a return that comes back, one that is withdrawn."""

    def __init__(self, world: QuickWorld) -> None:
        """The first act."""
        archived = world.pair.sell({"SHIRT": "20.00"}, archived=True)
        self.paid_back = (world.refund(archived, total="3.50"), world.return_())
        self._withdrawn = world.return_(ReturnStatus.AWAITING_BUYER_SHIP)
        self._world = world
        world.clock.advance(1)

    def second_act(self) -> None:
        """The last return is withdrawn, if it was not yet."""
        world, case = self._world, self._withdrawn
        world.clock.advance(60)
        if world.pair.tiktok.returns.latest(case.return_id).status != ReturnStatus.CANCELLED:
            world.pair.tiktok.advance(case, ReturnStatus.CANCELLED)
        world.clock.advance(60)
