"""Answers taken apart."""

import pytest

from syncd.calls import Cost
from syncd.http import Answer as HttpAnswer
from syncd.shopify.answers import Reply, UserError

BUCKET = {"maximumAvailable": 2000, "currentlyAvailable": 1977.5, "restoreRate": 100}


def reply(body: bytes, headers: dict[str, str] | None = None) -> Reply:
    return Reply.of(HttpAnswer(200, headers or {}, body))


def test_headers() -> None:
    """Request id, version and pause come from the headers."""
    known = {"x-request-id": "r", "x-shopify-api-version": "2026-10", "retry-after": "2.5"}
    found = reply(b"{}", known)
    assert (found.request_id, found.version, found.retry_after) == ("r", "2026-10", 2.5)


@pytest.mark.parametrize("text", ["", "soon", "-1", "inf", "nan", "Wed, 21 Oct 2026 07:28:00 GMT"])
def test_a_pause_that_is_no_number_of_seconds(text: str) -> None:
    """What cannot be waited for is as if it were not said."""
    assert reply(b"{}", {"retry-after": text}).retry_after is None


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"null", b'{"a": NaN}', b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_object(body: bytes) -> None:
    """Anything but a JSON object is no body."""
    assert reply(body).body is None


def test_cost_in_whole_and_broken_numbers() -> None:
    """Shopify writes numbers with and without decimals."""
    found = Reply(
        200,
        {"extensions": {"cost": {"requestedQueryCost": 25, "actualQueryCost": 23, "throttleStatus": BUCKET}}},
    )
    assert found.cost == Cost(25.0, 23.0, 2000.0, 1977.5, 100.0)


@pytest.mark.parametrize(
    "cost",
    [
        None,
        {},
        {"requestedQueryCost": True, "throttleStatus": BUCKET},
        {"requestedQueryCost": 10**400, "throttleStatus": BUCKET},
        {"requestedQueryCost": float("inf"), "throttleStatus": BUCKET},
        {"requestedQueryCost": 1, "throttleStatus": {**BUCKET, "restoreRate": 0}},
        {"requestedQueryCost": 1, "throttleStatus": {**BUCKET, "currentlyAvailable": "all"}},
    ],
)
def test_a_cost_that_is_not_told_in_full(cost: object) -> None:
    """Half a cost is none: the pacing keeps what it knew."""
    assert Reply(200, {"extensions": {"cost": cost}}).cost is None


def test_search_warnings() -> None:
    """Every warning of every search is kept in words."""
    warning = {
        "field": "notafield",
        "message": "Invalid search field for this query.",
        "code": "invalid_field",
    }
    found = Reply(200, {"extensions": {"search": [{"warnings": [warning]}, {"query": "x"}]}})
    assert found.warnings == ("notafield: Invalid search field for this query.",)


@pytest.mark.parametrize("search", [{"a": 1}, "x", [1], [{"warnings": "x"}], [{"warnings": [1]}]])
def test_a_search_told_in_another_shape_counts_as_a_warning(search: object) -> None:
    """What cannot be read about a search is no reason to trust it."""
    assert len(Reply(200, {"extensions": {"search": search}}).warnings) == 1


@pytest.mark.parametrize("search", [None, [], [{"query": "x"}], [{"warnings": None}], [{"warnings": []}]])
def test_a_search_without_warnings(search: object) -> None:
    """A search that was understood gives none."""
    assert Reply(200, {"extensions": {"search": search}}).warnings == ()


@pytest.mark.parametrize(
    ("error", "text"),
    [(UserError(("a", "0"), "No."), "No. (at a.0)"), (UserError((), "No."), "No.")],
)
def test_a_user_error_as_text(error: UserError, text: str) -> None:
    """A user error reads as its message with its place."""
    assert str(error) == text
