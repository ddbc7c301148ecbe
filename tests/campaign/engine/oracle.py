"""The judge of a world: after every change that Shopify made, and once more at the end."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from syncd.decide.traces import cancelled_by, own_refunds
from syncd.model import mark
from syncd.model import orders as model
from syncd.model.cases import Case, Snapshot, State
from syncd.model.cases import Kind as CaseKind
from syncd.model.reasons import Reason
from syncd.report.audit import HARM, Finding, Kind, Sides, audit, restocked
from syncd.sandbox.pair import Pair
from syncd.sandbox.shopify.order import Order
from syncd.sandbox.tiktok.world import SandboxCancellation, SandboxReturn
from syncd.tiktok.wire import snapshot_from
from tests.campaign.engine.orders import order_of
from tests.campaign.engine.story import Story
from tests.campaign.verdict import DOUBLED, FIGURES, LIMITS, LOST, RESTOCKS, Wrong

Excuses = Mapping[Reason, str]
"""Why a case may be in a person's hands, each with what happened in the world."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What the merchant allows: `max_refund` in minor units by currency."""

    start_from: datetime
    auto_restock: bool
    cancellations: bool = False
    max_refund: Mapping[str, int] = field(default_factory=dict)


@dataclass
class Oracle:
    """Knows both sides, and every word that TikTok ever said of a case.

    `by_hand` is what staff restocked, `asked_for` how many units of a case the program was told to restock.
    """

    pair: Pair
    limits: Limits
    story: Story
    orders: dict[str, Order] = field(default_factory=dict)
    by_hand: set[str] = field(default_factory=set)
    asked_for: Counter[str] = field(default_factory=Counter)
    harm: list[Wrong] = field(default_factory=list)
    _shown: dict[str, dict[str, Snapshot]] = field(default_factory=lambda: defaultdict(dict))
    _changes: int = 0
    _prints: dict[str, tuple[object, ...]] = field(default_factory=dict)

    def heard(self, answer: bytes) -> None:
        """Remember what TikTok showed in an answer to a search; what cannot be read showed nothing."""
        try:
            data = json.loads(answer).get("data") or {}
        except ValueError:
            return
        for row in (*data.get("return_orders", ()), *data.get("cancellations", ())):
            said, case_id = json.dumps(row), row.get("return_id") or row["cancel_id"]
            if said not in self._shown[case_id]:
                self._shown[case_id][said] = snapshot_from(row)

    def look(self) -> None:
        """Judge the orders that were changed since the last look."""
        changes = self.pair.shopify.world.changes
        if changes == self._changes:
            return
        self._changes = changes
        for order_id, order in self.orders.items():
            if self._prints.get(order_id) != (now := _print(order)):
                self._prints[order_id] = now
                self._judge(order_id, order)

    def _judge(self, order_id: str, order: Order) -> None:
        cases = [case.id for case in self._cases() if case.order.order_id == order_id]
        found = [one for case_id in cases for one in self._harm_of(case_id, order)]
        found += [
            Wrong(DOUBLED, f"{order.name} is not the order of case {case_id}")
            for case_id in sorted(_marked(order) - set(cases))
        ]
        for one in found:
            if one not in self.harm:
                self.harm.append(one)
                self.story.tell("oracle", str(one))

    def _harm_of(self, case_id: str, order: Order) -> Iterable[Wrong]:
        """What is wrong by every word that TikTok ever said of the case, and by what the merchant allows."""
        whole = order_of(order, case_id, self.by_hand)
        told = list(self._shown[case_id].values()) or [self._latest(case_id)]
        found = [
            {f.kind: _wrong(f) for f in self._audit(Sides(snapshot, None, whole)) if f.kind in HARM}
            for snapshot in told
        ]
        for kind in sorted(set.intersection(*(set(one) for one in found))):
            yield found[-1][kind]
        yield from self._beyond_limits(case_id, whole)

    def _beyond_limits(self, case_id: str, order: model.Order) -> Iterable[Wrong]:
        written = own_refunds(order, case_id)
        cancelled = cancelled_by(order) == case_id
        if cancelled and not self.limits.cancellations:
            yield Wrong(LIMITS, f"{case_id}: cancellations are off, {order.name} was cancelled")
        most = self.limits.max_refund.get(order.currency)
        for refund in written:
            if most is not None and refund.moved.minor > most:
                yield Wrong(LIMITS, f"{case_id} is above the ceiling: {refund.id}")
        units = sum(restocked(order, case_id).values())
        if not self.limits.auto_restock and units > self.asked_for[case_id]:
            yield Wrong(RESTOCKS, f"{case_id}: {units} units, asked for {self.asked_for[case_id]}")
        if written and self._paid_back_at(case_id) < self.limits.start_from:
            yield Wrong(LIMITS, f"{case_id} was paid back before start_from: {written[0].id}")

    def _paid_back_at(self, case_id: str) -> datetime:
        """TikTok's earliest time of it, as far as it was ever shown."""
        times = [one.updated_at for one in self._shown[case_id].values() if one.paid_back]
        return min(times, default=self.limits.start_from)

    def at_the_end(self, cases: Mapping[str, Case], excuses: Mapping[str, Excuses]) -> list[Wrong]:
        """All that is still wrong when everything has settled."""
        found = list(self.harm)
        for one in self._cases():
            case_id, order = one.id, self.orders.get(one.order.order_id)
            if self.limits.cancellations or isinstance(one, SandboxReturn):
                found += self._left(case_id, cases.get(case_id), order, excuses.get(case_id, {}))
        return found

    def _left(
        self, case_id: str, case: Case | None, order: Order | None, excuses: Excuses
    ) -> Iterable[Wrong]:
        snapshot = self._latest(case_id)
        if case is None and Reason.BEFORE_START in excuses:
            return
        yield from self._differences(snapshot, case, order)
        if case is None:
            return
        if case.state is State.HELD and case.reason not in excuses:
            yield Wrong(LOST, f"{case_id} held without an excuse: {case.reason} {case.detail}")
        money = snapshot.refund is not None and snapshot.refund.total.minor > 0
        due = snapshot.paid_back and (money or snapshot.kind is CaseKind.CANCELLATION)
        idle = case.state is State.TRACKING or (case.state is State.SKIPPED and case.reason not in excuses)
        if due and idle:
            yield Wrong(LOST, f"{case_id} is {case.state} {case.reason or ''}")

    def _differences(self, snapshot: Snapshot, case: Case | None, order: Order | None) -> Iterable[Wrong]:
        """What the audit finds; what staff restocked themselves is theirs."""
        for by_hand in (frozenset[str](), self.by_hand):
            whole = order_of(order, snapshot.case_id, by_hand) if order else None
            for finding in self._audit(Sides(snapshot, case, whole)):
                mine = (finding.kind is Kind.WRONG_RESTOCK) is (by_hand is self.by_hand)
                if mine:
                    yield _wrong(finding)

    def _audit(self, sides: Sides) -> tuple[Finding, ...]:
        told = self.asked_for[sides.snapshot.case_id] > 0
        return audit([sides], auto_restock=self.limits.auto_restock or told)

    def _cases(self) -> Iterable[SandboxReturn | SandboxCancellation]:
        return self.pair.tiktok.cases_at(self.pair.clock.now())

    def _latest(self, case_id: str) -> Snapshot:
        return snapshot_from(self.pair.tiktok.row_of(self.pair.tiktok.case(case_id)))


def _wrong(finding: Finding) -> Wrong:
    return Wrong(FIGURES[finding.kind], str(finding))


def _print(order: Order) -> tuple[object, ...]:
    """What changes with anything that is judged."""
    returns = tuple((one.id, one.status) for one in order.returns)
    lines = (
        line for one in order.returns for back in one.reverse_fulfillment_orders for line in back.line_items
    )
    parcels = sum(
        len(back.reverse_deliveries) for one in order.returns for back in one.reverse_fulfillment_orders
    )
    disposed = sum(len(line.dispositions) for line in lines)
    return len(order.refunds), len(order.transactions), returns, disposed, parcels, order.cancelled_at


def _marked(order: Order) -> set[str]:
    """The cases whose mark anything on the order carries."""
    notes = [one.note for one in order.refunds]
    notes += [line.return_reason_note for one in order.returns for line in one.return_line_items]
    notes += [order.cancellation.staff_note] if order.cancellation else []
    return {case_id for note in notes if (case_id := mark.case_in(note))}
