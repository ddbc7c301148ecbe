"""Amounts: shipping, tax, parts of a price, currencies with other decimals, and nothing."""

from syncd.model.cases import ReturnStatus, ReturnType
from syncd.sandbox.demo.script import Chapter, Scene, Script, Sold
from syncd.sandbox.demo.story.usual import ASKED, PAID, REFUNDED, SENT_BACK, closed

_IN_TWO_PARTS = Sold("RUG", "9.750", currency="KWD")

AMOUNTS = (
    Script(
        "Refund with shipping",
        Chapter.AMOUNTS,
        Sold("LAMP", "18.85", shipping="7.99", tax="1.62", platform_discount="2.10"),
        ReturnType.REFUND,
        pays="28.46",
        shipping="7.99",
        tax="1.62",
        steps=ASKED | PAID,
        expected=REFUNDED,
        why="TikTok's amount, 7.99 of it shipping",
    ),
    Script(
        "Part of the price",
        Chapter.AMOUNTS,
        _IN_TWO_PARTS,
        ReturnType.REFUND,
        pays="1.625",
        steps=ASKED | {Scene.APPROVED: ReturnStatus.AWAITING_BUYER_RESPONSE} | PAID,
        expected=REFUNDED,
        why="the amount alone; the unit stays sold",
    ),
    Script(
        "Then all the rest",
        Chapter.AMOUNTS,
        _IN_TWO_PARTS,
        ReturnType.RETURN_AND_REFUND,
        pays="8.125",
        steps={
            Scene.PAID: ReturnStatus.AWAITING_BUYER_SHIP,
            Scene.LOST: ReturnStatus.BUYER_SHIPPED_ITEM,
            Scene.BACK: ReturnStatus.COMPLETE,
        },
        expected=closed(1),
        why="same order, dinars have three decimals",
    ),
    Script(
        "With a free gift",
        Chapter.AMOUNTS,
        Sold("SHIRT", "26.00", gift="CAP"),
        ReturnType.RETURN_AND_REFUND,
        pays="26.00",
        steps=SENT_BACK | PAID,
        expected=closed(2),
        why="the gift comes back too, for nothing",
    ),
)
