"""Which Shopify order belongs to a TikTok order: what to search for, and the exact comparison."""

import re
from collections.abc import Iterable, Mapping

from syncd.model.match import Match, OrderHit
from syncd.model.policy import MatchPolicy, Strategy

SEARCHES = (Strategy.TAG, Strategy.NAME, Strategy.SOURCE_IDENTIFIER, Strategy.TEXT)
"""The strategies that are one search each, whatever the number of orders."""


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
        case _:
            return [f"'{order_id}'"]


def _quoted(pattern: str, order_id: str) -> str:
    value = pattern.replace("{id}", order_id).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{value}'"


def exact(
    strategy: Strategy, policy: MatchPolicy, order_ids: Iterable[str], hits: Iterable[OrderHit]
) -> Mapping[str, Match]:
    """For each TikTok order id the orders that carry it exactly; ids without any are left out."""
    found: dict[str, Match] = {}
    hits = tuple(hits)
    for order_id in order_ids:
        ids = tuple(sorted({hit.id for hit in hits if _carries(strategy, policy, hit, order_id)}))
        if ids:
            found[order_id] = Match(ids, strategy)
    return found


def _carries(strategy: Strategy, policy: MatchPolicy, hit: OrderHit, order_id: str) -> bool:
    match strategy:
        case Strategy.TAG:
            return any(_wholly(pattern, order_id, tag) for pattern in policy.tags for tag in hit.tags)
        case Strategy.NAME:
            name = hit.name.removeprefix("#")
            return any(_wholly(pattern.removeprefix("#"), order_id, name) for pattern in policy.names)
        case Strategy.SOURCE_IDENTIFIER:
            return hit.source_identifier == order_id
        case _:
            texts = (hit.name, hit.source_identifier, hit.note, *hit.tags)
            return any(order_id in re.findall(r"[0-9]+", text) for text in texts)


def _wholly(pattern: str, order_id: str, text: str) -> bool:
    return pattern.replace("{id}", order_id).casefold() == text.strip().casefold()
