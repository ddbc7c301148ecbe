"""Refunds on the stand-in, as a Shopify development store answered (API 2026-04 / 2025-01).

The store's currency is CAD, and nothing was shipped when the refunds were made.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from syncd.sandbox.shopify import OrderLine
from syncd.sandbox.shopify.order import Order
from tests.contract.store import Json, Store

CAD = "{ shopMoney { amount currencyCode } }"
BOTH = "{ shopMoney { amount currencyCode } presentmentMoney { amount currencyCode } }"
REFUND = f"""
mutation($input: RefundInput!, $key: String!) {{
  refundCreate(input: $input) @idempotent(key: $key) {{
    refund {{
      note totalRefundedSet {CAD}
      refundLineItems(first: 5) {{ nodes {{ quantity restockType restocked subtotalSet {CAD} }} }}
      transactions(first: 5) {{ nodes {{ kind status gateway amountSet {BOTH} }} }}
    }}
    order {{ displayFinancialStatus totalRefundedSet {CAD} }}
    userErrors {{ field message }}
  }}
}}
"""
READ = f"""
query($id: ID!) {{ order(id: $id) {{
  displayFinancialStatus displayFulfillmentStatus
  totalPriceSet {CAD} currentTotalPriceSet {CAD} totalReceivedSet {CAD} totalRefundedSet {CAD}
  lineItems(first: 5) {{ nodes {{ currentQuantity }} }}
  refunds {{ note totalRefundedSet {CAD} }}
  returns(first: 5) {{ nodes {{ id }} pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }}
  transactions {{ kind status gateway amountSet {CAD} }}
}} }}
"""
NO_RETURNS = {
    "nodes": [],
    "pageInfo": {"hasNextPage": False, "hasPreviousPage": False, "startCursor": None, "endCursor": None},
}


def cad(amount: str) -> Json:
    return {"shopMoney": {"amount": amount, "currencyCode": "CAD"}}


def both(amount: str) -> Json:
    return {**cad(amount), "presentmentMoney": {"amount": amount, "currencyCode": "CAD"}}


def sold(store: Store, *quantities: int, shipping: int = 0, gateway: str = "manual") -> Order:
    """A line of units at 10.00 for each quantity, none of them shipped, paid with one sale."""
    lines = [OrderLine(f"LINE-{place}", one, fulfilled=0) for place, one in enumerate(quantities)]
    return store.shop.add_order(lines, shipping=shipping, gateway=gateway)


def money(order: Order, amount: str, **given: Any) -> Json:
    parent = order.transactions[0].id
    usual = {"orderId": order.id, "kind": "REFUND", "gateway": "manual", "parentId": parent}
    return {**usual, "amount": amount, **given}


def units(order: Order, quantity: int, restock: str, **given: Any) -> Json:
    line = order.line_items[0]
    return {"lineItemId": line.id, "quantity": quantity, "restockType": restock, **given}


def refund(store: Store, order: Order, **given: Any) -> Json:
    key = f"key-{len(store.shop.calls)}"
    return store.payload(REFUND, key=key, input={"orderId": order.id, "notify": False, **given})


def read(store: Store, order: Order) -> Json:
    found: Json = store.payload(READ, id=order.id)
    return found


@pytest.mark.parametrize(
    ("quantity", "restock", "shipping", "restocked", "subtotal", "received", "status"),
    [
        pytest.param(
            1, "NO_RESTOCK", {"fullRefund": True}, False, "0.0", "15.0", "REFUNDED", id="all of it, kept"
        ),
        pytest.param(
            2, "RETURN", {"amount": "5.00"}, True, "10.0", "25.0", "PARTIALLY_REFUNDED", id="half, put back"
        ),
    ],
)
def test_a_unit_and_the_shipping(
    store: Store,
    *,
    quantity: int,
    restock: str,
    shipping: Json,
    restocked: bool,
    subtotal: str,
    received: str,
    status: str,
) -> None:
    """One unit at 10.00 and 5.00 of shipping: the money is the transaction's, the line has its own worth.

    RETURN is not refused before shipping; NO_RESTOCK then books the line at nothing. Either way the order
    still reads UNFULFILLED and has no return.
    """
    order = sold(store, quantity, shipping=500)
    place = store.shop.warehouse.id if restock == "RETURN" else None
    line = units(order, 1, restock, locationId=place)
    payload = refund(
        store,
        order,
        note="why",
        refundLineItems=[line],
        shipping=shipping,
        transactions=[money(order, "15.00")],
    )
    moved = {"kind": "REFUND", "status": "SUCCESS", "gateway": "manual"}
    booked = {"quantity": 1, "restockType": restock, "restocked": restocked, "subtotalSet": cad(subtotal)}
    assert payload == {
        "refund": {
            "note": "why",
            "totalRefundedSet": cad("15.0"),
            "refundLineItems": {"nodes": [booked]},
            "transactions": {"nodes": [{**moved, "amountSet": both("15.0")}]},
        },
        "order": {"displayFinancialStatus": status, "totalRefundedSet": cad("15.0")},
        "userErrors": [],
    }
    after = read(store, order)
    assert (after["displayFinancialStatus"], after["displayFulfillmentStatus"]) == (status, "UNFULFILLED")
    assert (after["returns"], after["totalRefundedSet"]) == (NO_RETURNS, cad("15.0"))
    assert after["refunds"] == [{"note": "why", "totalRefundedSet": cad("15.0")}]
    assert after["transactions"] == [
        {**moved, "kind": "SALE", "amountSet": cad(received)},
        {**moved, "amountSet": cad("15.0")},
    ]


@pytest.fixture
def partly_refunded(store: Store) -> Order:
    """Two lines of two units and 5.00 of shipping, 45.00 paid; one unit of the first was paid back."""
    order = sold(store, 2, 2, shipping=500)
    line = units(order, 1, "RETURN", locationId=store.shop.warehouse.id)
    refund(store, order, note="first", refundLineItems=[line], transactions=[money(order, "10.00")])
    return order


def test_an_order_after_a_refund(store: Store, partly_refunded: Order) -> None:
    """The refunded unit is off the order and off its price; what was asked and received stays."""
    after = read(store, partly_refunded)
    assert (after["totalPriceSet"], after["totalReceivedSet"]) == (cad("45.0"), cad("45.0"))
    assert (after["currentTotalPriceSet"], after["totalRefundedSet"]) == (cad("35.0"), cad("10.0"))
    assert after["lineItems"]["nodes"] == [{"currentQuantity": 1}, {"currentQuantity": 2}]
    assert after["displayFinancialStatus"] == "PARTIALLY_REFUNDED"


MORE_MONEY = "Refund amount $999.00 is greater than net payment received $35.00"
MORE_UNITS = "Quantity cannot refund more items than were purchased"


@pytest.mark.parametrize(
    ("asked", "field", "message"),
    [
        pytest.param(
            lambda order: {"refundLineItems": [units(order, 3, "NO_RESTOCK")], "allowOverRefunding": True},
            ["refundLineItems", "0", "quantity"],
            MORE_UNITS,
            id="three units of the one that is left, allowed",
        ),
        pytest.param(
            lambda order: {"transactions": [money(order, "999.00")]},
            None,
            MORE_MONEY,
            id="more money than is left",
        ),
        pytest.param(
            lambda order: {"transactions": [money(order, "999.00")], "allowOverRefunding": True},
            None,
            MORE_MONEY,
            id="more money than is left, allowed",
        ),
    ],
)
def test_never_more_than_is_left(
    store: Store,
    partly_refunded: Order,
    asked: Callable[[Order], Json],
    field: list[str] | None,
    message: str,
) -> None:
    """`allowOverRefunding` lifts neither limit; the answer shows the order as it was."""
    assert refund(store, partly_refunded, **asked(partly_refunded)) == {
        "refund": None,
        "order": {"displayFinancialStatus": "PARTIALLY_REFUNDED", "totalRefundedSet": cad("10.0")},
        "userErrors": [{"field": field, "message": message}],
    }


def test_an_unknown_order(store: Store) -> None:
    """Neither a refund nor an order in the answer."""
    given = {"key": "key", "input": {"orderId": "gid://shopify/Order/9999999999999"}}
    assert store.payload(REFUND, **given) == {
        "refund": None,
        "order": None,
        "userErrors": [{"field": ["orderId"], "message": "Order does not exist"}],
    }


UNKNOWN_PARENT = "gid://shopify/OrderTransaction/999999999999"


@pytest.mark.parametrize(
    ("given", "field", "message"),
    [
        pytest.param(
            {"kind": "AUTHORIZATION"},
            None,
            "Kind authorization is not a valid transaction",
            id="not a refund",
        ),
        pytest.param(
            {"parentId": UNKNOWN_PARENT},
            ["transactions"],
            "Transactions require a parent_id associated with the order",
            id="of no payment of this order",
        ),
    ],
)
def test_refused_transactions(store: Store, given: Json, field: list[str] | None, message: str) -> None:
    """An order of 10.00 on a gateway that does not exist stays paid."""
    order = sold(store, 1, gateway="invented")
    wanted = money(order, "1.00", gateway="invented", **given)
    assert refund(store, order, transactions=[wanted]) == {
        "refund": None,
        "order": {"displayFinancialStatus": "PAID", "totalRefundedSet": cad("0.0")},
        "userErrors": [{"field": field, "message": message}],
    }


@pytest.mark.parametrize(("gateway", "named"), [("manual", "manual"), ("invented", "manual")])
def test_money_alone(store: Store, gateway: str, named: str) -> None:
    """1.00 of 10.00 is paid back at once, on the payment's gateway whatever the request names."""
    order = sold(store, 1, gateway=gateway)
    payload = refund(store, order, transactions=[money(order, "1.00", gateway=named)])
    moved = {"kind": "REFUND", "status": "SUCCESS", "gateway": gateway, "amountSet": both("1.0")}
    assert payload["refund"] == {
        "note": None,
        "totalRefundedSet": cad("1.0"),
        "refundLineItems": {"nodes": []},
        "transactions": {"nodes": [moved]},
    }
    assert payload["order"] == {
        "displayFinancialStatus": "PARTIALLY_REFUNDED",
        "totalRefundedSet": cad("1.0"),
    }


TOTALS = f"""
mutation($input: RefundInput!, $key: String!) {{
  refundCreate(input: $input) @idempotent(key: $key) {{
    refund {{ totalRefundedSet {BOTH} }} order {{ totalRefundedSet {BOTH} }} userErrors {{ field message }}
  }}
}}
"""
PAYMENTS = f"""
query($id: ID!) {{ order(id: $id) {{ totalOutstandingSet {BOTH} transactions {{ amountSet {BOTH} }} }} }}
"""


def test_money_of_the_buyers_currency(store: Store) -> None:
    """An order of USD 9.00 in a shop of CAD: the amount asked for is USD, both are told."""
    store.shop.set_rate("USD", Decimal("1.4192"))
    line = OrderLine("A", price=800, tax=100, fulfilled=0)
    order = store.shop.add_order([line], currency="USD", gateway="manual")
    paid = store.payload(PAYMENTS, id=order.id)
    assert [one["amountSet"] for one in paid["transactions"]] == [exchanged("12.77", "9.0")]
    assert paid["totalOutstandingSet"] == exchanged("0.0", "0.0")
    wanted = {"currency": "USD", "allowOverRefunding": True, "transactions": [money(order, "5.00")]}
    total = {"totalRefundedSet": exchanged("7.1", "5.0")}
    payload = store.payload(TOTALS, key="key", input={"orderId": order.id, **wanted})
    assert payload == {"refund": total, "order": total, "userErrors": []}


def exchanged(shop: str, buyer: str) -> Json:
    return {**cad(shop), "presentmentMoney": {"amount": buyer, "currencyCode": "USD"}}
