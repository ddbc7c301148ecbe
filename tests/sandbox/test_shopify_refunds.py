"""refundCreate on the stand-in shop, against what was recorded on a real one."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncd.sandbox.clock import HandClock
from syncd.sandbox.shopify import OrderLine, Sale, ShopifyStandIn, Switches
from syncd.sandbox.shopify.local import ask
from syncd.sandbox.shopify.order import Order

REFUND = """
mutation Refund($input: RefundInput!, $key: String!) {
  refundCreate(input: $input) @idempotent(key: $key) {
    refund {
      id note createdAt processedAt
      totalRefundedSet { shopMoney { amount currencyCode } presentmentMoney { amount currencyCode } }
      refundLineItems(first: 5) {
        nodes { quantity restockType restocked location { id } subtotalSet { shopMoney { amount } } }
      }
      refundShippingLines(first: 5) { nodes { subtotalAmountSet { shopMoney { amount } } } }
      orderAdjustments(first: 5) { nodes { reason amountSet { shopMoney { amount } } } }
      transactions(first: 5) { nodes { kind status gateway amountSet { presentmentMoney { amount } } } }
    }
    order { id displayFinancialStatus totalRefundedSet { shopMoney { amount } } }
    userErrors { field message }
  }
}
"""


@pytest.fixture
def order(shop: ShopifyStandIn) -> Order:
    """2 x 10.00 shipped, 1 x 5.00 not shipped, 5.00 shipping: 30.00 paid."""
    lines = [OrderLine("SHIPPED", 2, price=1000), OrderLine("WAITING", 1, price=500, fulfilled=0)]
    return shop.add_order(lines, shipping=500)


def refund(shop: ShopifyStandIn, order: Order, key: str = "key", **given: Any) -> dict[str, Any]:
    answer = ask(shop, REFUND, {"key": key, "input": {"orderId": order.id, **given}})
    payload: dict[str, Any] = answer.data["refundCreate"]
    return payload


def money(order: Order, amount: str = "1.00", **given: Any) -> dict[str, Any]:
    parent = order.transactions[0].id if order.transactions else None
    usual = {"orderId": order.id, "kind": "REFUND", "gateway": "manual", "parentId": parent}
    return {**usual, "amount": amount, **given}


def unit(order: Order, sku: str, quantity: int = 1, **given: Any) -> dict[str, Any]:
    line = next(one for one in order.line_items if one.sku == sku)
    return {"lineItemId": line.id, "quantity": quantity, **given}


def test_money_alone(shop: ShopifyStandIn, order: Order) -> None:
    """An amount without lines is a refund with one transaction and a discrepancy."""
    payload = refund(shop, order, note="ours", transactions=[money(order, "12.30")])
    made = payload["refund"]
    assert made["note"] == "ours"
    assert made["totalRefundedSet"]["shopMoney"] == {"amount": "12.3", "currencyCode": "USD"}
    assert made["transactions"]["nodes"] == [
        {
            "kind": "REFUND",
            "status": "SUCCESS",
            "gateway": "TikTok Shop",
            "amountSet": {"presentmentMoney": {"amount": "12.3"}},
        }
    ]
    assert [one["reason"] for one in made["orderAdjustments"]["nodes"]] == ["REFUND_DISCREPANCY"]
    assert payload["order"]["displayFinancialStatus"] == "PARTIALLY_REFUNDED"


def test_the_whole_order(shop: ShopifyStandIn, order: Order) -> None:
    """Everything paid back reads REFUNDED, and the shipping has its own line."""
    lines = [unit(order, "SHIPPED", 2, restockType="NO_RESTOCK")]
    payload = refund(
        shop,
        order,
        refundLineItems=lines,
        shipping={"fullRefund": True},
        transactions=[money(order, "30.00")],
    )
    shipping = payload["refund"]["refundShippingLines"]["nodes"]
    assert shipping == [{"subtotalAmountSet": {"shopMoney": {"amount": "5.0"}}}]
    assert payload["order"]["displayFinancialStatus"] == "REFUNDED"


def test_the_date_can_be_given(shop: ShopifyStandIn, order: Order) -> None:
    """A given time of processing is kept beside the time of creation."""
    made = refund(shop, order, processedAt="2026-10-01T10:00:00+02:00", transactions=[money(order, "1")])
    assert made["refund"]["processedAt"] == "2026-10-01T08:00:00Z"
    assert made["refund"]["createdAt"] == "2026-11-02T12:00:00Z"


@pytest.mark.parametrize(
    ("sku", "restock", "subtotal", "restocked"),
    [
        ("SHIPPED", "NO_RESTOCK", "10.0", False),
        ("SHIPPED", "RETURN", "10.0", True),
        ("WAITING", "CANCEL", "5.0", True),
        ("WAITING", "RETURN", "5.0", True),
        ("WAITING", "NO_RESTOCK", "0.0", False),
    ],
)
def test_restock_types(
    shop: ShopifyStandIn, order: Order, *, sku: str, restock: str, subtotal: str, restocked: bool
) -> None:
    """RETURN and CANCEL put units back; NO_RESTOCK books units that were never shipped at nothing."""
    place = shop.warehouse.id
    line = unit(order, sku, restockType=restock, locationId=None if restock == "NO_RESTOCK" else place)
    (made,) = refund(shop, order, refundLineItems=[line])["refund"]["refundLineItems"]["nodes"]
    assert (made["subtotalSet"]["shopMoney"]["amount"], made["restocked"]) == (subtotal, restocked)
    assert made["location"] == ({"id": place} if restocked else None)
    assert shop.stock.get((place, sku), 0) == int(restocked)


def test_cancelled_units_are_not_shipped_any_more(shop: ShopifyStandIn, order: Order) -> None:
    """CANCEL takes units out of the fulfillment order, NO_RESTOCK leaves them there."""
    waiting = order.line_items[1]
    refund(shop, order, refundLineItems=[unit(order, "WAITING", restockType="CANCEL")])
    assert (waiting.unfulfilled_quantity, order.fulfillment_orders[0].status) == (0, "CLOSED")


def test_units_that_were_never_shipped_stay_to_be_shipped(shop: ShopifyStandIn, order: Order) -> None:
    """NO_RESTOCK on an unfulfilled unit leaves it shippable."""
    refund(shop, order, refundLineItems=[unit(order, "WAITING", restockType="NO_RESTOCK")])
    assert order.line_items[1].unfulfilled_quantity == 1


def test_custom_lines_have_no_stock(shop: ShopifyStandIn) -> None:
    """RETURN of a custom line restocks nothing."""
    order = shop.add_order([OrderLine("X", custom=True)])
    line = unit(order, "X", restockType="RETURN", locationId=shop.warehouse.id)
    (made,) = refund(shop, order, refundLineItems=[line])["refund"]["refundLineItems"]["nodes"]
    assert (made["restocked"], dict(shop.stock)) == (False, {})


def test_two_entries_for_one_line(shop: ShopifyStandIn) -> None:
    """A partly shipped line takes one entry for each of its two halves."""
    order = shop.add_order([OrderLine("A", 2, fulfilled=1)])
    lines = [unit(order, "A", restockType="CANCEL"), unit(order, "A", restockType="NO_RESTOCK")]
    made = refund(shop, order, refundLineItems=lines)["refund"]["refundLineItems"]["nodes"]
    assert [one["subtotalSet"]["shopMoney"]["amount"] for one in made] == ["10.0", "10.0"]


KIND = "Kind authorization is not a valid transaction"
PARENT = "Transactions require a parent_id associated with the order"
NO_PARENT = "Transactions not on 'store-credit', 'exchange-credit', or 'cash' gateways require a parent_id"
TOO_MUCH = "Refund amount $999.00 is greater than net payment received $30.00"
QUANTITY = "Quantity cannot refund more items than were purchased"
UNKNOWN = "gid://shopify/OrderTransaction/999999999999"


@pytest.mark.parametrize(
    ("transaction", "field", "message"),
    [
        ({"kind": "AUTHORIZATION"}, None, KIND),
        ({"parentId": UNKNOWN}, ["transactions"], PARENT),
        ({"parentId": None}, ["transactions"], NO_PARENT),
        ({"amount": "999.00"}, None, TOO_MUCH),
    ],
)
@pytest.mark.parametrize("over", [False, True])
def test_transaction_rules(
    shop: ShopifyStandIn, order: Order, *, transaction: dict[str, Any], field: Any, message: str, over: bool
) -> None:
    """Each recorded refusal comes word by word, also with allowOverRefunding, and changes nothing."""
    wanted = [money(order, **transaction)]
    payload = refund(shop, order, transactions=wanted, allowOverRefunding=over)
    assert payload["userErrors"] == [{"field": field, "message": message}]
    assert (payload["refund"], payload["order"]["id"], order.refunds) == (None, order.id, [])
    assert [one.applied for one in shop.writes("refundCreate")] == [False]


@pytest.mark.parametrize("over", [False, True])
def test_quantity_limit(shop: ShopifyStandIn, order: Order, over: bool) -> None:
    """No more units than are left, whatever allowOverRefunding says."""
    payload = refund(shop, order, refundLineItems=[unit(order, "SHIPPED", 3)], allowOverRefunding=over)
    field = ["refundLineItems", "0", "quantity"]
    assert payload["userErrors"] == [{"field": field, "message": QUANTITY}]


def test_the_quantity_limit_counts_earlier_refunds_and_entries(shop: ShopifyStandIn, order: Order) -> None:
    """Units of former refunds and of former entries are gone."""
    refund(shop, order, key="a", refundLineItems=[unit(order, "SHIPPED")])
    payload = refund(shop, order, key="b", refundLineItems=[unit(order, "SHIPPED"), unit(order, "SHIPPED")])
    assert payload["userErrors"][0]["field"] == ["refundLineItems", "1", "quantity"]


def test_unknown_order(shop: ShopifyStandIn, order: Order) -> None:
    """Order and refund are null."""
    payload = refund(shop, order, orderId="gid://shopify/Order/9999991782169281386")
    assert payload == {
        "refund": None,
        "order": None,
        "userErrors": [{"field": ["orderId"], "message": "Order does not exist"}],
    }


def test_an_order_without_payments(shop: ShopifyStandIn) -> None:
    """Without any transaction there is no status, and not even cash finds a parent."""
    order = shop.add_order([OrderLine("A")], paid=False)
    payload = refund(shop, order, transactions=[money(order, "1", gateway="cash", parentId=None)])
    assert payload["userErrors"][0]["message"] == "Unable to find parent transaction"
    assert payload["order"]["displayFinancialStatus"] is None


def test_cash_finds_the_sale(shop: ShopifyStandIn, order: Order) -> None:
    """The gateway `cash` needs no parent where there is a sale."""
    payload = refund(shop, order, transactions=[money(order, "1", gateway="cash", parentId=None)])
    assert payload["userErrors"] == []
    assert order.transactions[1].parent_transaction is order.transactions[0]


def test_no_more_than_is_left_of_each_sale(shop: ShopifyStandIn) -> None:
    """With two sales, one of them gives no more than itself."""
    order = shop.add_order([OrderLine("A", price=3000)], sales=[Sale(2000), Sale(1000, "discount")])
    payload = refund(shop, order, transactions=[money(order, "25.00")])
    assert "is greater than net payment received $20.00" in payload["userErrors"][0]["message"]


@pytest.mark.parametrize(
    ("sale", "status"),
    [
        (Sale(1000), "PAID"),
        (Sale(400), "PARTIALLY_PAID"),
        (Sale(1000, status="PENDING"), "PENDING"),
        (Sale(1000, kind="AUTHORIZATION"), "PENDING"),
    ],
)
def test_financial_status(shop: ShopifyStandIn, sale: Sale, status: str) -> None:
    """What was paid decides the order's financial status."""
    assert shop.add_order([OrderLine("A")], sales=[sale]).display_financial_status == status


def test_presentment_currency(shop: ShopifyStandIn) -> None:
    """Amounts are in the buyer's currency, which has to be named when it is not the shop's."""
    shop.set_rate("JPY", Decimal("0.01"))
    order = shop.add_order([OrderLine("A", price=1000)], currency="JPY")
    refused = refund(shop, order, key="a", transactions=[money(order, "500")])
    assert refused["userErrors"][0]["field"] == ["currency"]
    made = refund(shop, order, key="b", currency="JPY", transactions=[money(order, "500")])["refund"]
    assert made["totalRefundedSet"] == {
        "shopMoney": {"amount": "5.0", "currencyCode": "USD"},
        "presentmentMoney": {"amount": "500.0", "currencyCode": "JPY"},
    }


def test_development_stores_limit_refunds(shop: ShopifyStandIn, order: Order, clock: HandClock) -> None:
    """Above the limit a user error asks to wait; a minute later it works again."""
    shop.switches.dev_store_refund_limit = 1
    refund(shop, order, key="a", transactions=[money(order, "1")])
    late = refund(shop, order, key="b", transactions=[money(order, "1")])
    assert late["userErrors"] == [{"field": None, "message": "Too many attempts. Please try again later."}]
    clock.advance(61)
    assert refund(shop, order, key="c", transactions=[money(order, "1")])["userErrors"] == []


def test_a_missing_location_can_be_refused() -> None:
    """By default nothing is restocked without a location; with the switch it is an error."""
    shop = ShopifyStandIn(HandClock(), static_token="t", switches=Switches(missing_location_refused=True))
    order = shop.add_order([OrderLine("A")])
    payload = refund(shop, order, refundLineItems=[unit(order, "A", restockType="RETURN")])
    assert payload["userErrors"][0]["field"] == ["refundLineItems", "0", "locationId"]


def test_a_foreign_refund_is_an_ordinary_one(shop: ShopifyStandIn, order: Order) -> None:
    """What somebody else pays back counts against the same limits."""
    made = shop.foreign_refund(order, amount=700, units={"SHIPPED": 1}, note="by staff")
    assert (made.total_refunded, order.net_payment, order.line_items[0].refundable_quantity) == (700, 2300, 1)


@settings(deadline=None)
@given(amounts=st.lists(st.integers(1, 2000), max_size=6))
def test_never_more_than_was_paid(amounts: list[int]) -> None:
    """Whatever is asked for, the money paid back is never above the money received."""
    shop = ShopifyStandIn(HandClock(), static_token="token")
    order = shop.add_order([OrderLine("A", 2, price=1000)])
    for number, amount in enumerate(amounts):
        wanted = [money(order, f"{amount / 100:.2f}")]
        payload = refund(shop, order, key=str(number), transactions=wanted)
        assert (payload["refund"] is None) == bool(payload["userErrors"])
    assert 0 <= order.total_refunded <= 2000


SUGGEST = """
query Suggest($id: ID!, $lines: [RefundLineItemInput!], $ship: Money) {
  order(id: $id) {
    suggestedRefund(refundLineItems: $lines, shippingAmount: $ship) {
      amountSet { presentmentMoney { amount } }
      maximumRefundableSet { presentmentMoney { amount } }
      refundLineItems { quantity restockType location { id } }
      suggestedTransactions { kind gateway parentTransaction { id } amountSet { shopMoney { amount } } }
    }
  }
}
"""


def test_suggested_refund(shop: ShopifyStandIn, order: Order) -> None:
    """The proposal has the lines' worth, the shipping asked for, and the payment to take it from."""
    given_ = {"id": order.id, "lines": [unit(order, "SHIPPED")], "ship": "2.00"}
    found = ask(shop, SUGGEST, given_).data["order"]["suggestedRefund"]
    assert found["amountSet"]["presentmentMoney"]["amount"] == "12.0"
    assert found["maximumRefundableSet"]["presentmentMoney"]["amount"] == "30.0"
    assert found["refundLineItems"] == [
        {"quantity": 1, "restockType": "NO_RESTOCK", "location": {"id": shop.warehouse.id}}
    ]
    assert found["suggestedTransactions"] == [
        {
            "kind": "SUGGESTED_REFUND",
            "gateway": "TikTok Shop",
            "parentTransaction": {"id": order.transactions[0].id},
            "amountSet": {"shopMoney": {"amount": "12.0"}},
        }
    ]
