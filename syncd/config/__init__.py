"""The settings: their model, where they come from, and what is wrong with them."""

from syncd.config.example import example
from syncd.config.load import Loaded, credentials_in, find_config, load
from syncd.config.settings import Settings
from syncd.config.tables import Guard, Match, Network, Restock, Shop, Shopify, Store, Sync, TikTok

__all__ = [
    "Guard",
    "Loaded",
    "Match",
    "Network",
    "Restock",
    "Settings",
    "Shop",
    "Shopify",
    "Store",
    "Sync",
    "TikTok",
    "credentials_in",
    "example",
    "find_config",
    "load",
]
