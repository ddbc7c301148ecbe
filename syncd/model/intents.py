"""Intents: one mutation that a plan wants, as it is recorded before anything is sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from syncd.model.money import Money
from syncd.model.plans import ActionKind


class IntentState(StrEnum):
    """The life of an intent.

    PLANNED -> SENDING -> CONFIRMED | REJECTED | UNKNOWN, and after a look UNKNOWN -> CONFIRMED | SENDING |
    VOID. DROPPED was never sent.
    """

    PLANNED = "planned"
    SENDING = "sending"
    UNKNOWN = "unknown"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    VOID = "void"
    DROPPED = "dropped"


OPEN = frozenset({IntentState.PLANNED, IntentState.SENDING, IntentState.UNKNOWN})
"""The states in which an intent still has to come to an end."""


@dataclass(frozen=True, slots=True)
class Intent:
    """A mutation with its exact bytes and its idempotency key.

    `digest` is the snapshot it was decided on. `leaves` is what the order shows once it ran, where that takes
    counting: units disposed, by reverse line. `key_spent`: the key was used with other bytes or was refused,
    so it cannot be used again. `looks` counts negative looks since the last attempt, `look_at` is when the
    next one may be taken.
    """

    shop: str
    case_id: str
    action: ActionKind
    generation: int
    key: str
    operation: str
    api_version: str
    body: bytes = field(repr=False)
    shopify_order_id: str
    amount: Money | None
    digest: str
    created_at: datetime
    leaves: Mapping[str, int] = field(default_factory=dict)
    state: IntentState = IntentState.PLANNED
    attempts: int = 0
    looks: int = 0
    first_sent_at: datetime | None = None
    last_sent_at: datetime | None = None
    look_at: datetime | None = None
    request_ids: tuple[str, ...] = ()
    answer: str = ""
    key_spent: bool = False
    id: int = 0

    def due_for_look(self, timeout: timedelta, settle: timedelta) -> datetime:
        """The earliest time at which a look can be trusted: the request and its settle time are over."""
        if self.look_at:
            return self.look_at
        return (self.last_sent_at or self.created_at) + timeout + settle
