"""Every GraphQL document that is sent to Shopify: one file each, listed here by name."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Operation:
    """One document.

    `cost` is its requested cost with the largest pages, until an answer tells the real one. `keyed` says that
    it takes an idempotency key, `repeatable` that sending it twice does no more than sending it once, and
    `search` that its `query` is a search whose warnings must be heeded. `root` is the field that it asks for,
    `errors` the one in which a mutation says why it did nothing.
    """

    name: str
    text: str
    root: str
    cost: int
    mutation: bool
    keyed: bool
    repeatable: bool
    search: bool
    errors: str = "userErrors"


def _load(
    name: str, *, cost: int, repeatable: bool = True, search: bool = False, errors: str = "userErrors"
) -> Operation:
    text = files(__name__).joinpath(f"{name}.graphql").read_text(encoding="utf-8")
    return Operation(
        name=name,
        text=text,
        root=text.splitlines()[1].split("(")[0].strip(" {"),
        cost=cost,
        mutation=text.startswith("mutation"),
        keyed="@idempotent(key: $key)" in text,
        repeatable=repeatable,
        search=search,
        errors=errors,
    )


FIND_ORDERS = _load("FindOrders", cost=24, search=True)
FIND_ORDERS_BY_METAFIELD = _load("FindOrdersByMetafield", cost=35, search=True)
FIND_BOOKS = _load("FindBooks", cost=13, search=True)
READ_BOOKS = _load("ReadBooks", cost=41)
READ_ORDER = _load("ReadOrder", cost=162)
READ_ORDER_LINES = _load("ReadOrderLines", cost=36)
READ_FULFILLMENTS = _load("ReadFulfillments", cost=27)
READ_REFUNDS = _load("ReadRefunds", cost=44)
READ_RETURNS = _load("ReadReturns", cost=85)
READ_CLAIMS = _load("ReadClaims", cost=10)
READ_EVENTS = _load("ReadEvents", cost=10)
READ_ASSIGNMENTS = _load("ReadAssignments", cost=30)
READ_LOCATIONS = _load("ReadLocations", cost=9)
READ_SHOP = _load("ReadShop", cost=3)
READ_RETURN_REASONS = _load("ReadReturnReasons", cost=7)

SET_CLAIM = _load("SetClaim", cost=10)
CREATE_REFUND = _load("CreateRefund", cost=23, repeatable=False)
CREATE_RETURN = _load("CreateReturn", cost=13, repeatable=False)
PROCESS_RETURN = _load("ProcessReturn", cost=54, repeatable=False)
CLOSE_RETURN = _load("CloseReturn", cost=10)
CANCEL_RETURN = _load("CancelReturn", cost=10)
ADD_TRACKING = _load("AddTracking", cost=10, repeatable=False)
REOPEN_RETURN = _load("ReopenReturn", cost=10)
DISPOSE_RETURN = _load("DisposeReturn", cost=10, repeatable=False)
CLOSE_ORDER = _load("CloseOrder", cost=10)
CANCEL_ORDER = _load("CancelOrder", cost=10, errors="orderCancelUserErrors")

OPERATIONS: Mapping[str, Operation] = MappingProxyType(
    {
        operation.name: operation
        for operation in (
            FIND_ORDERS,
            FIND_ORDERS_BY_METAFIELD,
            FIND_BOOKS,
            READ_BOOKS,
            READ_ORDER,
            READ_ORDER_LINES,
            READ_FULFILLMENTS,
            READ_REFUNDS,
            READ_RETURNS,
            READ_CLAIMS,
            READ_EVENTS,
            READ_ASSIGNMENTS,
            READ_LOCATIONS,
            READ_SHOP,
            READ_RETURN_REASONS,
            SET_CLAIM,
            CREATE_REFUND,
            CREATE_RETURN,
            PROCESS_RETURN,
            CLOSE_RETURN,
            CANCEL_RETURN,
            ADD_TRACKING,
            REOPEN_RETURN,
            DISPOSE_RETURN,
            CLOSE_ORDER,
            CANCEL_ORDER,
        )
    }
)
"""All of them, by name."""
