"""The verdict on every answer that Shopify is known to give, and on some that it is not."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.errors import (
    AnswerUnreadable,
    ApiError,
    CredentialsRefused,
    MissingScope,
    NotReached,
    OutcomeUnknown,
    RateLimited,
    RequestRefused,
    ShopStopped,
)
from syncd.shopify.answers import Answer, Idempotency, Reply, UserError
from syncd.shopify.operations import CLOSE_RETURN, CREATE_REFUND, READ_ORDER, SET_CLAIM, Operation
from syncd.shopify.verdict import verdict

IN_PROGRESS = "This request is currently in progress, please try again."
MISMATCH = "The same idempotency key cannot be used with different operation parameters."


def top(code: str | None, message: str = "no", data: Any = None, **extensions: Any) -> Reply:
    """HTTP 200 with one top-level error; without data the key is absent."""
    known = {} if code is None else {"code": code}
    content: dict[str, Any] = {"errors": [{"message": message, "extensions": {**known, **extensions}}]}
    if data is not None:
        content["data"] = data
    return Reply(200, content, "req-7")


def refused(message: str, code: str | None = None, refund: Any = None) -> Reply:
    """HTTP 200 with one user error of refundCreate."""
    error = {"field": ["transactions"], "message": message} | ({"code": code} if code else {})
    return Reply(200, {"data": {"refundCreate": {"refund": refund, "userErrors": [error]}}}, "req-7")


def raised(operation: Operation, reply: Reply) -> ApiError:
    """The error of a verdict."""
    with pytest.raises(ApiError) as caught:
        verdict(operation, reply)
    return caught.value


NOTHING_RAN = [
    (top("THROTTLED"), RateLimited),
    (top("BAD_REQUEST", data={"refundCreate": None}), RequestRefused),
    (top("INVALID_VARIABLE"), RequestRefused),
    (top("argumentNotAccepted"), RequestRefused),
    (top("undefinedField"), RequestRefused),
    (top("MAX_COST_EXCEEDED"), RequestRefused),
    (top("MAX_INPUT_SIZE_EXCEEDED"), RequestRefused),
    (top("ACCESS_DENIED", data={"refundCreate": None}), MissingScope),
    (top("RESOURCE_NOT_FOUND", "Invalid id: gid://x", data={"refundCreate": None}), RequestRefused),
    (top("SHOP_INACTIVE"), ShopStopped),
    (Reply(400, {"errors": {"query": "Required parameter missing"}}), RequestRefused),
    (Reply(401, {"errors": "[API] Invalid API key or access token"}), CredentialsRefused),
    (Reply(402, None), ShopStopped),
    (Reply(403, None), CredentialsRefused),
    (Reply(404, None), CredentialsRefused),
    (Reply(406, {"errors": "Not Acceptable"}), RequestRefused),
    (Reply(422, {"errors": "Unprocessable"}), RequestRefused),
    (Reply(423, None), ShopStopped),
    (Reply(429, None), RateLimited),
    (Reply(430, None), ShopStopped),
]


@pytest.mark.parametrize(("reply", "kind"), NOTHING_RAN)
@pytest.mark.parametrize("operation", [READ_ORDER, CREATE_REFUND])
def test_answers_after_which_nothing_ran(operation: Operation, reply: Reply, kind: type[ApiError]) -> None:
    """Each row of Shopify's table that says that nothing ran has its own error, whatever was sent."""
    assert type(raised(operation, reply)) is kind


IN_DOUBT = [
    (top("INTERNAL_SERVER_ERROR", data={"refundCreate": None}), NotReached),
    (Reply(400, None), NotReached),
    (Reply(406, None), NotReached),
    (Reply(422, None), NotReached),
    (Reply(500, None), NotReached),
    (Reply(502, None), NotReached),
    (Reply(503, None), NotReached),
    (Reply(504, None), NotReached),
    (Reply(520, None), NotReached),
    (Reply(302, None), AnswerUnreadable),
    (Reply(418, None), AnswerUnreadable),
    (Reply(200, None), AnswerUnreadable),
    (Reply(200, {}), AnswerUnreadable),
    (Reply(200, {"data": None}), AnswerUnreadable),
    (Reply(200, {"errors": "a text"}), AnswerUnreadable),
    (top(None), AnswerUnreadable),
    (top("A_CODE_OF_TOMORROW"), AnswerUnreadable),
]


@pytest.mark.parametrize(("reply", "kind"), IN_DOUBT)
def test_answers_that_leave_a_mutation_in_doubt(reply: Reply, kind: type[ApiError]) -> None:
    """What does not surely say that nothing ran is an unknown outcome, and for a query just no answer."""
    assert (type(raised(CREATE_REFUND, reply)), type(raised(READ_ORDER, reply))) == (OutcomeUnknown, kind)


@pytest.mark.parametrize(
    "payload",
    [
        None,
        {},
        {"refund": None},
        {"refund": None, "userErrors": []},
        {"refund": {"id": "1"}, "userErrors": 1},
    ],
)
def test_a_mutation_that_tells_neither_result_nor_errors(payload: Any) -> None:
    """A payload that says neither what was made nor why not leaves the outcome unknown."""
    reply = Reply(200, {"data": {"refundCreate": payload}})
    assert type(raised(CREATE_REFUND, reply)) is OutcomeUnknown


def test_a_payload_beside_an_error_means_that_it_ran() -> None:
    """A missing scope inside the payload does not make a refund undone."""
    reply = top("ACCESS_DENIED", data={"refundCreate": {"refund": {"id": "1"}, "userErrors": []}})
    assert type(raised(CREATE_REFUND, reply)) is OutcomeUnknown


def test_one_doubtful_error_among_sure_ones_decides() -> None:
    """Two errors, of which one may stand for a half-done mutation, leave its outcome unknown."""
    errors = [{"extensions": {"code": code}} for code in ("ACCESS_DENIED", "INTERNAL_SERVER_ERROR")]
    assert type(raised(CREATE_REFUND, Reply(200, {"errors": errors}))) is OutcomeUnknown


def test_partial_data_of_a_query_is_no_answer() -> None:
    """A query's data beside an error is not handed on."""
    reply = top("ACCESS_DENIED", data={"order": {"id": "1", "refunds": None}})
    assert type(raised(READ_ORDER, reply)) is MissingScope


def test_a_good_query() -> None:
    """Complete data comes back as it is, with the request's id."""
    answer = verdict(READ_ORDER, Reply(200, {"data": {"order": None}}, "req-7"))
    assert (answer.data, answer.request_id, answer.user_errors) == ({"order": None}, "req-7", ())


def test_a_good_mutation() -> None:
    """A made refund comes back without errors."""
    data = {"refundCreate": {"refund": {"id": "1"}, "userErrors": []}}
    answer = verdict(CREATE_REFUND, Reply(200, {"data": data}))
    assert (answer.data, answer.user_errors, answer.idempotency) == (data, (), None)


def test_user_errors_come_back_whole() -> None:
    """A business refusal is an answer with field, message and code."""
    error = {"field": ["metafields", "0"], "message": "stale", "code": "STALE_OBJECT"}
    data = {"metafieldsSet": {"metafields": None, "userErrors": [error]}}
    answer = verdict(SET_CLAIM, Reply(200, {"data": data}))
    assert answer.user_errors == (UserError(("metafields", "0"), "stale", "STALE_OBJECT"),)


def test_a_refund_beside_user_errors_is_looked_at() -> None:
    """A refund that was made although there are errors must not pass for a refusal."""
    assert type(raised(CREATE_REFUND, refused("odd", refund={"id": "1"}))) is OutcomeUnknown


def test_a_repeatable_mutation_may_tell_both() -> None:
    """Closing a return twice does no harm, so the return beside an error is a refusal."""
    error = {"field": ["id"], "message": "Return status is invalid.", "code": "INVALID_STATE"}
    data = {"returnClose": {"return": {"id": "1"}, "userErrors": [error]}}
    answer = verdict(CLOSE_RETURN, Reply(200, {"data": data}))
    assert [each.code for each in answer.user_errors] == ["INVALID_STATE"]


@pytest.mark.parametrize(
    ("reply", "marker"),
    [
        (refused(IN_PROGRESS), Idempotency.IN_PROGRESS),
        (refused(MISMATCH), Idempotency.MISMATCH),
        (refused("The previous attempt failed."), Idempotency.PREVIOUS_FAILED),
        (refused("x", "IDEMPOTENCY_CONCURRENT_REQUEST"), Idempotency.IN_PROGRESS),
        (top("IDEMPOTENCY_CONCURRENT_REQUEST"), Idempotency.IN_PROGRESS),
        (top("IDEMPOTENCY_KEY_PARAMETER_MISMATCH"), Idempotency.MISMATCH),
        (top("IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED"), Idempotency.PREVIOUS_FAILED),
        (top("BAD_REQUEST", MISMATCH, data={"refundCreate": None}), Idempotency.MISMATCH),
    ],
)
def test_what_is_said_of_a_used_key(reply: Reply, marker: Idempotency) -> None:
    """A used key is recognised by code or message, among user errors and at the top."""
    answer = verdict(CREATE_REFUND, reply)
    assert (answer.idempotency, len(answer.user_errors)) == (marker, 1)


def test_a_missing_key_is_no_used_key() -> None:
    """The error about a forgotten directive is a fault of ours and names no earlier use."""
    message = "The @idempotent directive is required for this mutation but was not provided."
    assert type(raised(CREATE_REFUND, top("BAD_REQUEST", message))) is RequestRefused


def test_too_many_attempts_did_nothing() -> None:
    """The refund limit of a development store comes as a user error and means: wait."""
    error = raised(CREATE_REFUND, refused("Too many attempts. Please try again later."))
    assert isinstance(error, RateLimited)
    assert error.pause == 60


def test_a_throttle_asks_for_the_pause_that_fills_the_bucket() -> None:
    """The pause is what is missing in points, divided by the restore rate."""
    cost = {
        "requestedQueryCost": 752,
        "actualQueryCost": None,
        "throttleStatus": {"maximumAvailable": 1000.0, "currentlyAvailable": 666, "restoreRate": 50.0},
    }
    reply = Reply(200, {"errors": [{"extensions": {"code": "THROTTLED"}}], "extensions": {"cost": cost}})
    error = raised(CREATE_REFUND, reply)
    assert isinstance(error, RateLimited)
    assert error.pause == 2


@pytest.mark.parametrize(("asked", "pause"), [(7.5, 7.5), (None, 2.0)])
def test_429_waits_as_asked(asked: float | None, pause: float) -> None:
    """Retry-After counts; without it a short pause."""
    error = raised(READ_ORDER, Reply(429, None, retry_after=asked))
    assert isinstance(error, RateLimited)
    assert error.pause == pause


@pytest.mark.parametrize(
    ("required", "scope"),
    [
        ("`write_orders` access scope.", "write_orders"),
        ("`a_b` or `c_d` access scope.", "a_b or c_d"),
        ("", ""),
    ],
)
def test_a_missing_scope_is_named(required: str, scope: str) -> None:
    """The scope stands in the error, or nothing where Shopify names none (protected customer data)."""
    error = raised(READ_ORDER, top("ACCESS_DENIED", "Access denied", requiredAccess=required))
    assert isinstance(error, MissingScope)
    assert (error.scope, error.code, error.request_id) == (scope, "ACCESS_DENIED", "req-7")


KEYS = st.sampled_from(
    ["data", "errors", "refundCreate", "order", "refund", "userErrors", "message", "code", "extensions"]
)
LEAVES = st.sampled_from([None, True, 0, 7, "", "x", "THROTTLED", "ACCESS_DENIED", "INTERNAL_SERVER_ERROR"])
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)
SHAPES = st.dictionaries(st.sampled_from(["data", "errors", "extensions"]), JSON, max_size=3) | st.builds(
    lambda refund, errors: {"data": {"refundCreate": {"refund": refund, "userErrors": errors}}},
    JSON,
    st.just([]) | JSON,
)


def outcome(operation: Operation, reply: Reply) -> Answer | ApiError:
    """The verdict, with its error as a value."""
    try:
        return verdict(operation, reply)
    except ApiError as error:
        return error


@given(SHAPES)
def test_no_shape_is_taken_for_a_success(content: dict[str, Any]) -> None:
    """Whatever JSON comes, a mutation without errors has a payload that holds a result."""
    found = outcome(CREATE_REFUND, Reply(200, content))
    if isinstance(found, Answer) and not found.user_errors:
        payload = next(iter(content["data"].values()))
        assert any(value for key, value in payload.items() if key != "userErrors")


@given(SHAPES)
def test_no_shape_leaves_a_mutation_half_said(content: dict[str, Any]) -> None:
    """A mutation never fails in a query's way: it surely did not run, or its outcome is unknown."""
    assert type(outcome(CREATE_REFUND, Reply(200, content))) not in (AnswerUnreadable, NotReached)


@given(SHAPES)
def test_no_shape_puts_a_query_in_doubt(content: dict[str, Any]) -> None:
    """A query has no outcome that could be unknown."""
    assert type(outcome(READ_ORDER, Reply(200, content))) is not OutcomeUnknown
