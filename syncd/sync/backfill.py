"""Letting in past cases, as many at a time as one cycle may refund; all else is as for any case."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from syncd.decide.due import before_start
from syncd.decide.guard import room
from syncd.decide.rulings import told
from syncd.events import Event, tell
from syncd.model.cases import Case, Kind
from syncd.model.reasons import Reason
from syncd.model.rulings import Ruling, RulingKind
from syncd.store.requests import Request
from syncd.sync.poll import BATCH, Polled, read
from syncd.sync.shop import Shop
from syncd.tiktok.client import FILTERS


@dataclass(frozen=True, slots=True)
class Shown:
    """What a person saw of a past case when they let it in: a change since then is not let in with it.

    `basis` is `Snapshot.basis`, `why` says which cases were asked for.
    """

    kind: Kind
    basis: str
    why: str

    @property
    def words(self) -> str:
        """As a request carries it."""
        return json.dumps({"kind": self.kind.value, "basis": self.basis, "why": self.why})

    @classmethod
    def of(cls, request: Request) -> Self:
        """What the request carries."""
        found: Mapping[str, str] = json.loads(request.words)
        return cls(Kind(found["kind"]), found["basis"], found["why"])


async def take_in(shop: Shop, polled: Polled) -> None:
    """Read the next past cases that wait to be let in, and let them in.

    None are taken in while as many cases as one cycle may refund wait to be written: today's come first.

    Raises:
        ApiError: TikTok could not be read; what was not let in yet waits for the next cycle.
    """
    past = shop.store.past
    if not shop.policy.live or not past.left(shop.name):
        return
    space = room(past.to_be_written(shop.name, shop.clock.now()), shop.policy)
    queue = past.queue(shop.name, space)
    for kind in Kind:
        of_kind = [request for request in queue if Shown.of(request).kind is kind]
        for some in (of_kind[at : at + BATCH] for at in range(0, len(of_kind), BATCH)):
            await read(shop, FILTERS[kind](ids=tuple(request.case_id for request in some)), polled)
            _let_in_as_shown(shop, some)


def _let_in_as_shown(shop: Shop, requests: Iterable[Request]) -> None:
    for request in requests:
        now, shown = shop.clock.now(), Shown.of(request)
        case = shop.store.cases.get(request.shop, request.case_id)
        decided = replace(request, refused=_refusal(case, shown))
        with shop.store.database.transaction():
            if shop.store.past.settle(decided, now) and case and not decided.refused:
                let_in(shop, case, who=request.who, why=shown.why, now=now)
        tell(
            Event.REQUEST_CARRIED_OUT,
            case_id=request.case_id,
            command=request.command,
            who=request.who,
            refused=decided.refused,
        )


def _refusal(case: Case | None, shown: Shown) -> str:
    """Why it is not let in; empty where it is."""
    if case is None:
        return "TikTok does not know it any more"
    if case.latest.basis == shown.basis:
        return ""
    return f"{told(shown.basis)} was shown, TikTok now says {told(case.latest.basis)}"


def let_in(shop: Shop, case: Case, *, who: str, why: str, now: datetime) -> None:
    """Record that a person lets this case in as it is now, if it takes one for that, and look at it now."""
    store = shop.store
    if case.written is not None or not before_start(case, shop.policy):
        return
    ruling = Ruling(
        RulingKind.APPROVED, case.latest.basis, who, now, why=why, reason=Reason.BEFORE_START.value
    )
    with store.database.transaction():
        store.rulings.add(case.shop, case.case_id, ruling)
        store.cases.note(case.shop, case.case_id, ruling.kind, now, who=who, why=why, reason=ruling.reason)
        store.cases.wake(case.shop, case.case_id, now)
