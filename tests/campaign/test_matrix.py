"""Every fault at every operation, before it is carried out, after it, and on its retry.

Each cell has its written verdict in `tests/campaign/matrix/verdicts.py`; whatever that is, in the end every
case has its one refund.
"""

import itertools
import re
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx
import pytest

from syncd.model.cases import Case, ReturnStatus, State
from syncd.model.reasons import Reason
from syncd.sandbox.faults import Fault, FaultKind, Front, When
from syncd.sandbox.shopify import returns
from syncd.sandbox.tiktok.world import SandboxReturn
from syncd.service.decisions import Asked, Command, decide
from syncd.shopify.operations import OPERATIONS as DOCUMENTS
from syncd.sync.cycle import CycleResult
from tests.campaign.disks.world import SHOPIFY, TIKTOK, QuickWorld, Story
from tests.campaign.engine.loop import Time, VirtualLoop
from tests.campaign.matrix.upsets import NOT_SENT, Upset, Upsetting, fault_for
from tests.campaign.matrix.verdicts import (
    CLAIM,
    INSPECTING,
    MUTATIONS,
    PARCEL,
    SHOPIFY_READS,
    TIKTOK_READS,
    TOKENS,
    Place,
    Verdict,
    verdict,
)
from tests.campaign.place import no_log_lines, quick_folder
from tests.sync.world import open_to_write

OPERATIONS = [
    ("tiktok", TOKENS[0]),
    *(("tiktok", name) for name in TIKTOK_READS),
    ("shopify", TOKENS[1]),
    *(("shopify", name) for name in (*SHOPIFY_READS, CLAIM, *MUTATIONS)),
]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Cell:
    """One fault at one operation."""

    side: str
    operation: str
    upset: Upset
    place: Place

    @property
    def expected(self) -> Verdict | None:
        """What is written of it."""
        return verdict(self.side, self.operation, self.upset, self.place)


def cells(side: str, operation: str) -> Iterator[Cell]:
    """The cells of one operation that can be."""
    for upset, place in itertools.product(Upset, Place):
        cell = Cell(side, operation, upset, place)
        if cell.expected:
            yield cell


class UpsetWorld(QuickWorld):
    """A world in which one cell happens."""

    def line(self, fronts: Mapping[str, Front]) -> httpx.AsyncBaseTransport:
        """The same way for every process, so that the fault strikes once."""
        self.way = getattr(self, "way", None) or Upsetting(fronts)
        return self.way

    def prepare(self, cell: Cell) -> None:
        """Lay the fault out; before one on a retry the first sending is lost."""
        fronts = {TIKTOK: self.pair.tiktok_server.front, SHOPIFY: self.pair.shopify_server.front}
        self.line(fronts)
        self.upset_faults = fronts[TIKTOK if cell.side == "tiktok" else SHOPIFY].faults
        if cell.place is Place.RETRY:
            self.upset_faults.add(Fault(FaultKind.RESET, cell.operation))
        if cell.upset in NOT_SENT:
            self.way.upset(NOT_SENT[cell.upset], cell.operation, int(cell.place is Place.RETRY))
            return
        when = When.AFTER if cell.place is Place.AFTER else When.BEFORE
        fault = fault_for(cell.upset, cell.side, cell.operation, when)
        assert fault is not None
        self.upset_faults.add(fault)

    @property
    def struck(self) -> bool:
        """Whether the fault has happened."""
        return self.way.used and not self.upset_faults.waiting

    def observed(self, result: CycleResult) -> Verdict:
        """How the program dealt with it, by what it left behind."""
        cases = self.cases()
        if any(case.state is State.WRITING for case in cases):
            return Verdict.LOOK
        if any(case.state is State.HELD for case in cases):
            return Verdict.HOLD
        if any(case.reason == Reason.CLAIMED_ELSEWHERE for case in cases):
            return Verdict.WAIT
        if any(self.untold(case) for case in cases):
            return Verdict.FORGO
        return Verdict.STOP if result.errors else Verdict.RETRY

    def untold(self, case: Case) -> bool:
        """Whether nothing more is to be told of a parcel that Shopify does not show."""
        returns = (return_ for order in self.pair.shopify.orders for return_ in order.returns)
        parcels = (
            parcel
            for one in returns
            for back in one.reverse_fulfillment_orders
            for parcel in back.reverse_deliveries
        )
        return case.tracked_return_id is not None and not any(parcels)

    def let_go(self) -> None:
        """A person has what is held decided again."""
        kept = open_to_write(self.folder / "syncd.db")
        for case in self.cases():
            if case.state is State.HELD:
                decide(kept, case, Asked(Command.RETRY, "kim"), self.clock.now())
        kept.close()


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run it on time of its own, in which a timeout of a second takes none of ours."""
    loop = VirtualLoop(Time())
    try:
        return loop.run_until_complete(work)
    finally:
        loop.close()


def tell(world: UpsetWorld, operation: str) -> Callable[[], None]:
    """What happens on TikTok; for a mutation one case alone, so that the same one meets it on its retry."""
    match operation:
        case "returnCancel":
            case = world.return_(ReturnStatus.AWAITING_BUYER_SHIP)
            return lambda: withdraw(world, case)
        case str() if operation == PARCEL:
            world.return_(ReturnStatus.BUYER_SHIPPED_ITEM)
        case "orderCancel":
            world.cancel()
        case str() if operation in INSPECTING:
            inspect(world)
        case "orderClose":
            world.return_(sold=world.pair.sell({"SHIRT": "20.00"}, archived=True))
        case "refundCreate" | "metafieldsSet":
            world.refund()
        case _ if operation in MUTATIONS:
            world.return_()
        case _:
            return Story(world).second_act
    world.clock.advance(1)
    return lambda: None


def inspect(world: UpsetWorld) -> None:
    """A unit waits, staff have closed its return, and then Kim wants it back in stock."""
    sold = world.pair.sell({"SHIRT": "20.00"}, quantity=2)
    case = world.pair.tiktok.add_return(sold.tiktok, 1, status=ReturnStatus.COMPLETE, quick_refund=True)
    world.agreed[case.return_id] = (case, sold)
    world.clock.advance(1)
    run(world.until_quiet())
    returns.close(world.pair.shopify.world, sold.shopify.returns[0])
    kept = open_to_write(world.folder / "syncd.db")
    for known in world.cases():
        decide(kept, known, Asked(Command.RESTOCK, "kim"), world.clock.now())
    kept.close()


def withdraw(world: UpsetWorld, case: SandboxReturn) -> None:
    """The buyer keeps the goods after all."""
    if world.pair.tiktok.returns.latest(case.return_id).status != ReturnStatus.CANCELLED:
        world.clock.advance(1)
        world.pair.tiktok.advance(case, ReturnStatus.CANCELLED)
        world.clock.advance(1)


def tried(cell: Cell) -> tuple[Verdict | None, list[str]]:
    """What became of a cell, and what is wrong in the end."""
    with quick_folder() as folder:
        world = UpsetWorld(folder)
        world.tables["restock"] = {"location": "Warehouse"}
        world.cancellations = True
        world.tables["shops.us.shopify"]["concurrency"] = 1
        later = tell(world, cell.operation)
        world.prepare(cell)
        seen = None
        for number in range(6):
            result = run(world.cycle())
            if world.struck:
                seen = world.observed(result)
                break
            if number:
                later()
            world.clock.advance(60)
        world.let_go()
        later()
        run(world.until_quiet())
        return seen, world.findings()


@pytest.mark.parametrize(("side", "operation"), OPERATIONS)
def test_every_cell_has_its_verdict_and_a_good_end(
    record_property: Callable[[str, object], None], side: str, operation: str
) -> None:
    """What is written is what happens, and nothing is doubled, lost or bent."""
    wrong: list[str] = []
    counted: Counter[Verdict] = Counter()
    with no_log_lines():
        for cell in cells(side, operation):
            seen, findings = tried(cell)
            if (seen, findings) != (cell.expected, []):
                wrong.append(f"{cell}: {seen}, not {cell.expected}; {findings}")
            counted[cell.expected or Verdict.STOP] += 1

    record_property("cells", counted.total())
    for each, count in sorted(counted.items()):
        record_property(f"verdict {each}", count)
    assert not wrong, "\n".join(wrong)


def test_the_matrix_covers_every_operation_that_is_sent() -> None:
    """A new document has to be added here, unless it is only read for a report."""
    cycle = [each for each in DOCUMENTS.values() if each.name not in {"FindBooks", "ReadBooks"}]
    roots = {re.findall(r"^  (\w+)", each.text, re.MULTILINE)[0] for each in cycle}

    assert roots == {name for side, name in OPERATIONS if side == "shopify"} - {"token"}
