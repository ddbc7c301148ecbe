"""What people decided, as the rules heed it: bound to what TikTok said when they did."""

from syncd.decide.claim import ruling_in
from syncd.model.cases import Case, State
from syncd.model.orders import Order
from syncd.model.plans import Plan, hold
from syncd.model.reasons import Reason
from syncd.model.rulings import Ruling, RulingKind, last_ruling, newer


def dismissed(case: Case) -> Plan | None:
    """The plan of a case that a person has dismissed; a hold where TikTok changed it since."""
    ruling = last_ruling(case.rulings)
    if ruling is None or ruling.kind is not RulingKind.DISMISSED:
        return None
    if ruling.basis == case.latest.basis:
        return Plan(State.DISMISSED, reason=Reason.DISMISSED, detail=f"by {ruling.who}: {ruling.why}")
    return _changed(f"dismissed by {ruling.who}", ruling, case)


def let_in(case: Case) -> Ruling | None:
    """The last decision to take it in though it was paid back before `start_from`."""
    ruled = (r for r in case.rulings if r.kind is RulingKind.APPROVED and r.reason == Reason.BEFORE_START)
    return max(ruled, key=lambda ruling: ruling.at, default=None)


def changed_since_let_in(case: Case) -> Plan | None:
    """A hold where a person took it in and TikTok changed it since."""
    ruling = let_in(case)
    return _changed(f"let in by {ruling.who}", ruling, case) if ruling else None


def _changed(ruled: str, ruling: Ruling, case: Case) -> Plan:
    then, now = told(ruling.basis), told(case.latest.basis)
    others = " with other units" if then == now else ""
    return hold(Reason.CHANGED_AFTER_DECISION, f"{ruled} at {then}, TikTok now says {now}{others}")


def told(basis: str) -> str:
    """What people need to know of it: the money, not which units."""
    return basis.partition(",")[0] or "nothing paid back"


def linked(case: Case) -> str | None:
    """What a person has linked to the case: the id of a refund or return."""
    ruling = last_ruling(case.rulings)
    return ruling.subjects[0] if ruling and ruling.kind is RulingKind.LINKED else None


def approved(case: Case, reason: Reason) -> bool:
    """Whether a person has let the case, as it is now, through that hold."""
    return any(ruling.reason == reason for ruling in _approvals(case))


def approved_subjects(case: Case) -> frozenset[str]:
    """The Shopify objects that a person has looked at and found to be about something else."""
    return frozenset(subject for ruling in _approvals(case) for subject in ruling.subjects)


def _approvals(case: Case) -> list[Ruling]:
    basis = case.latest.basis
    return [r for r in case.rulings if r.kind is RulingKind.APPROVED and r.basis == basis]


def unrecorded(case: Case, order: Order) -> Ruling | None:
    """The decision that the order does not carry yet, if any."""
    ruling = last_ruling(case.rulings)
    return ruling if newer(ruling, ruling_in(order.claim)) else None
