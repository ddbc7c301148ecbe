"""`syncd show CASE`: the story of one case."""

import json
import shutil
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import click

from syncd.cli import output
from syncd.cli.find import find_case
from syncd.cli.options import config_option, json_option, load_settings
from syncd.cli.params import CASE
from syncd.cli.views import case_json, refund_json
from syncd.config import Settings
from syncd.model.cases import Case, Snapshot
from syncd.model.intents import Intent
from syncd.model.rulings import Ruling
from syncd.service.session import reading
from syncd.service.story import Kept, Voice, story
from syncd.service.telling import facts, lines_of, moment, next_step
from syncd.store.cases import HistoryLine
from syncd.store.pruning import pruned_before
from syncd.store.store import Store

_COLOURS = {Voice.TIKTOK: "magenta", Voice.SYNCD: None, Voice.SHOPIFY: "green", Voice.PERSON: "yellow"}
_NARROW = 30
"""Columns below which nothing is broken into lines."""


@click.command(epilog="Example: syncd show us:4035318504086604100")
@config_option
@json_option
@click.argument("case", type=CASE)
@click.pass_context
def command(ctx: click.Context, *, as_json: bool, case: str) -> None:
    """Tell what happened to a case, with every decision and every request; the answers with --json.

    CASE is SHOP:ID or ID; a TikTok order id, and a Shopify order's name or id, find their cases too.
    """
    settings = load_settings(ctx, logins=False).settings
    with reading(settings.store.path) as store:
        found = find_case(store, case)
        kept = Kept.of(store, found)
        pruned = _pruned_before(store, found, kept.history)
    if as_json:
        output.as_json(_json(kept, pruned))
        return
    for line in (*_facts(settings, found), "", *_steps(kept, pruned)):
        click.echo(line)


def _pruned_before(store: Store, case: Case, history: Sequence[HistoryLine]) -> datetime | None:
    """Up to when lines of its history are missing; None where it begins when the case was first seen."""
    whole = bool(history) and history[0].at == case.first_seen
    return None if whole else pruned_before(store.database)


def _json(kept: Kept, pruned: datetime | None) -> Mapping[str, object]:
    case, pair = kept.case, kept.pair
    return case_json(case) | {
        "shopify_order_name": case.shopify_order_name,
        "order_found_by": pair.strategy if pair else None,
        "order_found_at": pair.found_at if pair else None,
        "paid_back_at": case.paid_back_at,
        "next": next_step(case),
        "refund": refund_json(case.latest.refund),
        "pruned_before": pruned,
        "snapshots": [_snapshot_json(at, snapshot) for at, snapshot in kept.snapshots],
        "history": [{"at": line.at, "event": line.event} | dict(line.detail) for line in kept.history],
        "decisions": [_ruling_json(ruling) for ruling in case.rulings],
        "requests": [_intent_json(intent) for intent in kept.intents],
    }


def _snapshot_json(at: datetime, snapshot: Snapshot) -> Mapping[str, object]:
    return {
        "seen_at": at,
        "status": snapshot.status_word,
        "updated_at": snapshot.updated_at,
        "refund": refund_json(snapshot.refund),
        "digest": snapshot.digest,
    }


def _ruling_json(ruling: Ruling) -> Mapping[str, object]:
    return {
        "decision": ruling.kind,
        "who": ruling.who,
        "at": ruling.at,
        "why": ruling.why,
        "reason": ruling.reason or None,
        "subjects": ruling.subjects,
        "units": dict(ruling.units),
        "basis": ruling.basis,
    }


def _intent_json(intent: Intent) -> Mapping[str, object]:
    return {
        "action": intent.action,
        "state": intent.state,
        "amount": intent.amount.amount if intent.amount else None,
        "currency": intent.amount.currency if intent.amount else None,
        "idempotency_key": intent.key,
        "generation": intent.generation,
        "attempts": intent.attempts,
        "created_at": intent.created_at,
        "first_sent_at": intent.first_sent_at,
        "request_ids": intent.request_ids,
        "answer": _answer(intent.answer),
        "variables": json.loads(intent.body)["variables"] if intent.body else None,
    }


def _answer(text: str) -> object:
    """What Shopify answered, as it came; a sentence where there is no answer."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _facts(settings: Settings, case: Case) -> Iterator[str]:
    """How it stands."""
    about = click.style(f"{case.shop}:{case.case_id}", bold=True)
    yield f"{about}  {case.latest.type_word} of TikTok order {case.order_id}"
    shop = settings.shops.get(case.shop)
    for name, text in facts(case, shop.shopify.domain if shop else ""):
        colour = output.colour_of(case.state) if name == "state" else None
        yield _fact(name, text.replace(case.state, click.style(case.state, fg=colour), 1) if colour else text)


def _steps(kept: Kept, pruned: datetime | None) -> Iterator[str]:
    """What happened, step by step."""
    if pruned:
        yield f"  what happened before {moment(pruned)} is not known any more: [store] keep"
    for step in story(kept):
        voice = click.style(f"{step.voice:<7}", fg=_COLOURS[step.voice])
        yield _hanging(f"  {step.at:%Y-%m-%d %H:%M:%S}Z  {voice}  ", 33, step.what)


def _fact(name: str, text: str) -> str:
    return _hanging(f"  {click.style(f'{name:<13}', dim=True)}  ", 17, lines_of(text))


def _hanging(head: str, indent: int, text: str) -> str:
    """The text beside its head: as lines of a terminal's width, each id whole, or as one line where piped."""
    room = shutil.get_terminal_size().columns - indent
    if not sys.stdout.isatty() or room < _NARROW:
        return head + text.replace("\n", " ")
    lines = [
        line
        for part in text.split("\n")
        for line in textwrap.wrap(part, room, break_long_words=False, break_on_hyphens=False) or [""]
    ]
    return head + f"\n{' ' * indent}".join(lines)
