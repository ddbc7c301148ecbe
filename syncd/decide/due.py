"""What TikTok's state of a case asks of us, before any order is looked at."""

from enum import Enum, auto

from syncd.decide.rulings import approved, changed_since_let_in, dismissed
from syncd.decide.tracking import number_to_show
from syncd.model.cases import (
    CancelStatus,
    CancelType,
    Case,
    Kind,
    Path,
    ReturnStatus,
    ReturnType,
    Snapshot,
    State,
    Status,
    Written,
)
from syncd.model.plans import Plan, hold, skip, synced, track
from syncd.model.policy import Policy
from syncd.model.reasons import Reason


class Meaning(Enum):
    """The states of TikTok, by what they mean for us."""

    ASKED = auto()
    APPROVED = auto()
    WITHDRAWN = auto()
    PAID_BACK = auto()
    REPLACED = auto()
    UNKNOWN = auto()


MEANINGS: dict[Status, Meaning] = {
    ReturnStatus.PENDING: Meaning.ASKED,
    ReturnStatus.AWAITING_BUYER_RESPONSE: Meaning.ASKED,
    # The parcel is with the seller, who refused it: it may still be paid back.
    ReturnStatus.PARCEL_REJECTED: Meaning.ASKED,
    ReturnStatus.REPLACEMENT_PENDING: Meaning.ASKED,
    ReturnStatus.EXCHANGE_PENDING: Meaning.ASKED,
    ReturnStatus.AWAITING_BUYER_SHIP: Meaning.APPROVED,
    ReturnStatus.BUYER_SHIPPED_ITEM: Meaning.APPROVED,
    ReturnStatus.SUCCESS: Meaning.APPROVED,
    ReturnStatus.REJECTED: Meaning.WITHDRAWN,
    ReturnStatus.CANCELLED: Meaning.WITHDRAWN,
    ReturnStatus.REPLACEMENT_REJECTED: Meaning.WITHDRAWN,
    ReturnStatus.REPLACEMENT_CANCELLED: Meaning.WITHDRAWN,
    ReturnStatus.EXCHANGE_CANCELLED: Meaning.WITHDRAWN,
    ReturnStatus.COMPLETE: Meaning.PAID_BACK,
    ReturnStatus.REPLACEMENT_REFUNDED: Meaning.PAID_BACK,
    ReturnStatus.EXCHANGE_REFUNDED: Meaning.PAID_BACK,
    ReturnStatus.REPLACEMENT_COMPLETE: Meaning.REPLACED,
    ReturnStatus.EXCHANGE_COMPLETE: Meaning.REPLACED,
    ReturnStatus.UNKNOWN: Meaning.UNKNOWN,
    CancelStatus.PENDING: Meaning.ASKED,
    CancelStatus.SUCCESS: Meaning.APPROVED,
    CancelStatus.COMPLETE: Meaning.PAID_BACK,
    CancelStatus.CANCELLED: Meaning.WITHDRAWN,
    CancelStatus.UNKNOWN: Meaning.UNKNOWN,
}


_ONCE_A_RETURN = frozenset({ReturnType.RETURN_AND_REFUND, ReturnType.REFUND})


class Want(Enum):
    """What is to be done on the Shopify order."""

    OPEN_RETURN = auto()
    CANCEL_RETURN = auto()
    NO_MONEY = auto()
    REFUND = auto()
    RETURN_AND_REFUND = auto()
    CANCELLATION = auto()


def due(case: Case, policy: Policy) -> Want | Plan:
    """What is wanted on the order, or the plan where that can be told without looking at the order."""
    snapshot = case.latest
    ruled = dismissed(case)
    if ruled:
        return ruled
    if snapshot.type in (ReturnType.UNKNOWN, CancelType.UNKNOWN):
        return hold(Reason.UNKNOWN_TYPE, snapshot.type_word)
    match MEANINGS[snapshot.status]:
        case Meaning.UNKNOWN:
            return hold(Reason.UNKNOWN_STATUS, snapshot.status_word)
        case Meaning.PAID_BACK:
            return _paid_back(case, policy)
        case _ if case.written:
            return _taken_back(case)
        case Meaning.REPLACED:
            return _no_money(case, policy)
        case Meaning.APPROVED:
            return _approved(case, policy)
        case Meaning.WITHDRAWN:
            return _withdrawn(case, policy)
        case _:
            return track()


def before_start(case: Case, policy: Policy) -> bool:
    """Whether it was paid back before the time from which we write: then only a person lets it in."""
    return case.paid_back_at is not None and case.paid_back_at < policy.start_from


def _paid_back(case: Case, policy: Policy) -> Want | Plan:
    if case.written and case.written != Written.of(case.latest):
        return hold(Reason.CHANGED_AFTER_WRITE, _difference(case.written, case.latest))
    if case.written and case.state is State.SYNCED and not (case.verifying or case.inspected):
        return synced(case.restock, case.path, case.waiting_units)
    kept = None if case.written else _not_to_be_written(case, policy)
    return kept or _to_be_written(case, policy)


def _not_to_be_written(case: Case, policy: Policy) -> Plan | None:
    """The plan where the settings, or the time at which it was paid back, stand in the way."""
    if before_start(case, policy) and not approved(case, Reason.BEFORE_START):
        return changed_since_let_in(case) or skip(Reason.BEFORE_START)
    if case.latest.kind not in policy.kinds:
        return hold(Reason.CANCELLATIONS_OFF)
    return hold(Reason.PAUSED) if _waits_for_leave(case, policy) else None


def _to_be_written(case: Case, policy: Policy) -> Want | Plan:
    if case.latest.kind is Kind.CANCELLATION:
        trouble = case.latest.trouble
        return hold(Reason.AMOUNT_MISSING, trouble) if trouble else Want.CANCELLATION
    if case.latest.refund is None:
        return hold(Reason.AMOUNT_MISSING, case.latest.trouble)
    if case.latest.refund.total.minor <= 0:
        return _no_money(case, policy)
    goods_come_back = case.latest.type is ReturnType.RETURN_AND_REFUND
    return Want.RETURN_AND_REFUND if goods_come_back else Want.REFUND


def _no_money(case: Case, policy: Policy) -> Want | Plan:
    """Nothing to refund; a return that we may have shown is looked for once."""
    settled = case.state is State.SKIPPED and case.reason == Reason.NO_MONEY
    if settled or not _may_be_shown(case, policy):
        return skip(Reason.NO_MONEY, case.latest.status_word)
    return Want.NO_MONEY


def _may_be_shown(case: Case, policy: Policy) -> bool:
    """Whether a return of ours may be on the order; a store that was lost may have shown it.

    What is a refund without return now may have been a return before.
    """
    return bool(case.return_ids) or (policy.import_returns and case.latest.type in _ONCE_A_RETURN)


def _waits_for_leave(case: Case, policy: Policy) -> bool:
    """Whether it was paid back while nothing was written, and nobody has let it through since."""
    paused = case.paid_back_at is not None and policy.was_paused(case.paid_back_at, case.latest.kind)
    leave = approved(case, Reason.PAUSED) or approved(case, Reason.BEFORE_START)
    return policy.live and paused and not leave


def _taken_back(case: Case) -> Plan:
    return hold(Reason.CHANGED_AFTER_WRITE, f"TikTok now says {case.latest.status_word}")


def _difference(written: Written, snapshot: Snapshot) -> str:
    now = Written.of(snapshot)
    if now is None or now.total != written.total:
        total = now and now.total
        told = f"says {total}" if total else "gives no amount"
        return f"{written.total or 'no amount'} was written, TikTok now {told}"
    return f"{len(written.units)} units were written, TikTok now names {len(now.units)} or others"


def _approved(case: Case, policy: Policy) -> Want | Plan:
    shown = policy.import_returns and case.latest.type is ReturnType.RETURN_AND_REFUND
    seen = bool(case.return_ids) and case.state is State.TRACKING and not number_to_show(case)
    if not shown or case.path is Path.REFUND or seen:
        return track()
    return Want.OPEN_RETURN


def _withdrawn(case: Case, policy: Policy) -> Want | Plan:
    settled = case.state is State.SKIPPED and case.reason == Reason.WITHDRAWN
    if settled or not _may_be_shown(case, policy):
        return skip(Reason.WITHDRAWN, case.latest.status_word)
    return Want.CANCEL_RETURN
