"""What an answer of Shopify means: done, refused, not reached, stopped, or unknown."""

from collections.abc import Sequence

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
from syncd.shopify.answers import Answer, Idempotency, Json, Reply, TopError, UserError, objects, short
from syncd.shopify.operations import Operation

_OK = 200
_TOO_MANY_REQUESTS = 429
_DEFAULT_PAUSE = 2.0  # seconds, where an answer names none
_TOO_MANY_ATTEMPTS = "Too many attempts"
_TOO_MANY_ATTEMPTS_PAUSE = 60.0  # development stores count refunds by the minute

# Shopify: API response status codes. With none of these was the request carried out.
_STATUSES: dict[int, tuple[type[ApiError], str, str]] = {
    400: (RequestRefused, "Shopify could not read the request", ""),
    401: (
        CredentialsRefused,
        "Shopify does not accept the access token",
        "It was revoked, or the app was uninstalled: install the app again, or set a new access_token.",
    ),
    402: (ShopStopped, "the shop is frozen because a bill is unpaid", "Settle it in the Shopify admin."),
    403: (
        CredentialsRefused,
        "Shopify forbids this app the request",
        "Check that the app is installed and approved.",
    ),
    404: (CredentialsRefused, "there is no such shop", "Check the shop's domain."),
    406: (RequestRefused, "Shopify does not accept the request", ""),
    422: (RequestRefused, "Shopify does not accept the request", ""),
    423: (ShopStopped, "Shopify has locked the shop", "Ask Shopify's support before trying again."),
    430: (ShopStopped, "Shopify's protection turns the requests away", "Wait before trying again."),
}
_UNREAD = frozenset({400, 406, 422})
"""With a page instead of JSON these are not Shopify's own: something in between has answered."""
_FAULTS = frozenset({500, 502, 503, 504, 520})
_REFUSED = frozenset(
    {
        "BAD_REQUEST",
        "INVALID_VARIABLE",
        "argumentNotAccepted",
        "undefinedField",
        "MAX_COST_EXCEEDED",
        "MAX_INPUT_SIZE_EXCEEDED",
        "RESOURCE_NOT_FOUND",
    }
)
_NOT_RUN = _REFUSED | {"THROTTLED", "ACCESS_DENIED", "SHOP_INACTIVE"}
_KEY_CODES = {
    "IDEMPOTENCY_CONCURRENT_REQUEST": Idempotency.IN_PROGRESS,
    "IDEMPOTENCY_KEY_PARAMETER_MISMATCH": Idempotency.MISMATCH,
    "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED": Idempotency.PREVIOUS_FAILED,
}
_KEY_MESSAGES = {
    "request is currently in progress": Idempotency.IN_PROGRESS,
    "same idempotency key cannot be used": Idempotency.MISMATCH,
    "previous attempt": Idempotency.PREVIOUS_FAILED,
}


def verdict(operation: Operation, reply: Reply) -> Answer:
    """Judge one reply.

    For a mutation every error but OutcomeUnknown means that surely nothing ran, and so does an `Answer` with
    `user_errors`; with `idempotency` an earlier sending may still have run. For a query an `Answer` is
    complete and free of errors.

    Raises:
        RateLimited: Wait `pause` seconds, then send the same again.
        NotReached: A query met a fault of Shopify's.
        OutcomeUnknown: A mutation may have run.
        AnswerUnreadable: A query's answer makes no sense.
        CredentialsRefused: The login is refused; `code` is "401" where it is the token.
        MissingScope: The app lacks a scope.
        ShopStopped: The shop takes no requests.
        RequestRefused: The request is wrong.
    """
    if reply.status == _OK:
        return _of_body(operation, reply)
    code = str(reply.status)
    if reply.status == _TOO_MANY_REQUESTS:
        pause = _DEFAULT_PAUSE if reply.retry_after is None else reply.retry_after
        raise _rate_limited(operation, reply, "there were too many requests", code, pause)
    if reply.status in _STATUSES and not (reply.body is None and reply.status in _UNREAD):
        kind, what, hint = _STATUSES[reply.status]
        raise _error(kind, operation, reply, what, code=code, hint=hint)
    what = f"Shopify answered with HTTP status {reply.status}"
    fault = reply.status in _FAULTS or reply.status in _UNREAD
    raise unclear(operation, what, code, reply.request_id, fault=fault)


def unclear(
    operation: Operation, what: str, code: str = "", request_id: str = "", *, fault: bool = False
) -> ApiError:
    """The error where an answer decides nothing; `fault` says that Shopify, or the way to it, has one."""
    if operation.mutation:
        kind: type[ApiError] = OutcomeUnknown
    else:
        kind = NotReached if fault else AnswerUnreadable
    return kind(what, api="shopify", operation=operation.name, code=code, request_id=request_id)


def _of_body(operation: Operation, reply: Reply) -> Answer:
    if reply.body is None:
        raise unclear(operation, "the answer is not JSON", request_id=reply.request_id)
    if (errors := reply.errors) is not None:
        return _of_errors(operation, reply, errors)
    if reply.data is None:
        raise unclear(operation, "the answer has no data", request_id=reply.request_id)
    if operation.mutation:
        return _of_mutation(operation, reply, reply.data)
    return _answer(operation, reply)


def _of_errors(operation: Operation, reply: Reply, errors: Sequence[TopError]) -> Answer:
    if not errors:
        raise unclear(operation, "the answer has errors of an unknown shape", request_id=reply.request_id)
    if operation.mutation:
        ran = reply.odd_data or any(value is not None for value in (reply.data or {}).values())
        told = tuple(UserError((), error.message, error.code) for error in errors)
        marker = _marker(operation, told)
        if marker and not ran:
            return _answer(operation, reply, told, marker)
        if ran or any(error.code not in _NOT_RUN for error in errors):
            raise unclear(operation, errors[0].message, errors[0].code, reply.request_id)
    raise _refusal(operation, reply, errors[0])


def _refusal(operation: Operation, reply: Reply, error: TopError) -> ApiError:
    match error.code:
        case "THROTTLED":
            pause = reply.cost.pause if reply.cost else _DEFAULT_PAUSE
            return _rate_limited(operation, reply, "the app's quota is used up", error.code, pause)
        case "ACCESS_DENIED":
            return _missing_scope(operation, reply, error)
        case "SHOP_INACTIVE":
            return _error(
                ShopStopped,
                operation,
                reply,
                "the shop is closed",
                code=error.code,
                hint="Open it again in the Shopify admin, or disable it here.",
            )
        case code if code in _REFUSED:
            return _error(RequestRefused, operation, reply, error.message, code=code)
        case code:
            fault = code == "INTERNAL_SERVER_ERROR"
            return unclear(operation, error.message, code, reply.request_id, fault=fault)


def _of_mutation(operation: Operation, reply: Reply, data: Json) -> Answer:
    payload = data.get(operation.root)
    if not isinstance(payload, dict):
        raise unclear(operation, "the answer has no payload", request_id=reply.request_id)
    errors = _user_errors(payload.get(operation.errors))
    if errors is None:
        raise unclear(operation, "the answer does not list its errors", request_id=reply.request_id)
    results = [value for key, value in payload.items() if key != operation.errors]
    made = any(value not in (None, []) for value in results)
    if not errors and not any(results):
        raise unclear(operation, "the answer tells neither a result nor errors", request_id=reply.request_id)
    if errors and made and not operation.repeatable:
        what = f"the answer tells both a result and errors: {errors[0]}"
        raise unclear(operation, what, errors[0].code, reply.request_id)
    if any(error.message.startswith(_TOO_MANY_ATTEMPTS) for error in errors):
        raise _rate_limited(operation, reply, errors[0].message, "", _TOO_MANY_ATTEMPTS_PAUSE)
    return _answer(operation, reply, errors, _marker(operation, errors))


def _user_errors(found: object) -> tuple[UserError, ...] | None:
    """The user errors of a payload; None where the list is missing or holds something else."""
    if not isinstance(found, list) or not all(isinstance(error, dict) for error in found):
        return None
    return tuple(
        UserError(_path(error.get("field")), short(error.get("message")), str(error.get("code") or ""))
        for error in objects(found)
    )


def _path(found: object) -> tuple[str, ...]:
    return tuple(str(step) for step in found) if isinstance(found, list) else ()


def _marker(operation: Operation, errors: Sequence[UserError]) -> Idempotency | None:
    """What the errors say of the key: by code, and where the errors have none, by message."""
    for error in errors:
        if error.code in _KEY_CODES:
            return _KEY_CODES[error.code]
        for words, marker in _KEY_MESSAGES.items():
            if operation.keyed and words in error.message.lower():
                return marker
    return None


def _answer(
    operation: Operation,
    reply: Reply,
    user_errors: tuple[UserError, ...] = (),
    idempotency: Idempotency | None = None,
) -> Answer:
    return Answer(
        operation=operation.name,
        data=reply.data or {},
        user_errors=user_errors,
        idempotency=idempotency,
        request_id=reply.request_id,
        cost=reply.cost,
        warnings=reply.warnings,
    )


def _error(
    kind: type[ApiError], operation: Operation, reply: Reply, what: str, *, code: str, hint: str = ""
) -> ApiError:
    return kind(
        what, api="shopify", operation=operation.name, code=code, request_id=reply.request_id, hint=hint
    )


def _rate_limited(operation: Operation, reply: Reply, what: str, code: str, pause: float) -> RateLimited:
    return RateLimited(
        what, pause=pause, api="shopify", operation=operation.name, code=code, request_id=reply.request_id
    )


def _missing_scope(operation: Operation, reply: Reply, error: TopError) -> MissingScope:
    if error.scope:
        hint = f"Give the app the scope {error.scope} and approve it in the shop."
    else:
        hint = "Declare the app's use of protected customer data in Shopify's Dev Dashboard."
    return MissingScope(
        error.message,
        scope=error.scope,
        api="shopify",
        operation=operation.name,
        code=error.code,
        request_id=reply.request_id,
        hint=hint,
    )
