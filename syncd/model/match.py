"""Finding the Shopify order of a TikTok order: what a search gives, and what came of it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class OrderHit:
    """An order as a search shows it. Searches are fuzzy: compare exactly before it is believed.

    `attributes` are the values of its additional details; `metafield` is only read where it is looked for.
    """

    id: str
    name: str
    tags: tuple[str, ...]
    source_identifier: str
    created_at: datetime
    note: str = ""
    attributes: tuple[str, ...] = ()
    metafield: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """The Shopify orders that carry a TikTok order id, and which strategy found them. One is a match."""

    order_ids: tuple[str, ...] = ()
    strategy: str = ""
