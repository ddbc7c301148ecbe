"""Returns on the stand-in shop: created, processed, disposed, closed, cancelled."""

from typing import Any

import pytest

from syncd.sandbox.shopify import OrderLine, ShopifyStandIn
from syncd.sandbox.shopify.local import ask
from syncd.sandbox.shopify.order import Order
from syncd.sandbox.shopify.return_records import Return, ReverseLine

ERRORS = "userErrors { field code message }"
CREATE = f"""
mutation($input: ReturnInput!) {{
  returnCreate(returnInput: $input) {{
    return {{ id name status totalQuantity
      returnLineItems(first: 5) {{ nodes {{
        quantity unprocessedQuantity returnReasonNote returnReasonDefinition {{ handle }}
        ... on ReturnLineItem {{ fulfillmentLineItem {{ lineItem {{ sku }} }} }}
      }} }}
      reverseFulfillmentOrders(first: 5) {{ nodes {{
        status lineItems(first: 5) {{ nodes {{ totalQuantity dispositions {{ type }} }} }}
      }} }}
    }}
    {ERRORS}
  }}
}}
"""
PROCESS = f"""
mutation($input: ReturnProcessInput!) {{
  returnProcess(input: $input) {{
    return {{ status
      refunds(first: 5) {{ nodes {{ id note return {{ id }} }} }}
      returnLineItems(first: 5) {{ nodes {{ processedQuantity unprocessedQuantity refundedQuantity }} }}
    }}
    {ERRORS}
  }}
}}
"""
DISPOSE = f"""
mutation($d: [ReverseFulfillmentOrderDisposeInput!]!) {{
  reverseFulfillmentOrderDispose(dispositionInputs: $d) {{
    reverseFulfillmentOrderLineItems {{ dispositions {{ type quantity location {{ id }} }} }}
    {ERRORS}
  }}
}}
"""
BAD_QUANTITY = "Return line item has an invalid quantity."


@pytest.fixture
def order(shop: ShopifyStandIn) -> Order:
    return shop.add_order(
        [OrderLine("A", 2, price=1000), OrderLine("B", price=500, custom=True)], shipping=500
    )


def run(shop: ShopifyStandIn, document: str, **variables: Any) -> dict[str, Any]:
    (payload,) = ask(shop, document, variables).data.values()
    found: dict[str, Any] = payload
    return found


def returned(order: Order, place: int = 0, **given: Any) -> dict[str, Any]:
    part = order.fulfillments[0].fulfillment_line_items[place]
    reason = {"returnReasonDefinitionId": "gid://shopify/ReturnReasonDefinition/2"}
    return {"fulfillmentLineItemId": part.id, "quantity": 1, **reason, **given}


def create(shop: ShopifyStandIn, order: Order, *lines: dict[str, Any]) -> dict[str, Any]:
    wanted = {"orderId": order.id, "returnLineItems": list(lines)}
    return run(shop, CREATE, input=wanted)


@pytest.fixture
def ret(shop: ShopifyStandIn, order: Order) -> Return:
    """A return of both units of A."""
    create(shop, order, returned(order, quantity=2))
    return order.returns[0]


def process(
    shop: ShopifyStandIn, ret: Return, quantity: int = 1, amount: str = "", **given: Any
) -> dict[str, Any]:
    line = {"id": ret.return_line_items[0].id, "quantity": quantity}
    wanted: dict[str, Any] = {"returnId": ret.id, "returnLineItems": [line], **given}
    if amount:
        money = {"amount": amount, "currencyCode": "USD"}
        paid = {"parentId": ret.order.transactions[0].id, "transactionAmount": money}
        wanted["financialTransfer"] = {"issueRefund": {"orderTransactions": [paid]}}
    return run(shop, PROCESS, input=wanted)


def reverse_line(ret: Return) -> ReverseLine:
    return ret.reverse_fulfillment_orders[0].line_items[0]


def decided(line: ReverseLine, kind: str = "NOT_RESTOCKED", **given: Any) -> dict[str, Any]:
    usual = {"reverseFulfillmentOrderLineItemId": line.id, "quantity": 1, "dispositionType": kind}
    return {**usual, **given}


def error(payload: dict[str, Any]) -> tuple[list[str] | None, str | None, str]:
    (found,) = payload["userErrors"]
    return found["field"], found["code"], found["message"]


def test_a_new_return(shop: ShopifyStandIn, order: Order) -> None:
    """It is open, named after the order, unprocessed, with one reverse fulfillment order."""
    made = create(shop, order, returned(order, returnReasonNote="TikTok Shop return 1"))["return"]
    assert (made["name"], made["status"], made["totalQuantity"]) == ("#1001-R1", "OPEN", 1)
    assert made["returnLineItems"]["nodes"] == [
        {
            "quantity": 1,
            "unprocessedQuantity": 1,
            "returnReasonNote": "TikTok Shop return 1",
            "returnReasonDefinition": {"handle": "changed-my-mind"},
            "fulfillmentLineItem": {"lineItem": {"sku": "A"}},
        }
    ]
    lines = {"nodes": [{"totalQuantity": 1, "dispositions": []}]}
    assert made["reverseFulfillmentOrders"]["nodes"] == [{"status": "OPEN", "lineItems": lines}]
    assert order.return_status == "IN_PROGRESS"


REASON = "Return line items Either return reason or return reason definition must be provided"
NOTE = 'Return line items return reason note The note is required when the return reason is "Other"'
OTHER = {"returnReasonDefinitionId": None, "returnReason": "OTHER"}
UNKNOWN = {"fulfillmentLineItemId": "gid://shopify/FulfillmentLineItem/999999999999999"}


@pytest.mark.parametrize(
    ("given", "field", "code", "message"),
    [
        ({"quantity": 3}, ["quantity"], "INVALID", BAD_QUANTITY),
        (UNKNOWN, ["fulfillmentLineItemId"], "NOT_FOUND", "Fulfillment Line Item was not found."),
        ({"returnReasonDefinitionId": None}, [], "NOT_FOUND", REASON),
        (OTHER, ["returnReasonNote"], "BLANK", NOTE),
    ],
)
def test_refused_returns(
    shop: ShopifyStandIn, order: Order, *, given: dict[str, Any], field: list[str], code: str, message: str
) -> None:
    """Each recorded refusal comes word by word and no return is made."""
    payload = create(shop, order, returned(order, **given))
    where = ["returnInput", "returnLineItems", "0", *field]
    assert error(payload) == (where, code, message)
    assert (payload["return"], order.returns) == (None, [])


def test_open_returns_take_their_units(shop: ShopifyStandIn, order: Order, ret: Return) -> None:
    """Units on an open return are not returnable again; once cancelled they are."""
    assert create(shop, order, returned(order))["return"] is None
    run(shop, f"mutation($id: ID!) {{ returnCancel(id: $id) {{ {ERRORS} }} }}", id=ret.id)
    assert create(shop, order, returned(order))["userErrors"] == []


def test_refunded_units_are_not_returnable(shop: ShopifyStandIn, order: Order) -> None:
    """What was refunded without a return cannot come back on one."""
    shop.foreign_refund(order, units={"A": 1})
    query = """query($id: ID!) { returnableFulfillments(orderId: $id, first: 5) { nodes {
      returnableFulfillmentLineItems(first: 5) { nodes {
        quantity fulfillmentLineItem { lineItem { sku } }
      } }
    } } }"""
    (found,) = run(shop, query, id=order.id)["nodes"]
    units = {
        one["fulfillmentLineItem"]["lineItem"]["sku"]: one["quantity"]
        for one in found["returnableFulfillmentLineItems"]["nodes"]
    }
    assert units == {"A": 1, "B": 1}


def test_a_return_takes_the_order_out_of_the_archive(shop: ShopifyStandIn) -> None:
    """An archived order is open again."""
    order = shop.add_order([OrderLine("A")], archived=True)
    create(shop, order, returned(order))
    assert not order.closed


def test_processing_without_money(shop: ShopifyStandIn, ret: Return) -> None:
    """Recorded: units are processed, the return and its reverse order stay open, no refund is made."""
    made = process(shop, ret, 2)["return"]
    (line,) = made["returnLineItems"]["nodes"]
    assert (line["processedQuantity"], line["unprocessedQuantity"], made["status"]) == (2, 0, "OPEN")
    assert (made["refunds"]["nodes"], ret.reverse_fulfillment_orders[0].status) == ([], "OPEN")


def test_processing_with_a_refund(shop: ShopifyStandIn, order: Order, ret: Return) -> None:
    """The refund hangs on the return, takes the units, restocks nothing, and is no discrepancy."""
    made = process(shop, ret, 2, "15.00", note="ours")["return"]
    (refund,) = order.refunds
    assert made["refunds"]["nodes"] == [{"id": refund.id, "note": "ours", "return": {"id": ret.id}}]
    assert made["returnLineItems"]["nodes"][0]["refundedQuantity"] == 2
    assert (refund.total_refunded, refund.refund_line_items[0].restocked) == (1500, False)
    assert (refund.order_adjustments, dict(shop.stock), order.line_items[0].refundable_quantity) == (
        [],
        {},
        0,
    )


@pytest.mark.parametrize(("closes", "status"), [(False, "OPEN"), (True, "CLOSED")])
def test_whether_processing_closes(shop: ShopifyStandIn, ret: Return, closes: bool, status: str) -> None:
    """Whether a refunded return closes by itself is a switch."""
    shop.switches.return_closes_after_processing = closes
    assert process(shop, ret, 2, "15.00")["return"]["status"] == status


def test_processing_with_disposition_and_shipping(shop: ShopifyStandIn, order: Order, ret: Return) -> None:
    """Units can be restocked in the same call, and shipping paid back."""
    place = shop.warehouse.id
    line = {
        "id": ret.return_line_items[0].id,
        "quantity": 1,
        "dispositions": [decided(reverse_line(ret), "RESTOCKED", locationId=place)],
    }
    shipping = {"shippingRefundAmount": {"amount": "2.00", "currencyCode": "USD"}}
    process(shop, ret, 1, "12.00", returnLineItems=[line], refundShipping=shipping)
    assert (shop.stock[place, "A"], order.total_refunded_shipping) == (1, 200)


def test_a_bad_disposition_stops_the_refund(shop: ShopifyStandIn, order: Order, ret: Return) -> None:
    """Processing is all or nothing."""
    bad = [decided(reverse_line(ret), "RESTOCKED", locationId="gid://shopify/Location/1")]
    line = {"id": ret.return_line_items[0].id, "quantity": 1, "dispositions": bad}
    payload = process(shop, ret, 1, "10.00", returnLineItems=[line])
    where = ["input", "returnLineItems", "0", "dispositions", "0", "locationId"]
    assert error(payload) == (where, "NOT_FOUND", "Location not found.")
    assert (order.refunds, ret.return_line_items[0].processed_quantity) == ([], 0)


def test_refused_processing(shop: ShopifyStandIn, order: Order, ret: Return) -> None:
    """Unknown returns, lines of others, too many units and too much money are refused."""
    unknown = process(shop, ret, returnId="gid://shopify/Return/1")
    assert error(unknown) == (["input", "returnId"], "NOT_FOUND", "Return not found.")
    foreign = process(shop, ret, returnLineItems=[{"id": "gid://shopify/ReturnLineItem/1", "quantity": 1}])
    where = ["input", "returnLineItems", "0", "id"]
    assert error(foreign) == (where, "NOT_FOUND", "Return line item was not found.")
    assert error(process(shop, ret, 3))[2] == BAD_QUANTITY
    assert "is greater than net payment received" in error(process(shop, ret, 1, "99.00"))[2]
    assert order.refunds == []


def test_processing_twice_finds_nothing_left(shop: ShopifyStandIn, order: Order, ret: Return) -> None:
    """A repeat is stopped by the processable quantity."""
    process(shop, ret, 2, "10.00")
    assert error(process(shop, ret, 2, "10.00"))[2] == BAD_QUANTITY
    assert order.total_refunded == 1000


def test_restock_after_refund_and_close(shop: ShopifyStandIn, ret: Return) -> None:
    """Staff decide later: RESTOCKED counts as stock, once for each unit."""
    process(shop, ret, 2, "15.00")
    run(shop, f"mutation($id: ID!) {{ returnClose(id: $id) {{ {ERRORS} }} }}", id=ret.id)
    place = shop.warehouse.id
    wanted = decided(reverse_line(ret), "RESTOCKED", locationId=place, quantity=2)
    done = run(shop, DISPOSE, d=[wanted])["reverseFulfillmentOrderLineItems"]
    assert done == [{"dispositions": [{"type": "RESTOCKED", "quantity": 2, "location": {"id": place}}]}]
    assert error(run(shop, DISPOSE, d=[wanted]))[0] == ["dispositionInputs", "0", "quantity"]
    assert shop.stock[place, "A"] == 2


def test_a_decided_unit_is_decided(shop: ShopifyStandIn, ret: Return) -> None:
    """PROCESSING_REQUIRED uses the unit up: RESTOCKED afterwards is refused."""
    run(shop, DISPOSE, d=[decided(reverse_line(ret), "PROCESSING_REQUIRED", quantity=2)])
    again = decided(reverse_line(ret), "RESTOCKED", locationId=shop.warehouse.id)
    assert run(shop, DISPOSE, d=[again])["reverseFulfillmentOrderLineItems"] is None


MORE_THAN_ONE = "Cannot dispose items from more than one reverse fulfillment order."
CUSTOM = "RESTOCKED is an invalid disposition type for a custom line item."


def test_refused_dispositions(shop: ShopifyStandIn, order: Order, ret: Return) -> None:
    """Recorded refusals: empty, unknown line, two reverse orders, custom line, unknown location."""
    create(shop, order, returned(order, 1))
    custom = order.returns[1].reverse_fulfillment_orders[0].line_items[0]
    unknown = "gid://shopify/ReverseFulfillmentOrderLineItem/1"
    root = ["dispositionInputs"]
    assert error(run(shop, DISPOSE, d=[])) == (root, "BLANK", "The array cannot be empty.")
    lost = decided(custom, reverseFulfillmentOrderLineItemId=unknown)
    assert error(run(shop, DISPOSE, d=[lost])) == (root, "INVALID", MORE_THAN_ONE)
    two = [decided(custom), decided(reverse_line(ret))]
    assert error(run(shop, DISPOSE, d=two)) == (root, "INVALID", MORE_THAN_ONE)
    both = run(shop, DISPOSE, d=[decided(custom, "RESTOCKED", locationId="gid://shopify/Location/1")])
    assert [(one["code"], one["message"]) for one in both["userErrors"]] == [
        ("INVALID", CUSTOM),
        ("NOT_FOUND", "Location not found."),
    ]


def test_an_id_of_another_type(shop: ShopifyStandIn, ret: Return) -> None:
    """It is an error beside the data, and the mutation's field is null."""
    wanted = [decided(reverse_line(ret), reverseFulfillmentOrderLineItemId=ret.id)]
    answer = ask(shop, DISPOSE, {"d": wanted})
    assert (answer.error["message"], answer.error["extensions"]["code"]) == (
        f"Invalid id: {ret.id}",
        "RESOURCE_NOT_FOUND",
    )
    assert answer.body["data"] == {"reverseFulfillmentOrderDispose": None}


def change(shop: ShopifyStandIn, mutation: str, ret: Return) -> tuple[str | None, str]:
    payload = run(shop, f"mutation($id: ID!) {{ {mutation}(id: $id) {{ {ERRORS} }} }}", id=ret.id)
    return (payload["userErrors"][0]["message"] if payload["userErrors"] else None), ret.status


def test_close_and_reopen(shop: ShopifyStandIn, order: Order, ret: Return) -> None:
    """Both can be repeated without harm; the order's status follows."""
    assert [change(shop, "returnClose", ret) for _ in range(2)] == [(None, "CLOSED")] * 2
    assert order.return_status == "RETURNED"
    assert [change(shop, "returnReopen", ret) for _ in range(2)] == [(None, "OPEN")] * 2
    assert (ret.closed_at, order.return_status) == (None, "IN_PROGRESS")


def test_cancel_only_before_processing(shop: ShopifyStandIn, order: Order, ret: Return) -> None:
    """A fresh return can be cancelled; then it can be neither closed nor reopened."""
    assert change(shop, "returnCancel", ret) == (None, "CANCELED")
    assert change(shop, "returnClose", ret) == ("Return status is invalid.", "CANCELED")
    assert order.return_status == "NO_RETURN"


def test_a_processed_return_cannot_be_cancelled(shop: ShopifyStandIn, ret: Return) -> None:
    """Processing one unit is enough."""
    process(shop, ret)
    assert change(shop, "returnCancel", ret) == ("Return is not cancelable.", "OPEN")


REMOVE = f"""
mutation($id: ID!, $lines: [ReturnLineItemRemoveFromReturnInput!]) {{
  removeFromReturn(returnId: $id, returnLineItems: $lines) {{ return {{ totalQuantity status }} {ERRORS} }}
}}
"""


def test_removing_the_last_unit_closes(shop: ShopifyStandIn, order: Order, ret: Return) -> None:
    """Units leave the return one by one; too many or none are refused."""
    line = ret.return_line_items[0].id
    wrong = run(shop, REMOVE, id=ret.id, lines=[{"returnLineItemId": line, "quantity": 3}])
    assert error(wrong) == (["returnLineItems", "0", "quantity"], "INVALID", BAD_QUANTITY)
    none = run(shop, REMOVE, id=ret.id, lines=[{"returnLineItemId": line, "quantity": 0}])
    assert error(none) == (None, "GREATER_THAN", "Quantity must be greater than 0")
    left = [
        run(shop, REMOVE, id=ret.id, lines=[{"returnLineItemId": line, "quantity": 1}])["return"]
        for _ in range(2)
    ]
    assert left == [{"totalQuantity": 1, "status": "OPEN"}, {"totalQuantity": 0, "status": "CLOSED"}]
    assert order.return_status == "RETURNED"


def test_a_refund_beside_an_open_return(shop: ShopifyStandIn, order: Order, ret: Return) -> None:
    """Units refunded directly are no longer refundable on the return, but still processable."""
    shop.foreign_refund(order, amount=2000, units={"A": 2})
    line = ret.return_line_items[0]
    assert (line.refundable_quantity, line.processable_quantity) == (0, 2)


def test_suggested_outcome(shop: ShopifyStandIn, ret: Return) -> None:
    """The proposal names the units' worth."""
    query = """query($id: ID!, $lines: [SuggestedOutcomeReturnLineItemInput!]!) { return(id: $id) {
      suggestedFinancialOutcome(returnLineItems: $lines, exchangeLineItems: []) { financialTransfer {
        ... on RefundReturnOutcome { amount { presentmentMoney { amount } } }
      } }
    } }"""
    lines = [{"id": ret.return_line_items[0].id, "quantity": 2}]
    outcome = run(shop, query, id=ret.id, lines=lines)["suggestedFinancialOutcome"]
    assert outcome == {"financialTransfer": {"amount": {"presentmentMoney": {"amount": "20.0"}}}}
