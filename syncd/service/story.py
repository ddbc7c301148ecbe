"""What happened to a case, step by step, in words: what TikTok said, what was decided, sent and answered."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import zip_longest
from typing import Self

from syncd.model.cases import Case, Restock, Snapshot, State
from syncd.model.intents import Intent
from syncd.model.policy import Strategy
from syncd.model.reasons import explained
from syncd.store.cases import HistoryLine
from syncd.store.shops import Pair
from syncd.store.store import Store

Detail = Mapping[str, object]
_MADE = re.compile(r"gid://shopify/(?:Return|Refund)/[0-9]+")


class Voice(StrEnum):
    """Who did it."""

    TIKTOK = "TikTok"
    SYNCD = "syncd"
    SHOPIFY = "Shopify"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened."""

    at: datetime
    voice: Voice
    what: str


@dataclass(frozen=True, slots=True)
class Kept:
    """All that the store knows about the life of a case."""

    case: Case
    history: Sequence[HistoryLine]
    snapshots: Sequence[tuple[datetime, Snapshot]]
    intents: Sequence[Intent]
    pair: Pair | None

    @classmethod
    def of(cls, store: Store, case: Case) -> Self:
        """Read it."""
        key = (case.shop, case.case_id)
        return cls(
            case,
            store.cases.history(*key),
            store.cases.snapshots(*key),
            store.intents.of_case(*key),
            store.shops.pair_of(case.shop, case.order_id),
        )


def story(kept: Kept) -> list[Step]:
    """Every step, oldest first."""
    told = list(_of_history(kept))
    if kept.pair and (not told or kept.pair.found_at >= told[0].at):
        told.append(Step(kept.pair.found_at, Voice.SYNCD, found_by(kept.pair)))
    return sorted(told, key=lambda step: step.at)


_WAYS: Mapping[str, str] = {
    Strategy.TAG: "by its tag",
    Strategy.NAME: "by its name",
    Strategy.SOURCE_IDENTIFIER: "by its source identifier",
    Strategy.METAFIELD: "by its metafield",
    Strategy.TEXT: "by a text on it that has TikTok's order id",
    Strategy.WINDOW: "by TikTok's order id on it, among all orders of its time",
}


def found_by(pair: Pair) -> str:
    """How the Shopify order was found."""
    return f"found the Shopify order {_WAYS.get(pair.strategy, pair.strategy)}: {pair.shopify_order_id}"


def _of_history(kept: Kept) -> Iterator[Step]:
    """Without what was intended where the very next step is that it was sent."""
    keys: dict[object, str] = {}
    snapshots = dict(kept.snapshots)
    intents = {intent.key: intent for intent in kept.intents}
    for line, then in zip_longest(kept.history, kept.history[1:]):
        detail = dict(line.detail)
        action = detail.get("action")
        if line.event == "intended":
            keys[action] = str(detail.get("key", ""))
            if then and then.event == "sending" and then.detail.get("action") == action:
                continue
        detail["intent"] = intents.get(keys.get(action, "")) if action else None
        detail["said"] = snapshots.get(line.at)
        voice, words = _WORDS.get(line.event, (Voice.SYNCD, _other))
        text = words(detail) if words is not _other else f"{line.event}: {_other(detail)}"
        yield Step(line.at, voice, text)


def _seen(detail: Detail) -> str:
    said = detail["said"]
    if not isinstance(said, Snapshot):
        return f"{detail.get('status')}"
    units = Counter(line.sku for line in said.lines if line.sku)
    parts = [said.status_word, str(said.refund.total) if said.refund else said.trouble]
    parts.append(" and ".join(f"{count} x {sku}" for sku, count in units.items()))
    return ", ".join(part for part in parts if part)


_STATES = {
    State.TRACKING: "waits: TikTok is not done with it",
    State.DUE: "is to be written",
    State.WRITING: "is being written",
    State.SYNCED: "is done: Shopify has what it should",
    State.HELD: "is held",
    State.SKIPPED: "has nothing to be written",
    State.DISMISSED: "is dismissed",
}


def standing(state: State, reason: str | None, detail: str, restock: str) -> str:
    """How a case stands, with the reason in words."""
    told = explained(reason, detail)
    code, why = f" ({reason})" if reason else "", f": {told}" if told else ""
    back = f"; restock {restock}" if restock != Restock.NONE else ""
    return f"{_STATES[state]}{code}{why}{back}"


def _decided(detail: Detail) -> str:
    state, reason = State(str(detail["state"])), detail.get("reason")
    words = standing(
        state, str(reason) if reason else None, str(detail.get("detail") or ""), str(detail["restock"])
    )
    return f"the case {words}"


def _action(detail: Detail) -> str:
    return str(detail.get("action")).replace("_", " ")


def _sending(detail: Detail) -> str:
    intent = detail["intent"]
    if not isinstance(intent, Intent):
        return f"sends: {_action(detail)}"
    money = f" of {intent.amount}" if intent.amount else ""
    return f"sends: {_action(detail)}{money}, with the idempotency key {intent.key}"


def _requests(detail: Detail) -> str:
    ids = detail.get("request_ids")
    return f"; request {', '.join(map(str, ids))}" if isinstance(ids, list) and ids else ""


def _confirmed(detail: Detail) -> str:
    intent = detail["intent"]
    made = dict.fromkeys(_MADE.findall(intent.answer)) if isinstance(intent, Intent) else {}
    ids = f", {' '.join(made)}" if made else ""
    return f"has done it: {_action(detail)}{ids}{_requests(detail)}"


def _by(text: str) -> Callable[[Detail], str]:
    """What a person decided, with the reason where one was given."""

    def told(detail: Detail) -> str:
        why = f": {detail['why']}" if detail.get("why") else ""
        return f"{detail.get('who')} {text}{_about(detail)}{why}"

    return told


def _about(detail: Detail) -> str:
    """What else is known of a person's decision."""
    subjects, units = detail.get("subjects"), detail.get("units")
    parts = [f"held for {detail['reason']}"] if detail.get("reason") else []
    parts += [" ".join(map(str, subjects))] if isinstance(subjects, list) and subjects else []
    parts += [f"{count} x {sku}" for sku, count in units.items()] if isinstance(units, dict) else []
    return f" ({', '.join(parts)})" if parts else ""


def _other(detail: Detail) -> str:
    return ", ".join(
        f"{name} {value}" for name, value in detail.items() if value and name not in {"intent", "said"}
    )


def _with_action(text: str) -> Callable[[Detail], str]:
    def told(detail: Detail) -> str:
        why = f": {detail['why']}" if detail.get("why") else ""
        return f"{text.format(action=_action(detail))}{why}{_requests(detail)}"

    return told


_WORDS: Mapping[str, tuple[Voice, Callable[[Detail], str]]] = {
    "seen": (Voice.TIKTOK, _seen),
    "decided": (Voice.SYNCD, _decided),
    "failed": (Voice.SYNCD, lambda detail: f"could not work on it: {detail.get('error')}"),
    "intended": (Voice.SYNCD, _with_action("is about to send: {action}")),
    "sending": (Voice.SYNCD, _sending),
    "confirmed": (Voice.SHOPIFY, _confirmed),
    "rejected": (Voice.SHOPIFY, _with_action("has refused: {action}")),
    "unknown": (Voice.SYNCD, _with_action("does not know whether Shopify has done it: {action}")),
    "found": (Voice.SHOPIFY, _with_action("shows on the order that it has done it: {action}")),
    "not_found": (Voice.SHOPIFY, _with_action("does not show on the order that it has done it: {action}")),
    "never_ran": (Voice.SYNCD, _with_action("has proof that it was never done, and decides again: {action}")),
    "not_reached": (Voice.SYNCD, _with_action("could not send it, so nothing was done: {action}")),
    "dropped": (Voice.SYNCD, _with_action("does not send it any more: {action}")),
    "clock_set_back": (Voice.SYNCD, _with_action("waits longer, since the clock was set back: {action}")),
    "retry": (Voice.PERSON, _by("had it decided again")),
    "reopened": (Voice.PERSON, _by("took the earlier decision back")),
    "dismissed": (Voice.PERSON, _by("dismissed it")),
    "linked": (Voice.PERSON, _by("linked what Shopify has")),
    "approved": (Voice.PERSON, _by("approved it")),
    "restocked": (Voice.PERSON, _by("put units back into stock after inspection")),
    "not_restocked": (Voice.PERSON, _by("found that units do not come back into stock")),
    "adopted": (
        Voice.SYNCD,
        lambda detail: (
            f"took over from the Shopify order what {detail.get('who')} had decided: {detail.get('decision')}"
        ),
    ),
}
EVENTS = frozenset(_WORDS)
"""The events of a history that have words of their own."""
