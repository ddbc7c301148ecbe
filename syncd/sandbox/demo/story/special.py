"""Edited requests, bundles, replacements and exchanges, parcels that were stopped, words nobody knows."""

from syncd.model.cases import ReturnStatus, ReturnType, State
from syncd.model.reasons import Reason
from syncd.sandbox.demo.script import Chapter, Expected, Flag, Grounds, Scene, Script, Sold
from syncd.sandbox.demo.story.usual import APPROVED, ASKED, PAID, REFUNDED, SENT_BACK, closed, held

_EDITED = Sold("GLOVE", "17.00", quantity=2)

SPECIAL = (
    Script(
        "Request for two units",
        Chapter.SPECIAL,
        _EDITED,
        ReturnType.RETURN_AND_REFUND,
        pays="34.00",
        steps=APPROVED,
        expected=Expected(State.SKIPPED, Reason.WITHDRAWN, returns=("CANCELED",)),
    ),
    Script(
        "Edited: only one unit",
        Chapter.SPECIAL,
        _EDITED,
        ReturnType.RETURN_AND_REFUND,
        pays="17.00",
        units=1,
        steps={
            Scene.MOVING: ReturnStatus.PENDING,
            Scene.PAID: ReturnStatus.AWAITING_BUYER_SHIP,
            Scene.LOST: ReturnStatus.BUYER_SHIPPED_ITEM,
            Scene.BACK: ReturnStatus.COMPLETE,
        },
        expected=closed(1),
        why="takes the place of the one above",
        flags=frozenset({Flag.EDITED}),
    ),
    Script(
        "Bundle of two",
        Chapter.SPECIAL,
        Sold("TEASET", "31.00", parts={"POT": "23.00", "CUP": "8.00"}),
        ReturnType.RETURN_AND_REFUND,
        pays="31.00",
        steps=SENT_BACK | PAID,
        expected=closed(2),
        why="its parts are lines of their own in Shopify",
    ),
    Script(
        "Replaced",
        Chapter.SPECIAL,
        Sold("VASE", "18.00"),
        ReturnType.REPLACEMENT,
        pays="0",
        steps={Scene.ASKED: ReturnStatus.REPLACEMENT_PENDING, Scene.PAID: ReturnStatus.REPLACEMENT_COMPLETE},
        expected=Expected(State.SKIPPED, Reason.NO_MONEY),
    ),
    Script(
        "Exchange sold out",
        Chapter.SPECIAL,
        Sold("DESK", "42.00"),
        ReturnType.EXCHANGE,
        pays="42.00",
        steps={Scene.ASKED: ReturnStatus.EXCHANGE_PENDING, Scene.PAID: ReturnStatus.EXCHANGE_REFUNDED},
        expected=REFUNDED,
        why="an exchange that ended in a refund",
    ),
    Script(
        "Stopped on its way",
        Chapter.SPECIAL,
        Sold("CLOCK", "29.00", delivered=False),
        ReturnType.REFUND,
        pays="29.00",
        steps=ASKED | PAID,
        expected=REFUNDED,
        why="cancelled once shipped: TikTok calls it a refund",
        grounds=Grounds.STOPPED,
    ),
    Script(
        "Unknown status word",
        Chapter.SPECIAL,
        Sold("PEN", "33.00"),
        ReturnType.REFUND,
        pays="33.00",
        steps=ASKED | {Scene.PAID: "REQUEST_ESCALATED"},
        expected=held(Reason.UNKNOWN_STATUS),
    ),
)
