"""Cases and orders to decide about; each test changes only what it is about."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from syncd.decide.decision import decide
from syncd.decide.facts import Facts
from syncd.decide.selection import selection
from syncd.model import mark
from syncd.model.cases import (
    CancelStatus,
    CancelType,
    Case,
    CaseLine,
    Kind,
    RefundAmount,
    ReturnStatus,
    ReturnType,
    Snapshot,
)
from syncd.model.match import Match
from syncd.model.money import Money
from syncd.model.orders import (
    Assignment,
    Disposition,
    Fulfillment,
    FulfillmentLine,
    Location,
    Order,
    OrderLine,
    Refund,
    RefundLine,
    Return,
    ReturnLine,
    ReturnState,
    ReverseLine,
    Selection,
    TikTokLine,
    TikTokOrder,
    Transaction,
    TransactionKind,
)
from syncd.model.plans import Plan
from syncd.model.policy import Policy

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
POLICY = Policy(start_from=NOON - timedelta(days=10))
RESTOCK = replace(POLICY, auto_restock=True)
NO_IMPORT_RESTOCK = replace(RESTOCK, import_returns=False)
CASE_ID = "4035318504086604100"
ORDER_ID = "577087614418520388"
ORDER_GID = "gid://shopify/Order/1"
WAREHOUSE = Location("gid://shopify/Location/7", "Warehouse", active=True, fulfillment_service=False)
PARCEL = Fulfillment(
    "gid://shopify/Fulfillment/1",
    WAREHOUSE,
    (
        FulfillmentLine("gid://shopify/FulfillmentLineItem/1", "L1", 2),
        FulfillmentLine("gid://shopify/FulfillmentLineItem/2", "L2", 1),
    ),
)


def usd(amount: str) -> Money:
    """Dollars."""
    return Money.parse(amount, "USD")


def unit(number: int, sku: str = "SHIRT", refund: str | None = "20.00") -> CaseLine:
    """TikTok's line `T{number}`: one unit."""
    return CaseLine(f"R{number}", f"T{number}", sku, refund=usd(refund) if refund else None)


def amount(total: str = "20.00", shipping: str | None = None) -> RefundAmount:
    """What TikTok paid back."""
    return RefundAmount(usd(total), shipping=usd(shipping) if shipping else None)


SNAPSHOT = Snapshot(
    case_id=CASE_ID,
    kind=Kind.RETURN,
    order_id=ORDER_ID,
    type=ReturnType.REFUND,
    type_word="REFUND",
    status=ReturnStatus.COMPLETE,
    status_word="RETURN_OR_REFUND_REQUEST_COMPLETE",
    created_at=NOON - 48 * HOUR,
    updated_at=NOON - HOUR,
    digest="d1",
    lines=(unit(1),),
    refund=amount(),
    reason="ecom_order_delivered_refund_reason_damaged",
    reason_text="Arrived damaged",
)
CASE = Case(
    shop="us",
    latest=SNAPSHOT,
    first_seen=NOON - 40 * HOUR,
    updated=NOON,
    paid_back_at=NOON - HOUR,
    paid_back_seen_at=NOON,
    parcel_seen=True,
)
SHIRTS = OrderLine("L1", "SHIRT", "Shirt", 2, refundable=2, unfulfilled=0, unit_price=usd("20.00"))
MUG = OrderLine("L2", "MUG", "Mug", 1, refundable=1, unfulfilled=0, unit_price=usd("10.00"))
SALE = Transaction(
    "gid://shopify/OrderTransaction/5",
    TransactionKind.SALE,
    "SUCCESS",
    "TikTok Shop",
    manual=True,
    amount=usd("57.99"),
)
ORDER = Order(
    id=ORDER_GID,
    name="#1001",
    currency="USD",
    created_at=NOON - 200 * HOUR,
    archived=False,
    net_payment=usd("57.99"),
    shipping_left=usd("7.99"),
    lines=(SHIRTS, MUG),
    shipments=(PARCEL,),
    transactions=(SALE,),
    refunds=(),
    returns=(),
    claim=None,
)
TIKTOK_ORDER = TikTokOrder(
    ORDER_ID,
    "DELIVERED",
    NOON - 200 * HOUR,
    (
        TikTokLine("T1", "SHIRT", usd("20.00"), "DELIVERED"),
        TikTokLine("T2", "SHIRT", usd("20.00"), "DELIVERED"),
        TikTokLine("T3", "MUG", usd("10.00"), "DELIVERED"),
    ),
    total=usd("57.99"),
)


def a_case(
    type_: ReturnType = ReturnType.REFUND,
    status: ReturnStatus = ReturnStatus.COMPLETE,
    **changes: object,
) -> Case:
    """The case with another type and status; `changes` are of its snapshot."""
    latest = replace(SNAPSHOT, type=type_, type_word=type_.value, status=status, status_word=status.value)
    latest = replace(latest, **changes)  # type: ignore[arg-type]
    case = replace(CASE, latest=latest)
    return case if latest.paid_back else replace(case, paid_back_at=None, paid_back_seen_at=None)


def returned(**changes: object) -> Case:
    """A RETURN_AND_REFUND that was paid back."""
    return a_case(ReturnType.RETURN_AND_REFUND, ReturnStatus.COMPLETE, **changes)


UNSHIPPED = replace(
    ORDER,
    lines=(replace(SHIRTS, unfulfilled=2), replace(MUG, unfulfilled=1)),
    shipments=(),
)
"""The order before anything of it was shipped."""
RESERVED = (Assignment("L1", 2, WAREHOUSE), Assignment("L2", 1, WAREHOUSE))
CANCELLING = replace(POLICY, cancellations=True)
CANCELLED_ORDER = replace(
    TIKTOK_ORDER,
    status="CANCELLED",
    lines=tuple(replace(line, status="CANCELLED") for line in TIKTOK_ORDER.lines),
    paid=True,
)
EVERY_UNIT = (unit(1), unit(2), unit(3, "MUG", "10.00"))


def a_cancellation(status: CancelStatus = CancelStatus.COMPLETE, **changes: object) -> Case:
    """A cancellation of one shirt; `changes` are of its snapshot."""
    latest = replace(
        SNAPSHOT,
        kind=Kind.CANCELLATION,
        type=CancelType.BUYER_CANCEL,
        type_word="BUYER_CANCEL",
        status=status,
        status_word=status.value,
        reason_text="Change of mind",
        replenish=True,
    )
    case = replace(CASE, latest=replace(latest, **changes))  # type: ignore[arg-type]
    return case if case.latest.paid_back else replace(case, paid_back_at=None, paid_back_seen_at=None)


def whole_cancellation(**changes: object) -> Case:
    """A cancellation of the whole order, with its shipping."""
    return a_cancellation(**({"lines": EVERY_UNIT, "refund": amount("57.99", "7.99")} | changes))  # type: ignore[arg-type]


def cancelled(case: Case, order: Order | None = UNSHIPPED, **facts: object) -> Plan:
    """The plan for a cancellation on an order that was not shipped."""
    given = {"policy": CANCELLING, "tiktok_order": CANCELLED_ORDER, "assignments": RESERVED} | facts
    return decided(case, order, **given)  # type: ignore[arg-type]


def decided(
    case: Case = CASE,
    order: Order | None = ORDER,
    policy: Policy = POLICY,
    tiktok_order: TikTokOrder | None = TIKTOK_ORDER,
    **facts: object,
) -> Plan:
    """The plan for a case on that order: it is the same where only what it needs of the order was read."""
    match = Match((order.id,), "tag") if order else Match()
    whole = Facts(case, match, tiktok_order, order, **facts)  # type: ignore[arg-type]
    plan = decide(whole, policy)
    if order:
        needed = selection(case, tiktok_order, restocked=bool(whole.asked))
        assert plan == decide(replace(whole, order=as_selected(order, needed)), policy)
    return plan


def as_selected(order: Order, wanted: Selection) -> Order:
    """The order without what is left out when it is read like that."""
    returns = order.returns if wanted.parcels else tuple(replace(one, tracking=()) for one in order.returns)
    return replace(
        order,
        shipments=order.shipments if wanted.shipped or order.returns else None,
        returns=returns,
        cancel_note=order.cancel_note if wanted.cancelling else "",
    )


def our_return(
    state: ReturnState = ReturnState.OPEN,
    *,
    processed: int = 0,
    dispositions: tuple[Disposition, ...] = (),
    note: str | None = None,
    quantity: int = 1,
    tracking: tuple[str, ...] = (),
) -> Return:
    """The return that we made for the case: one shirt."""
    text = mark.note(Kind.RETURN, CASE_ID) if note is None else note
    line = "gid://shopify/FulfillmentLineItem/1"
    return Return(
        "gid://shopify/Return/1",
        "#1001-R1",
        state,
        NOON - 30 * HOUR,
        (ReturnLine("RL1", line, "L1", quantity, processed, text),),
        (ReverseLine("RV1", line, quantity, dispositions),),
        ("gid://shopify/ReverseFulfillmentOrder/1",),
        tracking,
    )


def our_refund(
    moved: str = "20.00",
    *,
    note: str | None = None,
    return_id: str | None = None,
    restocked: bool = False,
    pending: bool = False,
    created_at: datetime | None = NOON,
) -> Refund:
    """The refund that we made for the case."""
    text = mark.note(Kind.RETURN, CASE_ID) if note is None else note
    word = "RETURN" if restocked else "NO_RESTOCK"
    line = RefundLine("L1", 1, word, restocked, WAREHOUSE.id if restocked else None)
    return Refund("gid://shopify/Refund/1", created_at, text, return_id, usd(moved), pending, (line,))
