"""A stand-in TikTok Shop: token service and read endpoints over a small world of orders and cases."""

from syncd.sandbox.tiktok.stand_in import TikTokStandIn
from syncd.sandbox.tiktok.switches import Switches
from syncd.sandbox.tiktok.world import (
    Paid,
    SandboxCancellation,
    SandboxOrder,
    SandboxReturn,
    SandboxShop,
    TikTokSale,
)
from syncd.sandbox.tiktok.wrong import wrong_reply

__all__ = [
    "Paid",
    "SandboxCancellation",
    "SandboxOrder",
    "SandboxReturn",
    "SandboxShop",
    "Switches",
    "TikTokSale",
    "TikTokStandIn",
    "wrong_reply",
]
