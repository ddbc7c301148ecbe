"""What a story is made of: scenes, what was sold, what TikTok says when, and what must come of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from syncd.model.cases import Restock, ReturnStatus, ReturnType, State
from syncd.model.reasons import Reason


class Scene(Enum):
    """The parts of the story, in order, each with its line for the viewer."""

    ASKED = "Buyers ask for refunds and returns on TikTok. syncd starts and tracks them."
    APPROVED = "The seller approves. Shopify shows the returns, still without any money."
    MOVING = "Parcels are under way. One buyer withdraws, one request is rejected."
    PAID = "TikTok pays buyers back; Shopify follows. What is unclear is held, not guessed."
    LOST = "Shopify makes a refund, but the connection dies before its answer arrives."
    KILLED = "kill -9, at the worst moment: Shopify has just processed a return of two units."
    BACK = "syncd is started again. It settles, looks at the orders, and finds its own work there."
    QUIET = "Everything is settled. More polls of TikTok, and not one request to Shopify."


@dataclass(frozen=True, slots=True)
class Sold:
    """`quantity` units of one SKU, as they were sold on TikTok and imported into Shopify.

    Amounts are decimal texts. `price` is for one unit after discounts; `tax` is on top of it, unless
    `tax_inside`. Without `imported` Shopify knows nothing of the order.
    """

    sku: str
    price: str
    quantity: int = 1
    shipping: str = "0"
    tax: str = "0"
    tax_inside: bool = False
    platform_discount: str = "0"
    seller_discount: str = "0"
    currency: str = "USD"
    fulfilled_by_tiktok: bool = False
    real_gateway: str = ""
    imported: bool = True


@dataclass(frozen=True, slots=True)
class Expected:
    """How a case must end: with syncd, and on the Shopify order."""

    state: State
    reason: Reason | None = None
    refunded: bool = False
    returns: tuple[str, ...] = ()
    restock: Restock = Restock.NONE
    restocked: int = 0


@dataclass(frozen=True, slots=True)
class Script:
    """One case: `pays` of which `shipping` and `tax` is what TikTok pays back in the end, if it does.

    `why` is the rule behind the outcome, for cases that syncd itself gives no reason for.
    """

    title: str
    sold: Sold
    type: ReturnType
    pays: str
    steps: Mapping[Scene, ReturnStatus | str]
    expected: Expected
    why: str = ""
    asked: ReturnStatus = ReturnStatus.PENDING
    shipping: str = "0"
    tax: str = "0"
    quick_refund: bool = False
    keep_item: bool = False
    flags: frozenset["Flag"] = field(default_factory=frozenset)


class Flag(Enum):
    """What happens to a case besides what TikTok says."""

    REFUNDED_BY_HAND = "staff refund the order in Shopify themselves"
    ANSWER_LOST = "Shopify's answer to the refund is lost"
    KILLED = "the daemon is killed while Shopify processes the return"
