"""What each answer that is no success means."""

import pytest

from syncd.errors import (
    AnswerUnreadable,
    ApiError,
    CredentialsRefused,
    MissingScope,
    NotReached,
    RateLimited,
    RequestRefused,
    ShopStopped,
)
from syncd.tiktok.verdict import Refusal, Remedy, TokenRefused, failure, verdict

CODES = {
    (200, 0, "Success"): Remedy.NOTHING,
    (429, 36009002, "too many"): Remedy.WAIT,
    (200, 36009002, "too many"): Remedy.WAIT,
    (429, 36009037, "sandbox quota"): Remedy.WAIT,
    (500, 36009003, "internal"): Remedy.RETRY,
    (200, 36009007, "timeout"): Remedy.RETRY,
    (400, 105001, "invalid"): Remedy.REFRESH,
    (401, 105002, "expired"): Remedy.REFRESH,
    (403, 105005, "denied"): Remedy.SCOPE,
    (400, 105999, "some new token trouble"): Remedy.LOGIN,
    (200, 36004001, "rt has expired"): Remedy.LOGIN,
    (200, 36004004, "auth code"): Remedy.LOGIN,
    (200, 36004005, "no record"): Remedy.LOGIN,
    (200, 98001004, "invalid parameters"): Remedy.APP,
    (401, 106001, "sign"): Remedy.APP,
    (403, 36009033, "ip"): Remedy.APP,
    (400, 101000, "mismatch"): Remedy.SHOP,
    (400, 106013, "no cipher"): Remedy.FIX,
    (404, 36009009, "path"): Remedy.FIX,
    (400, 36009014, "version"): Remedy.REOPEN,
    (401, 36009043, "inactive"): Remedy.REOPEN,
    (400, 25001001, "parameter"): Remedy.FIX,
    (400, 36009004, "Invalid timestamp"): Remedy.CLOCK,
    (400, 36009004, "x-tts-access-token header is invalid"): Remedy.REFRESH,
    (400, 36009004, "app_key is invalid"): Remedy.APP,
    (400, 36009004, "Invalid API version"): Remedy.REOPEN,
    (400, 36009004, "unexpected identifier"): Remedy.FIX,
    (200, 77, "news"): Remedy.UNKNOWN,
    (503, 77, "news"): Remedy.RETRY,
    (429, 77, "news"): Remedy.WAIT,
    (403, 77, "news"): Remedy.APP,
    (429, None, ""): Remedy.WAIT,
    (502, None, ""): Remedy.RETRY,
    (403, None, ""): Remedy.UNKNOWN,
    (302, None, ""): Remedy.UNKNOWN,
    (200, None, ""): Remedy.UNKNOWN,
}

ERRORS: dict[Remedy, type[ApiError]] = {
    Remedy.NOTHING: AnswerUnreadable,
    Remedy.RETRY: NotReached,
    Remedy.WAIT: RateLimited,
    Remedy.REFRESH: TokenRefused,
    Remedy.LOGIN: CredentialsRefused,
    Remedy.APP: CredentialsRefused,
    Remedy.SHOP: CredentialsRefused,
    Remedy.SCOPE: MissingScope,
    Remedy.CLOCK: NotReached,
    Remedy.REOPEN: ShopStopped,
    Remedy.FIX: RequestRefused,
    Remedy.UNKNOWN: AnswerUnreadable,
}


@pytest.mark.parametrize(("answer", "remedy"), CODES.items(), ids=str)
def test_each_answer_has_its_remedy(answer: tuple[int, int | None, str], remedy: Remedy) -> None:
    """HTTP status, code and message lead to what helps."""
    assert verdict(*answer) is remedy


@pytest.mark.parametrize(("answer", "remedy"), CODES.items(), ids=str)
def test_each_remedy_has_its_error(answer: tuple[int, int | None, str], remedy: Remedy) -> None:
    """The error's class follows from the remedy, and it carries code, message and request id."""
    status, code, message = answer
    error = failure(Refusal("returns/search", status, code, message, request_id="2026-r1"))
    assert type(error) is ERRORS[remedy]
    assert (error.api, error.operation, error.request_id) == ("tiktok", "returns/search", "2026-r1")
    assert error.code == str(status if code is None else code)
    assert message in str(error)


def test_every_remedy_is_met() -> None:
    """The table above covers all remedies."""
    assert set(CODES.values()) == set(Remedy)


@pytest.mark.parametrize("code", [105002, 36004001])
def test_a_refused_login_names_the_command(code: int) -> None:
    """Where the seller has to authorise again, the hint is the command."""
    error = failure(Refusal("orders", 200, code, login_hint="authorise again"))
    assert error.hint == "authorise again"


@pytest.mark.parametrize(
    ("ahead", "words"),
    [(None, "of this machine"), (400.4, "which is 400 s ahead"), (-31.0, "which is 31 s behind")],
)
def test_the_clock_is_compared(ahead: float | None, words: str) -> None:
    """The text tells how far the clock is off, where the answer had a date."""
    error = failure(Refusal("orders", 400, 36009004, "Invalid timestamp", ahead=ahead))
    assert words in error.what
