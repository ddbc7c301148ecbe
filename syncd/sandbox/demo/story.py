"""The sixteen cases. The first three have the figures of real TikTok refunds."""

from syncd.model.cases import Restock, ReturnStatus, ReturnType, State
from syncd.model.reasons import Reason
from syncd.sandbox.demo.script import Expected, Flag, Scene, Script, Sold

_REFUND = Expected(State.SYNCED, refunded=True)
_RETURN = {Scene.APPROVED: ReturnStatus.AWAITING_BUYER_SHIP, Scene.MOVING: ReturnStatus.BUYER_SHIPPED_ITEM}
_OPEN_RETURN = Expected(State.SYNCED, refunded=True, returns=("OPEN",), restock=Restock.WAITING)


def _closed(units: int) -> Expected:
    """A return that was paid back, and these units are in stock again."""
    restock = Restock.DONE if units else Restock.NONE
    return Expected(State.SYNCED, refunded=True, returns=("CLOSED",), restock=restock, restocked=units)


def _held(reason: Reason) -> Expected:
    return Expected(State.HELD, reason)


SCRIPTS = (
    Script(
        "Refund with shipping",
        Sold("LAMP", "18.85", shipping="7.99", tax="1.62", platform_discount="2.10"),
        ReturnType.REFUND,
        pays="28.46",
        shipping="7.99",
        tax="1.62",
        steps={Scene.PAID: ReturnStatus.COMPLETE},
        expected=_REFUND,
        why="TikTok's amount, 7.99 of it shipping",
    ),
    Script(
        "Return with discounts",
        Sold("COAT", "55.99", tax="4.80", platform_discount="24.00", seller_discount="10.00"),
        ReturnType.RETURN_AND_REFUND,
        pays="60.79",
        tax="4.80",
        steps=_RETURN | {Scene.PAID: ReturnStatus.COMPLETE},
        expected=_closed(1),
        why="what the buyer paid; the parcel was seen",
    ),
    Script(
        "Quick refund in dong",
        Sold(
            "FAN",
            "489681",
            tax="44516",
            tax_inside=True,
            platform_discount="14000",
            seller_discount="335787",
            currency="VND",
        ),
        ReturnType.RETURN_AND_REFUND,
        pays="489681",
        tax="44516",
        steps={Scene.APPROVED: ReturnStatus.AWAITING_BUYER_SHIP, Scene.PAID: ReturnStatus.COMPLETE},
        expected=_OPEN_RETURN,
        why="paid before any parcel: staff inspect it",
        quick_refund=True,
    ),
    Script(
        "Two units, kill -9",
        Sold("MUG", "24.00", quantity=2),
        ReturnType.RETURN_AND_REFUND,
        pays="48.00",
        steps=_RETURN | {Scene.KILLED: ReturnStatus.COMPLETE},
        expected=_closed(2),
        why="found after the restart, not sent again",
        flags=frozenset({Flag.KILLED}),
    ),
    Script(
        "Refund, answer lost",
        Sold("CASE", "19.99"),
        ReturnType.REFUND,
        pays="19.99",
        steps={Scene.LOST: ReturnStatus.COMPLETE},
        expected=_REFUND,
        why="found on the order, not sent again",
        flags=frozenset({Flag.ANSWER_LOST}),
    ),
    Script(
        "Part of the price",
        Sold("RUG", "30.00"),
        ReturnType.REFUND,
        pays="5.00",
        steps={Scene.APPROVED: ReturnStatus.AWAITING_BUYER_RESPONSE, Scene.PAID: ReturnStatus.COMPLETE},
        expected=_REFUND,
        why="the amount alone; the unit stays sold",
    ),
    Script(
        "Buyer keeps the item",
        Sold("SOAP", "21.00"),
        ReturnType.RETURN_AND_REFUND,
        pays="21.00",
        steps={Scene.APPROVED: ReturnStatus.AWAITING_BUYER_SHIP, Scene.PAID: ReturnStatus.COMPLETE},
        expected=_OPEN_RETURN,
        why="no proof that goods come back",
        keep_item=True,
    ),
    Script(
        "Fulfilled by TikTok",
        Sold("BALL", "36.00", fulfilled_by_tiktok=True),
        ReturnType.RETURN_AND_REFUND,
        pays="36.00",
        steps=_RETURN | {Scene.PAID: ReturnStatus.COMPLETE},
        expected=_closed(0),
        why="the unit is in TikTok's warehouse",
    ),
    Script(
        "Reopened, then paid",
        Sold("BAG", "22.50"),
        ReturnType.RETURN_AND_REFUND,
        pays="22.50",
        steps={
            Scene.APPROVED: ReturnStatus.AWAITING_BUYER_SHIP,
            Scene.MOVING: ReturnStatus.REJECTED,
            Scene.PAID: ReturnStatus.AWAITING_BUYER_SHIP,
            Scene.LOST: ReturnStatus.BUYER_SHIPPED_ITEM,
            Scene.BACK: ReturnStatus.COMPLETE,
        },
        expected=Expected(
            State.SYNCED,
            refunded=True,
            returns=("CANCELED", "CLOSED"),
            restock=Restock.DONE,
            restocked=1,
        ),
        why="a new return after the reopening",
    ),
    Script(
        "Withdrawn",
        Sold("SOCKS", "15.00"),
        ReturnType.RETURN_AND_REFUND,
        pays="15.00",
        steps={Scene.APPROVED: ReturnStatus.AWAITING_BUYER_SHIP, Scene.MOVING: ReturnStatus.CANCELLED},
        expected=Expected(State.SKIPPED, Reason.WITHDRAWN, returns=("CANCELED",)),
    ),
    Script(
        "Replaced",
        Sold("VASE", "18.00"),
        ReturnType.REPLACEMENT,
        pays="0",
        asked=ReturnStatus.REPLACEMENT_PENDING,
        steps={Scene.PAID: ReturnStatus.REPLACEMENT_COMPLETE},
        expected=Expected(State.SKIPPED, Reason.NO_MONEY),
    ),
    Script(
        "Replacement sold out",
        Sold("DESK", "42.00"),
        ReturnType.REPLACEMENT,
        pays="42.00",
        asked=ReturnStatus.REPLACEMENT_PENDING,
        steps={Scene.PAID: ReturnStatus.REPLACEMENT_REFUNDED},
        expected=_REFUND,
        why="a replacement that ended in a refund",
    ),
    Script(
        "Paid by real card",
        Sold("RING", "25.00", real_gateway="shopify_payments"),
        ReturnType.REFUND,
        pays="25.00",
        steps={Scene.PAID: ReturnStatus.COMPLETE},
        expected=_held(Reason.REAL_GATEWAY),
    ),
    Script(
        "Refunded by hand",
        Sold("SCARF", "27.00"),
        ReturnType.REFUND,
        pays="27.00",
        steps={Scene.PAID: ReturnStatus.COMPLETE},
        expected=_held(Reason.FOREIGN_REFUND),
        flags=frozenset({Flag.REFUNDED_BY_HAND}),
    ),
    Script(
        "Unknown status word",
        Sold("PEN", "33.00"),
        ReturnType.REFUND,
        pays="33.00",
        steps={Scene.PAID: "REQUEST_ESCALATED"},
        expected=_held(Reason.UNKNOWN_STATUS),
    ),
    Script(
        "Order not imported",
        Sold("HAT", "12.00", imported=False),
        ReturnType.REFUND,
        pays="12.00",
        steps={Scene.PAID: ReturnStatus.COMPLETE},
        expected=Expected(State.DUE, Reason.ORDER_NOT_FOUND),
    ),
)
