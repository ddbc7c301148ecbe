"""Units that were left to be inspected: what a person decided about them is carried out once."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from syncd.decide.claim import Ours, value
from syncd.decide.decision import decide
from syncd.decide.facts import Facts
from syncd.model.cases import Case, Path, Restock, State
from syncd.model.match import Match
from syncd.model.orders import Claim, Disposition, Order, OrderLine, Return, ReturnState
from syncd.model.plans import ActionKind, CloseReturn, DisposeReturn, Plan, ReopenReturn
from syncd.model.reasons import Reason
from syncd.model.rulings import Begun, Ruling, RulingKind
from tests.decide.examples import (
    HOUR,
    MUG,
    NO_IMPORT_RESTOCK,
    NOON,
    ORDER,
    PARCEL,
    POLICY,
    SHIRTS,
    TIKTOK_ORDER,
    WAREHOUSE,
    decided,
    our_refund,
    our_return,
    returned,
)

BACK, NEVER = RulingKind.RESTOCKED, RulingKind.NOT_RESTOCKED
BASIS = returned().latest.basis


def waits(*dispositions: Disposition, state: ReturnState = ReturnState.OPEN, quantity: int = 2) -> Order:
    """An order whose return of shirts was refunded; nobody has decided about the other units."""
    return_ = our_return(state, processed=quantity, dispositions=dispositions, quantity=quantity)
    return replace(ORDER, returns=(return_,), refunds=(our_refund(return_id=return_.id, note=""),))


def told(
    kind: RulingKind = BACK, units: Mapping[str, int] | None = None, *, recorded: bool = False
) -> Ruling:
    """Kim decides about the units that wait."""
    return Ruling(kind, BASIS, "kim", NOON, units=units or {}, recorded=recorded)


def written(*rulings: Ruling, **changes: object) -> Case:
    """A case that was written; its units wait."""
    case = replace(returned(), state=State.SYNCED, restock=Restock.WAITING, path=Path.RETURN)
    return replace(case, rulings=rulings, **changes)  # type: ignore[arg-type]


def disposed(plan: Plan) -> list[tuple[str, int, str, str | None]]:
    """What a plan disposes: SKU, quantity, disposition and place."""
    return [
        (unit.sku, unit.quantity, str(unit.disposition), unit.location.name if unit.location else None)
        for action in plan.actions
        if isinstance(action, DisposeReturn)
        for unit in action.units
    ]


def kinds(plan: Plan) -> list[ActionKind]:
    """What a plan does, in order."""
    return [action.kind for action in plan.actions]


def test_units_that_wait_are_told_by_sku() -> None:
    """As people name them."""
    plan = decided(written(), waits())

    assert (State.SYNCED, Restock.WAITING, {"SHIRT": 2}) == (plan.state, plan.restock, plan.waiting)


def test_a_line_without_sku_is_told_by_its_name() -> None:
    """Custom lines have none."""
    order = replace(waits(), lines=(replace(SHIRTS, sku=""), MUG))

    assert {"Shirt": 2} == decided(written(), order).waiting


def test_all_that_waits_goes_back_to_where_it_was_shipped_from_and_the_return_is_closed() -> None:
    """That is what the command says without any more."""
    plan = decided(written(told()), waits())

    assert [("SHIRT", 2, "RESTOCKED", "Warehouse")] == disposed(plan)
    assert [ActionKind.DISPOSE_RETURN, ActionKind.CLOSE_RETURN] == kinds(plan)


def test_some_units_are_decided_about_and_the_others_wait_on() -> None:
    """The return stays open for them."""
    plan = decided(written(told(units={"SHIRT": 1})), waits())

    assert [("SHIRT", 1, "RESTOCKED", "Warehouse")] == disposed(plan)
    assert [ActionKind.DISPOSE_RETURN] == kinds(plan)


def test_units_that_do_not_come_back_have_no_place() -> None:
    """They are disposed as not restocked."""
    plan = decided(written(told(NEVER)), waits())

    assert [("SHIRT", 2, "NOT_RESTOCKED", None)] == disposed(plan)


def test_a_return_that_was_closed_is_reopened_first() -> None:
    """Shopify closes a processed return by itself, or staff do."""
    plan = decided(written(told()), waits(state=ReturnState.CLOSED))

    assert [ActionKind.REOPEN_RETURN, ActionKind.DISPOSE_RETURN, ActionKind.CLOSE_RETURN] == kinds(plan)
    assert ReopenReturn(ORDER.id, our_return().id) == plan.actions[0]


@pytest.mark.parametrize("line", [replace(SHIRTS, custom=True), replace(SHIRTS, gift_card=True)])
def test_what_is_no_stock_never_goes_back_into_it(line: OrderLine) -> None:
    """Shopify refuses to restock a custom line."""
    plan = decided(written(told()), replace(waits(), lines=(line, MUG)))

    assert [("SHIRT", 2, "NOT_RESTOCKED", None)] == disposed(plan)


def test_no_more_is_decided_about_than_waits() -> None:
    """Staff have put one back in the admin meanwhile."""
    one = Disposition("RESTOCKED", 1, WAREHOUSE.id)

    plan = decided(written(told(units={"SHIRT": 2})), waits(one))

    assert [("SHIRT", 1, "RESTOCKED", "Warehouse")] == disposed(plan)


def test_an_archived_order_is_archived_again_once_its_units_are_decided_about() -> None:
    """Opening the return took it out of the archive."""
    plan = decided(written(told(), was_archived=True), waits())

    assert [ActionKind.DISPOSE_RETURN, ActionKind.CLOSE_RETURN, ActionKind.ARCHIVE_ORDER] == kinds(plan)


def test_a_place_that_takes_nothing_back_is_a_hold() -> None:
    """With the decision still to be carried out."""
    closed = replace(PARCEL, location=replace(WAREHOUSE, active=False))

    plan = decided(written(told()), replace(waits(), shipments=(closed,)))

    assert (State.HELD, Reason.LOCATION_UNKNOWN) == (plan.state, plan.reason)


def test_a_shipment_that_is_gone_is_a_hold() -> None:
    """Nobody knows where its units came from."""
    plan = decided(written(told()), replace(waits(), shipments=()))

    assert (State.HELD, Reason.NOT_FULFILLED) == (plan.state, plan.reason)


def begun(order: Order, at: timedelta, leaves: Mapping[str, int]) -> Order:
    """The order with a claim of ours that tells what was begun."""
    text = value(Ours("i", "t"), NOON, HOUR, 1, begun=Begun(NOON + at, leaves))
    return replace(order, claim=Claim(text, "digest"))


def test_a_decision_that_was_begun_disposes_no_more_than_it_was_to() -> None:
    """Another life of the store has disposed one of two units, which was all that was asked for."""
    one = Disposition("RESTOCKED", 1, WAREHOUSE.id)
    order = begun(waits(one), timedelta(), {"RV1": 1})

    plan = decided(written(told(units={"SHIRT": 1})), order)

    assert (State.SYNCED, Restock.WAITING, ()) == (plan.state, plan.restock, plan.actions)


def test_a_decision_that_was_begun_is_brought_to_its_end() -> None:
    """It was begun, and nothing of it ran."""
    plan = decided(written(told(units={"SHIRT": 1})), begun(waits(), timedelta(), {"RV1": 1}))

    assert [("SHIRT", 1, "RESTOCKED", "Warehouse")] == disposed(plan)


def test_a_decision_that_another_one_followed_is_not_carried_out_again() -> None:
    """The store is older than what it did."""
    order = begun(waits(), timedelta(minutes=1), {"RV1": 1})

    assert () == decided(written(told(units={"SHIRT": 1})), order).actions


def test_what_was_begun_before_says_nothing_about_a_new_decision() -> None:
    """Its count starts from what the order shows now."""
    one = Disposition("NOT_RESTOCKED", 1, None)
    order = begun(waits(one), timedelta(minutes=-1), {"RV1": 1})

    assert [("SHIRT", 1, "RESTOCKED", "Warehouse")] == disposed(decided(written(told()), order))


@pytest.mark.parametrize("claim", ["", "{}", '{"inspection": {"at": 1, "leaves": []}}'])
def test_a_claim_that_tells_nothing_of_it_is_no_hindrance(claim: str) -> None:
    """Whatever somebody has written there."""
    order = replace(waits(), claim=Claim(claim, "digest"))

    assert [("SHIRT", 2, "RESTOCKED", "Warehouse")] == disposed(decided(written(told()), order))


def test_a_decision_that_was_carried_out_is_over() -> None:
    """Units that wait afterwards are new ones."""
    assert () == decided(written(told(recorded=True), verify_at=NOON, due_at=NOON), waits()).actions


def test_the_last_decision_counts() -> None:
    """Kim has thought better of it."""
    first, second = told(), replace(told(NEVER), at=NOON + timedelta(minutes=1))

    assert [("SHIRT", 2, "NOT_RESTOCKED", None)] == disposed(decided(written(second, first), waits()))


def two_reverse_orders() -> Return:
    """A return of a shirt and a mug that come back separately, with a line that Shopify cannot match."""
    base = our_return(processed=1)
    mug = replace(base.lines[0], id="RL2", fulfillment_line_id="gid://shopify/FulfillmentLineItem/2")
    unmatched = replace(base.lines[0], id="RL3", fulfillment_line_id="", line_id="")
    back = replace(base.reverse_lines[0], order_id="RO1")
    other = replace(back, id="RV2", fulfillment_line_id=mug.fulfillment_line_id, order_id="RO2")
    lost = replace(back, id="RV3", fulfillment_line_id="", order_id="RO2")
    lines = (*base.lines, replace(mug, line_id="L2"), unmatched)
    return replace(base, lines=lines, reverse_lines=(back, other, lost))


def test_units_of_two_reverse_orders_are_disposed_one_order_after_the_other() -> None:
    """Shopify takes them in no other way; what it cannot match is left to staff."""
    return_ = two_reverse_orders()
    order = replace(ORDER, returns=(return_,), refunds=(our_refund(return_id=return_.id, note=""),))

    plan = decided(written(told()), order)

    assert [ActionKind.DISPOSE_RETURN] * 2 == kinds(plan)
    assert [("SHIRT", 1, "RESTOCKED", "Warehouse"), ("MUG", 1, "RESTOCKED", "Warehouse")] == disposed(plan)


@pytest.mark.parametrize(
    ("word", "restock"),
    [("RESTOCKED", Restock.DONE), ("NOT_RESTOCKED", Restock.REFUSED), ("MISSING", Restock.REFUSED)],
)
def test_what_staff_decided_in_shopify_is_taken_over(word: str, restock: Restock) -> None:
    """And the return is closed, since nothing is left to do on it."""
    order = waits(Disposition(word, 2, WAREHOUSE.id))
    plan = decided(written(verify_at=NOON, due_at=NOON), order)

    assert (restock, CloseReturn(ORDER.id, our_return().id)) == (plan.restock, plan.actions[0])


def test_units_that_staff_are_working_on_wait() -> None:
    """Shopify lets nobody dispose them again."""
    order = waits(Disposition("PROCESSING_REQUIRED", 2, None))
    plan = decided(written(verify_at=NOON, due_at=NOON), order)

    assert (State.SYNCED, Restock.WAITING, {}) == (plan.state, plan.restock, plan.waiting)


def test_units_of_tiktoks_warehouse_were_nobodys_to_inspect() -> None:
    """Nor are they where TikTok does not show its order any more."""
    order = waits(Disposition("NOT_RESTOCKED", 2, None), state=ReturnState.CLOSED)
    by_tiktok = replace(TIKTOK_ORDER, fulfilled_by_tiktok=True)
    over = replace(written(verify_at=NOON, due_at=NOON), restock=Restock.NONE)
    over = replace(over, written=None)

    assert Restock.NONE is decided(over, order, tiktok_order=by_tiktok).restock
    assert Restock.REFUSED is decided(over, order, tiktok_order=None).restock


def plain(case: Case) -> Plan:
    """A case that was written without a Shopify return."""
    order = replace(ORDER, refunds=(our_refund(),))
    return decided(replace(case, path=Path.REFUND, verify_at=NOON, due_at=NOON), order, NO_IMPORT_RESTOCK)


def test_units_of_a_plain_refund_wait_as_well() -> None:
    """Until a person says that they are done with."""
    waiting, over = plain(written()), plain(written(told(NEVER)))

    assert (Restock.WAITING, {"SHIRT": 1}) == (waiting.restock, waiting.waiting)
    assert (Restock.REFUSED, {}, ()) == (over.restock, over.waiting, over.actions)


def test_restocked_units_of_a_plain_refund_wait_for_nobody() -> None:
    """They are told apart line by line."""
    refund = our_refund(restocked=True)
    mixed = replace(refund, lines=(*refund.lines, *our_refund().lines))
    order = replace(ORDER, refunds=(mixed,))

    plan = decided(replace(written(), path=Path.REFUND, verify_at=NOON, due_at=NOON), order)

    assert {"SHIRT": 1} == plan.waiting


def test_an_order_that_is_gone_is_told_where_units_are_to_be_put_back() -> None:
    """The command cannot be carried out; without one, a look for its own sake says nothing."""
    gone = Match((ORDER.id,), "known")
    facts = [Facts(written(*r, verify_at=NOON, due_at=NOON), gone, TIKTOK_ORDER) for r in ((told(),), ())]

    assert [Reason.ORDER_GONE, None] == [decide(one, POLICY).reason for one in facts]


ASKED = {f"L1 at {WAREHOUSE.id}": 2}


@pytest.mark.parametrize("shown", [1, 2])
def test_what_shopify_put_back_is_compared_with_what_it_was_asked(shown: int) -> None:
    """Fewer units, or another place, is a hold that names both."""
    order = waits(Disposition("RESTOCKED", shown, WAREHOUSE.id), state=ReturnState.CLOSED, quantity=shown)

    plan = decided(written(verify_at=NOON, due_at=NOON), order, asked=ASKED)

    if shown == 2:
        assert State.SYNCED is plan.state
    else:
        assert Reason.RESTOCK_DIFFERS is plan.reason
        assert "asked for 2 x SHIRT at Warehouse, Shopify shows 1 x SHIRT at Warehouse" == plan.detail


def test_nothing_put_back_is_told_as_none() -> None:
    """A refund of which no unit went into stock."""
    order = replace(ORDER, refunds=(our_refund(),))

    plan = decided(replace(written(), verify_at=NOON, due_at=NOON), order, asked=ASKED)

    assert "asked for 2 x SHIRT at Warehouse, Shopify shows none" == plan.detail


def test_a_difference_that_a_person_has_settled_is_no_hold() -> None:
    """Approved, as the hold says."""
    seen = Ruling(RulingKind.APPROVED, BASIS, "kim", NOON, reason=Reason.RESTOCK_DIFFERS)
    order = replace(ORDER, refunds=(our_refund(),))

    plan = decided(replace(written(seen), verify_at=NOON, due_at=NOON), order, POLICY, asked=ASKED)

    assert State.SYNCED is plan.state
