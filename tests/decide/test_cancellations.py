"""Cancellations: what is refunded and given up, when the order is cancelled, and what a person has to see."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.decide.claim import Ours, value
from syncd.model import mark
from syncd.model.cases import (
    CancelStatus,
    CancelType,
    Case,
    Kind,
    Restock,
    State,
    Written,
)
from syncd.model.orders import Claim, Fulfillment, FulfillmentLine, Order, Refund, RefundLine, TikTokOrder
from syncd.model.plans import ActionKind, ArchiveOrder, CancelOrder, CreateRefund, Plan, RestockType
from syncd.model.policy import Policy, Spell
from syncd.model.reasons import Reason
from syncd.model.rulings import Ruling, RulingKind
from tests.decide.examples import (
    CANCELLED_ORDER,
    CANCELLING,
    CASE_ID,
    EVERY_UNIT,
    HOUR,
    MUG,
    NOON,
    ORDER,
    POLICY,
    SHIRTS,
    UNSHIPPED,
    WAREHOUSE,
    a_cancellation,
    a_case,
    amount,
    cancelled,
    our_return,
    unit,
    usd,
    whole_cancellation,
)

MARK = mark.note(Kind.CANCELLATION, CASE_ID)
UNPAID_ORDER = replace(UNSHIPPED, transactions=(), net_payment=usd("0"))
COD = replace(CANCELLED_ORDER, cash_on_delivery=True, paid=False)
NEVER_PAID = replace(CANCELLED_ORDER, paid=False)
OFF = replace(CANCELLING, cancellations=False)


def ours(moved: str = "20.00", units: dict[str, int] | None = None, note: str = MARK) -> Refund:
    """The refund that we made for the cancellation."""
    taken = {"L1": 1} if units is None else units
    lines = tuple(
        RefundLine(line, n, "CANCEL", restocked=True, location_id=None) for line, n in taken.items()
    )
    return Refund("gid://shopify/Refund/1", NOON, note, None, usd(moved), pending=False, lines=lines)


def after(refund: Refund, **changes: Any) -> Order:
    """The order once that refund was made."""
    taken = {line.line_id: line.quantity for line in refund.lines}
    lines = tuple(
        replace(
            line,
            refundable=line.refundable - taken.get(line.id, 0),
            unfulfilled=line.unfulfilled - taken.get(line.id, 0),
        )
        for line in UNSHIPPED.lines
    )
    left = UNSHIPPED.net_payment - refund.moved
    return replace(UNSHIPPED, lines=lines, refunds=(refund,), net_payment=left, **changes)


WHOLE = ours("57.99", {"L1": 2, "L2": 1})


def kinds(plan: Plan) -> list[ActionKind]:
    """What a plan would write."""
    return [action.kind for action in plan.actions]


def synced(case: Case) -> Case:
    """The case once it was written."""
    return replace(case, state=State.SYNCED, written=Written.of(case.latest))


# What TikTok has not done, or not yet


@pytest.mark.parametrize("status", [CancelStatus.PENDING, CancelStatus.SUCCESS])
@pytest.mark.parametrize("policy", [CANCELLING, OFF])
def test_a_cancellation_under_way_is_tracked(status: CancelStatus, policy: Policy) -> None:
    """Asked for, or agreed to: the money is not back yet."""
    assert State.TRACKING is cancelled(a_cancellation(status), None, policy=policy).state


@pytest.mark.parametrize("policy", [CANCELLING, OFF])
def test_a_cancellation_that_was_withdrawn_is_skipped(policy: Policy) -> None:
    """Nothing of it was ever shown, so no order is looked for."""
    plan = cancelled(a_cancellation(CancelStatus.CANCELLED), None, policy=policy)

    assert (State.SKIPPED, Reason.WITHDRAWN) == (plan.state, plan.reason)


def test_unknown_words_are_held_with_the_word() -> None:
    """Neither a type nor a status is guessed at."""
    kind = cancelled(a_cancellation(type=CancelType.UNKNOWN, type_word="NEW"))
    status = cancelled(a_cancellation(CancelStatus.UNKNOWN, status_word="NEWER"))

    assert (Reason.UNKNOWN_TYPE, "NEW") == (kind.reason, kind.detail)
    assert (Reason.UNKNOWN_STATUS, "NEWER") == (status.reason, status.detail)


@pytest.mark.parametrize("type_", [kind for kind in CancelType if kind is not CancelType.UNKNOWN])
def test_every_known_type_is_written_alike(type_: CancelType) -> None:
    """Who began it changes nothing, nor does the stale word of TikTok's sample."""
    assert [ActionKind.CREATE_REFUND] == kinds(cancelled(a_cancellation(type=type_)))


# What the settings say


def test_switched_off_holds_only_what_would_be_written() -> None:
    """What was written before the switch stays as it is."""
    held = cancelled(a_cancellation(), policy=OFF)
    written = cancelled(synced(a_cancellation()), policy=OFF)

    assert (State.HELD, Reason.CANCELLATIONS_OFF) == (held.state, held.reason)
    assert State.SYNCED is written.state


def test_what_was_cancelled_before_start_from_is_skipped() -> None:
    """As for returns, and whatever the switch says."""
    case = replace(a_cancellation(), paid_back_at=POLICY.start_from - HOUR)

    assert {Reason.BEFORE_START} == {cancelled(case, policy=policy).reason for policy in (CANCELLING, OFF)}


@pytest.mark.parametrize("refund", [amount(), None])
def test_what_was_cancelled_while_they_were_not_carried_over_waits_for_leave(refund: object) -> None:
    """Returns of the same time do not wait for it; once approved, it is written."""
    spell = Spell(POLICY.start_from, NOON, Kind.CANCELLATION)
    policy = replace(CANCELLING, paused=(spell,))
    case = whole_cancellation(refund=refund)
    leave = Ruling(RulingKind.APPROVED, case.latest.basis, "kim", NOON, reason=Reason.PAUSED.value)

    held = cancelled(case, policy=policy)
    approved = replace(case, rulings=(leave,))

    assert (State.HELD, Reason.PAUSED) == (held.state, held.reason)
    assert Reason.PAUSED is not cancelled(approved, policy=policy).reason
    assert Reason.PAUSED is not cancelled(a_case(), ORDER, policy=policy).reason


def test_a_pause_of_the_whole_shop_holds_cancellations_too() -> None:
    """It was switched off for both kinds."""
    policy = replace(CANCELLING, paused=(Spell(POLICY.start_from, NOON),))

    assert {Reason.PAUSED} == {cancelled(case, policy=policy).reason for case in (a_cancellation(), a_case())}


def test_a_dismissed_cancellation_is_not_written() -> None:
    """Also one that names no amount; it is bound to the units then."""
    case = whole_cancellation(refund=None)
    no = Ruling(RulingKind.DISMISSED, case.latest.basis, "kim", NOON, recorded=True)
    ruled = replace(case, rulings=(no,))
    changed = replace(ruled, latest=replace(ruled.latest, lines=EVERY_UNIT[:1]))

    assert State.DISMISSED is cancelled(ruled, None).state
    assert Reason.CHANGED_AFTER_DECISION is cancelled(changed, None).reason


def test_a_ceiling_holds_a_cancellation() -> None:
    """Its amount counts like any other."""
    plan = cancelled(a_cancellation(), policy=replace(CANCELLING, max_refund={"USD": 1999}))

    assert Reason.OVER_CEILING is plan.reason


# The order


def test_an_order_that_was_cancelled_before_it_was_imported_is_skipped_in_the_end() -> None:
    """It never comes; a return on the same order still waits for a person."""
    waited = timedelta(days=3)
    early = cancelled(a_cancellation(), None, waited=waited - HOUR)
    late = cancelled(a_cancellation(), None, waited=waited)
    other = cancelled(a_case(), None, waited=waited)

    assert (State.DUE, Reason.ORDER_NOT_FOUND) == (early.state, early.reason)
    assert (Reason.NOT_IMPORTED, "cancelled before import") == (late.reason, late.detail)
    assert (State.HELD, Reason.ORDER_NOT_FOUND) == (other.state, other.reason)


def test_an_order_that_is_missing_though_tiktok_did_not_cancel_it_is_held() -> None:
    """Part of it is still to be shipped, so it should have been imported."""
    plan = cancelled(
        a_cancellation(),
        None,
        waited=timedelta(days=3),
        tiktok_order=replace(CANCELLED_ORDER, status="AWAITING_SHIPMENT"),
    )

    assert (State.HELD, Reason.ORDER_NOT_FOUND) == (plan.state, plan.reason)


# The refund


def test_the_refund_carries_the_time_and_the_discrepancy() -> None:
    """As any other refund of ours."""
    [refund] = cancelled(a_cancellation(refund=amount("18.50"))).actions

    assert isinstance(refund, CreateRefund)
    assert (NOON - HOUR, "OTHER") == (refund.processed_at, refund.discrepancy)


def test_an_archived_order_of_which_a_part_is_cancelled_is_archived_again() -> None:
    """A cancelled one is archived by itself."""
    archived = replace(UNSHIPPED, archived=True)

    assert [ActionKind.CREATE_REFUND, ActionKind.ARCHIVE_ORDER] == kinds(
        cancelled(a_cancellation(), archived)
    )
    assert [ActionKind.CREATE_REFUND, ActionKind.CANCEL_ORDER] == kinds(
        cancelled(whole_cancellation(), archived)
    )


def test_units_of_which_some_were_shipped_in_shopify_are_held() -> None:
    """Both shirts are cancelled, one of them has left."""
    line = replace(SHIRTS, unfulfilled=1)
    sent = Fulfillment("F", WAREHOUSE, (FulfillmentLine("FL", "L1", 1),))
    order = replace(UNSHIPPED, lines=(line, MUG), shipments=(sent,))
    both = a_cancellation(lines=(unit(1), unit(2)), refund=amount("40.00"))

    held = cancelled(both, order)

    assert (State.HELD, Reason.SHIPPED_MEANWHILE) == (held.state, held.reason)
    assert held.detail == "SKU 'SHIRT' on order #1001"
    assert [ActionKind.CREATE_REFUND] == kinds(cancelled(a_cancellation(), order))


@pytest.mark.parametrize("word", ["IN_TRANSIT", "DELIVERED", "COMPLETED"])
def test_units_that_tiktok_says_were_shipped_are_held(word: str) -> None:
    """Of the units of the case; what became of others does not matter."""
    first, *others = CANCELLED_ORDER.lines
    moved = replace(CANCELLED_ORDER, lines=(replace(first, status=word), *others))

    held = cancelled(a_cancellation(), tiktok_order=moved)

    assert (Reason.SHIPPED_MEANWHILE, f"TikTok's order says {word}") == (held.reason, held.detail)
    assert cancelled(a_cancellation(lines=(unit(2),)), tiktok_order=moved).actions


@pytest.mark.parametrize("case", [a_cancellation(), a_cancellation(lines=(unit(99),))])
def test_the_orders_word_counts_where_tiktok_says_nothing_of_the_unit(case: Case) -> None:
    """No word at its line, or no such line."""
    lines = tuple(replace(line, status="") for line in CANCELLED_ORDER.lines)
    moved = replace(CANCELLED_ORDER, status="IN_TRANSIT", lines=lines)

    assert Reason.SHIPPED_MEANWHILE is cancelled(case, tiktok_order=moved).reason


def test_an_order_that_tiktok_does_not_show_stops_no_amount() -> None:
    """Only units that Shopify has not shipped can be cancelled, and the amount is TikTok's own."""
    assert [ActionKind.CREATE_REFUND] == kinds(cancelled(a_cancellation(), tiktok_order=None))


def test_a_refund_of_somebody_else_is_held_until_it_is_approved() -> None:
    """It may be for the same cancellation."""
    order = replace(UNSHIPPED, refunds=(ours(note="by hand"),))
    case = a_cancellation()
    seen = Ruling(RulingKind.APPROVED, case.latest.basis, "kim", NOON, subjects=("gid://shopify/Refund/1",))

    assert Reason.FOREIGN_REFUND is cancelled(case, order).reason
    assert cancelled(replace(case, rulings=(seen,)), order).actions


def test_an_open_return_of_somebody_else_with_these_units_is_held() -> None:
    """Somebody is at work on them."""
    theirs = our_return(note="theirs")

    assert Reason.FOREIGN_RETURN is cancelled(a_cancellation(), replace(UNSHIPPED, returns=(theirs,))).reason


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        (replace(UNSHIPPED, net_payment=usd("19.99")), Reason.OVER_REFUND),
        (replace(UNSHIPPED, transactions=()), Reason.NO_PAYMENT),
        (replace(UNSHIPPED, currency="EUR"), Reason.CURRENCY_MISMATCH),
    ],
)
def test_the_money_has_to_be_there(order: Order, reason: Reason) -> None:
    """The rules for payments are those of returns."""
    assert reason is cancelled(a_cancellation(), order).reason


def test_an_amount_that_cannot_be_read_is_held() -> None:
    """Never taken for an order on which nothing was paid."""
    plan = cancelled(whole_cancellation(refund=None, trouble="cannot be read"), tiktok_order=COD)

    assert (Reason.AMOUNT_MISSING, "cannot be read") == (plan.reason, plan.detail)


# The whole order


def test_one_of_whose_units_something_was_shipped_once_is_not_cancelled() -> None:
    """The mug has left, the shirts are all that is left."""
    sent = Fulfillment("F", WAREHOUSE, (FulfillmentLine("FL", "L2", 1),))
    lines = (replace(SHIRTS, unfulfilled=2), replace(MUG, refundable=0))
    order = replace(UNSHIPPED, lines=lines, shipments=(sent,))
    both = a_cancellation(lines=(unit(1), unit(2)), refund=amount("40.00"))

    assert [ActionKind.CREATE_REFUND] == kinds(cancelled(both, order))
    assert [ActionKind.CREATE_REFUND, ActionKind.CANCEL_ORDER] == kinds(
        cancelled(both, replace(order, shipments=()))
    )


def test_the_order_is_cancelled_once_its_refund_is_there() -> None:
    """Nothing is refunded again, and then it is done."""
    then = cancelled(whole_cancellation(), after(WHOLE))
    done = cancelled(whole_cancellation(), after(WHOLE, cancelled=True, cancel_note=MARK))

    assert (CancelOrder(ORDER.id, MARK),) == then.actions
    assert (State.SYNCED, Restock.NONE, None, (WHOLE.id,)) == (
        done.state,
        done.restock,
        done.path,
        done.refund_ids,
    )


def test_an_order_that_somebody_else_cancelled_after_our_refund_is_done() -> None:
    """The money is ours, and nothing is left to cancel."""
    plan = cancelled(whole_cancellation(), after(WHOLE, cancelled=True, cancel_note="connector"))

    assert (State.SYNCED, ()) == (plan.state, plan.actions)


def test_a_part_is_done_with_its_refund() -> None:
    """The other units are still to be shipped."""
    assert (State.SYNCED, ()) == (
        (plan := cancelled(a_cancellation(), after(ours()))).state,
        plan.actions,
    )


@pytest.mark.parametrize("archived", [True, False])
def test_a_part_of_an_order_that_was_archived_is_done_once_it_is_so_again(*, archived: bool) -> None:
    """The refund has opened it."""
    case = replace(a_cancellation(), was_archived=True)

    plan = cancelled(case, after(ours(), archived=archived))

    assert (() if archived else (ArchiveOrder(ORDER.id),)) == plan.actions


def test_an_amount_alone_is_followed_by_the_cancellation() -> None:
    """The units are still on the order, and are not to be shipped any more."""
    case, alone = whole_cancellation(replenish=False), ours("57.99", {})
    some = replace(UNSHIPPED.lines[0], quantity=3, refundable=3, unfulfilled=3)
    order = after(alone)

    assert [ActionKind.CANCEL_ORDER] == kinds(cancelled(case, order))
    assert State.SYNCED is cancelled(case, replace(order, lines=(some, *order.lines[1:]))).state


def test_a_written_case_cancels_nothing_more() -> None:
    """Others may take the rest off the order later: that is theirs to finish."""
    case = replace(synced(a_cancellation()), verify_at=NOON, due_at=NOON)
    rest = after(ours())
    emptied = replace(rest, lines=tuple(replace(line, refundable=0, unfulfilled=0) for line in rest.lines))

    assert (State.SYNCED, ()) == ((plan := cancelled(case, emptied)).state, plan.actions)


def test_the_second_of_two_cancellations_cancels_the_order() -> None:
    """Together they are the whole of it."""
    first = ours("20.00", {"L1": 1}, note=mark.note(Kind.CANCELLATION, "4035318504086604999"))
    second = a_cancellation(lines=EVERY_UNIT[1:], refund=amount("37.99", "7.99"))

    plan = cancelled(second, after(first))

    assert [ActionKind.CREATE_REFUND, ActionKind.CANCEL_ORDER] == kinds(plan)


# Cancelled already


@pytest.mark.parametrize("case", [whole_cancellation(), whole_cancellation(refund=None)])
def test_an_order_that_a_connector_has_cancelled_is_left_alone(case: Case) -> None:
    """Recorded, with nothing left to refund."""
    order = replace(UNPAID_ORDER, cancelled=True, cancel_note="by the connector")

    plan = cancelled(case, order, tiktok_order=COD)

    assert (State.SKIPPED, Reason.ALREADY_CANCELLED, "order #1001") == (plan.state, plan.reason, plan.detail)


def test_a_cancelled_order_that_still_has_money_is_held() -> None:
    """Refunding a cancelled order is for a person."""
    plan = cancelled(whole_cancellation(), replace(UNSHIPPED, cancelled=True))

    assert (State.HELD, Reason.CANCELLED_NOT_REFUNDED) == (plan.state, plan.reason)
    assert plan.detail == "order #1001 still has 57.99 USD"


def test_our_own_cancellation_without_an_amount_is_found_again() -> None:
    """Also by a store that was lost."""
    order = replace(UNPAID_ORDER, cancelled=True, cancel_note=MARK)

    assert State.SYNCED is cancelled(whole_cancellation(refund=None), order, tiktok_order=COD).state


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        (whole_cancellation(), Reason.CHANGED_AFTER_WRITE),
        (replace(synced(whole_cancellation()), state=State.HELD), Reason.REFUND_GONE),
    ],
)
def test_our_own_cancellation_without_the_refund_that_belongs_to_it_is_held(
    case: Case, reason: Reason
) -> None:
    """TikTok gave no amount when it was cancelled, or the refund is gone."""
    order = replace(UNPAID_ORDER, cancelled=True, cancel_note=MARK)

    assert reason is cancelled(case, order).reason


def test_a_refund_that_is_gone_is_held() -> None:
    """It was written, and the order is as if it had not been."""
    case = replace(synced(a_cancellation()), state=State.HELD, refund_ids=("r",))

    assert (Reason.REFUND_GONE, "r") == ((plan := cancelled(case)).reason, plan.detail)


# Without an amount


@pytest.mark.parametrize("sold", [COD, NEVER_PAID, replace(COD, paid=True)])
@pytest.mark.parametrize("replenish", [True, False, None])
def test_what_nobody_paid_is_cancelled_alone(sold: TikTokOrder, *, replenish: bool | None) -> None:
    """Its units are given up, unless TikTok keeps them out of stock."""
    plan = cancelled(whole_cancellation(refund=None, replenish=replenish), UNPAID_ORDER, tiktok_order=sold)

    assert (CancelOrder(ORDER.id, MARK, restock=replenish is not False),) == plan.actions


@pytest.mark.parametrize(
    ("sold", "order", "why"),
    [
        (CANCELLED_ORDER, UNPAID_ORDER, "TikTok's order was paid"),
        (None, UNPAID_ORDER, "TikTok does not show the order"),
        (COD, UNSHIPPED, "order #1001 has 57.99 USD paid on Shopify"),
    ],
)
def test_a_missing_amount_is_held_where_somebody_paid(
    sold: TikTokOrder | None, order: Order, why: str
) -> None:
    """Or may have paid."""
    plan = cancelled(whole_cancellation(refund=None), order, tiktok_order=sold)

    assert (State.HELD, Reason.AMOUNT_MISSING, why) == (plan.state, plan.reason, plan.detail)


def test_a_part_without_an_amount_tells_how_much_of_the_order_it_is() -> None:
    """Shopify has no exact way to record it."""
    plan = cancelled(a_cancellation(refund=None), UNPAID_ORDER, tiktok_order=COD)

    assert plan.detail == "1 of 3 units left on order #1001; nothing is paid back"


def test_an_unpaid_order_that_was_shipped_is_held() -> None:
    """Whatever TikTok says."""
    plan = cancelled(
        whole_cancellation(refund=None), replace(UNPAID_ORDER, lines=ORDER.lines), tiktok_order=COD
    )

    assert Reason.SHIPPED_MEANWHILE is plan.reason


# Afterwards


def test_a_written_cancellation_that_did_not_change_costs_no_look() -> None:
    """Neither with an amount nor without."""
    cases = [synced(whole_cancellation(refund=refund)) for refund in (amount("57.99"), None)]

    assert [State.SYNCED] * 2 == [cancelled(case, None).state for case in cases]


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        (amount(), amount("19.00"), "20.00 USD was written, TikTok now says 19.00 USD"),
        (amount(), None, "20.00 USD was written, TikTok now gives no amount"),
        (None, amount(), "no amount was written, TikTok now says 20.00 USD"),
    ],
)
def test_a_change_after_it_was_written_is_held(before: object, now: object, told: str) -> None:
    """With the difference, and without a look."""
    case = synced(a_cancellation(refund=before))

    plan = cancelled(replace(case, latest=a_cancellation(refund=now).latest), None)

    assert (Reason.CHANGED_AFTER_WRITE, told) == (plan.reason, plan.detail)


def test_another_number_of_units_after_it_was_written_is_held() -> None:
    """Also where there never was an amount."""
    case = synced(a_cancellation(refund=None))

    plan = cancelled(replace(case, latest=whole_cancellation(refund=None).latest), None)

    assert Reason.CHANGED_AFTER_WRITE is plan.reason


def test_a_cancellation_that_is_taken_back_after_it_was_written_is_held() -> None:
    """A person has to undo it."""
    case = synced(whole_cancellation(refund=None))
    taken_back = replace(case, latest=a_cancellation(CancelStatus.CANCELLED).latest)

    assert Reason.CHANGED_AFTER_WRITE is cancelled(taken_back, None).reason


@pytest.mark.parametrize(
    ("order", "told"),
    [
        (after(ours()), "gid://shopify/Refund/1 of 20.00 USD was written"),
        (replace(UNPAID_ORDER, cancelled=True, cancel_note=MARK), "#1001 was cancelled"),
    ],
)
def test_work_of_ours_on_the_order_of_a_withdrawn_cancellation_is_held(order: Order, told: str) -> None:
    """The store does not know of it."""
    plan = cancelled(a_cancellation(CancelStatus.CANCELLED), order)

    assert (State.HELD, Reason.CHANGED_AFTER_WRITE) == (plan.state, plan.reason)
    assert plan.detail == f"{told}, TikTok now says CANCELLATION_REQUEST_CANCEL"


def test_a_refund_of_ours_that_is_not_tiktoks_amount_is_held() -> None:
    """Also where TikTok gives none any more."""
    details = [
        cancelled(a_cancellation(refund=refund), after(ours())).detail for refund in (amount("19.00"), None)
    ]

    assert details == [
        "TikTok 19.00 USD, gid://shopify/Refund/1 of 20.00 USD",
        "TikTok without amount, gid://shopify/Refund/1 of 20.00 USD",
    ]


def test_a_linked_refund_is_the_one() -> None:
    """Somebody else made it, and it took the whole order: what is left is to cancel it."""
    case = whole_cancellation()
    link = Ruling(RulingKind.LINKED, case.latest.basis, "kim", NOON, subjects=(WHOLE.id,), recorded=True)
    claim = Claim(value(Ours("a", "b"), NOON, timedelta(seconds=5), 1, ruling=link), "digest")
    order = after(replace(WHOLE, note="by hand"), links={WHOLE.id: CASE_ID}, claim=claim)

    assert [ActionKind.CANCEL_ORDER] == kinds(cancelled(replace(case, rulings=(link,)), order))


def test_a_return_on_the_same_order_is_no_foreign_work() -> None:
    """It carries a mark of its own."""
    returned = ours("20.00", {}, note=mark.note(Kind.RETURN, "4035318504086604999"))

    assert cancelled(a_cancellation(), replace(UNSHIPPED, refunds=(returned,))).actions


@given(
    st.sets(st.sampled_from([1, 2, 3]), min_size=1),
    st.sampled_from([True, False, None]),
    st.sampled_from(["0", "0.01", "57.99", "58.00"]),
    st.booleans(),
    st.sampled_from([UNSHIPPED, UNPAID_ORDER, ORDER, after(ours(note="")), after(WHOLE)]),
)
def test_nothing_is_given_up_that_was_not_cancelled(
    numbers: set[int], replenish: bool | None, total: str, cancelled_before: bool, order: Order
) -> None:
    """Whatever comes: TikTok's amount or none, only the units of the case, and an order only as a whole."""
    units = tuple(EVERY_UNIT[number - 1] for number in sorted(numbers))
    case = a_cancellation(lines=units, refund=amount(total), replenish=replenish)

    plan = cancelled(case, replace(order, cancelled=cancelled_before), tiktok_order=COD)

    for action in plan.actions:
        if isinstance(action, CreateRefund):
            assert action.payment.amount == usd(total)
            assert sum(one.quantity for one in action.units) in (0, len(units))
            assert {one.restock_type for one in action.units} <= {RestockType.CANCEL}
        else:
            assert isinstance(action, CancelOrder)
            assert not cancelled_before
            assert sum(line.refundable for line in order.lines) in (0, len(units))
