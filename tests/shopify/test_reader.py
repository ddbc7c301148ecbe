"""Strict reading: a field is what it should be, or the answer is not used."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.errors import AnswerUnreadable
from syncd.model.money import Money
from syncd.shopify.answers import Answer
from syncd.shopify.reader import Node, OrderTooLarge

NO_OBJECT = [None, True, 1, 1.5, "x", [], [1]]


def node(value: Any) -> Node:
    """An object with one field `f`."""
    return Node({"f": value}, "order", "ReadOrder", "req-1")


def bag(amount: Any, currency: Any = "USD") -> dict[str, Any]:
    return {"presentmentMoney": {"amount": amount, "currencyCode": currency}}


def page(*nodes: Any, more: Any = False) -> dict[str, Any]:
    return {"nodes": list(nodes), "pageInfo": {"hasNextPage": more}}


READERS: list[tuple[Callable[[Node], Any], list[Any]]] = [
    (lambda n: n.text("f"), [None, 1, True, {}, []]),
    (lambda n: n.maybe_text("f"), [1, True, {}, []]),
    (lambda n: n.number("f"), [None, "1", True, 1.5, -1]),
    (lambda n: n.maybe_number("f"), ["1", True, 1.5, -1]),
    (lambda n: n.flag("f"), [None, 0, "true"]),
    (lambda n: n.moment("f"), [None, 1, "", "soon", "2026-11-01", "2026-11-01T00:00:00"]),
    (lambda n: n.maybe_moment("f"), [1, "", "2026-11-01T00:00:00"]),
    (lambda n: n.node("f"), NO_OBJECT),
    (lambda n: n.maybe_node("f"), NO_OBJECT[1:]),
    (lambda n: n.nodes("f"), [None, {}, "x", [1], [None]]),
    (lambda n: n.texts("f"), [None, {}, "x", [1], [None]]),
    (lambda n: n.whole("f"), [*NO_OBJECT, {}, {"nodes": []}, page(more=None), page(1)]),
    (lambda n: n.money("f", "USD"), [*NO_OBJECT, {}, bag(1), bag("1.001"), bag("x"), bag("1", "EUR")]),
    (
        lambda n: n.rounded_money("f", "USD"),
        [*NO_OBJECT, {}, bag(1), bag("x"), bag("1", "EUR"), bag("nan"), bag("inf")],
    ),
]


@pytest.mark.parametrize(
    ("read", "value"),
    [
        pytest.param(read, value, id=f"reader {number}: {value!r}")
        for number, (read, values) in enumerate(READERS)
        for value in values
    ],
)
def test_a_wrong_type_is_unreadable(read: Callable[[Node], Any], value: Any) -> None:
    """Nothing is coerced: another type than the schema's makes the answer unreadable."""
    with pytest.raises(AnswerUnreadable, match=r"order\.f"):
        read(node(value))


@pytest.mark.parametrize("read", [read for read, _ in READERS], ids=range(len(READERS)))
def test_a_missing_field_is_unreadable(read: Callable[[Node], Any]) -> None:
    """A field that is not there is never taken for null."""
    with pytest.raises(AnswerUnreadable, match=r"order\.f is missing"):
        read(Node({}, "order", "ReadOrder", "req-1"))


def test_null_where_null_is_allowed() -> None:
    """The schema's nullable fields may be null."""
    empty = node(None)
    assert [
        empty.maybe_text("f"),
        empty.maybe_number("f"),
        empty.maybe_moment("f"),
        empty.maybe_node("f"),
    ] == [
        None,
        None,
        None,
        None,
    ]


def test_the_error_tells_where_and_which_request() -> None:
    """The path, the operation and the request id are in the error."""
    root = Node.of(Answer("ReadOrder", {"order": {"lines": [{}, {"sku": 1}]}}, request_id="req-9"))
    with pytest.raises(AnswerUnreadable) as caught:
        root.node("order").nodes("lines")[1].text("sku")
    assert str(caught.value) == (
        "data.order.lines[1].sku is missing or cannot be read (shopify ReadOrder, request req-9)"
    )


@pytest.mark.parametrize("text", ["2026-11-01T10:00:00Z", "2026-11-01T12:00:00+02:00"])
def test_moments_are_utc(text: str) -> None:
    """Any offset is read, and comes out as UTC."""
    moment = node(text).moment("f")
    assert (moment, moment.tzinfo) == (datetime(2026, 11, 1, 10, tzinfo=UTC), UTC)


def test_a_connection_that_goes_on_is_too_large() -> None:
    """A cut off list is never taken for the whole."""
    with pytest.raises(OrderTooLarge, match="up to 2"):
        node(page({}, {}, more=True)).whole("f")


def test_a_plain_list_beyond_its_limit_is_too_large() -> None:
    """A plain list is asked for with one more than is accepted."""
    assert len(node([{}, {}]).nodes("f", 2)) == 2
    with pytest.raises(OrderTooLarge, match="up to 1"):
        node([{}, {}]).nodes("f", 1)


@pytest.mark.parametrize(("amount", "minor"), [("15.0", 1500), ("7.1", 710), ("0.00", 0), ("-2.5", -250)])
def test_money(amount: str, minor: int) -> None:
    """Shopify's decimal texts are read to the minor unit."""
    assert node(bag(amount)).money("f", "USD") == Money(minor, "USD")


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [("3.333333", "USD", 333), ("6.665", "USD", 667), ("1200.4", "JPY", 1200), ("15.0", "USD", 1500)],
)
def test_approximate_money_is_rounded(amount: str, currency: str, minor: int) -> None:
    """A unit price with more decimals than its currency has is rounded to the nearest."""
    assert node(bag(amount, currency)).rounded_money("f", currency) == Money(minor, currency)


@given(st.integers(-(10**12), 10**12), st.sampled_from(["USD", "JPY", "KWD"]))
def test_money_comes_back_as_it_went(minor: int, currency: str) -> None:
    """Any exact amount reads the same strictly and rounded."""
    money = Money(minor, currency)
    found = node(bag(money.amount, currency))
    assert (found.money("f", currency), found.rounded_money("f", currency)) == (money, money)
