"""What becomes of returns on the stand-in, as a Shopify development store answered (API 2026-04).

The recorded returns were requested and then approved; here they are created, and an app's are open at once.
"""

from typing import Any

import pytest

from syncd.sandbox.shopify import OrderLine
from syncd.sandbox.shopify.order import Order
from syncd.sandbox.shopify.return_records import Return
from tests.contract.returns import ERRORS, RETURN, create, units
from tests.contract.store import Json, Store

PROCESS = f"""
mutation($input: ReturnProcessInput!) {{ returnProcess(input: $input) {{ return {{ {RETURN} }} {ERRORS} }} }}
"""
DISPOSE = f"""
mutation($inputs: [ReverseFulfillmentOrderDisposeInput!]!) {{
  reverseFulfillmentOrderDispose(dispositionInputs: $inputs) {{
    reverseFulfillmentOrderLineItems {{ totalQuantity dispositions {{ type quantity location {{ id }} }} }}
    {ERRORS}
  }}
}}
"""
READ = f"query($id: ID!) {{ return(id: $id) {{ {RETURN} }} }}"


@pytest.fixture
def order(store: Store) -> Order:
    """Three units of a product, of which the variant is gone, and four of a line that never had one."""
    lines = [OrderLine("PRODUCT", 3, price=2000, custom=True), OrderLine("", 4, price=1250, custom=True)]
    return store.shop.add_order(lines, paid=False)


@pytest.fixture
def ret(store: Store, order: Order) -> Return:
    """One unit of each."""
    create(store, order, units(order, 1), units(order, 1, 1))
    return order.returns[0]


def decided(ret: Return, kind: str, place: str, line: int = 0, **given: Any) -> Json:
    gid = ret.reverse_fulfillment_orders[0].line_items[line].id
    usual = {"reverseFulfillmentOrderLineItemId": gid, "quantity": 1, "dispositionType": kind}
    return {**usual, "locationId": place, **given}


def process(store: Store, ret: Return, **given: Any) -> Json:
    lines = [{"id": one.id, "quantity": one.quantity} for one in ret.return_line_items]
    wanted = {"returnId": ret.id, "returnLineItems": lines, "notifyCustomer": True, **given}
    return store.payload(PROCESS, input=wanted)


def test_the_life_of_a_return(store: Store, order: Order, ret: Return) -> None:
    """One unit is decided, then all are processed: the return stays open, and so does the warehouse's side.

    What is left can go on a second return, with the next number.
    """
    place = store.shop.warehouse.id
    kept = {"type": "NOT_RESTOCKED", "quantity": 1, "location": {"id": place}}
    done = store.payload(DISPOSE, inputs=[decided(ret, "NOT_RESTOCKED", place)])
    assert done == {
        "reverseFulfillmentOrderLineItems": [{"totalQuantity": 1, "dispositions": [kept]}],
        "userErrors": [],
    }
    one = {"quantity": 1, "processedQuantity": 0, "unprocessedQuantity": 1}
    back = [
        {"totalQuantity": 1, "fulfillmentLineItem": {"lineItem": {"title": title}}, "dispositions": decision}
        for title, decision in (("PRODUCT", [kept]), ("", []))
    ]
    shown = {
        "name": f"{order.name}-R1",
        "status": "OPEN",
        "totalQuantity": 2,
        "returnLineItems": {"nodes": [one, one]},
        "reverseFulfillmentOrders": {"nodes": [{"status": "OPEN", "lineItems": {"nodes": back}}]},
    }
    assert store.payload(READ, id=ret.id) == shown
    one |= {"processedQuantity": 1, "unprocessedQuantity": 0}
    assert process(store, ret) == {"return": shown, "userErrors": []}

    second = create(store, order, units(order, 2), units(order, 3, 1))["return"]
    assert (second["name"], second["status"], second["totalQuantity"]) == (f"{order.name}-R2", "OPEN", 5)


NOT_FOUND = "Return not found."


@pytest.mark.parametrize(
    ("given", "field", "message"),
    [
        ({"returnId": "gid://shopify/Return/999999999999"}, ["returnId"], NOT_FOUND),
        (
            {"returnLineItems": [{"id": "gid://shopify/ReturnLineItem/999999999999", "quantity": 1}]},
            ["returnLineItems", "0", "id"],
            "Return line item was not found.",
        ),
    ],
)
def test_refused_processing(store: Store, ret: Return, given: Json, field: list[str], message: str) -> None:
    """An unknown return, and a line of another one."""
    error = {"field": ["input", *field], "message": message, "code": "NOT_FOUND"}
    assert process(store, ret, **given) == {"return": None, "userErrors": [error]}


ONE_ORDER = "Cannot dispose items from more than one reverse fulfillment order."
CUSTOM = "RESTOCKED is an invalid disposition type for a custom line item."
UNKNOWN_LINE = {"reverseFulfillmentOrderLineItemId": "gid://shopify/ReverseFulfillmentOrderLineItem/0"}
UNKNOWN_PLACE = {"locationId": "gid://shopify/Location/999999999999999"}
Error = tuple[list[str], str, str]


@pytest.mark.parametrize(
    ("inputs", "errors"),
    [
        pytest.param([], [([], "The array cannot be empty.", "BLANK")], id="nothing"),
        pytest.param(
            [(0, "NOT_RESTOCKED", UNKNOWN_LINE)], [([], ONE_ORDER, "INVALID")], id="an unknown line"
        ),
        pytest.param(
            [(0, "RESTOCKED", {})], [(["0", "dispositionType"], CUSTOM, "INVALID")], id="a line without stock"
        ),
        pytest.param(
            [(0, "RESTOCKED", UNKNOWN_PLACE)],
            [
                (["0", "dispositionType"], CUSTOM, "INVALID"),
                (["0", "locationId"], "Location not found.", "NOT_FOUND"),
            ],
            id="a line without stock, to nowhere",
        ),
        pytest.param(
            [(0, "NOT_RESTOCKED", {}), (1, "NOT_RESTOCKED", {})],
            [([], ONE_ORDER, "INVALID")],
            id="of two returns",
        ),
    ],
)
def test_refused_dispositions(
    store: Store, order: Order, ret: Return, *, inputs: list[tuple[int, str, Json]], errors: list[Error]
) -> None:
    """Nothing is decided about any unit of either return, and both stay open."""
    create(store, order, units(order, 1))
    place = store.shop.warehouse.id
    wanted = [decided(order.returns[number], kind, place, **given) for number, kind, given in inputs]
    assert store.payload(DISPOSE, inputs=wanted) == {
        "reverseFulfillmentOrderLineItems": None,
        "userErrors": [
            {"field": ["dispositionInputs", *field], "message": message, "code": code}
            for field, message, code in errors
        ],
    }
    for one in (ret, order.returns[1]):
        shown = store.payload(READ, id=one.id)
        [back] = shown["reverseFulfillmentOrders"]["nodes"]
        assert (shown["status"], back["status"]) == ("OPEN", "OPEN")
        assert not any(line["dispositions"] for line in back["lineItems"]["nodes"])


CHANGES = {
    name: f"mutation($id: ID!) {{ {name}(id: $id) {{ return {{ status closedAt }} {ERRORS} }} }}"
    for name in ("returnClose", "returnReopen", "returnCancel")
}
BAD_STATUS = "Return status is invalid."
NOT_CANCELABLE = "Return is not cancelable."


@pytest.mark.parametrize(
    ("status", "mutation", "after"),
    [
        ("OPEN", "returnClose", "CLOSED"),
        ("CLOSED", "returnClose", "CLOSED"),
        ("CLOSED", "returnReopen", "OPEN"),
        ("OPEN", "returnReopen", "OPEN"),
        ("OPEN", "returnCancel", "CANCELED"),
    ],
)
def test_changes_of_a_return(store: Store, ret: Return, status: str, mutation: str, after: str) -> None:
    """Closing, also with units unprocessed, and opening again can be repeated without harm."""
    if status == "CLOSED":
        store.payload(CHANGES["returnClose"], id=ret.id)
    payload = store.payload(CHANGES[mutation], id=ret.id)
    assert (payload["return"]["status"], payload["userErrors"]) == (after, [])
    assert (payload["return"]["closedAt"] is not None) == (after == "CLOSED")


@pytest.mark.parametrize(
    ("status", "mutation", "message"),
    [
        ("REQUESTED", "returnClose", BAD_STATUS),
        ("DECLINED", "returnClose", BAD_STATUS),
        ("processed", "returnCancel", NOT_CANCELABLE),
    ],
)
def test_refused_changes(store: Store, ret: Return, status: str, mutation: str, message: str) -> None:
    """What a customer asked for is not open yet; what was processed cannot be cancelled."""
    if status == "processed":
        process(store, ret)
    else:
        ret.status = status
    error = {"field": ["id"], "message": message, "code": "INVALID_STATE"}
    assert store.payload(CHANGES[mutation], id=ret.id) == {"return": None, "userErrors": [error]}


@pytest.mark.parametrize("mutation", CHANGES)
def test_an_unknown_return(store: Store, mutation: str) -> None:
    """It is not found."""
    error = {"field": ["id"], "message": NOT_FOUND, "code": "NOT_FOUND"}
    payload = store.payload(CHANGES[mutation], id="gid://shopify/Return/999999999999")
    assert payload == {"return": None, "userErrors": [error]}
