"""Working on one case: look, decide, write the next action, and again until nothing is left."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from syncd.decide.claim import ruling_in
from syncd.decide.decision import decide
from syncd.decide.due import due
from syncd.decide.facts import Facts
from syncd.decide.pauses import after_failure, decided, look_again, next_look, read_again
from syncd.decide.rulings import approved, dismissed
from syncd.errors import AnswerUnreadable, ApiError, MissingScope
from syncd.events import Event, tell
from syncd.model.cases import Case, State
from syncd.model.orders import Order
from syncd.model.plans import Action, ActionKind, Plan, hold, payment_of
from syncd.model.reasons import Reason
from syncd.model.rulings import INSPECTED, LASTING, last_ruling, newer
from syncd.model.wording import would_write
from syncd.outage import Outages
from syncd.redaction import REDACTOR
from syncd.shopify.answers import Answer
from syncd.shopify.reader import OrderTooLarge
from syncd.sync.budget import Budget
from syncd.sync.doubt import Pause
from syncd.sync.effects import after
from syncd.sync.gather import Found, look
from syncd.sync.shop import Shop
from syncd.sync.writer import Writer

_MOST_STEPS = 12
_HARMLESS = frozenset({ActionKind.ADD_TRACKING, ActionKind.CLOSE_RETURN, ActionKind.ARCHIVE_ORDER})
"""Last steps, which move neither money nor units."""
_DRY_RUN_PAUSE = timedelta(minutes=5)


@dataclass(slots=True)
class Work:
    """The cases of one shop in one cycle, and what came of them; people have asked for the `first` ones.

    `gives_way`: it is time for something else than the others.
    """

    shop: Shop
    writer: Writer
    budget: Budget
    failing: Outages
    first: frozenset[str] = frozenset()
    plans: dict[str, Plan] = field(default_factory=dict)
    written: set[str] = field(default_factory=set)
    stopped: bool = False
    gives_way: bool = False

    def without_order(self, case: Case) -> bool:
        """Settle the case if that needs no look at its order; False where it does."""
        wanted = due(case, self.shop.policy)
        if not isinstance(wanted, Plan) or self._unsettled(case) or case.unrecorded:
            return False
        self._settle(case, wanted)
        self._tell_recovery(case)
        return True

    def _unsettled(self, case: Case) -> bool:
        """Whether something was sent, or may have been, that the case does not show yet."""
        return case.written is None and self.shop.store.intents.may_have_run(case.shop, case.case_id)

    async def on_order(self, case: Case, found: Found) -> None:
        """Bring the case as far as it goes now.

        Raises:
            ApiError: A side could not be used; the case is due again after a pause.
        """
        await self._as_far_as_it_goes(case, found)
        self._tell_recovery(case)

    async def _as_far_as_it_goes(self, case: Case, found: Found) -> None:
        proven: Facts | None = None
        rest: tuple[Action, ...] = ()
        for _ in range(_MOST_STEPS):
            early = self.writer.doubts.too_early(case)
            if early:
                return self._pause(case, early)
            facts = proven or self._heeding(await look(self.shop, case, found))
            case = facts.case
            plan = decide(facts, self.shop.policy)
            if proven and not self._goes_on(case, plan, rest):
                proven = None
                continue
            step = self.writer.doubts.looked(case, plan, facts.order)
            if isinstance(step, Pause):
                return self._pause(case, step)
            self.plans[case.case_id] = plan
            if not plan.actions or facts.order is None:
                early = self._not_yet(case, plan, facts.order)
                return self._pause(case, early) if early else self._settle(case, plan, facts)
            if self.shop.policy.dry_run or not self.shop.sends:
                return self._rehearse(case, plan, facts)
            later = None if step else await self._later(case, plan)
            if later:
                return self._pause(case, later)
            case = self._known(case, plan, facts)
            said = await self.writer.write(case, plan.actions[0], facts.order, step)
            if isinstance(said, Pause):
                return self._pause(self._again(case), said)
            if plan.actions[0].kind is not ActionKind.RECORD_RULING:
                self.written.add(case.case_id)
            case = self._again(case)
            proven = self._proven(case, plan.actions[0], facts, said) if said else None
            rest = plan.actions[1:]
        return self._settle(case, hold(Reason.INTERNAL_ERROR, f"not done after {_MOST_STEPS} steps"))

    def _proven(self, case: Case, action: Action, facts: Facts, answer: Answer) -> Facts | None:
        """What is known after an action without a look, if its answer tells enough."""
        order = after(action, facts.order, answer) if facts.order else None
        asked = self.shop.store.intents.asked(case.shop, case.case_id)
        return replace(facts, case=case, order=order, asked=asked) if order else None

    def _goes_on(self, case: Case, plan: Plan, rest: tuple[Action, ...]) -> bool:
        """Whether no look is needed for this plan, made of what an answer has proven.

        It has to be the rest of the plan before. Its end is believed, and under the same claim its last steps
        follow at once.
        """
        if [action.kind for action in plan.actions] != [action.kind for action in rest]:
            return False
        if plan.actions:
            return plan.actions[0].kind in _HARMLESS and self.writer.may_send(case)
        return plan.state in (State.SYNCED, State.TRACKING)

    def _heeding(self, facts: Facts) -> Facts:
        """With what the order's claim tells of a person's decision; another store may have left it there."""
        case, told = facts.case, ruling_in(facts.order.claim) if facts.order else None
        mine = last_ruling(case.rulings)
        if told is None or newer(mine, told) or not (case.unrecorded or newer(told, mine)):
            return facts
        store, now = self.shop.store, self.shop.clock.now()
        with store.database.transaction():
            if newer(told, mine):
                store.rulings.add(case.shop, case.case_id, told)
                store.cases.note(case.shop, case.case_id, "adopted", now, decision=told.kind, who=told.who)
            store.rulings.recorded(case.shop, case.case_id, LASTING)
        return replace(facts, case=self._again(case))

    def failed(self, case: Case, error: ApiError) -> None:
        """The case could not be worked on; try again later, and stop where others would fare the same."""
        self.stopped = self.stopped or not isinstance(error, AnswerUnreadable | MissingScope)
        if isinstance(error, AnswerUnreadable):
            self._tell_failure(case, error)
        now = self.shop.clock.now()
        at = after_failure(case.tries, now)
        current = self._again(case)
        after = replace(current, state=self._unfinished(current), due_at=at, tries=current.tries + 1)
        self._keep(after, "failed", now, error=str(error))

    def _tell_failure(self, case: Case, error: ApiError) -> None:
        """What may be wrong with this case alone; what stands in the way of others is told by the cycle."""
        fault = f"{error.operation} {error.code}"
        outage = self.failing.failed(case.case_id, [fault], self.shop.clock.monotonic())
        if outage.fresh:
            tell(Event.CASE_FAILED, failure=error)
        elif outage.remind:
            lasted = round(outage.lasted)
            tell(Event.CASE_STILL_FAILING, failure=error, lasted_s=lasted, times=outage.times)

    def _tell_recovery(self, case: Case) -> None:
        outage = self.failing.over(case.case_id, self.shop.clock.monotonic())
        if outage:
            tell(Event.CASE_RECOVERED, lasted_s=round(outage.lasted), times=outage.times)

    def _unfinished(self, case: Case) -> State:
        """Being written only as long as an outcome is open."""
        in_flight = self.shop.store.intents.open(case.shop, case.case_id)
        return State.DUE if case.state is State.WRITING and in_flight is None else case.state

    def too_large(self, case: Case, error: OrderTooLarge) -> None:
        """The order cannot be read whole, so nothing can be proven about it."""
        self._stuck(case, hold(Reason.ORDER_TOO_LARGE, error.what))

    def broken(self, case: Case, error: Exception) -> None:
        """The program failed on the case: a person has to look before any more of it is written."""
        said = REDACTOR.text(f"{type(error).__name__}: {error}")
        self._stuck(case, hold(Reason.INTERNAL_ERROR, said))

    def _stuck(self, case: Case, plan: Plan) -> None:
        """No look at the order came to an end; that a person has dismissed the case holds without one."""
        current = self._again(case)
        self._settle(current, dismissed(current) or plan)

    def _not_yet(self, case: Case, plan: Plan, order: Order | None) -> Pause | None:
        """A pause where a look that ends here is not to be believed yet."""
        if order is None:
            return None
        if plan.state is State.SKIPPED:
            return self.writer.others(case, order)
        again = look_again(plan, order, self.shop.clock.now())
        return Pause(replace(plan, state=State.DUE), again) if again else None

    async def _later(self, case: Case, plan: Plan) -> Pause | None:
        """Where a ceiling stands in the way: the plan, to be written when there is room again."""
        money = payment_of(plan.actions[0])
        if money is None:
            return None
        until = await self.budget.take(money.amount, let_through=approved(case, Reason.OVER_CEILING))
        if until is None:
            return None
        reason = Reason.DAY_CEILING if until > self.shop.clock.now() else None
        return Pause(replace(plan, reason=reason), until)

    def _again(self, case: Case) -> Case:
        return self.shop.store.cases.get(case.shop, case.case_id) or case

    def _known(self, case: Case, plan: Plan, facts: Facts) -> Case:
        """What the look told about the case, before anything is written."""
        order = facts.order
        return replace(
            case,
            shopify_order_id=order.id if order else case.shopify_order_id,
            shopify_order_name=order.name if order else case.shopify_order_name,
            refund_ids=plan.refund_ids or case.refund_ids,
            return_ids=plan.return_ids or case.return_ids,
        )

    def _settle(self, case: Case, plan: Plan, facts: Facts | None = None) -> None:
        self.plans[case.case_id] = plan
        now = self.shop.clock.now()
        known = self._known(case, plan, facts) if facts else case
        if facts and facts.order and plan.state is State.SYNCED and case.inspected:
            self.shop.store.rulings.recorded(case.shop, case.case_id, INSPECTED)
        self._record(known, plan, next_look(plan, case.tries, now))

    def _rehearse(self, case: Case, plan: Plan, facts: Facts) -> None:
        """All but the writing; what it would have been is told to people."""
        told = replace(plan, detail=would_write(plan))
        self._record(self._known(case, plan, facts), told, self.shop.clock.now() + _DRY_RUN_PAUSE)

    def _pause(self, case: Case, pause: Pause) -> None:
        self.plans[case.case_id] = pause.plan
        now = self.shop.clock.now()
        plan = pause.plan
        if plan.reason is Reason.OUTCOME_UNKNOWN:
            plan = replace(plan, state=State.WRITING)
        self._record(case, plan, pause.until or next_look(plan, case.tries, now))

    def _record(self, case: Case, plan: Plan, due_at: datetime | None) -> None:
        now = self.shop.clock.now()
        after = decided(case, plan, now, due_at)
        told = {
            "state": after.state,
            "reason": after.reason,
            "detail": after.detail,
            "restock": after.restock,
        }
        changed = any(getattr(case, name) != value for name, value in told.items())
        if changed:
            tell(
                Event.CASE_HELD if after.state is State.HELD else Event.CASE_DECIDED,
                state=after.state,
                reason=after.reason,
                detail=after.detail,
                restock=after.restock,
            )
        self._keep(after, "decided" if changed else "", now, **told)

    def _keep(self, case: Case, event: str, now: datetime, **detail: object) -> None:
        cases = self.shop.store.cases
        with self.shop.store.database.transaction():
            cases.keep(case, now)
            cases.read_again_by(case.shop, case.case_id, read_again(case, now))
            if event:
                cases.note(case.shop, case.case_id, event, now, **detail)
