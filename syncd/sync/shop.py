"""One shop with everything that working on it takes."""

from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from syncd.clock import Clock
from syncd.model.policy import Policy
from syncd.shopify.client import ShopifyClient
from syncd.store.store import Store
from syncd.sync.observer import Observer
from syncd.tiktok.client import TikTokClient


@dataclass(frozen=True, slots=True)
class Shop:
    """`timeout` is for one request as a whole; `concurrency` is how many orders are worked on at a time.

    Everything random comes from `chance`. A shop that does not send stops short of every write.
    """

    name: str
    tiktok: TikTokClient
    shopify: ShopifyClient
    store: Store
    policy: Policy
    clock: Clock
    timeout: timedelta
    chance: Random
    concurrency: int = 8
    observer: Observer = field(default_factory=Observer)
    sends: bool = True

    @property
    def grace(self) -> timedelta:
        """After this time no request that was sent can change anything any more."""
        return self.timeout + self.policy.settle
