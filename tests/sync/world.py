"""A whole world in one process: both stand-ins over HTTP, a store on disk, time turned by hand."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache, lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from syncd.config import Settings, load
from syncd.model import mark
from syncd.model.cases import CancelStatus, Case, ReturnStatus, ReturnType
from syncd.sandbox.clock import HandClock, SkewedClock
from syncd.sandbox.faults import Fault, FaultKind, Faults, When
from syncd.sandbox.pair import Pair, Sold
from syncd.sandbox.shopify.records import Refund
from syncd.sandbox.tiktok.world import SandboxCancellation, SandboxReturn
from syncd.service.build import open_shops
from syncd.service.decisions import Asked, Command, decide
from syncd.store.cases import Filter
from syncd.store.store import Store
from syncd.sync.cycle import CycleResult, ShopCycle
from syncd.sync.observer import Observer
from syncd.sync.shop import Shop
from syncd.tiktok.wire import snapshot_from

SETTLE = 5
MINUTES = 60


def open_to_write(path: Path) -> Store:
    """The store as a daemon opens it; where nothing is, a new one is laid there first."""
    if not path.exists() and not path.with_name(f"{path.name}-wal").exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(new_store())
        path.chmod(0o600)
    return Store.write(path, snapshot_from)


@cache
def new_store() -> bytes:
    """The file of a new store, made by the program once: its migrations take longer than a cycle."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "syncd.db"
        Store.write(path, snapshot_from).close()
        return path.read_bytes()


@lru_cache(maxsize=64)
def _loaded(path: Path, text: str) -> Settings:
    """The settings of the file, which has that text; the same for each cycle of a world."""
    assert path.read_text() == text
    return load(path, {}, None).settings


def rule(world: "World", command: Command, words: str = "", store: str = "syncd.db") -> None:
    """Kim decides about every case."""
    kept = open_to_write(world.folder / store)
    try:
        for case in world.cases(store):
            decide(kept, case, Asked(command, "kim", words), world.clock.now())
    finally:
        kept.close()
    world.clock.advance(1)


@dataclass
class World:
    """Two shops, one or more stores, and what was agreed on TikTok."""

    folder: Path
    auto_restock: bool = True
    import_returns: bool = True
    cancellations: bool = False
    clock: HandClock = field(default_factory=HandClock)
    tables: dict[str, dict[str, object]] = field(default_factory=dict)
    observer: Observer | None = None

    def __post_init__(self) -> None:
        self.own_clock = SkewedClock(self.clock)
        self.pair = Pair(self.clock)
        # Several stores share one login here; a rotated token would lock all but one of them out.
        self.pair.tiktok.switches.rotates_refresh_token = False
        self._start = self.clock.now() - timedelta(hours=6)
        self._login = self.pair.tiktok.login.refresh_token
        self.agreed: dict[str, tuple[SandboxReturn | SandboxCancellation, Sold]] = {}

    @property
    def faults(self) -> Faults:
        """What goes wrong on Shopify's side."""
        return self.pair.shopify_server.front.faults

    def settings(self, store: str = "syncd.db", **sync: object) -> Settings:
        """The configuration, read from a file like any other."""
        tables: dict[str, dict[str, object]] = {
            "sync": {
                "enabled": True,
                "start_from": self._start,
                "auto_restock": self.auto_restock,
                "import_returns": self.import_returns,
                "cancellations": self.cancellations,
            }
            | sync,
            "guard": {"settle": f"{SETTLE}s"},
            "network": {"timeout": "1s"},
            "shops.us.tiktok": {"refresh_token": self._login},
        }
        for name, keys in self.tables.items():
            tables[name] = tables.get(name, {}) | keys
        path = self.folder / f"{store}.toml"
        text = self.pair.config(self.folder / store, tables=tables)
        path.write_text(text)
        path.chmod(0o600)
        return _loaded(path, text)

    @asynccontextmanager
    async def opened(
        self, store: str = "syncd.db", open_store: Callable[[Path], Store] = open_to_write, **sync: object
    ) -> AsyncIterator[Shop]:
        """The shop, as one process has it."""
        settings = self.settings(store, **sync)
        kept = open_store(self.folder / store)
        try:
            async with open_shops(settings, kept, self.own_clock, observer=self.observer) as shops:
                yield shops[0]
        finally:
            kept.close()

    @asynccontextmanager
    async def running(
        self, store: str = "syncd.db", open_store: Callable[[Path], Store] = open_to_write, **sync: object
    ) -> AsyncIterator[ShopCycle]:
        """One process on that store."""
        async with self.opened(store, open_store, **sync) as shop:
            yield ShopCycle(shop)

    async def cycle(self, store: str = "syncd.db", **sync: object) -> CycleResult:
        """One cycle of a process that lives no longer."""
        async with self.running(store, open_to_write, **sync) as cycle:
            return await cycle.run()

    async def until_quiet(self, store: str = "syncd.db", *, cycles: int = 8) -> CycleResult:
        """Cycles with time between them, in which everything settles."""
        for _ in range(cycles):
            self.clock.advance(5 * MINUTES)
            result = await self.cycle(store)
            if result.ok and not result.deferred:
                break
        return result

    def cases(self, store: str = "syncd.db") -> list[Case]:
        """What that store knows."""
        kept = Store.look(self.folder / store, snapshot_from)
        try:
            return kept.cases.select(Filter())
        finally:
            kept.close()

    # What happens on TikTok

    def refund(self, sold: Sold | None = None, total: str = "20.00", shipping: str = "0") -> SandboxReturn:
        """Money back for one unit, nothing comes back."""
        sold = sold or self.pair.sell({"SHIRT": "20.00"}, quantity=2)
        case = self.pair.tiktok.add_return(
            sold.tiktok,
            1,
            type=ReturnType.REFUND,
            status=ReturnStatus.COMPLETE,
            refund_total=total,
            shipping=shipping,
        )
        self.agreed[case.return_id] = (case, sold)
        return case

    def return_(
        self, status: ReturnStatus = ReturnStatus.COMPLETE, sold: Sold | None = None, units: int = 1
    ) -> SandboxReturn:
        """Goods that come back; their parcel was seen."""
        sold = sold or self.pair.sell({"SHIRT": "20.00"}, quantity=2)
        case = self.pair.tiktok.add_return(
            sold.tiktok, units, type=ReturnType.RETURN_AND_REFUND, refund_total=f"{units * 20}.00"
        )
        self.agreed[case.return_id] = (case, sold)
        return self.pair.tiktok.advance(case, status, tracking_number="940010000000")

    def cancel(
        self,
        sold: Sold | None = None,
        units: int | Sequence[str] | None = None,
        status: CancelStatus = CancelStatus.COMPLETE,
        **details: object,
    ) -> SandboxCancellation:
        """Units that are not to be shipped any more, by default of a whole order with its shipping."""
        sold = sold or self.sell_unshipped()
        more = {"shipping": "4.99"} if units is None else {}
        case = self.pair.tiktok.add_cancellation(
            sold.tiktok,
            units,
            status=status,
            **more | details,  # type: ignore[arg-type] # as that takes them
        )
        self.agreed[case.cancel_id] = (case, sold)
        return case

    def sell_unshipped(self) -> Sold:
        """An order of two shirts that waits to be shipped."""
        return self.pair.sell(
            {"SHIRT": "20.00"}, quantity=2, fulfilled=False, status="AWAITING_SHIPMENT", shipping=499
        )

    def lost(self, operation: str, when: When = When.BEFORE) -> Fault:
        """A request whose answer never comes."""
        return Fault(FaultKind.RESET, operation, when)

    # What must hold

    def refunds_of(self, case: SandboxReturn | SandboxCancellation) -> list[Refund]:
        """Every refund on the case's order that is for this case."""
        order = self.agreed[case.id][1].shopify
        returns = {
            return_.id
            for return_ in order.returns
            if any(mark.case_in(line.return_reason_note) == case.id for line in return_.return_line_items)
        }
        return [
            refund
            for refund in order.refunds
            if mark.case_in(refund.note) == case.id
            or (refund.return_ is not None and refund.return_.id in returns)
        ]

    def assert_exactly_once(self, *cases: SandboxReturn | SandboxCancellation) -> None:
        """One refund of exactly TikTok's amount for each case, and each unit back at most once."""
        for case in cases or [case for case, _ in self.agreed.values()]:
            paid = snapshot_from(self.pair.tiktok.row_of(self.pair.tiktok.case(case.id)))
            total = paid.refund.total.minor if paid.refund else 0
            moved = [refund.total_refunded for refund in self.refunds_of(case)]
            assert [total] == moved, f"{case.id}: TikTok {total}, Shopify {moved}"
        for order in self.pair.shopify.orders:
            for line in order.line_items:
                gone = sum(
                    r.quantity for x in order.refunds for r in x.refund_line_items if r.line_item is line
                )
                assert gone <= line.quantity

    def restocked(self, sku: str = "SHIRT") -> int:
        """Units that were put back into stock."""
        return sum(n for (_, known), n in self.pair.shopify.stock.items() if known == sku)
