"""One cycle of one shop: poll, gather, decide, apply."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Collection
from contextlib import AbstractContextManager, aclosing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from syncd.decide.guard import Ceiling
from syncd.errors import ApiError, CredentialsRefused, RequestRefused, ShopStopped, SyncdError
from syncd.events import Event, about, tell
from syncd.model.cases import UNDONE, Case, State
from syncd.model.plans import Plan
from syncd.outage import Outages
from syncd.shopify.reader import OrderTooLarge
from syncd.sync import brake
from syncd.sync.backfill import take_in
from syncd.sync.budget import Budget
from syncd.sync.flow import Flow, OnOrder
from syncd.sync.gather import Found
from syncd.sync.poll import Polled, poll
from syncd.sync.shop import Shop
from syncd.sync.together import together
from syncd.sync.work import Work
from syncd.sync.writer import Writer

_CORRECTION = timedelta(minutes=1)
"""A clock set back by less only makes waits that much longer."""

_REMINDER = timedelta(days=1)
"""How often a case that keeps failing is told again."""

NEEDS_A_PERSON = (CredentialsRefused, ShopStopped)
"""What waiting does not cure, and what stands in the way of all work on a shop or on much of it."""

MOST_PER_CYCLE = 1000
"""Cases whose orders a daemon looks at before it tells how far it has come."""


@dataclass(frozen=True, slots=True)
class CycleResult:
    """What one cycle did. `held` and `deferred` count the cases that stand so after it.

    `poll_ok`: TikTok was read to the end; None where it was not to be read. `cycle_ceiling`: more was to be
    refunded than one cycle may. `more`: cases were left that can be worked on at once.
    """

    cycle_id: str = ""
    polled: int = 0
    changed: int = 0
    written: int = 0
    held: int = 0
    deferred: int = 0
    errors: tuple[SyncdError, ...] = ()
    plans: dict[str, Plan] = field(default_factory=dict)
    poll_ok: bool | None = None
    cycle_ceiling: bool = False
    more: bool = False

    @property
    def ok(self) -> bool:
        """Whether both sides could be used."""
        return not self.errors


class ShopCycle:
    """Runs the cycles of one shop. With `most`, each looks at the orders of so many cases at most."""

    def __init__(self, shop: Shop, most: int | None = None) -> None:
        self._shop = shop
        self._most = most
        self._budget = Budget(shop)
        self._writer = Writer(shop)
        self._failing = Outages(_REMINDER)
        self._stopping = False
        self._at_work: Work | None = None
        self._last_run: datetime | None = None

    def stop(self) -> None:
        """Begin no further case; what is in flight is finished."""
        self._stopping = True

    def give_way(self) -> None:
        """Begin no further case of the backlog in this cycle, after the first: it is time for something else.

        Before the work has begun it says nothing, or polls that take long would leave no room for any.
        """
        if self._at_work:
            self._at_work.gives_way = True

    async def run(
        self, *, polling: bool = True, first: Collection[str] = (), going_on: bool = False
    ) -> CycleResult:
        """One cycle; without `polling` only what is due. What goes wrong on a side is in the result.

        The cases called `first` come before all others. One that goes on with what an earlier one has left
        counts as part of that for the ceiling of a cycle.

        Raises:
            StoreTrouble: The store cannot be written; nothing more is sent.
        """
        cycle_id = _cycle_id(self._shop.clock.now())
        with about(shop=self._shop.name, cycle_id=cycle_id):
            try:
                return replace(
                    await self._run(polling=polling, first=first, going_on=going_on), cycle_id=cycle_id
                )
            except SyncdError:
                raise
            except Exception as error:
                what = f"this is a fault of the program: {type(error).__name__}"
                self._shop.store.shops.failed(self._shop.name, what, self._shop.clock.now())
                raise

    async def _run(self, *, polling: bool, first: Collection[str], going_on: bool) -> CycleResult:
        errors: list[SyncdError] = []
        polled = Polled()
        if not going_on:
            self._budget = Budget(self._shop)
        work = Work(self._shop, self._writer, self._budget, self._failing, frozenset(first))
        flow = Flow(self._shop, partial(_needs_order, work), partial(self._over, work), self._most)
        self._mind_the_clock()
        try:
            if polling:
                await poll(self._shop, polled)
            await take_in(self._shop, polled)
        except ApiError as error:
            errors.append(error)
        poll_ok = not errors if polling else None
        try:
            await brake.check(self._shop)
            await self._work_off(work, flow.orders(first), errors)
        except ApiError as error:
            errors.append(error)
        self._remember(errors, polled=polling, asked=flow.asked)
        counts = self._shop.store.cases.counts(self._shop.name, UNDONE)
        return CycleResult(
            polled=polled.rows,
            changed=polled.changed,
            written=len(work.written),
            held=counts.get(State.HELD, 0),
            deferred=counts.get(State.DUE, 0) + counts.get(State.WRITING, 0),
            errors=tuple({error.what: error for error in errors}.values()),
            plans=work.plans,
            poll_ok=poll_ok,
            cycle_ceiling=Ceiling.CYCLE in work.budget.reached,
            more=self._goes_on(work, flow),
        )

    def _goes_on(self, work: Work, flow: Flow) -> bool:
        """Whether cases were left that can be worked on at once."""
        left = flow.left or work.gives_way
        return left and not work.stopped and Ceiling.CYCLE not in work.budget.reached

    def _remember(self, errors: list[SyncdError], *, polled: bool, asked: bool) -> None:
        """Note the worst failure. That there was none proves something only of a side that was asked."""
        shops, name = self._shop.store.shops, self._shop.name
        worst = max(errors, key=lambda error: isinstance(error, NEEDS_A_PERSON), default=None)
        if worst:
            shops.failed(
                name,
                str(worst),
                self._shop.clock.now(),
                api=worst.api if isinstance(worst, ApiError) else "",
                hint=worst.hint,
                stops=isinstance(worst, NEEDS_A_PERSON),
            )
        elif polled and (asked or shops.progress(name).last_error_api != "shopify"):
            shops.worked(name)

    def _mind_the_clock(self) -> None:
        """What waits for a time that a clock set back has made far away is looked at now."""
        shop, now = self._shop, self._shop.clock.now()
        last = self._last_run or shop.store.cases.last_put_off(shop.name, now)
        if last and now < last - _CORRECTION:
            tell(Event.CLOCK_SET_BACK, back_s=round((last - now).total_seconds()))
            shop.store.cases.hasten(shop.name, now)
        self._last_run = now

    async def _work_off(self, work: Work, orders: AsyncGenerator[OnOrder], errors: list[SyncdError]) -> None:
        """Every case that is due: those that need no order at once, the others order by order."""
        self._wake_unsettled()
        self._at_work = work
        async with aclosing(self._turns(work, orders, errors)) as turns:
            await together(turns, self._shop.concurrency)

    def _over(self, work: Work, case: Case | None = None) -> bool:
        """Whether no further case is begun, or not that one: what was asked for gives no way."""
        asked_for = case is not None and case.case_id in work.first
        gives_way = work.gives_way and bool(work.plans) and not asked_for
        return work.stopped or self._stopping or gives_way

    async def _turns(
        self, work: Work, orders: AsyncGenerator[OnOrder], errors: list[SyncdError]
    ) -> AsyncGenerator[Callable[[], Awaitable[None]]]:
        """The work on each order; one that cannot be found ends it, and what is in flight is finished."""
        async with aclosing(orders):
            try:
                async for order in orders:
                    yield partial(self._one_order, work, order, errors)
            except ApiError as error:
                errors.append(error)
                work.stopped = True

    def _wake_unsettled(self) -> None:
        """Other settings may settle what is held or waits, as after a dry run: look again then."""
        shop = self._shop
        key, digest = f"policy:{shop.name}", shop.policy.digest
        before = shop.store.memory.get(key)
        if before != digest:
            with shop.store.database.transaction():
                shop.store.memory.put(key, digest)
                shop.store.cases.wake_unsettled(shop.name, shop.clock.now())

    async def _one_order(self, work: Work, order: OnOrder, errors: list[SyncdError]) -> None:
        """The cases of one order, one after another, and after those that were found before."""
        async with order.alone:
            for case in order.cases:
                if self._over(work, case):
                    return
                with _named(case):
                    await self._one_case(work, case, order.found, errors)

    async def _one_case(self, work: Work, case: Case, found: Found, errors: list[SyncdError]) -> None:
        try:
            await work.on_order(case, found)
        except RequestRefused as error:
            work.broken(case, error)
            errors.append(error)
        except ApiError as error:
            work.failed(case, error)
            errors.append(error)
        except OrderTooLarge as error:
            work.too_large(case, error)
        except SyncdError:
            raise
        except Exception as error:  # noqa: BLE001  # the edge: one case must not stop the others
            tell(Event.CASE_BROKEN, failure=error, cause=error)
            work.broken(case, error)


def _needs_order(work: Work, case: Case) -> bool:
    """Whether the case cannot be settled without a look at its order; if it can, it is."""
    with _named(case):
        return not work.without_order(case)


def _named(case: Case) -> AbstractContextManager[object]:
    """Every line that is logged meanwhile names the case."""
    return about(case_id=case.case_id, order_id=case.order_id)


def _cycle_id(now: datetime) -> str:
    """The time in milliseconds since 1970, in hexadecimal: short, and later ones sort behind."""
    return f"{round(now.timestamp() * 1000):x}"
