"""Costs as recorded on a real shop, and the bucket that pays for them."""

import pytest

from syncd.sandbox.clock import HandClock
from syncd.sandbox.shopify import OrderLine, ShopifyStandIn
from syncd.sandbox.shopify.cost import weight
from syncd.sandbox.shopify.local import ask

MONEY = "{ shopMoney { amount currencyCode } presentmentMoney { amount currencyCode } }"
RECORDED = [
    ("query($id: ID!) { order(id: $id) { id closed closedAt cancelledAt cancelReason } }", 1),
    (f"query($id: ID!) {{ order(id: $id) {{ id totalPriceSet {MONEY} tags }} }}", 1),
    ("{ locations(first: 10) { nodes { id name isActive } } }", 6),
    (
        f"""query($id: ID!) {{ order(id: $id) {{
          id name displayFinancialStatus totalPriceSet {MONEY} totalReceivedSet {MONEY}
          shippingLines(first: 10) {{ nodes {{ originalPriceSet {MONEY} }} }}
          lineItems(first: 50) {{ nodes {{ id title quantity originalUnitPriceSet {MONEY} }} }}
          transactions {{ id kind amountSet {MONEY} }}
          refunds {{ id note totalRefundedSet {MONEY} }}
          returns(first: 5) {{ nodes {{ id status }} pageInfo {{ hasNextPage endCursor }} }}
        }} }}""",
        23,
    ),
    (
        f"""mutation($input: RefundInput!) {{ refundCreate(input: $input) {{
          refund {{ id transactions(first: 5) {{ nodes {{ id amountSet {MONEY} }} }} }}
          order {{ id }} userErrors {{ field message }}
        }} }}""",
        25,
    ),
    (
        f"""mutation($input: RefundInput!) {{ refundCreate(input: $input) {{
          refund {{ id
            refundLineItems(first: 5) {{ nodes {{ id lineItem {{ id }} subtotalSet {MONEY} }} }}
            transactions(first: 5) {{ nodes {{ id }} }} }}
          order {{ id }} userErrors {{ field message }}
        }} }}""",
        33,
    ),
    (
        """mutation($m: [MetafieldsSetInput!]!) { metafieldsSet(metafields: $m) {
          metafields { id compareDigest } userErrors { field message code }
        } }""",
        10,
    ),
    (
        """mutation($d: [ReverseFulfillmentOrderDisposeInput!]!) {
          reverseFulfillmentOrderDispose(dispositionInputs: $d) {
            reverseFulfillmentOrderLineItems { id dispositions { type quantity location { id } } }
            userErrors { code field message }
          }
        }""",
        12,
    ),
    (
        """mutation($input: ReturnProcessInput!) { returnProcess(input: $input) {
          return { id
            returnLineItems(first: 5) { nodes { id quantity processedQuantity } }
            reverseFulfillmentOrders(first: 5) { nodes { id lineItems(first: 5) { nodes {
              id dispositions { type location { id } }
            } } } }
          }
          userErrors { field message code }
        } }""",
        53,
    ),
]
VARIABLES: dict[str, object] = {
    "id": "gid://shopify/Order/1",
    "input": {"orderId": "gid://shopify/Order/1", "returnId": "gid://shopify/Return/1"},
    "m": [],
    "d": [],
}


def variables(document: str) -> dict[str, object]:
    given = {name: value for name, value in VARIABLES.items() if f"${name}:" in document}
    if "ReturnProcessInput" in document:
        given["input"] = {"returnId": "gid://shopify/Return/1"}
    elif "RefundInput" in document:
        given["input"] = {"orderId": "gid://shopify/Order/1"}
    return given


@pytest.mark.parametrize(("document", "cost"), RECORDED)
def test_requested_cost(shop: ShopifyStandIn, document: str, cost: int) -> None:
    """Documents cost what Shopify was seen to ask for them."""
    assert ask(shop, document, variables(document)).cost["requestedQueryCost"] == cost


@pytest.mark.parametrize(
    ("nodes", "counts"), [(1, 1), (2, 2), (3, 2), (5, 3), (10, 4), (20, 5), (50, 7), (250, 11)]
)
def test_pages(nodes: int, counts: int) -> None:
    """The size of a page counts less and less."""
    assert weight(nodes) == counts


@pytest.mark.parametrize(("amount", "actual"), [("1.00", 23), ("999.00", 20)])
def test_actual_cost_of_a_refund(shop: ShopifyStandIn, amount: str, actual: int) -> None:
    """Recorded: 25 asked for, 23 when it worked, 20 when it was refused."""
    order = shop.add_order([OrderLine("A")])
    paid = {"orderId": order.id, "kind": "REFUND", "gateway": "x", "parentId": order.transactions[0].id}
    document = RECORDED[4][0].replace("(input: $input)", '(input: $input) @idempotent(key: "k")')
    given = {"input": {"orderId": order.id, "transactions": [{**paid, "amount": amount}]}}
    cost = ask(shop, document, given).cost
    assert (cost["requestedQueryCost"], cost["actualQueryCost"]) == (25, actual)


@pytest.mark.parametrize(("directive", "cost"), [("@include(if: $on)", (4, 1)), ("@skip(if: $on)", (1, 4))])
def test_what_is_switched_off_costs_nothing(
    shop: ShopifyStandIn, directive: str, cost: tuple[int, int]
) -> None:
    """A field with a directive counts, and is answered, only where it is wanted."""
    document = (
        "query($id: ID!, $on: Boolean!) { order(id: $id) { id returns(first: 1) %s { nodes { id } } } }"
    )
    order = shop.add_order([OrderLine("A")])
    answers = [ask(shop, document % directive, {"id": order.id, "on": on}) for on in (True, False)]
    assert tuple(one.cost["requestedQueryCost"] for one in answers) == cost
    assert [("returns" in (one.data or {})["order"]) for one in answers] == [one == 4 for one in cost]


def test_an_order_that_is_not_there_costs_one(shop: ShopifyStandIn) -> None:
    """Recorded: whatever is asked about it."""
    cost = ask(shop, RECORDED[3][0], {"id": "gid://shopify/Order/1"}).cost
    assert cost["actualQueryCost"] == 1


def test_the_bucket_empties_and_fills(shop: ShopifyStandIn, clock: HandClock) -> None:
    """The actual cost is taken out, and comes back at the restore rate."""
    shop.switches.bucket_size, shop.switches.restore_rate = 30, 5
    first = ask(shop, RECORDED[2][0]).cost["throttleStatus"]
    assert first == {"maximumAvailable": 30, "currentlyAvailable": 27, "restoreRate": 5}
    clock.advance(0.4)
    assert ask(shop, RECORDED[2][0]).cost["throttleStatus"]["currentlyAvailable"] == 26
    clock.advance(60)
    assert ask(shop, RECORDED[2][0]).cost["throttleStatus"]["currentlyAvailable"] == 27


def test_throttled(shop: ShopifyStandIn, clock: HandClock) -> None:
    """Without enough points nothing runs: status 200, no data, and the points that are there."""
    shop.switches.bucket_size, shop.switches.restore_rate = 10, 10
    document = 'mutation($id: ID!) { tagsAdd(id: $id, tags: ["x"]) { userErrors { message } } }'
    order = shop.add_order([OrderLine("A")])
    ask(shop, document, {"id": order.id})
    order.tags.clear()
    answer = ask(shop, document, {"id": order.id})
    assert answer.error["extensions"]["code"] == "THROTTLED"
    assert (answer.reply.status, "data" in answer.body, order.tags) == (200, False, [])
    assert answer.cost == {
        "requestedQueryCost": 10,
        "actualQueryCost": None,
        "throttleStatus": {"maximumAvailable": 10, "currentlyAvailable": 0, "restoreRate": 10},
    }
    clock.advance(1)
    assert "data" in ask(shop, document, {"id": order.id}).body


def test_too_big_for_any_bucket(shop: ShopifyStandIn) -> None:
    """Above 1000 points a document never runs."""
    document = """query($id: ID!) { order(id: $id) { lineItems(first: 250) { nodes { id } }
      refunds { refundLineItems(first: 250) { nodes { lineItem { variant { inventoryItem { id } } } } } }
      returns(first: 250) { nodes { returnLineItems(first: 250) { nodes { id } }
        reverseFulfillmentOrders(first: 250) { nodes { lineItems(first: 250) { nodes { id } } } } } } } }"""
    extensions = ask(shop, document, {"id": "gid://shopify/Order/1"}).error["extensions"]
    assert (extensions["code"], extensions["maxCost"]) == ("MAX_COST_EXCEEDED", 1000)
    assert extensions["cost"] > 1000
