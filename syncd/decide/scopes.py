"""Which scopes a shop's settings need on either side, and what was granted too little or too much.

TikTok Shop: the scope of each endpoint. Shopify: API access scopes, and the page of each mutation.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from syncd.decide.match import READ_ALL
from syncd.model.policy import Policy

WRITE_ORDERS = ("write_orders",)
WRITE_RETURNS = ("write_returns", "write_marketplace_returns")
"""One of these must be granted to write to returns (Shopify: access scopes)."""
TIKTOK_RETURNS = "seller.return_refund.basic"
TIKTOK_ORDERS = "seller.order.info"
TIKTOK_SHOPS = "seller.authorization.info"


@dataclass(frozen=True, slots=True)
class Need:
    """One of these scopes, and what for. Without one that is not `required` only a part is missed."""

    any_of: tuple[str, ...]
    why: str
    required: bool = True

    @property
    def scope(self) -> str:
        """The one to ask for."""
        return self.any_of[0]


@dataclass(frozen=True, slots=True)
class Compared:
    """Needs that nothing was granted for, and scopes that nothing needs."""

    missing: tuple[Need, ...]
    excess: tuple[str, ...]


def compare(needs: Iterable[Need], granted: Collection[str]) -> Compared:
    """What is granted too little and too much."""
    needs = tuple(needs)
    useful = {scope for need in needs for scope in need.any_of}
    return Compared(
        missing=tuple(need for need in needs if not set(need.any_of) & set(granted)),
        excess=tuple(sorted(set(granted) - useful)),
    )


def tiktok_needs(*, cipher_known: bool) -> tuple[Need, ...]:
    """What is read of a TikTok Shop; which shops a login is for only where no `shop_cipher` says so."""
    return (
        Need((TIKTOK_RETURNS,), "to read returns and cancellations"),
        Need((TIKTOK_ORDERS,), "to read their orders"),
        Need((TIKTOK_SHOPS,), "to find the shop of the login", required=not cipher_known),
    )


def shopify_needs(policy: Policy) -> tuple[Need, ...]:
    """What is read of a Shopify store, and written to it; a dry run does not write yet."""
    writes = not policy.dry_run
    return (
        Need(WRITE_ORDERS, "to write refunds", required=writes),
        Need(WRITE_RETURNS, "to show returns", required=writes)
        if policy.import_returns
        else Need(WRITE_RETURNS, "to end returns made before", required=False),
        Need(("read_orders", "write_orders"), "to read orders and refunds"),
        Need(("read_returns", "write_returns"), "to read returns"),
        Need(("read_products", "write_products"), "to read the variants of an order"),
        Need(("read_fulfillments", "write_fulfillments"), "to read what was shipped"),
        Need(
            (
                "read_merchant_managed_fulfillment_orders",
                "write_merchant_managed_fulfillment_orders",
                "read_assigned_fulfillment_orders",
                "read_third_party_fulfillment_orders",
            ),
            "to read where unshipped units wait",
        ),
        Need(("read_locations",), "to read where units are restocked"),
        Need((READ_ALL,), "to find orders older than 60 days", required=False),
    )
