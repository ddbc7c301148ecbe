"""What the program does about each fault: the written verdict of every cell of the matrix."""

from enum import StrEnum

from tests.campaign.matrix.upsets import ANSWERED, NOT_SENT, Upset


class Verdict(StrEnum):
    """How the program deals with a fault in the cycle in which it meets it.

    RETRY: sent again at once, where surely nothing ran. LOOK: the outcome is unknown, so the order is looked
    at once that has settled. WAIT: the case waits for another instance. HOLD: a person decides. FORGO: it was
    for information only, and the case goes on without it. STOP: nothing more is written in this cycle; the
    error is told, and the case is due again.
    """

    RETRY = "retry"
    LOOK = "look"
    WAIT = "wait"
    HOLD = "hold"
    FORGO = "forgo"
    STOP = "stop"


class Place(StrEnum):
    """When the fault strikes."""

    BEFORE = "before"  # the request is not carried out
    AFTER = "after"  # it is carried out
    RETRY = "on retry"  # the first sending was lost, this is the second


SHOPIFY_READS = ("orders", "order", "shop", "returnReasonDefinitions", "locations")
TIKTOK_READS = ("shops", "returns/search", "cancellations/search", "orders")
TOKENS = ("token/refresh", "token")
CLAIM = "metafieldsSet"
INSPECTING = ("returnReopen", "reverseFulfillmentOrderDispose")
PARCEL = "reverseDeliveryCreateWithShipping"
MUTATIONS = (
    "refundCreate",
    "returnCreate",
    "returnProcess",
    "returnClose",
    "returnCancel",
    *INSPECTING,
    "orderClose",
    PARCEL,
    "orderCancel",
)

_LOST = frozenset(set(Upset) - set(NOT_SENT) - ANSWERED)
"""After these nobody knows whether the request was carried out."""


def verdict(side: str, operation: str, upset: Upset, place: Place) -> Verdict | None:
    """The verdict; None for what cannot be: such an answer, or such a place, does not exist."""
    if place is Place.AFTER and (upset in NOT_SENT or upset in ANSWERED):
        return None
    if operation in TOKENS:
        return _of_token(side, upset)
    if operation == "orderCancel":
        return _of_job(upset)
    if operation in MUTATIONS:
        keyed = operation == "refundCreate"
        if operation == PARCEL and upset is Upset.USER_ERRORS:
            return Verdict.FORGO
        return _of_keyed_retry(upset) if keyed and place is Place.RETRY else _of_mutation(upset)
    if operation == CLAIM:
        return _of_claim(upset)
    return _of_read(side, upset)


def _of_read(side: str, upset: Upset) -> Verdict | None:
    """A read is repeated; only a missing scope does not get better by that."""
    if upset is Upset.USER_ERRORS or (side == "tiktok" and upset is Upset.THROTTLED):
        return None
    return Verdict.STOP if upset is Upset.SCOPE else Verdict.RETRY


def _of_token(side: str, upset: Upset) -> Verdict | None:
    """A grant may be asked for again; a login that is refused ends the cycle."""
    if upset in (Upset.USER_ERRORS, Upset.THROTTLED, Upset.SCOPE):
        return None
    if side == "shopify" and upset is Upset.ERRORS:
        return None
    return Verdict.STOP if upset is Upset.LOGIN else Verdict.RETRY


def _of_mutation(upset: Upset) -> Verdict:
    """Repeated only where surely nothing ran, or two looks have shown that; a refusal is final."""
    if upset in _LOST:
        return Verdict.LOOK
    if upset is Upset.USER_ERRORS:
        return Verdict.HOLD
    return Verdict.STOP if upset is Upset.SCOPE else Verdict.RETRY


def _of_job(upset: Upset) -> Verdict:
    """Repeated like any mutation; but its good answer, too, only says that Shopify will do it."""
    return Verdict.LOOK if _of_mutation(upset) is Verdict.RETRY else _of_mutation(upset)


def _of_keyed_retry(upset: Upset) -> Verdict:
    """After one look the same bytes go out with the same key: the first sending is still in doubt then."""
    in_doubt = upset in _LOST or upset in (Upset.USER_ERRORS, Upset.SCOPE)
    return Verdict.LOOK if in_doubt else Verdict.RETRY


def _of_claim(upset: Upset) -> Verdict:
    """Nothing is sent without a claim that is known to be ours."""
    if upset is Upset.USER_ERRORS:
        return Verdict.WAIT
    return Verdict.STOP if upset in _LOST or upset is Upset.SCOPE else Verdict.RETRY
