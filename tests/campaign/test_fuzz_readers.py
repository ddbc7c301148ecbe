"""The pure readers of answers, on whatever JSON there is: what holds for every one of them."""

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncd.errors import AnswerUnreadable, ApiError, OutcomeUnknown
from syncd.http import Answer as HttpAnswer
from syncd.model.cases import Snapshot
from syncd.model.money import Money, MoneyError
from syncd.shopify import wire
from syncd.shopify.answers import Answer, Reply
from syncd.shopify.operations import OPERATIONS, Operation
from syncd.shopify.reader import Node, OrderTooLarge
from syncd.shopify.verdict import verdict
from syncd.tiktok.envelope import opened
from syncd.tiktok.wire import order_from, snapshot_from
from tests.campaign.fuzz import values
from tests.campaign.fuzz.line import Said
from tests.campaign.fuzz.proof import field_of, proves_done, proves_not_run

MUTATIONS = [operation for operation in OPERATIONS.values() if operation.mutation]
READERS: Mapping[str, Callable[[Node], object]] = {
    "hit": wire.order_hit,
    "location": wire.location,
    "return": wire.order_return,
    "claim": wire.claim_of,
    "assignments": wire.assignments,
    "line": lambda node: wire.order_line(node, "USD"),
    "transaction": lambda node: wire.transaction(node, "USD"),
    "refund": lambda node: wire.refund(node, "USD"),
    "shipping": lambda node: wire.shipping_left(node, "USD"),
}
texts = st.text(st.characters(), max_size=9) | st.sampled_from(
    (*values.TEXTS[:-3], *values.AMOUNTS, *values.WORDS)
)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | texts
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


def mostly(good: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Such a value, and anything else now and then."""
    return st.integers(0, 7).flatmap(lambda number: anything if number == 0 else good)


moments = mostly(st.integers(1, 2_000_000_000) | st.sampled_from([int(float(time)) for time in values.TIMES]))
amounts = st.fixed_dictionaries(
    {}, optional={"refund_total": anything, "currency": texts, "refund_shipping_fee": anything}
)
known_amounts = st.fixed_dictionaries(
    {"refund_total": st.decimals(0, 999, places=2).map(str), "currency": st.just("USD")}
)
units = st.fixed_dictionaries(
    {"return_line_item_id": mostly(st.just("11")), "order_line_item_id": mostly(st.just("12"))},
    optional={"seller_sku": anything, "refund_amount": amounts | known_amounts},
)
returns = st.fixed_dictionaries(
    {
        "return_id": mostly(st.just("4035000000000000001")),
        "order_id": mostly(st.just("5760000000000000001")),
        "return_status": mostly(st.just("RETURN_OR_REFUND_REQUEST_COMPLETE")),
        "update_time": moments,
    },
    optional={
        "create_time": moments,
        "return_type": mostly(st.just("REFUND")),
        "refund_amount": mostly(known_amounts | amounts),
        "return_line_items": st.lists(units, max_size=3) | anything,
        "return_tracking_number": anything,
        "pre_return_id": anything,
        "x": anything,
    },
)
orders = st.fixed_dictionaries(
    {"id": mostly(st.just("576")), "create_time": moments},
    optional={"payment": anything, "line_items": anything, "status": anything, "is_sample_order": anything},
)
errors = st.lists(
    st.fixed_dictionaries(
        {"message": anything},
        optional={"extensions": st.fixed_dictionaries({"code": st.sampled_from(values.WORDS)})},
    )
    | anything,
    max_size=2,
)


def bodies(operation: Operation) -> st.SearchStrategy[dict[str, Any]]:
    """Answers of about the shape that a mutation's answer has."""
    result = st.none() | st.just({"id": "gid://shopify/Refund/1"}) | anything
    payload = st.fixed_dictionaries({"thing": result, operation.errors: errors | anything})
    data = st.none() | st.fixed_dictionaries({field_of(operation): st.none() | payload}) | anything
    return st.fixed_dictionaries(
        {}, optional={"data": data, "errors": errors | anything, "extensions": anything}
    )


@given(returns)
@settings(max_examples=300, deadline=None, derandomize=True)
def test_a_return_is_read_or_refused(row: dict[str, Any]) -> None:
    """What is read can be stored, and its amount is TikTok's, or none."""
    try:
        snapshot = snapshot_from(row)
    except AnswerUnreadable:
        return
    storable(snapshot)
    if snapshot.refund:
        told = row["refund_amount"]
        assert Decimal(told["refund_total"]) == Decimal(snapshot.refund.total.amount)
        assert told["currency"] == snapshot.refund.total.currency
        assert "" == snapshot.trouble


def storable(snapshot: Snapshot) -> None:
    """Every text in it is UTF-8, and the ids are digits."""
    repr(snapshot).encode()
    for text in (snapshot.status_word, snapshot.type_word, snapshot.tracking_number, snapshot.trouble):
        text.encode()
    assert (snapshot.case_id + snapshot.order_id).isdecimal()


@given(returns, st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_the_order_of_keys_is_no_news(row: dict[str, Any], chance: Any) -> None:
    """The same row in another order of keys is the same snapshot."""
    keys = list(row)
    chance.shuffle(keys)
    try:
        snapshot = snapshot_from(row)
    except AnswerUnreadable:
        return
    assert snapshot == snapshot_from({key: row[key] for key in keys})


@given(orders)
@settings(max_examples=150, deadline=None, derandomize=True)
def test_an_order_is_read_or_refused(row: dict[str, Any]) -> None:
    """It has an id of digits, or is unreadable."""
    try:
        order = order_from(row)
    except AnswerUnreadable:
        return
    assert order.order_id.isdecimal()


@given(
    texts | st.decimals(allow_nan=False, places=3).map(str),
    st.sampled_from((*values.CURRENCIES, "USD")) | texts,
)
@settings(max_examples=300, deadline=None, derandomize=True)
def test_money_is_exact_or_refused(amount: str, currency: str) -> None:
    """What is read is exactly what stands there."""
    try:
        money = Money.parse(amount, currency)
    except MoneyError:
        return
    assert (Decimal(amount), currency) == (Decimal(money.amount), money.currency)


@given(st.binary(max_size=60) | anything.map(lambda value: json.dumps(value).encode()), st.integers(100, 599))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_an_envelope_is_opened_or_is_none(body: bytes, status: int) -> None:
    """Whatever came, there is an envelope, whose texts can be printed."""
    envelope = opened(HttpAnswer(status, {}, body))
    assert (envelope.message + envelope.request_id).isprintable()


@pytest.mark.parametrize("operation", MUTATIONS, ids=lambda operation: operation.name)
def test_a_verdict_is_proven(operation: Operation) -> None:
    """Done is said, and not run is said, only where the answer proves it; all else is an unknown outcome."""

    @given(bodies(operation), st.sampled_from((200, 200, 200, *values.STATUSES)))
    @settings(max_examples=100, deadline=None, derandomize=True)
    def judged(answer: dict[str, Any], status: int) -> None:
        body = json.dumps(answer).encode()
        reply, said = Reply.of(HttpAnswer(status, {}, body), strict=True), Said(status, (), body)
        assert proven(operation, reply, said)

    judged()


def proven(operation: Operation, reply: Reply, said: Said) -> bool:
    """Whether the answer bears out what is said of it."""
    try:
        answer: Answer = verdict(operation, reply)
    except OutcomeUnknown:
        return True
    except ApiError:
        return proves_not_run(operation, said)
    if answer.idempotency:
        return True
    return proves_not_run(operation, said) if answer.user_errors else proves_done(operation, said)


@pytest.mark.parametrize("name", READERS)
def test_a_node_is_read_or_refused(name: str) -> None:
    """Whatever stands in an object of Shopify's, it is read, unreadable, or too large."""
    keys = st.sampled_from(
        ("id", "name", "tags", "status", "nodes", "pageInfo", "quantity", "amount", "value")
    )
    objects = st.dictionaries(keys | texts, anything, max_size=9)

    @given(objects)
    @settings(max_examples=50, deadline=None, derandomize=True)
    def tried(fields: dict[str, Any]) -> None:
        try:
            READERS[name](Node(fields, "data", "ReadOrder", ""))
        except (AnswerUnreadable, OrderTooLarge):
            return

    tried()
