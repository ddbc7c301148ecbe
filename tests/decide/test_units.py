"""Which units are refunded or returned, and what is on the order of them."""

from dataclasses import replace

import pytest

from syncd.model.cases import ReturnStatus, ReturnType, State
from syncd.model.money import Money
from syncd.model.orders import (
    Assignment,
    Order,
    Return,
    ReturnState,
    TikTokLine,
    TikTokOrder,
)
from syncd.model.plans import (
    CreateRefund,
    CreateReturn,
    RefundUnit,
    RestockType,
    units_of,
)
from syncd.model.reasons import Reason
from tests.decide.examples import (
    MUG,
    ORDER,
    PARCEL,
    POLICY,
    SHIRTS,
    TIKTOK_ORDER,
    WAREHOUSE,
    a_case,
    amount,
    decided,
    our_return,
    returned,
    unit,
    usd,
)


@pytest.mark.parametrize(
    ("text", "code", "told"),
    [("Arrived damaged", "damaged", ": Arrived damaged"), ("", "damaged", ": damaged"), ("", "", "")],
)
def test_a_refund_has_our_mark_and_tiktoks_reason(text: str, code: str, told: str) -> None:
    """In TikTok's words where it has some, else its code."""
    plan = decided(a_case(reason_text=text, reason=code))

    assert isinstance(plan.actions[0], CreateRefund)
    assert ORDER.id == plan.actions[0].order_id
    assert f"TikTok Shop return 4035318504086604100 (syncd){told}" == plan.actions[0].note


def test_two_units_of_one_sku_are_one_quantity() -> None:
    """TikTok's one-unit lines become one line of quantity two."""
    case = a_case(lines=(unit(1), unit(2)), refund=amount("40.00"))

    plan = decided(case)

    assert isinstance(plan.actions[0], CreateRefund)
    assert [("L1", 2)] == [(u.line_id, u.quantity) for u in plan.actions[0].units]


def test_more_units_than_are_left_of_a_sku_are_the_amount_alone() -> None:
    """A unit that is off the order already is not taken off again."""
    lines = (replace(SHIRTS, refundable=1), MUG)
    case = a_case(lines=(unit(1), unit(2)), refund=amount("40.00"))

    plan = decided(case, replace(ORDER, lines=lines))

    assert isinstance(plan.actions[0], CreateRefund)
    assert () == plan.actions[0].units


def test_a_mapped_sku_finds_its_line() -> None:
    """[match.skus] says what TikTok's SKU is called in Shopify."""
    match = replace(POLICY.match, skus={"TT-SHIRT": "SHIRT"})
    case = a_case(lines=(unit(1, sku="TT-SHIRT"),))

    plan = decided(case, policy=replace(POLICY, match=match))

    assert isinstance(plan.actions[0], CreateRefund)
    assert ["L1"] == [u.line_id for u in plan.actions[0].units]


def test_the_connectors_note_of_the_line_id_comes_before_the_sku() -> None:
    """A line that carries TikTok's line id is the line, whatever its SKU."""
    lines = (SHIRTS, replace(MUG, attributes={"_tiktok_line": "T1"}, unit_price=usd("20.00")))

    plan = decided(order=replace(ORDER, lines=lines))

    assert isinstance(plan.actions[0], CreateRefund)
    assert ["L2"] == [u.line_id for u in plan.actions[0].units]


@pytest.mark.parametrize("sku", ["HAT", ""])
def test_a_unit_without_a_line_is_held(sku: str) -> None:
    """Nothing is refunded on a line that was only guessed."""
    plan = decided(a_case(lines=(unit(1, sku=sku),)))

    assert (Reason.LINE_NOT_FOUND, True) == (plan.reason, repr(sku) in plan.detail)


def test_lines_of_one_sku_with_different_prices_are_held() -> None:
    """Which of the two was paid back cannot be told."""
    lines = (replace(SHIRTS, quantity=1, refundable=1), replace(SHIRTS, id="L9", unit_price=usd("18.00")))

    assert Reason.LINE_AMBIGUOUS == decided(order=replace(ORDER, lines=lines)).reason


def test_lines_of_one_sku_with_one_price_are_taken_in_order() -> None:
    """It does not matter which, as long as it is always the same."""
    lines = (replace(SHIRTS, refundable=1), replace(SHIRTS, id="L9"))
    case = a_case(lines=(unit(1), unit(2)), refund=amount("40.00"))

    plan = decided(case, replace(ORDER, lines=lines))

    assert isinstance(plan.actions[0], CreateRefund)
    assert [("L1", 1), ("L9", 1)] == [(u.line_id, u.quantity) for u in plan.actions[0].units]


def test_a_case_without_units_is_refunded_as_the_amount_alone() -> None:
    """TikTok sometimes names no line; the amount is what it paid."""
    plan = decided(a_case(lines=()))

    assert isinstance(plan.actions[0], CreateRefund)
    assert () == plan.actions[0].units


def test_a_return_without_units_is_held() -> None:
    """Goods that nobody names cannot be taken back."""
    assert Reason.LINE_NOT_FOUND == decided(returned(lines=())).reason


@pytest.mark.parametrize("import_returns", [True, False])
def test_returned_units_that_are_refunded_already_are_held(import_returns: bool) -> None:
    """The money may follow, but the units are gone: a person compares."""
    order = replace(ORDER, lines=(replace(SHIRTS, refundable=0), MUG))
    policy = replace(POLICY, import_returns=import_returns)

    assert Reason.UNITS_GONE == decided(returned(), order, policy).reason


@pytest.mark.parametrize(
    "tiktok_order",
    [
        None,
        replace(TIKTOK_ORDER, lines=()),
        replace(TIKTOK_ORDER, lines=(replace(TIKTOK_ORDER.lines[0], sale_price=None),)),
        replace(TIKTOK_ORDER, lines=(replace(TIKTOK_ORDER.lines[0], sale_price=Money(1, "EUR")),)),
    ],
)
def test_a_unit_of_unknown_price_is_refunded_as_the_amount_alone(tiktok_order: TikTokOrder | None) -> None:
    """Whole or part cannot be told, so the unit stays on the order."""
    plan = decided(tiktok_order=tiktok_order)

    assert isinstance(plan.actions[0], CreateRefund)
    assert () == plan.actions[0].units


def test_a_unit_without_an_amount_of_its_own_is_refunded_as_the_amount_alone() -> None:
    """The total alone does not say that this unit was paid back whole."""
    plan = decided(a_case(lines=(unit(1, refund=None),)))

    assert isinstance(plan.actions[0], CreateRefund)
    assert () == plan.actions[0].units


UNSHIPPED = replace(ORDER, shipments=(), lines=(replace(SHIRTS, unfulfilled=2), MUG))
NOT_SHIPPED = replace(
    TIKTOK_ORDER, status="AWAITING_SHIPMENT", lines=tuple(replace(x, status="") for x in TIKTOK_ORDER.lines)
)
ASSIGNED = (Assignment("L1", 2, WAREHOUSE),)


def test_units_that_neither_side_shipped_are_given_up() -> None:
    """CANCEL gives the reserved unit back, so that nobody ships it."""
    plan = decided(order=UNSHIPPED, tiktok_order=NOT_SHIPPED, assignments=ASSIGNED)

    assert isinstance(plan.actions[0], CreateRefund)
    assert [(RestockType.CANCEL, WAREHOUSE, False)] == [
        (u.restock_type, u.location, u.restock) for u in plan.actions[0].units
    ]


def test_partly_shipped_units_are_given_up_and_kept() -> None:
    """One line may need both words."""
    lines = (replace(SHIRTS, unfulfilled=1), MUG)
    case = a_case(lines=(unit(1), unit(2)), refund=amount("40.00"))

    plan = decided(case, replace(ORDER, lines=lines), tiktok_order=NOT_SHIPPED, assignments=ASSIGNED)

    assert isinstance(plan.actions[0], CreateRefund)
    assert [(RestockType.NO_RESTOCK, 1), (RestockType.CANCEL, 1)] == [
        (u.restock_type, u.quantity) for u in plan.actions[0].units
    ]


@pytest.mark.parametrize("tiktok_order", [TIKTOK_ORDER, replace(TIKTOK_ORDER, lines=TIKTOK_ORDER.lines[:1])])
def test_units_that_only_tiktok_shipped_are_held(tiktok_order: TikTokOrder) -> None:
    """NO_RESTOCK would leave them to be shipped a second time."""
    assert Reason.NOT_FULFILLED == decided(order=UNSHIPPED, tiktok_order=tiktok_order).reason


def test_only_the_assignments_of_a_line_tell_where_it_waits() -> None:
    """The rest of the order may wait elsewhere, and some of it nowhere."""
    elsewhere = replace(WAREHOUSE, id="gid://shopify/Location/8")
    assignments = (*ASSIGNED, Assignment("L2", 1, elsewhere), Assignment("L1", 1, None))

    plan = decided(order=UNSHIPPED, tiktok_order=NOT_SHIPPED, assignments=assignments)

    assert isinstance(plan.actions[0], CreateRefund)
    assert [WAREHOUSE] == [u.location for u in plan.actions[0].units]


def test_units_of_a_mapped_sku_are_given_up_too() -> None:
    """TikTok's word for them is found by its own SKU."""
    policy = replace(POLICY, match=replace(POLICY.match, skus={"TT-SHIRT": "SHIRT"}))
    case = a_case(lines=(unit(1, sku="TT-SHIRT"),))

    plan = decided(case, UNSHIPPED, policy, NOT_SHIPPED, assignments=ASSIGNED)

    assert isinstance(plan.actions[0], CreateRefund)
    assert [(RestockType.CANCEL, "SHIRT")] == [(u.restock_type, u.sku) for u in plan.actions[0].units]


def test_all_units_of_a_line_may_come_back_without_a_return() -> None:
    """Every one that was shipped, and none of them is restocked unless it is wanted."""
    case = returned(lines=(unit(1), unit(2)), refund=amount("40.00"))

    plan = decided(case, policy=replace(POLICY, import_returns=False))

    assert isinstance(plan.actions[0], CreateRefund)
    assert [RefundUnit("L1", "SHIRT", 2, restock=False)] == list(plan.actions[0].units)


def test_units_given_up_without_an_assigned_location_go_to_the_configured_one() -> None:
    """Somewhere they have to go."""
    policy = replace(POLICY, location="Warehouse")

    plan = decided(order=UNSHIPPED, policy=policy, tiktok_order=NOT_SHIPPED, locations=(WAREHOUSE,))

    assert isinstance(plan.actions[0], CreateRefund)
    assert [WAREHOUSE] == [u.location for u in plan.actions[0].units]


def test_units_given_up_without_any_location_are_held() -> None:
    """A refund without a location would change no stock."""
    assert Reason.LOCATION_UNKNOWN == decided(order=UNSHIPPED, tiktok_order=NOT_SHIPPED).reason


@pytest.mark.parametrize("import_returns", [True, False])
def test_returned_units_that_shopify_never_shipped_are_held(import_returns: bool) -> None:
    """The buyer had them, so the order in Shopify is behind."""
    policy = replace(POLICY, import_returns=import_returns)

    assert Reason.NOT_FULFILLED == decided(returned(), UNSHIPPED, policy).reason


ON_OTHER = our_return(note="TikTok Shop return 99 (syncd)", quantity=2)


def test_units_on_another_return_are_not_returned_twice() -> None:
    """A second return of the same fulfillment line takes what is left of it, or is held for the other one."""
    order = replace(ORDER, returns=(ON_OTHER,))

    for case in (returned(), a_case(ReturnType.RETURN_AND_REFUND, ReturnStatus.AWAITING_BUYER_SHIP)):
        plan = decided(case, order)
        assert (State.HELD, Reason.UNITS_ON_RETURN) == (plan.state, plan.reason)
        assert (ON_OTHER.id,) == plan.subjects
        assert all(word in plan.detail for word in ("SHIRT", ON_OTHER.name, "99"))


@pytest.mark.parametrize("link", ["previous_id", "next_id"])
def test_units_on_the_return_of_an_edited_case_are_waited_for(link: str) -> None:
    """That return is cancelled as soon as TikTok says so of its case."""
    plan = decided(returned(**{link: "99"}), replace(ORDER, returns=(ON_OTHER,)))

    assert (State.DUE, Reason.UNITS_ON_RETURN, ()) == (plan.state, plan.reason, plan.actions)


@pytest.mark.parametrize(
    ("order", "other"),
    [
        (ORDER, replace(ON_OTHER, state=ReturnState.CLOSED)),
        (UNSHIPPED, ON_OTHER),
        (replace(ORDER, shipments=()), replace(ON_OTHER, lines=())),
    ],
    ids=["a closed return", "never shipped", "a return of other units"],
)
def test_units_that_no_open_return_has_are_not_fulfilled(order: Order, other: Return) -> None:
    """The other return is not what stands in the way."""
    plan = decided(returned(), replace(order, returns=(other,)))

    assert Reason.NOT_FULFILLED == plan.reason


def test_units_on_a_cancelled_return_are_free_again() -> None:
    """A cancelled return holds nothing."""
    other = our_return(ReturnState.CANCELED, note="TikTok Shop return 99 (syncd)", quantity=2)

    plan = decided(returned(), replace(ORDER, returns=(other,)))

    assert isinstance(plan.actions[0], CreateReturn)


def test_units_are_taken_from_several_parcels() -> None:
    """Two shipments of one line make two lines on the return."""
    lines = (replace(PARCEL.lines[0], quantity=1), PARCEL.lines[1])
    second = replace(PARCEL, id="F2", lines=(replace(PARCEL.lines[0], id="FL9", quantity=1),))
    order = replace(ORDER, shipments=(replace(PARCEL, lines=lines), second))
    case = returned(lines=(unit(1), unit(2)), refund=amount("40.00"))

    plan = decided(case, order)

    assert isinstance(plan.actions[0], CreateReturn)
    assert [("gid://shopify/FulfillmentLineItem/1", 1), ("FL9", 1)] == [
        (u.fulfillment_line_id, u.quantity) for u in plan.actions[0].units
    ]


def test_a_gift_leaves_the_order_with_what_was_paid_for() -> None:
    """TikTok names no amount for it, and its price was nothing."""
    gift = replace(unit(3, "MUG"), refund=None)
    sold = replace(TIKTOK_ORDER, lines=(*TIKTOK_ORDER.lines[:2], TikTokLine("T3", "MUG", usd("0"))))
    order = replace(ORDER, lines=(SHIRTS, replace(MUG, unit_price=usd("0"))))

    plan = decided(a_case(lines=(unit(1), gift)), order, tiktok_order=sold)

    assert [("SHIRT", 1), ("MUG", 1)] == [(one.sku, one.quantity) for one in units_of(plan.actions[0])]


@pytest.mark.parametrize("import_returns", [True, False])
@pytest.mark.parametrize("kind", [ReturnType.REFUND, ReturnType.RETURN_AND_REFUND])
def test_units_on_another_return_of_ours_do_not_leave_the_order_without_it(
    kind: ReturnType, *, import_returns: bool
) -> None:
    """Its case may still be paid back; what else there is of the line may go."""
    policy = replace(POLICY, import_returns=import_returns)
    one_only = replace(ON_OTHER, lines=(replace(ON_OTHER.lines[0], quantity=1),))
    plans = [
        decided(a_case(kind), replace(ORDER, returns=(shown,)), policy) for shown in (ON_OTHER, one_only)
    ]

    assert [Reason.UNITS_ON_RETURN, None] == [plan.reason for plan in plans]


def test_processed_units_of_another_return_are_off_the_order_already() -> None:
    """They are not counted twice."""
    other = our_return(note="TikTok Shop return 99 (syncd)", processed=1)
    order = replace(ORDER, lines=(replace(SHIRTS, refundable=1), MUG), returns=(other,))

    assert [1] == [one.quantity for one in units_of(decided(a_case(), order).actions[0])]
