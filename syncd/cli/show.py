"""`syncd show CASE`: the story of one case."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import click

from syncd.cli import output
from syncd.cli.find import find_case
from syncd.cli.options import config_option, json_option, load_settings
from syncd.cli.params import CASE
from syncd.cli.views import amounts, case_json, hint, refund_json, restock_text, why
from syncd.model.cases import Case
from syncd.model.intents import Intent
from syncd.service.session import reading
from syncd.store.cases import HistoryLine
from syncd.store.pruning import pruned_before
from syncd.store.store import Store


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
        if as_json:
            output.as_json(_story_json(store, found))
        else:
            for line in _story(store, found):
                click.echo(line)


def _story_json(store: Store, case: Case) -> Mapping[str, object]:
    intents = store.intents.of_case(case.shop, case.case_id)
    history = store.cases.history(case.shop, case.case_id)
    snapshots = store.cases.snapshots(case.shop, case.case_id)
    return case_json(case) | {
        "refund": refund_json(case.latest.refund),
        "pruned_before": _pruned_before(store, case, history),
        "snapshots": [{"seen_at": at, "status": s.status_word, "digest": s.digest} for at, s in snapshots],
        "history": [{"at": line.at, "event": line.event} | dict(line.detail) for line in history],
        "requests": [_intent_json(intent) for intent in intents],
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


def _story(store: Store, case: Case) -> Iterator[str]:
    refund = case.latest.refund
    yield f"{case.shop}:{case.case_id}  {case.latest.type_word} of TikTok order {case.order_id}"
    yield f"  TikTok says    {case.latest.status_word}" + (f", {refund.total}" if refund else "")
    if refund and refund.parts:
        yield f"  of which       {amounts(refund.parts)} (as TikTok splits it)"
    if refund and refund.discounts:
        yield f"  never paid     {amounts(refund.discounts)} (taken off before the buyer paid)"
    if chain := _chain(case):
        yield f"  edited         {chain}"
    if case.paid_back_at:
        yield f"  paid back      {case.paid_back_at:%Y-%m-%d %H:%M:%S} UTC (TikTok's time of that state)"
    yield f"  state          {case.state}" + (f" ({case.reason})" if case.reason else "")
    if told := why(case.reason, case.detail):
        yield f"  why            {told}"
    if typed := hint(case.reason, case):
        yield f"  next           {typed}"
    yield f"  restock        {restock_text(case)}"
    if case.shopify_order_id:
        yield f"  Shopify order  {case.shopify_order_name or ''} {case.shopify_order_id}"
    for made in (*case.return_ids, *case.refund_ids):
        yield f"  Shopify has    {made}"
    yield ""
    yield from _told(store, case)


def _told(store: Store, case: Case) -> Iterator[str]:
    """What happened, line by line."""
    history = store.cases.history(case.shop, case.case_id)
    if pruned := _pruned_before(store, case, history):
        yield f"  what happened before {pruned:%Y-%m-%d %H:%M:%S} is not known any more: [store] keep"
    for line in history:
        known = ", ".join(f"{key} {_plain(value)}" for key, value in line.detail.items() if value)
        yield f"  {line.at:%Y-%m-%d %H:%M:%S}  {line.event:<10}  {known}"


def _pruned_before(store: Store, case: Case, history: Sequence[HistoryLine]) -> datetime | None:
    """Up to when lines of its history are missing; None where it begins when the case was first seen."""
    whole = bool(history) and history[0].at == case.first_seen
    return None if whole else pruned_before(store.database)


def _chain(case: Case) -> str:
    latest = case.latest
    before = [f"in place of {latest.previous_id}"] if latest.previous_id else []
    return ", ".join([*before, *([f"replaced by {latest.next_id}"] if latest.next_id else [])])


def _plain(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
