"""The keys of refundCreate."""

from typing import Any

import pytest

from syncd.sandbox.clock import HandClock
from syncd.sandbox.shopify import OrderLine, ShopifyStandIn
from syncd.sandbox.shopify.local import Answer, ask
from syncd.sandbox.shopify.order import Order

DAY = 24 * 3600
REFUND = """
mutation($input: RefundInput!, $key: String!) {
  refundCreate(input: $input) @idempotent(key: $key) {
    refund { id note } order { displayFinancialStatus } userErrors { field message }
  }
}
"""
WITHOUT_KEY = "mutation($input: RefundInput!) { refundCreate(input: $input) { refund { id } } }"
MISMATCH = "The same idempotency key cannot be used with different operation parameters."
BUSY = "This request is currently in progress, please try again."


@pytest.fixture
def order(shop: ShopifyStandIn) -> Order:
    return shop.add_order([OrderLine("A", price=3000)])


def wanted(order: Order, amount: str = "5.00", note: str = "n") -> dict[str, Any]:
    parent = order.transactions[0].id
    paid = {"orderId": order.id, "amount": amount, "kind": "REFUND", "gateway": "x", "parentId": parent}
    return {"orderId": order.id, "note": note, "transactions": [paid]}


def send(shop: ShopifyStandIn, given: dict[str, Any], key: str = "k", **options: Any) -> Answer:
    return ask(shop, REFUND, {"input": given, "key": key}, **options)


def test_a_repeated_key_runs_once(shop: ShopifyStandIn, order: Order) -> None:
    """The second answer names the first refund and nothing more is written."""
    first = send(shop, wanted(order)).data["refundCreate"]["refund"]
    again = send(shop, wanted(order)).data["refundCreate"]["refund"]
    assert (again, len(order.refunds)) == (first, 1)
    assert [one.applied for one in shop.writes()] == [True, False]


def test_a_replay_shows_the_present_state(shop: ShopifyStandIn, order: Order) -> None:
    """What happened in between is in the repeated answer."""
    send(shop, wanted(order))
    shop.foreign_refund(order, amount=2500)
    again = send(shop, wanted(order)).data["refundCreate"]
    assert again["order"] == {"displayFinancialStatus": "REFUNDED"}


@pytest.mark.parametrize("changed", [{"amount": "6.00"}, {"note": "other"}])
def test_other_parameters_are_refused(shop: ShopifyStandIn, order: Order, changed: dict[str, str]) -> None:
    """The same key with another input is a user error and writes nothing."""
    send(shop, wanted(order))
    payload = send(shop, wanted(order, **changed)).data["refundCreate"]
    assert payload["userErrors"] == [{"field": None, "message": MISMATCH}]
    assert (payload["refund"], len(order.refunds)) == (None, 1)


def test_the_order_of_fields_is_part_of_the_parameters(shop: ShopifyStandIn, order: Order) -> None:
    """The same input written in another order does not match."""
    send(shop, wanted(order))
    turned = dict(reversed(wanted(order).items()))
    assert send(shop, turned).data["refundCreate"]["userErrors"][0]["message"] == MISMATCH


def test_a_missing_key_stops_the_mutation(shop: ShopifyStandIn, order: Order) -> None:
    """Without the directive there is an error beside the data and nothing runs."""
    answer = ask(shop, WITHOUT_KEY, {"input": wanted(order)})
    assert answer.error == {
        "message": "The @idempotent directive is required for this mutation but was not provided.",
        "locations": [{"line": 1, "column": 34}],
        "path": ["refundCreate"],
        "extensions": {"code": "BAD_REQUEST"},
    }
    assert (answer.body["data"], order.refunds) == ({"refundCreate": None}, [])


def test_variables_are_checked_before_the_key(shop: ShopifyStandIn) -> None:
    """A wrong input is reported as such, even without a key."""
    assert ask(shop, WITHOUT_KEY, {"input": {}}).error["extensions"]["code"] == "INVALID_VARIABLE"


def test_older_versions_need_no_key(shop: ShopifyStandIn, order: Order) -> None:
    """An unsupported version is answered by the oldest, which refunds without a key."""
    answer = ask(shop, WITHOUT_KEY, {"input": wanted(order)}, version="2020-01")
    assert (answer.reply.headers["X-Shopify-API-Version"], len(order.refunds)) == ("2026-01", 1)


def test_a_blank_key_is_refused(shop: ShopifyStandIn, order: Order) -> None:
    """Only spaces are no key."""
    assert send(shop, wanted(order), key="  ").error["extensions"]["code"] == "BAD_REQUEST"


@pytest.mark.parametrize(("seconds", "refunds"), [(DAY - 1, 1), (DAY, 2)])
def test_a_key_lives_for_a_day(
    shop: ShopifyStandIn, clock: HandClock, order: Order, *, seconds: int, refunds: int
) -> None:
    """After 24 hours the same key is a new operation."""
    send(shop, wanted(order))
    clock.advance(seconds)
    send(shop, wanted(order))
    assert len(order.refunds) == refunds


def test_keys_may_be_ignored(shop: ShopifyStandIn, order: Order) -> None:
    """With the switch a repeated key refunds again."""
    shop.switches.keys_ignored = True
    send(shop, wanted(order))
    send(shop, wanted(order, amount="6.00"))
    assert order.total_refunded == 1100


def test_a_request_in_progress(shop: ShopifyStandIn, order: Order) -> None:
    """A busy key asks to try again."""
    shop.keys.busy.add("k")
    assert send(shop, wanted(order)).data["refundCreate"]["userErrors"] == [{"field": None, "message": BUSY}]


def test_errors_may_come_beside_the_data(shop: ShopifyStandIn, order: Order) -> None:
    """With the switch the same refusals are top-level errors with a code."""
    shop.switches.idempotency_errors_top_level = True
    send(shop, wanted(order))
    error = send(shop, wanted(order, note="other")).error
    assert error["message"] == MISMATCH
    assert error["extensions"] == {"code": "IDEMPOTENCY_KEY_PARAMETER_MISMATCH"}


@pytest.mark.parametrize(("blocks", "refunds"), [(False, 1), (True, 0)])
def test_a_key_whose_first_try_was_refused(
    shop: ShopifyStandIn, order: Order, *, blocks: bool, refunds: int
) -> None:
    """It runs once the reason is gone, or is blocked for good with the switch."""
    shop.switches.failed_attempt_blocks_key = blocks
    shop.switches.dev_store_refund_limit = 0
    send(shop, wanted(order))
    shop.switches.dev_store_refund_limit = None
    send(shop, wanted(order))
    assert len(order.refunds) == refunds
