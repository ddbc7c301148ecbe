"""The decision table for cancellations, every cell of it, from the enums."""

import itertools
from dataclasses import dataclass, replace

import pytest

from syncd.model.cases import CancelStatus, CancelType, Case, State
from syncd.model.orders import Fulfillment, FulfillmentLine, Order, TikTokOrder
from syncd.model.plans import Plan
from syncd.model.reasons import Reason
from tests.decide.examples import (
    CANCELLED_ORDER,
    CANCELLING,
    EVERY_UNIT,
    UNSHIPPED,
    WAREHOUSE,
    a_cancellation,
    amount,
    cancelled,
    unit,
    usd,
)
from tests.decide.test_every_combination import Outcome, outcome_of, read_table

TABLE = """
                               CANCEL   BUYER_CANCEL  REQUEST_CANCEL_REFUND  UNKNOWN
CANCELLATION_REQUEST_PENDING   track    track         track                  type?
CANCELLATION_REQUEST_SUCCESS   track    track         track                  type?
CANCELLATION_REQUEST_COMPLETE  cancel   cancel        cancel                 type?
CANCELLATION_REQUEST_CANCEL    drop     drop          drop                   type?
UNKNOWN                        status?  status?       status?                type?
"""
CELLS = read_table(TABLE)
PAID_BACK, UNTOLD, ON_DELIVERY, NEVER_PAID = "paid back", "no amount", "cash on delivery", "never paid"
UNSENT, SENT, SENT_ON_TIKTOK = "unshipped", "shipped", "shipped on TikTok"
GONE, GONE_UNPAID = "cancelled by a connector", "the same, with its money left"


@dataclass(frozen=True, slots=True)
class Flags:
    """Everything else that the table asks about."""

    on: bool
    replenish: bool | None
    money: str
    whole: bool
    order: str


def every_flag() -> list[Flags]:
    """All of them together."""
    moneys = (PAID_BACK, UNTOLD, ON_DELIVERY, NEVER_PAID)
    orders = (UNSENT, SENT, SENT_ON_TIKTOK, GONE, GONE_UNPAID)
    combined = itertools.product((True, False), (True, False, None), moneys, (True, False), orders)
    return list(itertools.starmap(Flags, combined))


def case_of(kind: CancelType, status: CancelStatus, flags: Flags) -> Case:
    """A cancellation of all three units, or of one."""
    paid = flags.money == PAID_BACK
    return a_cancellation(
        status,
        type=kind,
        type_word=kind.value,
        lines=EVERY_UNIT if flags.whole else (unit(1),),
        refund=amount("57.99" if flags.whole else "20.00") if paid else None,
        replenish=flags.replenish,
    )


def shopify_order(flags: Flags) -> Order:
    """The order as Shopify has it; nothing is paid on it where the buyer never paid."""
    order = UNSHIPPED
    if flags.money in {ON_DELIVERY, NEVER_PAID}:
        order = replace(order, transactions=(), net_payment=usd("0"))
    if flags.order == SENT:
        parcel = Fulfillment(
            "F1", WAREHOUSE, tuple(FulfillmentLine(x.id, x.id, x.quantity) for x in order.lines)
        )
        lines = tuple(replace(line, unfulfilled=0) for line in order.lines)
        order = replace(order, lines=lines, shipments=(parcel,))
    if flags.order == GONE:
        order = replace(order, cancelled=True, net_payment=usd("0"))
    return replace(order, cancelled=True, net_payment=usd("57.99")) if flags.order == GONE_UNPAID else order


def tiktok_order(flags: Flags) -> TikTokOrder:
    """The order as TikTok has it."""
    order = replace(
        CANCELLED_ORDER,
        paid=flags.money in {PAID_BACK, UNTOLD},
        cash_on_delivery=flags.money == ON_DELIVERY,
    )
    if flags.order != SENT_ON_TIKTOK:
        return order
    return replace(order, lines=tuple(replace(line, status="IN_TRANSIT") for line in order.lines))


def plan_for(kind: CancelType, status: CancelStatus, flags: Flags) -> Plan:
    """What the rules say."""
    policy = replace(CANCELLING, cancellations=flags.on)
    sold = tiktok_order(flags)
    return cancelled(case_of(kind, status, flags), shopify_order(flags), policy=policy, tiktok_order=sold)


def expected(word: str, flags: Flags) -> Outcome:
    """What must come of that word, told independently of the rules."""
    words: dict[str, Outcome] = {
        "track": (State.TRACKING, None),
        "drop": (State.SKIPPED, Reason.WITHDRAWN),
        "type?": (State.HELD, Reason.UNKNOWN_TYPE),
        "status?": (State.HELD, Reason.UNKNOWN_STATUS),
    }
    if word in words:
        return words[word]
    return on_order(flags) if flags.on else (State.HELD, Reason.CANCELLATIONS_OFF)


def on_order(flags: Flags) -> Outcome:
    """TikTok is done with it."""
    if flags.order == GONE:
        return State.SKIPPED, Reason.ALREADY_CANCELLED
    if flags.order == GONE_UNPAID:
        return State.HELD, Reason.CANCELLED_NOT_REFUNDED
    if flags.money == UNTOLD:
        return State.HELD, Reason.AMOUNT_MISSING
    if flags.order != UNSENT:
        return State.HELD, Reason.SHIPPED_MEANWHILE
    no_stock = flags.replenish is False
    if not flags.whole and (no_stock or flags.money != PAID_BACK):
        return State.HELD, Reason.PART_CANCELLED
    if flags.money != PAID_BACK:
        return ["cancel_order"], []
    if no_stock:
        return ["create_refund", "cancel_order"], []
    if flags.whole:
        return ["create_refund", "cancel_order"], [(2, "CANCEL"), (1, "CANCEL")]
    return ["create_refund"], [(1, "CANCEL")]


def test_every_word_of_tiktok_has_its_cell() -> None:
    """No word is left to chance, and the table names none that there is not."""
    assert {status.value for status in CancelStatus} == {status for status, _ in CELLS}
    assert {kind.value for kind in CancelType} == {kind for _, kind in CELLS}


@pytest.mark.parametrize("kind", CancelType)
def test_every_cancellation_ends_as_the_table_says(kind: CancelType) -> None:
    """Or as a hold that names what is unclear."""
    for status, flags in itertools.product(CancelStatus, every_flag()):
        plan = plan_for(kind, status, flags)
        found = outcome_of(plan)
        if plan.actions:
            actions = [name for name, _ in found[0]]  # type: ignore[attr-defined]
            found = actions, [one for _, units in found[0] for one in units]  # type: ignore[attr-defined]
        assert expected(CELLS[status.value, kind.value], flags) == found, f"{kind} {status} {flags}"
