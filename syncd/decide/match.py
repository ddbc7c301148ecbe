"""Which Shopify order belongs to a TikTok order: what to search for, and the exact comparison."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from syncd.model.match import Match, OrderHit
from syncd.model.policy import MatchPolicy, Strategy

SHOWN_FOR = timedelta(days=60)
"""Older orders are only shown to an app with `READ_ALL` (Shopify: API access scopes)."""
READ_ALL = "read_all_orders"
_BEFORE, _AFTER = timedelta(hours=1), timedelta(days=2)
"""A connector imports an order within this time of its creation on TikTok."""
_PIECE = timedelta(days=1)
Span = tuple[datetime, datetime]


def search(strategy: Strategy, policy: MatchPolicy, order_ids: Iterable[str]) -> str:
    """The search text that finds all these orders at once (Shopify: API search syntax)."""
    terms = [term for order_id in order_ids for term in _terms(strategy, policy, order_id)]
    return " OR ".join(terms)


def _terms(strategy: Strategy, policy: MatchPolicy, order_id: str) -> list[str]:
    match strategy:
        case Strategy.TAG:
            return [f"tag:{_quoted(pattern, order_id)}" for pattern in policy.tags]
        case Strategy.NAME:
            return [f"name:{_quoted(pattern, order_id)}" for pattern in policy.names]
        case Strategy.SOURCE_IDENTIFIER:
            return [f"source_identifier:'{order_id}'"]
        case Strategy.METAFIELD:
            return [f"metafields.{policy.metafield}:'{order_id}'"]
        case _:
            return [f"'{order_id}'"]


def _quoted(pattern: str, order_id: str) -> str:
    value = pattern.replace("{id}", order_id).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{value}'"


def windows(created: Iterable[datetime]) -> Sequence[Span]:
    """When the Shopify orders were made whose TikTok orders were made then; in pieces of a day at most."""
    spans: list[Span] = []
    for since, until in sorted((at - _BEFORE, at + _AFTER) for at in created):
        if spans and since <= spans[-1][1]:
            spans[-1] = spans[-1][0], max(until, spans[-1][1])
        else:
            spans.append((since, until))
    return [piece for span in spans for piece in _pieces(span)]


def _pieces(span: Span) -> Iterable[Span]:
    since, until = span
    while since < until:
        yield since, min(since + _PIECE, until)
        since += _PIECE


def made_in(span: Span) -> str:
    """The search text for every order that was made in that time, its ends included."""
    since, until = (f"{at:%Y-%m-%dT%H:%M:%SZ}" for at in span)
    return f"created_at:>='{since}' AND created_at:<='{until}'"


def exact(
    strategy: Strategy, policy: MatchPolicy, order_ids: Iterable[str], hits: Iterable[OrderHit]
) -> Mapping[str, Match]:
    """For each TikTok order id the orders that carry it exactly; ids without any are left out."""
    wanted = frozenset(order_ids)
    found: dict[str, set[str]] = defaultdict(set)
    for hit in hits:
        for order_id in wanted.intersection(_carried(strategy, policy, hit)):
            found[order_id].add(hit.id)
    return {order_id: Match(tuple(sorted(ids)), strategy) for order_id, ids in found.items()}


def _carried(strategy: Strategy, policy: MatchPolicy, hit: OrderHit) -> Iterable[str]:
    """What an order carries where the strategy looks for ids."""
    match strategy:
        case Strategy.TAG:
            return _ids(policy.tags, hit.tags)
        case Strategy.NAME:
            names = [pattern.removeprefix("#") for pattern in policy.names]
            return _ids(names, [hit.name.removeprefix("#")])
        case Strategy.SOURCE_IDENTIFIER:
            return (hit.source_identifier,)
        case Strategy.METAFIELD:
            return (hit.metafield,)
        case _:
            texts = (hit.name, hit.source_identifier, hit.note, *hit.tags, *hit.attributes)
            return re.findall(r"[0-9]+", "\n".join(texts))


def _ids(patterns: Iterable[str], texts: Collection[str]) -> Iterable[str]:
    """The ids in texts that are wholly of one of the patterns."""
    for pattern in patterns:
        before, *after = (re.escape(part) for part in pattern.casefold().split("{id}"))
        spelt = re.compile(before + r"(?<![0-9])([0-9]+)(?![0-9])" + r"\1".join(after))
        found = (spelt.fullmatch(text.strip().casefold()) for text in texts)
        yield from (one[1] for one in found if one)


def out_of_reach(made: datetime, now: datetime, scopes: Collection[str] | None) -> bool:
    """Whether an order made then is surely not shown to an app with these scopes; None: they are unknown."""
    return scopes is not None and READ_ALL not in scopes and now - made > SHOWN_FOR
