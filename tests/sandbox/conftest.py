"""A stand-in shop without orders."""

import pytest

from syncd.sandbox.clock import HandClock
from syncd.sandbox.shopify import ShopifyStandIn


@pytest.fixture
def shop(clock: HandClock) -> ShopifyStandIn:
    return ShopifyStandIn(clock, static_token="token")
