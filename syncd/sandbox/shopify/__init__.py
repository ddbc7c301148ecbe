"""A stand-in for the Shopify GraphQL Admin API 2026-10, as far as refunds and returns need it."""

from syncd.sandbox.shopify.build import OrderLine, Sale
from syncd.sandbox.shopify.stand_in import ShopifyStandIn
from syncd.sandbox.shopify.switches import Switches

__all__ = ["OrderLine", "Sale", "ShopifyStandIn", "Switches"]
