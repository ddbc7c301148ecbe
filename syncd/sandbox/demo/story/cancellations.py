"""Cancellations of what was not shipped yet."""

from syncd.model.cases import CancelStatus, CancelType, State
from syncd.model.reasons import Reason
from syncd.sandbox.demo.script import Chapter, Expected, Flag, Scene, Script, Sold
from syncd.sandbox.demo.story.usual import held

_CANCELLED = {
    Scene.ASKED: CancelStatus.PENDING,
    Scene.APPROVED: CancelStatus.SUCCESS,
    Scene.LOST: CancelStatus.COMPLETE,
}

CANCELLATIONS = (
    Script(
        "Whole order",
        Chapter.CANCEL,
        Sold("TENT", "45.00", quantity=2, shipping="4.99", unshipped=True),
        CancelType.BUYER_CANCEL,
        pays="94.99",
        shipping="4.99",
        steps=_CANCELLED,
        expected=Expected(State.SYNCED, refunded=True, freed=2, cancelled=True),
        why="refunded, its units freed, then cancelled",
    ),
    Script(
        "One unit of two",
        Chapter.CANCEL,
        Sold("PLANT", "13.00", quantity=2, unshipped=True),
        CancelType.BUYER_CANCEL,
        pays="13.00",
        units=1,
        steps=_CANCELLED,
        expected=Expected(State.SYNCED, refunded=True, freed=1),
        why="the other unit is still to be shipped",
    ),
    Script(
        "Cash on delivery",
        Chapter.CANCEL,
        Sold("DRILL", "70.00", unshipped=True, on_delivery=True),
        CancelType.BUYER_CANCEL,
        pays="",
        steps=_CANCELLED,
        expected=Expected(State.SYNCED, freed=1, cancelled=True),
        why="nothing was paid: the order is cancelled",
    ),
    Script(
        "Connector was first",
        Chapter.CANCEL,
        Sold("KITE", "16.00", unshipped=True),
        CancelType.BUYER_CANCEL,
        pays="16.00",
        steps=_CANCELLED,
        expected=Expected(State.SKIPPED, Reason.ALREADY_CANCELLED),
        flags=frozenset({Flag.CANCELLED_BY_CONNECTOR}),
    ),
    Script(
        "Shipped meanwhile",
        Chapter.CANCEL,
        Sold("BOOK", "11.00", unshipped=True),
        CancelType.BUYER_CANCEL,
        pays="11.00",
        steps=_CANCELLED,
        expected=held(Reason.SHIPPED_MEANWHILE),
        flags=frozenset({Flag.SHIPPED_MEANWHILE}),
    ),
)
