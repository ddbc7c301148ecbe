"""The life of a shop in three processes: cases come to every state, and two answers get lost in the end."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from syncd.model.cases import ReturnStatus, State
from syncd.sandbox.faults import When
from syncd.sandbox.pair import Sold
from syncd.sandbox.shopify.build import OrderLine
from syncd.store.cases import Filter
from syncd.store.store import Store
from syncd.sync.cycle import ShopCycle
from syncd.sync.shop import Shop
from tests.campaign.disks.world import QuickWorld

_ROWS, _LETTERS = 12, 3000


class Lives:
    """What happens, in order. The cases are agreed on in the world."""

    def __init__(self, world: QuickWorld) -> None:
        """Cases that will be written, shown and withdrawn, held, waiting for their order, or not done yet."""
        sell, shirt = world.pair.sell, {"SHIRT": "20.00"}
        self.world = world
        world.refund()
        world.return_(ReturnStatus.PENDING)
        self._withdrawn = world.return_(ReturnStatus.AWAITING_BUYER_SHIP)
        self._dismissed = world.refund(sell(shirt, gateway="shopify_payments", manual_gateway=False))
        world.refund(sell(shirt, gateway="paypal", manual_gateway=False))
        self.waiting = world.refund(sell(shirt, tags=("of another order",)))
        world.clock.advance(1)

    async def first(self) -> None:
        """All of them are met, and the process is stopped in order."""
        await self.world.cycle()
        self.world.clock.advance(1800)

    async def second(self) -> None:
        """One more is met, much is written and deleted, and the process is stopped in order."""
        self.world.refund()
        self.world.clock.advance(1)
        async with self.world.opened() as shop:
            await ShopCycle(shop).run()
            _write_and_delete(shop)
        self.world.clock.advance(1800)

    async def last(self, open_store: Callable[[Path], Store]) -> tuple[bytes, bytes]:
        """One comes back, one is withdrawn, one dismissed, two answers get lost; the files at that moment."""
        world, path = self.world, self.world.folder / "syncd.db"
        async with world.opened(open_store=open_store) as shop:
            cycle = ShopCycle(shop)
            world.pair.tiktok.advance(self._withdrawn, ReturnStatus.CANCELLED)
            world.return_()
            world.clock.advance(1)
            await cycle.run()
            _dismiss(shop, self._dismissed.return_id)
            self._lose_two_answers()
            await cycle.run()
            return path.read_bytes(), path.with_name("syncd.db-wal").read_bytes()

    def _lose_two_answers(self) -> None:
        """One refund is carried out and one is not, and the program knows of neither."""
        for when in (When.BEFORE, When.AFTER):
            self.world.refund()
            self.world.faults.add(self.world.lost("refundCreate", when))
        self.world.clock.advance(1)

    async def end(self) -> None:
        """The missing order is imported, and everything settles."""
        order = self.waiting.order
        imported = self.world.pair.imported(order, [OrderLine("SHIRT", 1, 2000)])
        self.world.agreed[self.waiting.return_id] = (self.waiting, Sold(order, imported))
        self.world.clock.advance(3600)
        await self.world.until_quiet()


def _write_and_delete(shop: Shop) -> None:
    """Leave pages behind that nothing uses, and a row that does not fit on one page."""
    database = shop.store.database
    shop.store.memory.put("a long text", "x" * _LETTERS * 3)
    with database.transaction():
        for number in range(_ROWS):
            database.execute("INSERT INTO memory VALUES (?, ?)", (f"page {number}", "x" * _LETTERS))
    database.execute("DELETE FROM memory WHERE key LIKE 'page %'")


def _dismiss(shop: Shop, case_id: str) -> None:
    """A person decides that it is never to be written."""
    [case] = [one for one in shop.store.cases.select(Filter()) if one.case_id == case_id]
    shop.store.cases.keep(replace(case, state=State.DISMISSED, reason="dismissed"), shop.clock.now())
