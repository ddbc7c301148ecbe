"""What could be paid twice: lost answers, a power cut, other people's refunds, real money."""

from syncd.model.cases import ReturnStatus, ReturnType
from syncd.model.reasons import Reason
from syncd.sandbox.demo.script import Chapter, Flag, Scene, Script, Sold
from syncd.sandbox.demo.story.usual import ASKED, PAID, REFUNDED, SENT_BACK, closed, held

SAFETY = (
    Script(
        "Refund, answer lost",
        Chapter.SAFETY,
        Sold("CASE", "19.99"),
        ReturnType.REFUND,
        pays="19.99",
        steps=ASKED | {Scene.LOST: ReturnStatus.COMPLETE},
        expected=REFUNDED,
        why="found on the order, not sent again",
        flags=frozenset({Flag.ANSWER_LOST}),
    ),
    Script(
        "Two units, kill -9",
        Chapter.SAFETY,
        Sold("MUG", "24.00", quantity=2),
        ReturnType.RETURN_AND_REFUND,
        pays="48.00",
        steps=SENT_BACK | {Scene.KILLED: ReturnStatus.COMPLETE},
        expected=closed(2),
        why="found after the restart, not sent again",
        flags=frozenset({Flag.KILLED}),
    ),
    Script(
        "Paid by real card",
        Chapter.SAFETY,
        Sold("RING", "25.00", real_gateway="shopify_payments"),
        ReturnType.REFUND,
        pays="25.00",
        steps=ASKED | PAID,
        expected=held(Reason.REAL_GATEWAY),
    ),
    Script(
        "Refunded by hand",
        Chapter.SAFETY,
        Sold("SCARF", "27.00"),
        ReturnType.REFUND,
        pays="27.00",
        steps=ASKED | PAID,
        expected=held(Reason.FOREIGN_REFUND),
        flags=frozenset({Flag.REFUNDED_BY_HAND}),
    ),
)
