"""Plans: what is to be written for a case, as data that can be printed before it is run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from syncd.model.cases import Path, Restock, State
from syncd.model.money import Money
from syncd.model.orders import Location
from syncd.model.reasons import Reason
from syncd.model.rulings import Begun, Ruling


class ActionKind(StrEnum):
    """One Shopify mutation each."""

    CREATE_REFUND = "create_refund"
    CREATE_RETURN = "create_return"
    PROCESS_RETURN = "process_return"
    CLOSE_RETURN = "close_return"
    CANCEL_RETURN = "cancel_return"
    REOPEN_RETURN = "reopen_return"
    ARCHIVE_ORDER = "archive_order"
    DISPOSE_RETURN = "dispose_return"
    CANCEL_ORDER = "cancel_order"
    RECORD_RULING = "record_ruling"
    ADD_TRACKING = "add_tracking"


MONEY = frozenset({ActionKind.CREATE_REFUND, ActionKind.PROCESS_RETURN})
"""The mutations that refund."""


class RestockType(StrEnum):
    """What a refund does with units (Shopify: RefundLineItemRestockType)."""

    RETURN = "RETURN"
    NO_RESTOCK = "NO_RESTOCK"
    CANCEL = "CANCEL"


class DispositionType(StrEnum):
    """What is decided about returned units (Shopify: ReverseFulfillmentOrderDispositionType)."""

    RESTOCKED = "RESTOCKED"
    NOT_RESTOCKED = "NOT_RESTOCKED"


@dataclass(frozen=True, slots=True)
class Unit:
    """Units of one order line, as a plan shows them. `restock`: the flag puts them back into stock."""

    line_id: str
    sku: str
    quantity: int
    restock: bool
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class RefundUnit(Unit):
    """Units that a refund takes off the order."""

    restock_type: RestockType = RestockType.NO_RESTOCK


@dataclass(frozen=True, slots=True)
class ReturnUnit(Unit):
    """Units of one fulfillment line on a return; no disposition leaves the decision to staff."""

    fulfillment_line_id: str = ""
    disposition: DispositionType | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """TikTok's amount, and the payment on the order from which it is taken."""

    amount: Money
    parent_id: str
    gateway: str
    shipping: Money | None = None


@dataclass(frozen=True, slots=True)
class CreateRefund:
    """Refund the amount; take the units off the order."""

    kind: ClassVar[ActionKind] = ActionKind.CREATE_REFUND
    order_id: str
    payment: Payment
    units: tuple[RefundUnit, ...]
    note: str
    processed_at: datetime
    discrepancy: str | None = None


@dataclass(frozen=True, slots=True)
class CreateReturn:
    """Show an open return on the order. `reason` is the handle of one of Shopify's standard reasons."""

    kind: ClassVar[ActionKind] = ActionKind.CREATE_RETURN
    order_id: str
    units: tuple[ReturnUnit, ...]
    note: str
    requested_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class ProcessReturn:
    """Refund the amount through our return and dispose its units. `return_id` is None until it exists."""

    kind: ClassVar[ActionKind] = ActionKind.PROCESS_RETURN
    order_id: str
    return_id: str | None
    payment: Payment
    units: tuple[ReturnUnit, ...]


@dataclass(frozen=True, slots=True)
class CloseReturn:
    """Nothing is left to do on our return."""

    kind: ClassVar[ActionKind] = ActionKind.CLOSE_RETURN
    order_id: str
    return_id: str | None


@dataclass(frozen=True, slots=True)
class CancelReturn:
    """Our return was withdrawn on TikTok."""

    kind: ClassVar[ActionKind] = ActionKind.CANCEL_RETURN
    order_id: str
    return_id: str


@dataclass(frozen=True, slots=True)
class ReopenReturn:
    """Our return was closed while units of it wait to be inspected."""

    kind: ClassVar[ActionKind] = ActionKind.REOPEN_RETURN
    order_id: str
    return_id: str


@dataclass(frozen=True, slots=True)
class AddTracking:
    """Show on our open return with which number its parcel is tracked. `return_id` as for `ProcessReturn`."""

    kind: ClassVar[ActionKind] = ActionKind.ADD_TRACKING
    order_id: str
    return_id: str | None
    number: str


@dataclass(frozen=True, slots=True)
class ArchiveOrder:
    """Archive the order again, since it was archived before we touched it."""

    kind: ClassVar[ActionKind] = ActionKind.ARCHIVE_ORDER
    order_id: str


@dataclass(frozen=True, slots=True)
class DisposeReturn:
    """Decide about units of our return that were left to be inspected; each has its disposition.

    The units are all of one reverse fulfillment order: Shopify takes no others in one request.
    """

    kind: ClassVar[ActionKind] = ActionKind.DISPOSE_RETURN
    order_id: str
    return_id: str
    units: tuple[ReturnUnit, ...]
    begun: Begun


@dataclass(frozen=True, slots=True)
class CancelOrder:
    """Cancel what is left of an order that was not shipped, without a refund of its own.

    `restock` gives up the units that are left, and so puts them back into stock.
    """

    kind: ClassVar[ActionKind] = ActionKind.CANCEL_ORDER
    order_id: str
    note: str
    restock: bool = False


@dataclass(frozen=True, slots=True)
class RecordRuling:
    """Write a person's decision onto the order, so that another store finds it."""

    kind: ClassVar[ActionKind] = ActionKind.RECORD_RULING
    order_id: str
    ruling: Ruling


Mutation = (
    CreateRefund
    | CreateReturn
    | ProcessReturn
    | CloseReturn
    | CancelReturn
    | ReopenReturn
    | AddTracking
    | ArchiveOrder
    | DisposeReturn
    | CancelOrder
)
"""What is sent under an intent."""
Action = Mutation | RecordRuling


def payment_of(action: Action) -> Payment | None:
    """The money that an action moves."""
    match action:
        case CreateRefund() | ProcessReturn():
            return action.payment
        case _:
            return None


def units_of(action: Action) -> tuple[Unit, ...]:
    """The units that an action touches."""
    match action:
        case CreateRefund() | CreateReturn() | ProcessReturn() | DisposeReturn():
            return action.units
        case _:
            return ()


@dataclass(frozen=True, slots=True)
class Plan:
    """The decision for one case.

    `state` is where the case stands by this decision: DUE with actions (they are to be written) or without
    (a wait), HELD, SKIPPED, TRACKING or SYNCED. `restock` and `path` hold once the actions are done.
    `refund_ids` and `return_ids` are ours on the order, None where the order was not looked at. `subjects`
    are the Shopify ids that a hold is about, `waiting` the units that are left to be inspected, by SKU.
    `tracked_return_id` is the return of which no tracking number is to be told any more.
    """

    state: State
    actions: tuple[Action, ...] = ()
    reason: Reason | None = None
    detail: str = ""
    restock: Restock = Restock.NONE
    path: Path | None = None
    refund_ids: tuple[str, ...] | None = None
    return_ids: tuple[str, ...] | None = None
    subjects: tuple[str, ...] = ()
    waiting: Mapping[str, int] = field(default_factory=dict)
    tracked_return_id: str | None = None


def write(*actions: Action, restock: Restock = Restock.NONE, path: Path | None = None) -> Plan:
    """These actions are to be written, in this order."""
    return Plan(State.DUE, actions, restock=restock, path=path)


def wait(reason: Reason, detail: str = "") -> Plan:
    """Nothing now; look again later by ourselves."""
    return Plan(State.DUE, reason=reason, detail=detail)


def hold(reason: Reason, detail: str = "", subjects: tuple[str, ...] = ()) -> Plan:
    """A person has to look, at these Shopify objects where it is about some."""
    return Plan(State.HELD, reason=reason, detail=detail, subjects=subjects)


def skip(reason: Reason, detail: str = "") -> Plan:
    """There is nothing to do, for good."""
    return Plan(State.SKIPPED, reason=reason, detail=detail)


def track(tracked_return_id: str | None = None) -> Plan:
    """TikTok is not done with the case; no tracking number is to be told of that return any more."""
    return Plan(State.TRACKING, tracked_return_id=tracked_return_id)


def synced(restock: Restock, path: Path | None, waiting: Mapping[str, int] | None = None) -> Plan:
    """Shopify has what it should; these units wait to be inspected."""
    return Plan(State.SYNCED, restock=restock, path=path, waiting=waiting or {})
