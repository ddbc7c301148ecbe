"""Finding the Shopify order, wherever the connector has left TikTok's order id."""

from syncd.model.cases import ReturnType, State
from syncd.model.reasons import Reason
from syncd.sandbox.demo.script import Chapter, Expected, Kept, Script, Sold
from syncd.sandbox.demo.story.usual import ASKED, PAID, REFUNDED, held

ORDERS = (
    Script(
        "Id in the note",
        Chapter.ORDERS,
        Sold("MAT", "19.00", kept=Kept.NOTE),
        ReturnType.REFUND,
        pays="19.00",
        steps=ASKED | PAID,
        expected=REFUNDED,
        why="all orders of that time were compared",
    ),
    Script(
        "Id in the order's name",
        Chapter.ORDERS,
        Sold("BELT", "23.00", kept=Kept.NAME),
        ReturnType.REFUND,
        pays="23.00",
        steps=ASKED | PAID,
        expected=REFUNDED,
        why="found by the pattern #TTS-{id}",
    ),
    Script(
        "Id in a metafield",
        Chapter.ORDERS,
        Sold("SALT", "9.00", kept=Kept.METAFIELD),
        ReturnType.REFUND,
        pays="9.00",
        steps=ASKED | PAID,
        expected=REFUNDED,
        why="found by custom.tiktok_order_id",
    ),
    Script(
        "Imported twice",
        Chapter.ORDERS,
        Sold("TOY", "24.50", imported=2),
        ReturnType.REFUND,
        pays="24.50",
        steps=ASKED | PAID,
        expected=held(Reason.ORDER_AMBIGUOUS),
    ),
    Script(
        "Not imported yet",
        Chapter.ORDERS,
        Sold("HAT", "12.00", imported=0),
        ReturnType.REFUND,
        pays="12.00",
        steps=ASKED | PAID,
        expected=Expected(State.DUE, Reason.ORDER_NOT_FOUND),
    ),
)
