"""From TikTok's code of a return's reason to one of Shopify's standard reasons.

The codes are an open vocabulary (TikTok Shop: Refund reasons): they are told apart by the words in them. The
localised text is never read: it is sometimes wrong.
"""

import re
from collections.abc import Collection

OTHER = "other-reason"
UNKNOWN = "unknown"
_BY_WORDS = (
    ("received-the-wrong-item", ("wrong product", "wrong item")),
    ("damaged-or-defective", ("damaged", "defective", "broken", "expired", "spoiled", "not frozen")),
    ("too-small", ("too small",)),
    ("too-big", ("too big", "too large")),
    ("item-not-as-described", ("not match", "not as described", "not as expected", "counterfeit")),
    ("changed-my-mind", ("no need", "no longer needed", "not suit", "multiple sizes")),
    ("color", ("color", "colour")),
    ("style", ("style",)),
)
"""The handles of Shopify's reasons with the words that tell them; the first that fits is taken."""
HANDLES = (*(handle for handle, _ in _BY_WORDS), OTHER, UNKNOWN)
"""Every handle that a return of ours may carry (Shopify: ReturnReasonDefinition)."""


def reason_handle(code: str) -> str:
    """The handle for TikTok's code, such as `ecom_order_delivered_refund_and_return_reason_damaged`."""
    words = f" {' '.join(re.findall('[a-z]+', code.lower()))} "
    fits = (handle for handle, phrases in _BY_WORDS if any(f" {phrase} " in words for phrase in phrases))
    return next(fits, OTHER)


def offered(handle: str, known: Collection[str]) -> str | None:
    """The handle itself where the shop has it, else the nearest that says nothing wrong; None without any."""
    return next((one for one in (handle, OTHER, UNKNOWN) if one in known), None)
