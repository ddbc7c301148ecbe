"""What people decide about cases by command: checked against the case, then recorded, then acted upon.

Each raises UsageError where the case is not one to decide so about, and changes nothing then.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from syncd.errors import UsageError
from syncd.model.cases import Case, Path, Restock, State
from syncd.model.reasons import Reason, hint_for
from syncd.model.rulings import APPROVABLE, Ruling, RulingKind, last_ruling
from syncd.store.store import Store


class Command(StrEnum):
    """The commands that decide about a case."""

    RETRY = "retry"
    DISMISS = "dismiss"
    APPROVE = "approve"
    LINK = "link"
    RESTOCK = "restock"
    NOT_RESTOCK = "restock --not"


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants.

    `words` are the reason of a dismissal, what is linked, or how many of each SKU were inspected (JSON).
    `why` is the reason of anything else, where one is given.
    """

    command: Command
    who: str
    words: str = ""
    why: str = ""


_OVER = frozenset({State.SYNCED, State.SKIPPED})
_TICK = timedelta(milliseconds=1)  # the store keeps no finer times


def decide(store: Store, case: Case, asked: Asked, now: datetime) -> None:
    """Record what somebody wants of a case."""
    record = {
        Command.RETRY: _retry,
        Command.DISMISS: _dismiss,
        Command.APPROVE: _approve,
        Command.LINK: _link,
        Command.RESTOCK: _restock,
        Command.NOT_RESTOCK: _restock,
    }
    record[asked.command](store, case, asked, now)


def _retry(store: Store, case: Case, asked: Asked, now: datetime) -> None:
    """Decide again; a dismissal or a link is taken back, a past case let in as it is now."""
    last = last_ruling(case.rulings)
    if last and last.kind is not RulingKind.REOPENED:
        _rule(store, case, _ruling(RulingKind.REOPENED, case, asked, now))
        return
    if case.reason == Reason.CHANGED_AFTER_DECISION:
        let_in = replace(_ruling(RulingKind.APPROVED, case, asked, now), reason=Reason.BEFORE_START.value)
        _rule(store, case, let_in)
        return
    with store.database.transaction():
        store.cases.wake(case.shop, case.case_id, now)
        store.cases.note(case.shop, case.case_id, Command.RETRY, now, who=asked.who, why=asked.why)


def _dismiss(store: Store, case: Case, asked: Asked, now: datetime) -> None:
    """Never write it, as long as TikTok says of its money and units what it says now."""
    if case.state in _OVER:
        raise _refused(case, "there is nothing to dismiss")
    if not asked.words.strip():
        raise UsageError("a dismissal needs a reason", hint='say why: --reason "settled by hand"')
    _rule(store, case, replace(_ruling(RulingKind.DISMISSED, case, asked, now), why=asked.words.strip()))


def _approve(store: Store, case: Case, asked: Asked, now: datetime) -> None:
    """Let it through what holds it, as it is now."""
    reason = Reason(case.reason) if case.reason else None
    if case.state is not State.HELD or reason not in APPROVABLE:
        raise _refused(case, "that cannot be approved")
    if reason is Reason.DOUBLED and not case.subjects:
        raise _refused(case, "both refunds are syncd's own, that cannot be approved")
    ruling = _ruling(RulingKind.APPROVED, case, asked, now)
    _rule(store, case, replace(ruling, subjects=case.subjects, reason=reason.value))


def _link(store: Store, case: Case, asked: Asked, now: datetime) -> None:
    """This refund, or this return, is the one: whether it can be is looked up on the order."""
    if case.state in _OVER:
        raise _refused(case, "there is nothing to link")
    _rule(store, case, replace(_ruling(RulingKind.LINKED, case, asked, now), subjects=(_gid(asked.words),)))


def _restock(store: Store, case: Case, asked: Asked, now: datetime) -> None:
    """Units that waited were inspected: put them back into stock, or never."""
    kind = RulingKind.RESTOCKED if asked.command is Command.RESTOCK else RulingKind.NOT_RESTOCKED
    units: Mapping[str, int] = json.loads(asked.words or "{}")
    if case.restock is not Restock.WAITING or not case.waiting_units:
        raise _refused(case, f"no unit of it waits to be inspected (restock {case.restock})")
    if case.state is not (State.HELD if case.inspected else State.SYNCED):
        what = "an earlier decision is still to be carried out" if case.inspected else "it is being written"
        raise _refused(case, f"{what}, so give the command again later")
    if case.path is Path.REFUND:
        _check_without_return(case, kind, units)
    for sku, count in units.items():
        if count > case.waiting_units.get(sku, 0):
            there = ", ".join(f"{waiting} x {name}" for name, waiting in case.waiting_units.items())
            raise UsageError(f"{count} x {sku} do not wait to be inspected", hint=f"there wait: {there}")
    _rule(store, case, replace(_ruling(kind, case, asked, now), units=units))


def _check_without_return(case: Case, kind: RulingKind, units: Mapping[str, int]) -> None:
    """There is no return to put units back through; that they are done with can be said."""
    if kind is RulingKind.RESTOCKED or units:
        name = f"{case.shop}:{case.case_id}"
        raise UsageError(
            f"{name} was written as a refund without a Shopify return, so Shopify has no units to restock",
            hint=f"correct the stock in Shopify under Products, then: syncd restock {name} --not",
        )


def _ruling(kind: RulingKind, case: Case, asked: Asked, now: datetime) -> Ruling:
    """Made after the last one also where the clock was set back since: the last one counts."""
    last = max((ruling.at for ruling in case.rulings), default=None)
    exact = now.replace(microsecond=now.microsecond // 1000 * 1000)
    at = max(exact, last + _TICK) if last else exact
    return Ruling(kind, case.latest.basis, asked.who, at, why=asked.why)


def _rule(store: Store, case: Case, ruling: Ruling) -> None:
    """Record the decision with its line in the history, and look at the case now."""
    told = {
        "who": ruling.who,
        "why": ruling.why,
        "reason": ruling.reason,
        "subjects": ruling.subjects,
        "units": dict(ruling.units),
    }
    with store.database.transaction():
        store.rulings.add(case.shop, case.case_id, ruling)
        store.cases.note(case.shop, case.case_id, ruling.kind, ruling.at, **told)
        store.cases.wake(case.shop, case.case_id, ruling.at)


def _gid(subject: str) -> str:
    """A refund's number is enough; anything else is named by its whole id."""
    if subject.isdecimal():
        return f"gid://shopify/Refund/{subject}"
    if subject.startswith(("gid://shopify/Refund/", "gid://shopify/Return/")):
        return subject
    raise UsageError(
        f"{subject} is no refund or return",
        hint="name it by its number, or as gid://shopify/Refund/... or gid://shopify/Return/...",
    )


def _refused(case: Case, what: str) -> UsageError:
    name = f"{case.shop}:{case.case_id}"
    reason = f" ({case.reason})" if case.reason else ""
    hint = hint_for(Reason(case.reason), name) if case.reason else ""
    return UsageError(f"{name} is {case.state.value}{reason}: {what}", hint=hint)
