"""Writing one action exactly once: intent, claim, send. What stays unknown goes to `syncd.sync.doubt`.

Every step is durable before the next one begins, so that a process may die between any two lines.
"""

import asyncio
import json
import uuid
from collections.abc import Mapping
from dataclasses import replace

from syncd.decide.claim import Busy, generation_of
from syncd.decide.outcome import leaves
from syncd.decide.return_reason import HANDLES, offered
from syncd.decide.scopes import WRITE_ORDERS, WRITE_RETURNS
from syncd.errors import ApiError, MissingScope, OutcomeUnknown
from syncd.model.cases import Case, State
from syncd.model.intents import Intent, IntentState
from syncd.model.orders import Order
from syncd.model.plans import (
    MONEY,
    Action,
    ActionKind,
    AddTracking,
    CreateReturn,
    DisposeReturn,
    Mutation,
    RecordRuling,
    hold,
    payment_of,
    track,
    wait,
)
from syncd.model.reasons import Reason
from syncd.shopify.answers import Answer, Idempotency
from syncd.shopify.client import body
from syncd.shopify.operations import OPERATIONS, SET_CLAIM
from syncd.shopify.reads import read_return_reasons
from syncd.shopify.throttle import Reserve
from syncd.sync.claims import Claim, Claims, Lease
from syncd.sync.doubt import Doubts, Pause
from syncd.sync.journal import Journal
from syncd.sync.requests import OPERATION, variables_for
from syncd.sync.shop import Shop

_KEYS = uuid.UUID("6f0c1a52-3a55-5d0b-9c3f-6d1f0f3c8f7e")
"""The namespace of all keys: the same action of the same case has the same key in every instance."""
_RETURNS = frozenset(
    {
        ActionKind.CREATE_RETURN,
        ActionKind.PROCESS_RETURN,
        ActionKind.CLOSE_RETURN,
        ActionKind.CANCEL_RETURN,
        ActionKind.REOPEN_RETURN,
        ActionKind.DISPOSE_RETURN,
        ActionKind.ADD_TRACKING,
    }
)
_ENDED = frozenset({IntentState.CONFIRMED, IntentState.REJECTED, IntentState.VOID})


class LeaseLost(Exception):
    """The lease ran out before the request could be sent."""


class Writer:
    """Writes the actions of one shop."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._journal = Journal(shop)
        self.doubts = Doubts(shop, self._journal)
        self._claims = Claims(shop)
        self._reasons: Mapping[str, str] = {}
        self._reasons_lock = asyncio.Lock()

    async def write(
        self, case: Case, action: Action, order: Order, again: Intent | None
    ) -> Pause | Answer | None:
        """Send one action; where the case stands now, if it was not carried out.

        `again` is an intent whose bytes are to be sent once more. `order` is the look on which all rests.
        What was carried out gives Shopify's answer, or None where no answer proves it.

        Raises:
            ApiError: A side could not be used; nothing of this action is in doubt that was not before.
        """
        self._check_scopes(action)
        if isinstance(action, RecordRuling):
            taken = await self._claims.record(case, order)
            return _claimed_elsewhere(taken) if isinstance(taken, Busy) else None
        reasons = await self._return_reasons() if isinstance(action, CreateReturn) else {}
        async with self._shop.shopify.reserve(SET_CLAIM, OPERATION[action.kind]) as reserve:
            begun = self._begin(case, action, order, again, reasons)
            said = begun if isinstance(begun, Pause) else await self._carry_out(*begun, reserve)
        return _without_tracking(action, said)

    def _begin(
        self, case: Case, action: Mutation, order: Order, again: Intent | None, reasons: Mapping[str, str]
    ) -> Pause | tuple[Intent, Claim]:
        """What is about to be sent and the claim that it needs, in one durable step."""
        with self._shop.store.database.transaction():
            intent = again or self._intend(case, action, order, reasons)
            if isinstance(intent, Pause):
                return intent
            begun = action.begun if isinstance(action, DisposeReturn) else None
            return intent, self._claims.prepare(case, order, intent.generation, begun)

    async def _carry_out(self, intent: Intent, claim: Claim, reserve: Reserve) -> Pause | Answer | None:
        try:
            lease = await self._claims.take(claim, reserve)
        except ApiError:
            self._give_up(intent)
            raise
        if isinstance(lease, Busy):
            self._give_up(intent)
            return _claimed_elsewhere(lease)
        return await self._send(intent, lease, reserve)

    def may_send(self, case: Case) -> bool:
        """Whether the claim on the case is held already: nobody else has written since the look."""
        return self._claims.has(case)

    def others(self, case: Case, order: Order) -> Pause | None:
        """A pause where another instance may still be sending: that nothing is there says nothing yet."""
        busy = self._claims.busy(case, order)
        return _claimed_elsewhere(busy) if busy else None

    def _check_scopes(self, action: Action) -> None:
        """Stop before anything of a case is written if the app may not write what it needs."""
        granted = self._shop.shopify.tokens.scopes
        needed = WRITE_RETURNS if action.kind in _RETURNS else WRITE_ORDERS
        if granted is None or set(granted) & set(needed):
            return
        scope = needed[0]
        self._shop.shopify.tokens.doubt()
        raise MissingScope(
            f"the app may not {action.kind.replace('_', ' ')}",
            scope=scope,
            api="shopify",
            operation=action.kind,
            hint=f"Give the app the scope {scope} and approve it in the shop.",
        )

    def _intend(
        self, case: Case, action: Mutation, order: Order, reasons: Mapping[str, str]
    ) -> Intent | Pause:
        """Record what is about to be sent, in one durable step with what it means for the case."""
        past = self._shop.store.intents.of_case(case.shop, case.case_id)
        if action.kind in MONEY and any(i.action in MONEY and i.state is IntentState.CONFIRMED for i in past):
            return Pause(
                hold(Reason.OUTCOME_UNPROVEN, f"{action.kind} was confirmed, {order.name} shows none")
            )
        if isinstance(action, CreateReturn) and offered(action.reason, reasons) is None:
            return Pause(hold(Reason.NO_RETURN_REASON, f"none of {', '.join(HANDLES)}"))
        intent = self._new_intent(case, action, order, past, reasons)
        store = self._shop.store
        with store.database.transaction():
            store.cases.keep(_begun(case, order), intent.created_at)
            kept = store.intents.add(intent)
            self._journal.note(kept, "intended", key=kept.key, generation=kept.generation)
        return kept

    def _new_intent(
        self, case: Case, action: Mutation, order: Order, past: list[Intent], reasons: Mapping[str, str]
    ) -> Intent:
        shop = self._shop
        ended = [i.generation for i in past if i.action is action.kind and i.state in _ENDED]
        generation = max(max(ended, default=0) + 1, generation_of(order.claim))
        key = key_for(shop.shopify.settings.domain, case.case_id, action.kind, generation)
        operation, variables = OPERATION[action.kind], variables_for(action, order, key, reasons)
        money = payment_of(action)
        return Intent(
            shop=case.shop,
            case_id=case.case_id,
            action=action.kind,
            generation=generation,
            key=key,
            operation=operation.name,
            api_version=shop.shopify.settings.api_version,
            body=body(operation, variables),
            shopify_order_id=order.id,
            amount=money.amount if money else None,
            digest=case.latest.digest,
            leaves=leaves(action, order),
            created_at=shop.clock.now(),
        )

    async def _return_reasons(self) -> Mapping[str, str]:
        async with self._reasons_lock:
            if not self._reasons:
                self._reasons = await read_return_reasons(self._shop.shopify, HANDLES)
            return self._reasons

    async def _send(self, intent: Intent, lease: Lease, reserve: Reserve) -> Pause | Answer | None:
        doubtful = intent.state is not IntentState.PLANNED
        sending = intent

        def mark_sending() -> None:
            """Run at the last moment: the record of the sending is durable before the first byte leaves."""
            nonlocal sending
            if not self._claims.holds(lease):
                raise LeaseLost
            now = self._shop.clock.now()
            sending = replace(
                sending,
                state=IntentState.SENDING,
                attempts=sending.attempts + 1,
                looks=0,
                look_at=None,
                first_sent_at=sending.first_sent_at or now,
                last_sent_at=now,
            )
            self._journal.keep(sending, "sending")

        try:
            answer = await self._shop.shopify.send(
                OPERATIONS[intent.operation], intent.body, before=mark_sending, reserve=reserve
            )
        except OutcomeUnknown as error:
            return self.doubts.raised(_with_id(sending, error.request_id), str(error))
        except ApiError as error:
            self._not_run(_with_id(sending, error.request_id), doubtful=doubtful)
            raise
        except LeaseLost:
            self._not_run(sending, doubtful=doubtful)
            return Pause(wait(Reason.CLAIMED_ELSEWHERE, "the claim ran out before it was used"))
        return self._answered(sending, answer, doubtful=doubtful)

    def _answered(self, intent: Intent, answer: Answer, *, doubtful: bool) -> Pause | Answer | None:
        intent = _with_id(intent, answer.request_id)
        if answer.idempotency is Idempotency.IN_PROGRESS:
            return self.doubts.raised(intent, "Shopify is still working on it")
        if answer.idempotency:
            return self.doubts.raised(
                replace(intent, key_spent=True), f"the key is spent: {answer.idempotency}"
            )
        if not answer.user_errors and _at_work(answer):
            return self.doubts.raised(intent, "Shopify does it after it has answered")
        if not answer.user_errors:
            confirmed = replace(intent, state=IntentState.CONFIRMED, answer=json.dumps(answer.data))
            self._journal.keep(confirmed, "confirmed")
            return None if doubtful else answer
        refusal = "; ".join(str(error) for error in answer.user_errors)
        if doubtful:
            return self.doubts.raised(replace(intent, key_spent=True), refusal)
        self._journal.keep(
            replace(intent, state=IntentState.REJECTED, answer=refusal), "rejected", why=refusal
        )
        return Pause(hold(Reason.REFUSED_BY_SHOPIFY, refusal))

    def _not_run(self, intent: Intent, *, doubtful: bool) -> None:
        """This attempt surely did nothing; what was in doubt before it still is."""
        if doubtful:
            self._journal.keep(replace(intent, state=IntentState.UNKNOWN), "not_reached")
        else:
            self._journal.keep(replace(intent, state=IntentState.DROPPED, look_at=None), "not_reached")

    def _give_up(self, intent: Intent) -> None:
        if intent.state is IntentState.PLANNED:
            self._journal.keep(replace(intent, state=IntentState.DROPPED), "dropped")


def key_for(domain: str, case_id: str, action: ActionKind, generation: int) -> str:
    """The idempotency key: whoever carries out this action of this case uses the same one."""
    return str(uuid.uuid5(_KEYS, f"{domain}/{case_id}/{action}/{generation}"))


def _begun(case: Case, order: Order) -> Case:
    """The case once its next action is intended."""
    return replace(
        case,
        state=State.WRITING,
        reason=None,
        detail="",
        shopify_order_id=order.id,
        was_archived=case.was_archived or order.archived,
    )


def _at_work(answer: Answer) -> bool:
    """Whether the answer names a job that is not done yet: only the order shows when it is."""
    jobs = (payload.get("job") for payload in answer.data.values() if isinstance(payload, dict))
    return any(isinstance(job, dict) and job.get("done") is False for job in jobs)


def _without_tracking(action: Mutation, said: Pause | Answer | None) -> Pause | Answer | None:
    """A refused tracking number is not tried again and holds nobody up: the history has why."""
    refused = isinstance(said, Pause) and said.plan.reason is Reason.REFUSED_BY_SHOPIFY
    return Pause(track(action.return_id)) if refused and isinstance(action, AddTracking) else said


def _claimed_elsewhere(busy: Busy) -> Pause:
    return Pause(wait(Reason.CLAIMED_ELSEWHERE, f"instance {busy.instance}"), busy.until)


def _with_id(intent: Intent, request_id: str) -> Intent:
    return replace(intent, request_ids=(*intent.request_ids, request_id)) if request_id else intent
