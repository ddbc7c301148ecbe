"""The decision table, every cell of it: type x status x flags x what was shipped, from the enums.

A word that TikTok adds has no cell here, and so fails the build until somebody decides what it means.
"""

import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

import pytest

from syncd.model.cases import Case, Restock, ReturnStatus, ReturnType, State
from syncd.model.orders import Assignment, Order, TikTokOrder
from syncd.model.plans import Plan, RefundUnit, ReturnUnit, Unit, units_of
from syncd.model.policy import Policy
from syncd.model.reasons import Reason
from tests.decide.examples import (
    ORDER,
    PARCEL,
    POLICY,
    SHIRTS,
    TIKTOK_ORDER,
    WAREHOUSE,
    a_case,
    amount,
    decided,
    unit,
)

TABLE = """
                                   REFUND  RETURN_AND_REFUND  REPLACEMENT  EXCHANGE  UNKNOWN
RETURN_OR_REFUND_REQUEST_PENDING   track   track              track        track     type?
REFUND_OR_RETURN_REQUEST_REJECT    drop    drop               drop         drop      type?
AWAITING_BUYER_SHIP                track   show               track        track     type?
BUYER_SHIPPED_ITEM                 track   show               track        track     type?
REJECT_RECEIVE_PACKAGE             track   track              track        track     type?
AWAITING_BUYER_RESPONSE            track   track              track        track     type?
RETURN_OR_REFUND_REQUEST_SUCCESS   track   show               track        track     type?
RETURN_OR_REFUND_REQUEST_CANCEL    drop    drop               drop         drop      type?
RETURN_OR_REFUND_REQUEST_COMPLETE  refund  return             refund       refund    type?
REPLACEMENT_REQUEST_PENDING        track   track              track        track     type?
REPLACEMENT_REQUEST_REJECT         drop    drop               drop         drop      type?
REPLACEMENT_REQUEST_CANCEL         drop    drop               drop         drop      type?
REPLACEMENT_REQUEST_COMPLETE       none    none               none         none      type?
REPLACEMENT_REQUEST_REFUND_SUCCESS refund  return             refund       refund    type?
EXCHANGE_REQUEST_PENDING           track   track              track        track     type?
EXCHANGE_REQUEST_CANCEL            drop    drop               drop         drop      type?
EXCHANGE_REQUEST_COMPLETE          none    none               none         none      type?
EXCHANGE_REQUEST_REFUND_SUCCESS    refund  return             refund       refund    type?
UNKNOWN                            status? status?            status?      status?   type?
"""
"""What TikTok's words ask for: a row for each status, a column for each type."""

SHIPPED, UNSHIPPED, PARTLY, AHEAD = "shipped", "unshipped", "partly", "shopify behind"
"""Both units; none, on both sides; one of them; both by TikTok, none in Shopify."""
WHOLE, PART, NOTHING, UNTOLD = "whole", "part", "nothing", "untold"
AMOUNTS = {WHOLE: ("40.00", "20.00"), PART: ("7.00", "3.50"), NOTHING: ("0", "0"), UNTOLD: None}


def read_table(text: str) -> dict[tuple[str, str], str]:
    """Such a table by status and type."""
    head, *rows = (line.split() for line in text.strip().splitlines())
    return {(row[0], kind): word for row in rows for kind, word in zip(head, row[1:], strict=True)}


CELLS = read_table(TABLE)


@dataclass(frozen=True, slots=True)
class Flags:
    """Everything else that the table asks about."""

    import_returns: bool
    auto_restock: bool
    seen: bool
    quick: bool
    kept: bool
    by_tiktok: bool
    amount: str
    shipped: str

    @property
    def disposition(self) -> str | None:
        """What becomes of units that came back."""
        if self.by_tiktok:
            return "NOT_RESTOCKED"
        proven = self.seen and not self.quick and not self.kept
        return "RESTOCKED" if self.auto_restock and proven else None


def every_flag() -> Iterator[Flags]:
    """All of them together."""
    yes_or_no = [(True, False)] * 6
    shipments = (SHIPPED, UNSHIPPED, PARTLY, AHEAD)
    return itertools.starmap(Flags, itertools.product(*yes_or_no, AMOUNTS, shipments))


def plan_for(kind: ReturnType, status: ReturnStatus, flags: Flags) -> Plan:
    """What the rules say."""
    case = case_of(kind, status, flags.amount, seen=flags.seen, quick=flags.quick, kept=flags.kept)
    policy = policy_of(import_returns=flags.import_returns, auto_restock=flags.auto_restock)
    sold = tiktok_order(flags.shipped, by_tiktok=flags.by_tiktok)
    waits = tuple(Assignment("L1", n, WAREHOUSE) for n in (unfulfilled(flags.shipped),) if n)
    return decided(case, shopify_order(flags.shipped), policy, sold, assignments=waits)


@cache
def case_of(
    kind: ReturnType, status: ReturnStatus, paid: str, *, seen: bool, quick: bool, kept: bool
) -> Case:
    """A case of two shirts."""
    total, each = AMOUNTS[paid] or (None, None)
    case = a_case(
        kind,
        status,
        lines=(unit(1, refund=each), unit(2, refund=each)),
        refund=amount(total) if total else None,
        quick_refund=quick,
        buyer_keeps_item=kept,
        tracking_number="",
    )
    return replace(case, parcel_seen=seen)


@cache
def policy_of(*, import_returns: bool, auto_restock: bool) -> Policy:
    """What the merchant wants."""
    return replace(POLICY, import_returns=import_returns, auto_restock=auto_restock)


def unfulfilled(shipped: str) -> int:
    """Units that Shopify has not shipped."""
    return {SHIPPED: 0, PARTLY: 1}.get(shipped, 2)


@cache
def shopify_order(shipped: str) -> Order:
    """Two shirts."""
    line = replace(SHIRTS, unfulfilled=unfulfilled(shipped))
    sent = replace(PARCEL.lines[0], quantity=2 - unfulfilled(shipped))
    parcels = (replace(PARCEL, lines=(sent,)),) if sent.quantity else ()
    return replace(ORDER, lines=(line,), shipments=parcels)


@cache
def tiktok_order(shipped: str, *, by_tiktok: bool) -> TikTokOrder:
    """The same two, as TikTok has them."""
    status = "AWAITING_SHIPMENT" if shipped in {UNSHIPPED, PARTLY} else "DELIVERED"
    lines = tuple(replace(line, status=status) for line in TIKTOK_ORDER.lines[:2])
    return replace(TIKTOK_ORDER, lines=lines, fulfilled_by_tiktok=by_tiktok)


Outcome = tuple[object, ...]


def outcome_of(plan: Plan) -> Outcome:
    """A plan in short: its state and reason, or its actions with their units, and the restock."""
    if not plan.actions:
        return plan.state, plan.reason
    actions = [(action.kind.value, list(map(_decided, units_of(action)))) for action in plan.actions]
    return actions, plan.restock


def _decided(one: Unit) -> tuple[int, str]:
    """So many units, and what becomes of them."""
    match one:
        case RefundUnit():
            return one.quantity, str(one.restock_type)
        case ReturnUnit():
            return one.quantity, str(one.disposition)
    raise TypeError(one)


def expected(word: str, flags: Flags) -> Outcome:
    """What must come of that word, told independently of the rules."""
    match word:
        case "track":
            return State.TRACKING, None
        case "type?":
            return State.HELD, Reason.UNKNOWN_TYPE
        case "status?":
            return State.HELD, Reason.UNKNOWN_STATUS
        case "drop":
            return State.SKIPPED, Reason.WITHDRAWN
        case "none":
            return State.SKIPPED, Reason.NO_MONEY
        case "show":
            return shown(flags)
    if flags.amount in {UNTOLD, NOTHING}:
        untold = flags.amount == UNTOLD
        return (State.HELD, Reason.AMOUNT_MISSING) if untold else (State.SKIPPED, Reason.NO_MONEY)
    return returned(flags) if word == "return" else refunded(flags)


def shown(flags: Flags) -> Outcome:
    """An open return, if the merchant wants to see it and Shopify has shipped its units."""
    if not flags.import_returns:
        return State.TRACKING, None
    if flags.shipped != SHIPPED:
        return State.HELD, Reason.NOT_FULFILLED
    return [("create_return", [(2, "None")])], Restock.NONE


def returned(flags: Flags) -> Outcome:
    """Through a return, or as one refund."""
    if flags.shipped != SHIPPED:
        return State.HELD, Reason.NOT_FULFILLED
    decided = flags.disposition
    restock = {"RESTOCKED": Restock.DONE, "NOT_RESTOCKED": Restock.NONE, None: Restock.WAITING}[decided]
    if not flags.import_returns:
        lines = "RETURN" if decided == "RESTOCKED" else "NO_RESTOCK"
        return [("create_refund", [(2, lines)])], restock
    units = [(2, str(decided))]
    close: list[object] = [("close_return", [])] if decided else []
    return [("create_return", units), ("process_return", units), *close], restock


def refunded(flags: Flags) -> Outcome:
    """Whole units leave the order; part of a price is an amount alone; unshipped units are given up."""
    units = {
        SHIPPED: [(2, "NO_RESTOCK")],
        UNSHIPPED: [(2, "CANCEL")],
        PARTLY: [(1, "NO_RESTOCK"), (1, "CANCEL")],
        AHEAD: None,
    }[flags.shipped]
    if flags.amount == PART:
        units = []
    if units is None:
        return State.HELD, Reason.NOT_FULFILLED
    return [("create_refund", units)], Restock.NONE


def test_every_word_of_tiktok_has_its_cell() -> None:
    """No word is left to chance, and the table names none that there is not."""
    assert {status.value for status in ReturnStatus} == {status for status, _ in CELLS}
    assert {kind.value for kind in ReturnType} == {kind for _, kind in CELLS}


@pytest.mark.parametrize("kind", ReturnType)
def test_every_combination_ends_as_the_table_says(kind: ReturnType) -> None:
    """Or as a hold that names what is unclear."""
    seen: Counter[str] = Counter()
    for status, flags in itertools.product(ReturnStatus, every_flag()):
        word = CELLS[status.value, kind.value]
        found = outcome_of(plan_for(kind, status, flags))
        assert expected(word, flags) == found, f"{kind} {status} {flags}"
        seen[word] += 1

    assert len(ReturnStatus) * 2**6 * 4 * 4 == seen.total()
