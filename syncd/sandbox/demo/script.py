"""What a story is made of: scenes, what was sold, what TikTok says when, and what must come of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from syncd.model.cases import CancelType, Restock, ReturnType, State, Status
from syncd.model.reasons import Reason


class Scene(Enum):
    """The parts of the story, in order, each with its line for the viewer."""

    ASKED = "Buyers ask for refunds, returns and cancellations on TikTok. syncd starts and tracks them."
    APPROVED = "The seller approves. Shopify shows the returns with their reasons, still without any money."
    MOVING = "Parcels are under way; Shopify shows their numbers. Some buyers change their minds."
    PAID = "TikTok pays buyers back; Shopify follows. What is unclear is held, not guessed."
    LOST = "Orders are cancelled. One refund is made, but the connection dies before its answer arrives."
    KILLED = "kill -9, at the worst moment: Shopify has just processed a return of two units."
    BACK = "syncd is started again. It settles, looks at the orders, and finds its own work there."
    INSPECTED = "Staff inspect what came back, and say so beside the running daemon: syncd restock."
    QUIET = "Everything is settled. More polls of TikTok, and not one request to Shopify."


class Chapter(Enum):
    """What a case is an example of; the names stand in the table, the values above the list in the end."""

    RETURNS = "Returns, shown for information while they are under way"
    INSPECT = "Units that wait until staff have inspected them"
    STOCK = "Whether units go back into stock, and where"
    AMOUNTS = "TikTok's amounts, to the minor unit"
    SPECIAL = "Special requests"
    CANCEL = "Cancellations before shipping"
    ORDERS = "Which Shopify order it is"
    SAFETY = "Never twice, never somebody else's money"


class Kept(Enum):
    """Where a connector keeps TikTok's order id."""

    TAG = "a tag, as TikTok's own app does"
    NOTE = "the note, as AfterShip does"
    NAME = "the order's name"
    METAFIELD = "a metafield"


class Grounds(Enum):
    """Why a buyer asks: TikTok's code and text, and the reason that Shopify must show."""

    NO_NEED = "ecom_order_delivered_refund_and_return_reason_no_need", "No longer needed", "Changed my mind"
    TOO_SMALL = "ecom_order_delivered_refund_and_return_reason_too_small", "Too small", "Too small"
    DAMAGED = (
        "ecom_order_delivered_refund_and_return_reason_damaged",
        "Arrived damaged",
        "Damaged or defective",
    )
    STOPPED = "ecom_order_shipped_cancel_reason_no_need_RTS_RO", "No longer needed", "Other reason"

    @property
    def code(self) -> str:
        """TikTok's code."""
        return self.value[0]

    @property
    def text(self) -> str:
        """TikTok's text."""
        return self.value[1]

    @property
    def shown(self) -> str:
        """The name of Shopify's reason."""
        return self.value[2]


@dataclass(frozen=True, slots=True)
class Sold:
    """`quantity` units of one SKU, as they were sold on TikTok and imported into Shopify `imported` times.

    Amounts are decimal texts. `price` is for one unit after discounts; `tax` is on top of it, unless
    `tax_inside`. `parts` are the SKUs of a bundle with their prices in Shopify, where each is a line of its
    own; `gift` is a SKU that came along for nothing. `delivered` says whether the parcel has arrived, or else
    is still on its way; an `unshipped` order was not sent off at all.
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
    parts: Mapping[str, str] = field(default_factory=dict)
    gift: str = ""
    fulfilled_by_tiktok: bool = False
    from_closed_warehouse: bool = False
    unshipped: bool = False
    delivered: bool = True
    on_delivery: bool = False
    real_gateway: str = ""
    imported: int = 1
    kept: Kept = Kept.TAG

    @property
    def skus(self) -> tuple[str, ...]:
        """All SKUs on the Shopify order."""
        return (*(self.parts or (self.sku,)), *((self.gift,) if self.gift else ()))


@dataclass(frozen=True, slots=True)
class Expected:
    """How a case must end: with syncd, and on the Shopify order.

    `restocked` are returned units, `freed` units that were reserved and never shipped. `cancelled`: syncd
    cancels the order.
    """

    state: State
    reason: Reason | None = None
    refunded: bool = False
    returns: tuple[str, ...] = ()
    restock: Restock = Restock.NONE
    restocked: int = 0
    freed: int = 0
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Script:
    """One case. Scripts that share one `sold` are about the same order, in their order.

    The first of `steps` opens the case. `pays` of which `shipping` and `tax` is what TikTok pays back in the
    end, if it does; empty where it gives no amount. `units` is how many of the order's units it is about
    (None: all). `why` is the rule behind the outcome, for cases that syncd itself gives no reason for.
    `inspected` are the options of `syncd restock` that staff type, one command after another.
    """

    title: str
    chapter: Chapter
    sold: Sold
    type: ReturnType | CancelType
    pays: str
    steps: Mapping[Scene, Status | str]
    expected: Expected
    why: str = ""
    units: int | None = None
    shipping: str = "0"
    tax: str = "0"
    grounds: Grounds = Grounds.NO_NEED
    quick_refund: bool = False
    keep_item: bool = False
    inspected: tuple[tuple[str, ...], ...] = ()
    flags: frozenset["Flag"] = field(default_factory=frozenset)


class Flag(Enum):
    """What happens to a case besides what TikTok says."""

    EDITED = "it replaces the case before it, which the buyer has edited"
    REFUNDED_BY_HAND = "staff refund the order in Shopify themselves"
    CANCELLED_BY_CONNECTOR = "the connector refunds and cancels the order itself"
    SHIPPED_MEANWHILE = "the order is shipped before TikTok has cancelled it"
    ANSWER_LOST = "Shopify's answer to the refund is lost"
    KILLED = "the daemon is killed while Shopify processes the return"
