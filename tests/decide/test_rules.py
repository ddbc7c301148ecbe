"""The rules behind the table: money, units, places, other people, and once for good."""

from dataclasses import replace
from datetime import timedelta

import pytest

from syncd.decide.decision import decide
from syncd.decide.facts import Facts, Stop
from syncd.decide.payment import payment
from syncd.model.cases import (
    Case,
    Kind,
    Path,
    RefundAmount,
    Restock,
    ReturnStatus,
    ReturnType,
    State,
    Written,
)
from syncd.model.match import Match
from syncd.model.money import Money
from syncd.model.orders import (
    Assignment,
    Disposition,
    Location,
    Order,
    ReturnState,
    TikTokOrder,
    Transaction,
    TransactionKind,
)
from syncd.model.plans import (
    ArchiveOrder,
    CloseReturn,
    CreateRefund,
    CreateReturn,
    Payment,
    Plan,
    ProcessReturn,
    RestockType,
)
from syncd.model.reasons import Reason
from tests.decide.examples import (
    HOUR,
    MUG,
    NOON,
    ORDER,
    PARCEL,
    POLICY,
    SALE,
    SHIRTS,
    TIKTOK_ORDER,
    WAREHOUSE,
    a_case,
    amount,
    decided,
    our_refund,
    our_return,
    returned,
    unit,
    usd,
)

RESTOCK = replace(POLICY, auto_restock=True)
NO_IMPORT_RESTOCK = replace(RESTOCK, import_returns=False)
ELSEWHERE = Location("gid://shopify/Location/8", "Store", active=True, fulfillment_service=False)
CLOSED_DOWN = Location("gid://shopify/Location/9", "Old", active=False, fulfillment_service=False)
SERVICE = Location("gid://shopify/Location/10", "3PL", active=True, fulfillment_service=True)


def payment_in(plan: Plan) -> Payment:
    """The money of the plan's first action."""
    assert isinstance(plan.actions[0], CreateRefund)
    return plan.actions[0].payment


# Amount


def test_the_amount_is_tiktoks_total_and_the_shipping_is_inside_it() -> None:
    """Nothing is added up again; the shipping part is named, not added."""
    plan = decided(a_case(refund=amount("27.99", "7.99")))

    assert Payment(usd("27.99"), SALE.id, "TikTok Shop", usd("7.99")) == payment_in(plan)


@pytest.mark.parametrize(
    ("shipping", "left", "named"),
    [
        ("7.99", "5.00", usd("5.00")),
        ("7.99", "0.00", None),
        (None, "7.99", None),
        ("0.00", "7.99", None),
        ("90.00", "90.00", usd("20.00")),
    ],
)
def test_shipping_is_never_more_than_is_left_of_it(
    shipping: str | None, left: str, named: Money | None
) -> None:
    """What was refunded of the shipping before is not refunded again."""
    order = replace(ORDER, shipping_left=usd(left))

    assert named == payment_in(decided(a_case(refund=amount("20.00", shipping)), order)).shipping


def test_shipping_in_another_currency_is_left_out() -> None:
    """The total is what counts."""
    refund = RefundAmount(usd("20.00"), shipping=Money.parse("7.99", "EUR"))

    assert None is payment_in(decided(a_case(refund=refund))).shipping


def test_an_amount_beside_the_price_of_the_lines_names_a_discrepancy() -> None:
    """TikTok's discounts make the amount differ from Shopify's price."""
    plan = decided(a_case(refund=amount("20.47"), lines=(unit(1, refund="20.47"),)))

    assert isinstance(plan.actions[0], CreateRefund)
    assert "OTHER" == plan.actions[0].discrepancy


def test_a_missing_amount_is_held() -> None:
    """Paid back without an amount is not read as nothing."""
    plan = decided(a_case(refund=None, trouble="'abc' is not an amount"))

    assert (Reason.AMOUNT_MISSING, "'abc' is not an amount") == (plan.reason, plan.detail)


def test_nothing_paid_back_is_skipped() -> None:
    """A refund of zero moves no money."""
    assert Reason.NO_MONEY == decided(a_case(refund=amount("0"))).reason


# Whose money


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"transactions": ()}, Reason.NO_PAYMENT),
        ({"transactions": (replace(SALE, status="FAILURE"),)}, Reason.NO_PAYMENT),
        ({"transactions": (replace(SALE, manual=False, gateway="shopify_payments"),)}, Reason.REAL_GATEWAY),
        ({"currency": "EUR"}, Reason.CURRENCY_MISMATCH),
        ({"transactions": (replace(SALE, amount=usd("19.99")),)}, Reason.OVER_REFUND),
        ({"net_payment": usd("19.99")}, Reason.OVER_REFUND),
    ],
)
def test_money_that_is_not_surely_ours_to_refund_is_held(changes: dict[str, object], reason: Reason) -> None:
    """Each doubt about the payment stops the refund."""
    order: Order = replace(ORDER, **changes)  # type: ignore[arg-type]

    assert (State.HELD, reason, ()) == ((plan := decided(order=order)).state, plan.reason, plan.actions)


def test_a_gateway_that_the_merchant_allowed_is_refunded() -> None:
    """Connectors invent payment names; the merchant names them, in any case of letters."""
    order = replace(ORDER, transactions=(replace(SALE, manual=False, gateway="TikTok Payments"),))
    policy = replace(POLICY, allowed_gateways=frozenset({"tiktok payments"}))

    assert "TikTok Payments" == payment_in(decided(order=order, policy=policy)).gateway


def refund_of(sale: Transaction, minor: str, status: str = "SUCCESS") -> Transaction:
    """Money that went back from a sale before."""
    return Transaction("R", TransactionKind.REFUND, status, sale.gateway, True, usd(minor), sale.id)


@pytest.mark.parametrize(
    ("before", "status", "held"),
    [
        ("37.99", "SUCCESS", False),
        ("38.00", "SUCCESS", True),
        ("38.00", "PENDING", True),
        ("38.00", "FAILURE", False),
    ],
)
def test_no_more_than_is_left_of_the_payment(before: str, status: str, held: bool) -> None:
    """What was refunded before, or is about to be, is gone."""
    order = replace(ORDER, transactions=(SALE, refund_of(SALE, before, status)))

    assert held == (Reason.OVER_REFUND == decided(order=order).reason)


def test_of_several_payments_the_buyers_is_the_one_that_equals_tiktoks_total() -> None:
    """TikTok's own discount may stand on the order as a second payment."""
    discount = replace(SALE, id="gid://shopify/OrderTransaction/6", amount=usd("10.00"))

    plan = decided(order=replace(ORDER, transactions=(discount, SALE)))

    assert SALE.id == payment_in(plan).parent_id


@pytest.mark.parametrize("total", [usd("1.00"), None])
def test_several_payments_without_an_equal_one_are_held(total: Money | None) -> None:
    """Nobody can tell which one the buyer made."""
    order = replace(ORDER, transactions=(SALE, replace(SALE, id="x", amount=usd("10.00"))))
    tiktok_order = replace(TIKTOK_ORDER, total=total)

    assert Reason.SEVERAL_PAYMENTS == decided(order=order, tiktok_order=tiktok_order).reason


def test_several_payments_without_tiktoks_order_are_held() -> None:
    """Without TikTok's order there is nothing to compare with."""
    order = replace(ORDER, transactions=(SALE, replace(SALE, id="x")))

    assert Reason.SEVERAL_PAYMENTS == decided(order=order, tiktok_order=None).reason


@pytest.mark.parametrize(("ceiling", "held"), [(1999, True), (2000, False)])
def test_a_refund_above_the_ceiling_is_held(ceiling: int, held: bool) -> None:
    """The ceiling itself is still fine."""
    policy = replace(POLICY, max_refund={"USD": ceiling})

    assert held == (Reason.OVER_CEILING == decided(policy=policy).reason)


def test_a_ceiling_of_another_currency_does_not_count() -> None:
    """Each currency has its own."""
    assert None is decided(policy=replace(POLICY, max_refund={"EUR": 1})).reason


# Units


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


# Units that Shopify never shipped

UNSHIPPED = replace(ORDER, fulfillments=(), lines=(replace(SHIRTS, unfulfilled=2), MUG))
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


def test_units_on_another_return_are_not_returned_twice() -> None:
    """A second return of the same fulfillment line takes what is left of it, or is held."""
    other = our_return(note="TikTok Shop return 99 (syncd)", quantity=2)

    assert Reason.NOT_FULFILLED == decided(returned(), replace(ORDER, returns=(other,))).reason


def test_units_on_a_cancelled_return_are_free_again() -> None:
    """A cancelled return holds nothing."""
    other = our_return(ReturnState.CANCELED, note="TikTok Shop return 99 (syncd)", quantity=2)

    plan = decided(returned(), replace(ORDER, returns=(other,)))

    assert isinstance(plan.actions[0], CreateReturn)


def test_units_are_taken_from_several_parcels() -> None:
    """Two shipments of one line make two lines on the return."""
    lines = (replace(PARCEL.lines[0], quantity=1), PARCEL.lines[1])
    second = replace(PARCEL, id="F2", lines=(replace(PARCEL.lines[0], id="FL9", quantity=1),))
    order = replace(ORDER, fulfillments=(replace(PARCEL, lines=lines), second))
    case = returned(lines=(unit(1), unit(2)), refund=amount("40.00"))

    plan = decided(case, order)

    assert isinstance(plan.actions[0], CreateReturn)
    assert [("gid://shopify/FulfillmentLineItem/1", 1), ("FL9", 1)] == [
        (u.fulfillment_line_id, u.quantity) for u in plan.actions[0].units
    ]


# Where units go back to


@pytest.mark.parametrize("policy", [RESTOCK, NO_IMPORT_RESTOCK])
@pytest.mark.parametrize("place", [CLOSED_DOWN, SERVICE, None])
def test_a_place_that_takes_nothing_back_is_held(policy: object, place: Location | None) -> None:
    """Only active places of the merchant's own take units back."""
    order = replace(ORDER, fulfillments=(replace(PARCEL, location=place),))

    assert Reason.LOCATION_UNKNOWN == decided(returned(), order, policy).reason  # type: ignore[arg-type]


@pytest.mark.parametrize("policy", [RESTOCK, NO_IMPORT_RESTOCK])
@pytest.mark.parametrize("word", ["Store", ELSEWHERE.id, "8"])
def test_the_configured_location_comes_first(policy: object, word: str) -> None:
    """By name, by id, or by the number in the id."""
    configured = replace(policy, location=word)  # type: ignore[type-var]

    plan = decided(returned(), policy=configured, locations=(WAREHOUSE, ELSEWHERE))  # type: ignore[arg-type]

    places = {
        u.location for a in plan.actions if isinstance(a, CreateRefund | ProcessReturn) for u in a.units
    }
    assert {ELSEWHERE} == places


@pytest.mark.parametrize(
    ("locations", "reason"),
    [
        ((WAREHOUSE,), Reason.LOCATION_UNKNOWN),
        ((ELSEWHERE, replace(ELSEWHERE, id="x/11")), Reason.LOCATION_AMBIGUOUS),
        ((replace(ELSEWHERE, active=False),), Reason.LOCATION_UNKNOWN),
    ],
)
def test_a_configured_location_that_cannot_be_used_is_held(
    locations: tuple[Location, ...], reason: Reason
) -> None:
    """A misspelt, doubled or inactive name does not fall back to a guess."""
    policy = replace(RESTOCK, location="Store")

    assert reason == decided(returned(), policy=policy, locations=locations).reason


def test_units_shipped_from_several_places_are_held_without_a_configured_one() -> None:
    """A plain refund cannot tell which parcel came back."""
    order = replace(ORDER, fulfillments=(PARCEL, replace(PARCEL, id="F2", location=ELSEWHERE)))

    assert Reason.LOCATION_AMBIGUOUS == decided(returned(), order, NO_IMPORT_RESTOCK).reason


def test_gift_cards_and_custom_lines_are_never_restocked() -> None:
    """There is no stock to put them into."""
    for line in (replace(SHIRTS, gift_card=True), replace(SHIRTS, custom=True)):
        assert Restock.WAITING == decided(returned(), replace(ORDER, lines=(line, MUG)), RESTOCK).restock


def test_without_tiktoks_order_nothing_is_restocked() -> None:
    """Who fulfilled it is not known, so staff decide."""
    assert Restock.WAITING == decided(returned(), policy=RESTOCK, tiktok_order=None).restock


def test_a_tracking_number_proves_the_parcel_too() -> None:
    """The state BUYER_SHIPPED_ITEM may pass between two polls."""
    case = replace(returned(tracking_number="1Z"), parcel_seen=False)

    assert Restock.DONE == decided(case, policy=RESTOCK).restock


# Other people


@pytest.mark.parametrize(
    ("case", "import_returns"), [(a_case(), True), (returned(), True), (returned(), False)]
)
@pytest.mark.parametrize("created", [NOON, None])
def test_a_refund_of_somebody_else_since_the_case_was_opened_is_held(
    case: Case, import_returns: bool, created: object
) -> None:
    """It may be the same refund: the hold shows its id, amount and note."""
    theirs = replace(our_refund("20.00", note="by hand"), created_at=created)  # type: ignore[arg-type]
    policy = replace(POLICY, import_returns=import_returns)

    plan = decided(case, replace(ORDER, refunds=(theirs,)), policy)

    assert Reason.FOREIGN_REFUND == plan.reason
    assert "gid://shopify/Refund/1 of 20.00 USD, note 'by hand'" in plan.detail


@pytest.mark.parametrize(
    "other",
    [
        our_refund(note="TikTok Shop return 99 (syncd)"),
        our_refund(note="by hand", created_at=NOON - 100 * HOUR),
        our_refund(note="", return_id="gid://shopify/Return/2"),
    ],
    ids=["of another case of ours", "before the case was opened", "through another return of ours"],
)
def test_other_refunds_do_not_hold(other: object) -> None:
    """What is ours, or older than the case, is no refund of this case."""
    theirs = replace(our_return(note="TikTok Shop return 99 (syncd)"), id="gid://shopify/Return/2")
    order = replace(ORDER, refunds=(other,), returns=(theirs,))  # type: ignore[arg-type]

    assert isinstance(decided(order=order).actions[0], CreateRefund)


@pytest.mark.parametrize(
    "case", [a_case(), returned(), a_case(ReturnType.RETURN_AND_REFUND, ReturnStatus.SUCCESS)]
)
@pytest.mark.parametrize("state", [ReturnState.OPEN, ReturnState.REQUESTED])
def test_an_open_return_of_somebody_else_with_these_units_is_held(case: Case, state: ReturnState) -> None:
    """Two hands on one unit would pay twice."""
    theirs = our_return(state, note="by staff")

    assert Reason.FOREIGN_RETURN == decided(case, replace(ORDER, returns=(theirs,))).reason


def test_an_open_return_of_somebody_else_with_these_units_is_held_without_import_too() -> None:
    """The plain refund looks at returns as well."""
    policy = replace(POLICY, import_returns=False)

    assert (
        Reason.FOREIGN_RETURN
        == decided(returned(), replace(ORDER, returns=(our_return(note=""),)), policy).reason
    )


def test_a_finished_return_of_somebody_else_does_not_hold() -> None:
    """It is over; a refund that came of it would be seen."""
    plan = decided(order=replace(ORDER, returns=(our_return(ReturnState.CLOSED, note="by staff"),)))

    assert isinstance(plan.actions[0], CreateRefund)


# Once and for good


@pytest.mark.parametrize(
    ("refund", "reason"),
    [
        (our_refund("19.99"), Reason.REFUND_DIFFERS),
        (our_refund("0.00"), Reason.REFUND_FAILED),
        (our_refund(pending=True), Reason.REFUND_PENDING),
    ],
)
def test_our_refund_that_is_not_tiktoks_amount_is_never_corrected(refund: object, reason: Reason) -> None:
    """A difference is shown, not settled by a second refund."""
    plan = decided(order=replace(ORDER, refunds=(refund,)))  # type: ignore[arg-type]

    assert (reason, ()) == (plan.reason, plan.actions)


def test_two_refunds_of_ours_for_one_case_are_held() -> None:
    """That must not be, so a person is told."""
    second = replace(our_refund(), id="gid://shopify/Refund/2")

    assert Reason.DOUBLED == decided(order=replace(ORDER, refunds=(our_refund(), second))).reason


def test_two_returns_of_ours_for_one_case_are_held() -> None:
    """The same for returns."""
    returns = (our_return(), replace(our_return(), id="gid://shopify/Return/2"))

    assert Reason.DOUBLED == decided(returned(), replace(ORDER, returns=returns)).reason


WRITTEN = Written.of(a_case().latest)
SYNCED = replace(a_case(), written=WRITTEN, state=State.SYNCED, restock=Restock.WAITING, path=Path.RETURN)


def test_a_settled_case_stays_settled_without_a_look() -> None:
    """News that change nothing about money and units cost nothing."""
    plan = decided(SYNCED, order=None)

    assert (State.SYNCED, Restock.WAITING, Path.RETURN) == (plan.state, plan.restock, plan.path)


@pytest.mark.parametrize(
    ("latest", "words"),
    [
        (a_case(refund=amount("19.00")), "TikTok now says 19.00 USD"),
        (a_case(refund=None), "now gives no amount"),
        (a_case(lines=(unit(2),)), "or others"),
        (a_case(status=ReturnStatus.REJECTED), "REFUND_OR_RETURN_REQUEST_REJECT"),
    ],
)
def test_a_case_that_changes_after_it_was_written_is_held_with_the_difference(
    latest: Case, words: str
) -> None:
    """Never a second refund by itself."""
    plan = decided(replace(SYNCED, latest=latest.latest))

    assert Reason.CHANGED_AFTER_WRITE == plan.reason
    assert words in plan.detail


@pytest.mark.parametrize(
    "return_",
    [
        our_return(processed=1),
        our_return(ReturnState.CLOSED),
        our_return(quantity=2),
        our_return(dispositions=(Disposition("RESTOCKED", 1, None),)),
    ],
)
def test_a_return_that_is_not_as_we_made_it_is_held(return_: object) -> None:
    """Staff worked on it; what they did is not overwritten."""
    plan = decided(returned(), replace(ORDER, returns=(return_,)))  # type: ignore[arg-type]

    assert Reason.RETURN_TOUCHED == plan.reason


def test_a_return_line_without_its_parcel_is_held() -> None:
    """A shipment that was cancelled meanwhile leaves the return without ground."""
    order = replace(ORDER, returns=(our_return(),), fulfillments=())

    assert Reason.NOT_FULFILLED == decided(returned(), order).reason


# After the money is refunded

RESTOCKED = (Disposition("RESTOCKED", 1, WAREHOUSE.id),)


def refunded(return_: object, **changes: object) -> Order:
    """The order after its return was refunded."""
    refund = our_refund(note="", return_id="gid://shopify/Return/1")
    return replace(ORDER, returns=(return_,), refunds=(refund,), **changes)  # type: ignore[arg-type]


def test_a_processed_return_with_every_unit_decided_is_closed() -> None:
    """Shopify may or may not close it by itself; the state is read."""
    plan = decided(returned(), refunded(our_return(processed=1, dispositions=RESTOCKED)), RESTOCK)

    assert ((CloseReturn(ORDER.id, "gid://shopify/Return/1"),), Restock.DONE) == (plan.actions, plan.restock)


@pytest.mark.parametrize("state", [ReturnState.OPEN, ReturnState.CLOSED])
def test_a_processed_return_whose_units_wait_is_done_for_now(state: ReturnState) -> None:
    """It stays as it is until staff have looked at the units."""
    plan = decided(returned(), refunded(our_return(state, processed=1)))

    assert (State.SYNCED, Restock.WAITING) == (plan.state, plan.restock)


def test_a_closed_and_restocked_return_is_done() -> None:
    """Nothing is left."""
    done = refunded(our_return(ReturnState.CLOSED, processed=1, dispositions=RESTOCKED))

    assert (State.SYNCED, Restock.DONE) == ((plan := decided(returned(), done)).state, plan.restock)


def test_a_closed_return_of_units_that_were_not_restocked_is_done() -> None:
    """They are in TikTok's warehouse."""
    not_restocked = (Disposition("NOT_RESTOCKED", 1, None),)

    plan = decided(
        returned(), refunded(our_return(ReturnState.CLOSED, processed=1, dispositions=not_restocked))
    )

    assert (State.SYNCED, Restock.NONE) == (plan.state, plan.restock)


@pytest.mark.parametrize(
    ("restocked", "by_tiktok", "restock"),
    [(True, False, Restock.DONE), (False, False, Restock.WAITING), (False, True, Restock.NONE)],
)
def test_a_plain_refund_of_returned_goods_tells_what_became_of_the_units(
    restocked: bool, by_tiktok: bool, restock: Restock
) -> None:
    """Read from what Shopify has, so that a lost store comes to the same."""
    order = replace(ORDER, refunds=(our_refund(restocked=restocked),))
    tiktok_order = replace(TIKTOK_ORDER, fulfilled_by_tiktok=by_tiktok)

    assert restock == decided(returned(), order, tiktok_order=tiktok_order).restock


def test_an_archived_order_is_archived_again() -> None:
    """Whatever opened it."""
    archived = replace(ORDER, archived=True)

    assert ArchiveOrder(ORDER.id) == decided(order=archived).actions[-1]
    assert ArchiveOrder(ORDER.id) == decided(returned(), archived, RESTOCK).actions[-1]


def test_an_order_that_was_opened_by_our_refund_is_archived_again() -> None:
    """After the refund the order stands open, and we know that it did not before."""
    case = replace(a_case(), was_archived=True)
    done = replace(ORDER, refunds=(our_refund(),))

    assert (ArchiveOrder(ORDER.id),) == decided(case, done).actions
    assert State.SYNCED == decided(case, replace(done, archived=True)).state


def test_an_order_that_was_opened_by_our_return_is_archived_again() -> None:
    """After the return is closed, not before its units are decided about."""
    case = replace(returned(), was_archived=True)
    closed = our_return(ReturnState.CLOSED, processed=1, dispositions=RESTOCKED)

    assert (ArchiveOrder(ORDER.id),) == decided(case, refunded(closed)).actions
    assert State.SYNCED == decided(case, refunded(our_return(processed=1))).state
    assert State.SYNCED == decided(case, refunded(closed, archived=True)).state


# Finding the order


def test_no_order_is_a_wait_at_first() -> None:
    """It may be imported later."""
    plan = decided(order=None, waited=timedelta(days=2))

    assert (State.DUE, Reason.ORDER_NOT_FOUND, ()) == (plan.state, plan.reason, plan.actions)


@pytest.mark.parametrize("tiktok_order", [TIKTOK_ORDER, None])
def test_no_order_for_three_days_is_a_hold(tiktok_order: TikTokOrder | None) -> None:
    """Then a person should know."""
    plan = decided(order=None, waited=timedelta(days=3), tiktok_order=tiktok_order)

    assert (State.HELD, Reason.ORDER_NOT_FOUND) == (plan.state, plan.reason)


@pytest.mark.parametrize(
    ("changes", "why"),
    [({"fulfilled_by_tiktok": True}, "fulfilled by TikTok"), ({"sample": True}, "a sample")],
)
def test_an_order_that_is_never_imported_is_skipped_with_the_reason(
    changes: dict[str, bool], why: str
) -> None:
    """TikTok's order says why it never came."""
    tiktok_order = replace(TIKTOK_ORDER, **changes)  # type: ignore[arg-type]

    plan = decided(order=None, waited=timedelta(days=3), tiktok_order=tiktok_order)

    assert (State.SKIPPED, Reason.NOT_IMPORTED, why) == (plan.state, plan.reason, plan.detail)


def test_an_order_that_was_found_before_and_is_gone_is_held() -> None:
    """It may be too old for our scopes, or deleted."""
    facts = Facts(a_case(), Match((ORDER.id,), "known"))

    assert (State.HELD, Reason.ORDER_GONE) == ((plan := decide(facts, POLICY)).state, plan.reason)


@pytest.mark.parametrize("case", [a_case(), a_case(ReturnType.RETURN_AND_REFUND, ReturnStatus.CANCELLED)])
def test_two_orders_with_the_id_are_held(case: Case) -> None:
    """Two connectors may have imported the same order."""
    facts = Facts(case, Match(("a", "b"), "tag"))

    assert (Reason.ORDER_AMBIGUOUS, "a, b") == ((plan := decide(facts, POLICY)).reason, plan.detail)


# Before anything else


def test_a_payment_without_an_amount_is_held() -> None:
    """Whoever asks, nothing is refunded that TikTok did not name."""
    with pytest.raises(Stop) as stop:
        payment(Facts(a_case(refund=None)), ORDER, POLICY)

    assert Reason.AMOUNT_MISSING == stop.value.plan.reason


@pytest.mark.parametrize("path", list(Path))
def test_the_path_of_a_case_is_fixed_once_it_is_written(path: Path) -> None:
    """Settings that change later do not bend it."""
    case = replace(returned(), path=path)

    kind = CreateReturn if path is Path.RETURN else CreateRefund
    assert isinstance(decided(case).actions[0], kind)


def test_a_case_of_unknown_times_is_not_late() -> None:
    """Lateness has to be known."""
    case = replace(returned(), paid_back_seen_at=None)

    assert isinstance(decided(case).actions[0], CreateReturn)


def test_what_was_paid_back_before_start_from_is_skipped() -> None:
    """Nothing of the past is written."""
    before = replace(a_case(), paid_back_at=POLICY.start_from - HOUR)

    assert Reason.BEFORE_START == decided(before).reason


def test_a_cancellation_is_held_in_this_version() -> None:
    """It is not read as a return."""
    assert Reason.UNSUPPORTED_KIND == decided(a_case(kind=Kind.CANCELLATION)).reason


@pytest.mark.parametrize("status", [ReturnStatus.PENDING, ReturnStatus.AWAITING_BUYER_RESPONSE])
def test_what_tiktok_has_not_decided_is_tracked(status: ReturnStatus) -> None:
    """Asked is not approved."""
    assert State.TRACKING == decided(a_case(status=status)).state


def test_an_approved_refund_is_tracked() -> None:
    """Approved is not paid back."""
    assert State.TRACKING == decided(a_case(status=ReturnStatus.SUCCESS)).state


@pytest.mark.parametrize(
    "case",
    [
        replace(a_case(ReturnType.RETURN_AND_REFUND, ReturnStatus.SUCCESS), return_ids=("r",)),
        replace(a_case(ReturnType.RETURN_AND_REFUND, ReturnStatus.SUCCESS), path=Path.REFUND),
    ],
)
def test_a_return_that_needs_no_showing_costs_no_look(case: Case) -> None:
    """Shown already, or written as a refund before."""
    assert State.TRACKING == decided(case, order=None).state


@pytest.mark.parametrize(
    "case",
    [
        a_case(status=ReturnStatus.CANCELLED),
        replace(
            a_case(ReturnType.RETURN_AND_REFUND, ReturnStatus.CANCELLED),
            state=State.SKIPPED,
            reason=Reason.WITHDRAWN.value,
        ),
    ],
)
def test_a_withdrawn_case_that_was_never_shown_costs_no_look(case: Case) -> None:
    """There is nothing in Shopify to take back."""
    assert Reason.WITHDRAWN == decided(case, order=None).reason


def test_a_withdrawn_return_without_an_order_is_skipped() -> None:
    """Nobody waits for an order only to find nothing on it."""
    assert (
        Reason.WITHDRAWN == decided(a_case(ReturnType.RETURN_AND_REFUND, ReturnStatus.REJECTED), None).reason
    )
