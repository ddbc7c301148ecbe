"""Making returns on the stand-in, as a Shopify development store answered (API 2026-04)."""

import pytest

from syncd.sandbox.shopify.return_records import Return
from tests.contract.returns import ERRORS, create, shipped, units
from tests.contract.store import Json, Store

UNKNOWN_PART = "gid://shopify/FulfillmentLineItem/999999999999999"
BAD_QUANTITY = "Return line item has an invalid quantity."
NO_REASON = "Return line items Either return reason or return reason definition must be provided"
NO_NOTE = 'Return line items return reason note The note is required when the return reason is "Other"'


@pytest.mark.parametrize(
    ("free", "wanted", "place", "field", "message", "code"),
    [
        pytest.param(
            1, [{"quantity": 2}], 0, "quantity", BAD_QUANTITY, "INVALID", id="more than is not on a return"
        ),
        pytest.param(
            1,
            [{}, {"fulfillmentLineItemId": UNKNOWN_PART}],
            1,
            "fulfillmentLineItemId",
            "Fulfillment Line Item was not found.",
            "NOT_FOUND",
            id="one good, one unknown",
        ),
        pytest.param(2, [{"returnReason": None}], 0, None, NO_REASON, "NOT_FOUND", id="no reason"),
        pytest.param(
            2, [{"returnReason": "OTHER"}], 0, "returnReasonNote", NO_NOTE, "BLANK", id="another, not told"
        ),
    ],
)
def test_refused_returns(
    store: Store,
    *,
    free: int,
    wanted: list[Json],
    place: int,
    field: str | None,
    message: str,
    code: str,
) -> None:
    """Two units shipped, so many of them on no return yet: one error, and no return even of what is good."""
    order = shipped(store, 2)
    if free < 2:
        create(store, order, units(order, 2 - free))
    before = len(order.returns)
    where = ["returnInput", "returnLineItems", str(place), *([field] if field else [])]
    assert create(store, order, *(units(order, 1) | one for one in wanted)) == {
        "return": None,
        "userErrors": [{"field": where, "message": message, "code": code}],
    }
    assert len(order.returns) == before


@pytest.mark.parametrize(("quantity", "note"), [(2, None), (1, "a reason in words")])
def test_a_return_of_one_unit(store: Store, quantity: int, note: str | None) -> None:
    """It is open and unprocessed, with a reverse fulfillment order of its own."""
    order = shipped(store, quantity)
    payload = create(store, order, units(order, 1, returnReasonNote=note))
    back = {"totalQuantity": 1, "fulfillmentLineItem": {"lineItem": {"title": "LINE-0"}}, "dispositions": []}
    assert payload == {
        "return": {
            "name": f"{order.name}-R1",
            "status": "OPEN",
            "totalQuantity": 1,
            "returnLineItems": {"nodes": [{"quantity": 1, "processedQuantity": 0, "unprocessedQuantity": 1}]},
            "reverseFulfillmentOrders": {"nodes": [{"status": "OPEN", "lineItems": {"nodes": [back]}}]},
        },
        "userErrors": [],
    }


DEFINITIONS = "{ returnReasonDefinitions(first: 20) { nodes { id name handle deleted } } }"
REASONS = [
    "Unknown",
    "Changed my mind",
    "Item not as described",
    "Received the wrong item",
    "Other reason",
    "Damaged or defective",
    "Too small",
    "Too big",
    "Style",
    "Color",
    "Absorbency",
    "Academic level",
    "Accuracy",
    "Adhesion",
    "Adhesive",
    "Adhesive strength",
    "Adjustability",
    "Age range",
    "Amperage",
    "Angle",
]


def test_the_standard_reasons(store: Store) -> None:
    """Numbered from one; the handle is the name in small letters."""
    assert store.payload(DEFINITIONS)["nodes"] == [
        {
            "id": f"gid://shopify/ReturnReasonDefinition/{number}",
            "name": name,
            "handle": name.lower().replace(" ", "-"),
            "deleted": False,
        }
        for number, name in enumerate(REASONS, start=1)
    ]


REMOVE = f"""
mutation($id: ID!, $lines: [ReturnLineItemRemoveFromReturnInput!]) {{
  removeFromReturn(returnId: $id, returnLineItems: $lines) {{ return {{ status totalQuantity }} {ERRORS} }}
}}
"""
WHERE = ["returnLineItems", "0", "quantity"]


def remove(store: Store, ret: Return, quantity: int) -> Json:
    lines = [{"returnLineItemId": one.id, "quantity": quantity} for one in ret.return_line_items]
    return store.payload(REMOVE, id=ret.id, lines=lines)


@pytest.mark.parametrize(
    ("quantity", "field", "message", "code"),
    [
        (2, WHERE, BAD_QUANTITY, "INVALID"),
        (0, None, "Quantity must be greater than 0", "GREATER_THAN"),
    ],
)
def test_refused_removals(
    store: Store, quantity: int, field: list[str] | None, message: str, code: str
) -> None:
    """A return of one unit: too many, or none, are taken off it."""
    order = shipped(store, 1)
    create(store, order, units(order, 1))
    assert remove(store, order.returns[0], quantity) == {
        "return": None,
        "userErrors": [{"field": field, "message": message, "code": code}],
    }


READ_ORDER = """
query($id: ID!) { order(id: $id) { returnStatus
  all: returns(first: 5) { nodes { name status totalQuantity } }
  first: returns(first: 1) { nodes { name } pageInfo { hasNextPage hasPreviousPage } }
} }
"""


BAD_STATUS = "Return status is invalid."


def test_taking_the_last_unit_off_closes(store: Store) -> None:
    """The order then counts as returned; a closed return gives nothing up."""
    order = shipped(store, 1)
    create(store, order, units(order, 1))
    ret = order.returns[0]
    assert remove(store, ret, 1)["return"] == {"status": "CLOSED", "totalQuantity": 0}
    assert store.payload(READ_ORDER, id=order.id)["returnStatus"] == "RETURNED"
    error = {"field": ["returnId"], "message": BAD_STATUS, "code": "INVALID_STATE"}
    assert remove(store, ret, 1) == {"return": None, "userErrors": [error]}


def test_the_returns_of_an_order(store: Store) -> None:
    """Two of one unit each: numbered, both open, and a page of one has another behind it."""
    order = shipped(store, 3)
    for _ in range(2):
        create(store, order, units(order, 1))
    first, second = (
        {"name": f"{order.name}-R{number}", "status": "OPEN", "totalQuantity": 1} for number in (1, 2)
    )
    assert store.payload(READ_ORDER, id=order.id) == {
        "returnStatus": "IN_PROGRESS",
        "all": {"nodes": [first, second]},
        "first": {
            "nodes": [{"name": first["name"]}],
            "pageInfo": {"hasNextPage": True, "hasPreviousPage": False},
        },
    }


@pytest.mark.parametrize(
    ("statuses", "shown"),
    [
        ([], "NO_RETURN"),
        (["DECLINED", "CANCELED"], "NO_RETURN"),
        (["CANCELED", "CLOSED"], "RETURNED"),
        (["CLOSED", "OPEN"], "IN_PROGRESS"),
        (["OPEN", "REQUESTED"], "RETURN_REQUESTED"),
    ],
)
def test_an_orders_return_status(store: Store, statuses: list[str], shown: str) -> None:
    """Requested before open before closed; declined and cancelled ones do not count."""
    order = shipped(store, 2)
    for _ in statuses:
        create(store, order, units(order, 1))
    for ret, status in zip(order.returns, statuses, strict=True):
        ret.status = status
    assert store.payload(READ_ORDER, id=order.id)["returnStatus"] == shown
