"""Steps and endings that many cases have in common."""

from syncd.model.cases import Restock, ReturnStatus, State
from syncd.model.reasons import Reason
from syncd.sandbox.demo.script import Expected, Scene

ASKED = {Scene.ASKED: ReturnStatus.PENDING}
APPROVED = ASKED | {Scene.APPROVED: ReturnStatus.AWAITING_BUYER_SHIP}
SENT_BACK = APPROVED | {Scene.MOVING: ReturnStatus.BUYER_SHIPPED_ITEM}
PAID = {Scene.PAID: ReturnStatus.COMPLETE}

REFUNDED = Expected(State.SYNCED, refunded=True)
WAITING = Expected(State.SYNCED, refunded=True, returns=("OPEN",), restock=Restock.WAITING)
"""Refunded, and its units wait for staff."""


def closed(units: int) -> Expected:
    """A return that was paid back, and these units are in stock again."""
    restock = Restock.DONE if units else Restock.NONE
    return Expected(State.SYNCED, refunded=True, returns=("CLOSED",), restock=restock, restocked=units)


def held(reason: Reason, *returns: str) -> Expected:
    """Left to a person, with nothing refunded."""
    return Expected(State.HELD, reason, returns=returns)
