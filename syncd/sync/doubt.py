"""Intents whose outcome is not known: when the order may be looked at, and what the look concludes.

The rules that say what a look proves stand in `syncd.decide.outcome`.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from syncd.decide.outcome import LookAgain, NeverRan, Resend, after_negative_look, visible
from syncd.model.cases import Case
from syncd.model.intents import Intent, IntentState
from syncd.model.orders import Order
from syncd.model.plans import Action, CreateRefund, Plan, wait
from syncd.model.reasons import Reason
from syncd.shopify.client import body
from syncd.sync.journal import Journal
from syncd.sync.requests import OPERATION, variables_for
from syncd.sync.shop import Shop


@dataclass(frozen=True, slots=True)
class Pause:
    """The case stops here for now: as this plan says, to be looked at again at that time."""

    plan: Plan
    until: datetime | None = None


class Doubts:
    """The open intents of one shop's writer."""

    def __init__(self, shop: Shop, journal: Journal) -> None:
        self._shop = shop
        self._journal = journal
        self._not_before: dict[str, float] = {}

    def raised(self, intent: Intent, why: str) -> Pause:
        """An attempt ended without a clear answer. It may still land within the timeout and a settle time.

        The settle time counts from now at the earliest: a process that froze while it was sending knows how
        long ago it began, but not when its bytes left.
        """
        now, timeout = self._shop.clock.now(), self._shop.timeout
        over = (intent.last_sent_at or intent.created_at) + timeout
        over = min(max(over, now), now + timeout)  # whatever was done to the clock meanwhile
        unknown = replace(intent, state=IntentState.UNKNOWN, answer=why)
        return self._later(unknown, over + self._shop.policy.settle, why=why)

    def too_early(self, case: Case) -> Pause | None:
        """A pause while an unknown outcome settles; None when the order may be looked at.

        It settles by both clocks where this process was the sender. A wait longer than any can be tells that
        the clock was set back: it begins anew.
        """
        intent = self.open(case)
        if intent is None:
            return None
        now = self._shop.clock.now()
        at = intent.due_for_look(self._shop.timeout, self._shop.policy.settle)
        if at > now + self._shop.grace:
            return self._later(intent, now + self._shop.grace, "clock_set_back")
        rest = self._not_before.get(case.case_id, 0.0) - self._shop.clock.monotonic()
        at = max(at, now + timedelta(seconds=max(rest, 0.0)))
        return _unknown(intent, at) if now < at else None

    def looked(self, case: Case, plan: Plan, order: Order | None) -> Intent | Pause | None:
        """Draw the conclusion from a look at the order: what became of an intent with unknown outcome.

        `plan` is what would be decided now. An intent comes back where its bytes are to be sent again, None
        where nothing is open any more.
        """
        intent = self.open(case)
        if intent is None or order is None:
            return None
        if visible(intent, order):
            self._not_before.pop(case.case_id, None)
            self._journal.keep(replace(intent, state=IntentState.CONFIRMED, look_at=None), "found")
            return None
        now, settle = self._shop.clock.now(), self._shop.policy.settle
        wanted = plan.actions[0] if plan.actions else None
        proven = after_negative_look(intent, now, settle, same=_same_bytes(intent, wanted, order))
        looked = replace(intent, looks=intent.looks + 1)
        match proven:
            case Resend():
                return self._journal.keep(looked, "not_found")
            case LookAgain(at):
                return self._later(replace(looked, state=IntentState.UNKNOWN), at, "not_found")
            case NeverRan():
                self._not_before.pop(case.case_id, None)
                self._journal.keep(replace(intent, state=IntentState.VOID, look_at=None), "never_ran")
                return None

    def open(self, case: Case) -> Intent | None:
        """The intent in doubt; one that was never sent is dropped, to be decided afresh."""
        intent = self._shop.store.intents.open(case.shop, case.case_id)
        if intent and intent.state is IntentState.PLANNED:
            self._journal.keep(replace(intent, state=IntentState.DROPPED), "dropped")
            return None
        return intent

    def _later(self, intent: Intent, at: datetime, event: str = "unknown", **detail: object) -> Pause:
        """Look at that time, by the wall clock and by the one that nobody sets."""
        clock = self._shop.clock
        self._not_before[intent.case_id] = clock.monotonic() + (at - clock.now()).total_seconds()
        return _unknown(self._journal.keep(replace(intent, look_at=at), event, **detail), at)


def _same_bytes(intent: Intent, wanted: Action | None, order: Order) -> bool:
    """Whether what is wanted now is what was sent: other bytes never go out under an old key."""
    if not isinstance(wanted, CreateRefund) or intent.action is not wanted.kind:
        return False
    operation, variables = OPERATION[wanted.kind], variables_for(wanted, order, intent.key, {})
    return body(operation, variables) == intent.body


def _unknown(intent: Intent, at: datetime) -> Pause:
    return Pause(wait(Reason.OUTCOME_UNKNOWN, f"{intent.action}: {intent.answer}".rstrip(": ")), at)
