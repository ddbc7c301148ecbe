"""The state of one shop, and the bookkeeping around it: ids, look-ups, time."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import TypeVar

from syncd.clock import Clock
from syncd.sandbox.shopify.lines import Line
from syncd.sandbox.shopify.order import Order
from syncd.sandbox.shopify.problems import invalid_id
from syncd.sandbox.shopify.reasons import REASONS
from syncd.sandbox.shopify.records import Event, Location, Transaction
from syncd.sandbox.shopify.return_records import ReasonDefinition
from syncd.sandbox.shopify.switches import Switches

APP = "syncd"
"""The title of the app that the stand-in's requests come from."""
READ_ALL_AFTER = timedelta(days=60)
T = TypeVar("T")


@dataclass(slots=True, eq=False)
class Job:
    """Work that Shopify does after it has answered."""

    id: str
    due: float
    work: Callable[[], None]
    done: bool = False


class World:
    """One shop's data.

    `stock` counts what was put back, by location id and SKU; `changes` rises with every change, so that a
    request that changed nothing can be told from one that did.
    """

    def __init__(self, clock: Clock, switches: Switches, *, currency: str, time_zone: str) -> None:
        self.clock = clock
        self.switches = switches
        self.currency = currency
        self.time_zone = time_zone
        self.rates: dict[str, Decimal] = {}
        self.orders: dict[str, Order] = {}
        self.locations: dict[str, Location] = {}
        self.jobs: list[Job] = []
        self.stock: defaultdict[tuple[str, str], int] = defaultdict(int)
        self.filterable_metafields: set[str] = set()
        self.reasons = [ReasonDefinition(self.gid("ReturnReasonDefinition", n), *one) for n, one in REASONS]
        self.changes = 0
        self.actor: str | None = APP
        self.refund_times: list[float] = []
        self._objects: dict[str, object] = {one.id: one for one in self.reasons}
        self._counters: dict[str, count[int]] = {}

    @staticmethod
    def gid(kind: str, number: int) -> str:
        """Write a global id."""
        return f"gid://shopify/{kind}/{number}"

    def new_id(self, kind: str) -> str:
        """The next id of a kind; each kind counts from a start of its own."""
        start = 1_000_000 * (len(self._counters) + 1) + 1
        return self.gid(kind, next(self._counters.setdefault(kind, count(start))))

    def now(self) -> datetime:
        """The time as Shopify stores it: whole seconds."""
        return self.clock.now().replace(microsecond=0)

    def keep(self, thing: T, gid: str) -> T:
        """Make an object findable by its id."""
        self._objects[gid] = thing
        return thing

    def changed(self, order: Order) -> None:
        """Note that an order is no longer what it was."""
        self.changes += 1
        order.updated_at = self.now()

    def tell(self, order: Order, action: str) -> None:
        """Add to the order's timeline what was done, and by whom."""
        order.events.append(Event(self.new_id("BasicEvent"), action, self.now(), self.actor))

    @contextmanager
    def acting(self, app: str | None) -> Iterator[None]:
        """Meanwhile another app acts, or a person."""
        before, self.actor = self.actor, app
        try:
            yield
        finally:
            self.actor = before

    def find(self, kind: str, gid: str, wanted: type[T]) -> T | None:
        """The object with this id; an id of another kind is an error beside the data."""
        if not gid.startswith(f"gid://shopify/{kind}/"):
            raise invalid_id(gid)
        found = self._objects.get(gid.partition("?")[0])
        return found if isinstance(found, wanted) else None

    def anything(self, gid: str) -> object | None:
        """The object with this id, of whatever kind."""
        return self._objects.get(gid)

    def visible(self, order: Order, *, all_orders: bool) -> bool:
        """Whether an app may see the order: older ones need `read_all_orders`."""
        limited = self.switches.sixty_day_limit and not all_orders
        return not (limited and order.created_at < self.now() - READ_ALL_AFTER)

    def put_back(self, line: Line, location: Location, quantity: int) -> None:
        """Count units as stock again."""
        if line.variant and line.variant.inventory_item.tracked:
            self.stock[location.id, line.sku or ""] += quantity

    def start_job(self, work: Callable[[], None]) -> Job:
        """Do this after the answer, `job_seconds` from now."""
        gid = self.new_id("Job")
        job = self.keep(Job(gid, self.clock.monotonic() + self.switches.job_seconds, work), gid)
        self.jobs.append(job)
        return job

    def run_due_jobs(self) -> None:
        """Finish the jobs whose time has come."""
        for job in [one for one in self.jobs if one.due <= self.clock.monotonic()]:
            self.jobs.remove(job)
            job.work()
            job.done = True

    def pay_back(self, parent: Transaction, amount: int, processed_at: datetime) -> Transaction:
        """A successful refund transaction on a payment; it carries the payment's gateway."""
        gid = self.new_id("OrderTransaction")
        paid = Transaction(
            gid,
            parent.order,
            "REFUND",
            amount,
            parent.gateway,
            parent.manual_payment_gateway,
            self.now(),
            processed_at,
            parent_transaction=parent,
            test=parent.test,
        )
        parent.order.transactions.append(paid)
        return self.keep(paid, gid)
