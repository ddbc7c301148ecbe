"""A state machine over the real shell and both stand-ins: whatever order things happen in, nothing doubles.

Hypothesis draws what happens on TikTok, in Shopify, at the keyboard, to the network, to the process and to
its store; after every step no case has more than its refund, and in the end every case is settled or told.
"""

import asyncio
import shutil
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from syncd.errors import UsageError
from syncd.model.cases import ReturnStatus, ReturnType, State
from syncd.model.reasons import Reason
from syncd.report.audit import HARM, Finding, Sides, audit
from syncd.sandbox.faults import Fault, FaultKind, When
from syncd.sandbox.pair import Sold
from syncd.sandbox.tiktok.world import SandboxReturn
from syncd.service.decisions import Asked, Command, decide
from syncd.tiktok.wire import snapshot_from
from tests.campaign.disks.world import QuickWorld
from tests.campaign.engine.disk import Disk
from tests.campaign.engine.fate import NAMED, Death, Fate
from tests.campaign.engine.orders import order_of
from tests.campaign.place import no_log_lines, quick_folder
from tests.sync.world import SETTLE, open_to_write

SIZES = {"short": (60, 25), "long": (3_000, 60)}
STORES = ("syncd.db", "other.db")
WAY = (
    ReturnStatus.PENDING,
    ReturnStatus.AWAITING_BUYER_SHIP,
    ReturnStatus.BUYER_SHIPPED_ITEM,
    ReturnStatus.SUCCESS,
    ReturnStatus.COMPLETE,
)
MUTATIONS = (
    "metafieldsSet",
    "refundCreate",
    "returnCreate",
    "returnProcess",
    "returnClose",
    "returnCancel",
    "reverseDeliveryCreateWithShipping",
)
KINDS = (FaultKind.RESET, FaultKind.CLOSE, FaultKind.TRUNCATE, FaultKind.STATUS_502, FaultKind.GARBAGE_JSON)
TOLD = frozenset({Reason.FOREIGN_REFUND, Reason.FOREIGN_RETURN, Reason.DOUBLED, Reason.UNITS_GONE})
"""The holds that the machine's own doing explains: it refunds and returns by hand now and then."""
figures: Counter[str] = Counter()


class Machine(RuleBasedStateMachine):
    """One world, one or two stores, and a person who decides now and then."""

    @initialize(
        keys_ignored=st.booleans(),
        auto_restock=st.booleans(),
        import_returns=st.booleans(),
        asked=st.lists(
            st.tuples(st.booleans(), st.sampled_from((*WAY, *[WAY[-1]] * 4))), min_size=2, max_size=4
        ),
    )
    def begin(
        self,
        asked: list[tuple[bool, ReturnStatus]],
        *,
        keys_ignored: bool,
        auto_restock: bool,
        import_returns: bool,
    ) -> None:
        """A world with some cases on their way, and the settings of a merchant."""
        self.stack = ExitStack()
        self.folder = self.stack.enter_context(quick_folder())
        self.stack.enter_context(no_log_lines())
        self.world = QuickWorld(self.folder, auto_restock=auto_restock, import_returns=import_returns)
        self.world.pair.shopify.switches.keys_ignored = keys_ignored
        self.cases: list[SandboxReturn] = []
        self.sold: list[Sold] = []
        self.by_hand: set[str] = set()
        self.sell(3, archived=auto_restock)
        self.sell(1, archived=False)
        for place, (refund, status) in enumerate(asked):
            case = self._ask(self.sold[place % 2], refund=refund)
            if case and status is not ReturnStatus.PENDING:
                self._advance(case, status)

    # TikTok

    @rule(units=st.integers(1, 3), archived=st.booleans())
    def sell(self, units: int, *, archived: bool) -> None:
        """An order is imported."""
        self.sold.append(self.world.pair.sell({"SHIRT": "20.00"}, quantity=units, archived=archived))

    @precondition(lambda self: self.sold)
    @rule(data=st.data(), refund=st.booleans())
    def ask(self, data: st.DataObject, *, refund: bool) -> None:
        """A buyer asks for the money of one unit back that nobody has asked for yet."""
        self._ask(data.draw(st.sampled_from(self.sold)), refund=refund)

    def _ask(self, sold: Sold, *, refund: bool) -> SandboxReturn | None:
        taken = {unit.unit.line_id for case in self.cases for unit in case.units}
        free = [line for line in sold.tiktok.line_ids if line not in taken]
        if not free:
            return None
        case = self.world.pair.tiktok.add_return(
            sold.tiktok,
            (free[0],),
            type=ReturnType.REFUND if refund else ReturnType.RETURN_AND_REFUND,
            refund_total="20.00",
        )
        self.world.agreed[case.return_id] = (case, sold)
        self.cases.append(case)
        return case

    @precondition(lambda self: self.cases)
    @rule(data=st.data(), steps=st.integers(1, 4))
    def go_on(self, data: st.DataObject, steps: int) -> None:
        """A case comes nearer to its end."""
        case = self._latest(data.draw(st.sampled_from(self.cases)))
        if case.status in WAY:
            reached = min(WAY.index(ReturnStatus(case.status)) + steps, len(WAY) - 1)
            self._advance(case, WAY[reached])

    @precondition(lambda self: self.cases)
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        """A case that was not paid back is withdrawn, or comes back to life."""
        case = self._latest(data.draw(st.sampled_from(self.cases)))
        if case.status == ReturnStatus.CANCELLED:
            self._advance(case, ReturnStatus.AWAITING_BUYER_SHIP)
        elif case.status != ReturnStatus.COMPLETE:
            self._advance(case, ReturnStatus.CANCELLED)

    def _latest(self, case: SandboxReturn) -> SandboxReturn:
        return self.world.pair.tiktok.returns.latest(case.return_id)

    def _advance(self, case: SandboxReturn, status: ReturnStatus) -> None:
        self.world.clock.advance(1)
        self.world.pair.tiktok.advance(case, status, tracking_number="940010000000")

    # Shopify

    @precondition(lambda self: self.sold)
    @rule(data=st.data(), refund=st.booleans())
    def by_hand_too(self, data: st.DataObject, *, refund: bool) -> None:
        """Somebody else works on an order, as far as Shopify lets them."""
        sold = data.draw(st.sampled_from(self.sold))
        with suppress(Exception):
            if refund:
                self.world.pair.shopify.foreign_refund(sold.shopify, amount=500, app="Another app")
            else:
                self.world.pair.shopify.foreign_return(sold.shopify, SHIRT=1)
            self.by_hand.add(sold.shopify.id)

    # The program

    @rule(store=st.sampled_from(STORES))
    def cycle(self, store: str) -> None:
        """A process runs a cycle."""
        self._cycle(store)

    @rule(
        store=st.sampled_from(STORES),
        operation=st.sampled_from(MUTATIONS),
        kind=st.sampled_from(KINDS),
        when=st.sampled_from(When),
    )
    def cycle_with_a_fault(self, store: str, operation: str, kind: FaultKind, when: When) -> None:
        """A request, or its answer, does not come through."""
        self.world.faults.add(Fault(kind, operation, when, seconds=SETTLE - 1))
        self._cycle(store)

    @rule(store=st.sampled_from(STORES), lives=st.integers(0, 60))
    def cycle_to_death(self, store: str, lives: int) -> None:
        """The process dies before or after one of its commits."""
        self._cycle(store, lives)

    def _cycle(self, store: str, lives: int | None = None) -> None:
        figures["cycles"] += 1
        try:
            asyncio.run(self._run(store, lives))
        except Death:
            figures["deaths"] += 1
        self.world.faults.clear()

    async def _run(self, store: str, lives: int | None) -> None:
        disk = Disk(self.folder / store, Fate())
        async with self.world.running(store, lambda _path: disk.open()) as cycle:
            if lives is not None:
                disk.fate.doom(NAMED, lives)
            try:
                await cycle.run()
            finally:
                if disk.fate.dead:
                    disk.crash()

    @rule(minutes=st.sampled_from([1, 10, 60, 600, 1800]))
    def wait(self, minutes: int) -> None:
        """Time goes on."""
        self.world.clock.advance(minutes * 60)
        self.world.pair.shopify_server.front.settle()

    @rule(store=st.sampled_from(STORES))
    def lose(self, store: str) -> None:
        """A store is gone."""
        for file in self.folder.glob(f"{store}*"):
            if not file.name.endswith(".toml"):
                file.unlink()

    @rule()
    def copy_store(self) -> None:
        """One store becomes a copy of the other, as it is."""
        if (self.folder / STORES[0]).exists():
            self.lose(STORES[1])
            for file in self.folder.glob(f"{STORES[0]}*"):
                shutil.copy(file, self.folder / file.name.replace(*STORES))

    # People

    @rule(
        command=st.sampled_from([Command.RETRY, Command.DISMISS, Command.APPROVE]),
        store=st.sampled_from(STORES),
    )
    def rule_on_held(self, command: Command, store: str) -> None:
        """A person decides about everything that is held."""
        if not (self.folder / store).exists():
            return
        kept = open_to_write(self.folder / store)
        for case in self.world.cases(store):
            if case.state in (State.HELD, State.DISMISSED):
                with suppress(UsageError):
                    decide(kept, case, Asked(command, "kim", "settled"), self.world.clock.now())
        kept.close()

    # What must hold

    @invariant()
    def nothing_is_harmed(self) -> None:
        """No refund twice, of another amount, or too early, and no unit in stock that must not be there."""
        figures["steps"] += 1
        harm = [finding for finding in self._findings(None) if finding.kind in HARM]
        assert [] == [str(finding) for finding in harm]

    def _findings(self, store: str | None) -> tuple[Finding, ...]:
        known = {case.case_id: case for case in self.world.cases(store)} if store else {}
        sides = [
            Sides(
                snapshot_from(self.world.pair.tiktok.row_of(self._latest(case))),
                known.get(case.return_id),
                order_of(self.world.agreed[case.return_id][1].shopify, case.return_id),
            )
            for case in self.cases
        ]
        return audit(sides, auto_restock=self.world.auto_restock)

    def teardown(self) -> None:
        """Everything is well again, and a day goes by: every store has each case settled or told."""
        if not hasattr(self, "world"):
            return
        self.world.faults.clear()
        for store in STORES:
            asyncio.run(self._settle(store))
            found = [one for one in self._findings(store) if one.case_id not in self._excused(store)]
            assert [] == [str(finding) for finding in found]
        figures["cases"] += len(self.cases)
        figures["refunds"] += sum(len(self.world.refunds_of(case)) for case in self.cases)
        figures["returns shown"] += sum(len(sold.shopify.returns) for sold in self.sold)
        figures["held"] += sum(case.state is State.HELD for case in self.world.cases())
        self.stack.close()

    async def _settle(self, store: str) -> None:
        for _ in range(8):
            self.world.clock.advance(3 * 3600)
            await self.world.cycle(store)

    def _excused(self, store: str) -> set[str]:
        """Cases that a person was told of because somebody works on the same order by hand."""
        return {
            case.case_id
            for case in self.world.cases(store)
            if case.state is State.HELD and case.reason in TOLD and case.shopify_order_id in self.by_hand
        }


def test_whatever_order_things_happen_in(
    request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> None:
    """No step does harm, and in the end nothing is left."""
    examples, steps = SIZES[request.config.getoption("--campaign")]
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    for name, value in figures.items():
        record_property(name, value)
