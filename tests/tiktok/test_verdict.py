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
    ("status", "code", "what", "hint"),
    [
        (200, 36004001, "the refresh token is no longer good: the authorisation has expired", "auth us"),
        (200, 36004004, "the code is wrong, was used before, or is older than 30 minutes", "auth us"),
        (200, 36004005, "the seller has taken the authorisation back", "auth us"),
        (401, 105001, "the access token is refused", "auth us"),
        (400, 101000, "the login and the shop do not belong together", "shop_cipher"),
        (403, 105005, "the app lacks the scope seller.order.info", "in Partner Center, then: auth us"),
        (200, 98001004, "the token service refuses the app", "app_key and app_secret"),
        (401, 106001, "TikTok Shop refuses the signature, so app_secret is wrong", "app_secret"),
        (403, 36009033, "TikTok Shop lets no requests in from this machine's address", "IP allow list"),
        (401, 36009043, "the shop is not active", "Seller Center"),
        (401, 36009044, "the seller's account is not active", "Seller Center"),
        (400, 36009014, "TikTok Shop has retired the version of its API", "a newer syncd"),
    ],
)
def test_what_a_person_reads(status: int, code: int, what: str, hint: str) -> None:
    """Each way in which a login can fail has a sentence of its own, and something to do or type."""
    error = failure(Refusal("orders", status, code, scope="seller.order.info", login_hint="auth us"))
    assert error.what.startswith(what)
    assert hint in error.hint


@pytest.mark.parametrize(
    ("ahead", "words"),
    [(None, "of this machine"), (400.4, "which is 400 s ahead"), (-31.0, "which is 31 s behind")],
)
def test_the_clock_is_compared(ahead: float | None, words: str) -> None:
    """The text tells how far the clock is off, where the answer had a date."""
    error = failure(Refusal("orders", 400, 36009004, "Invalid timestamp", ahead=ahead))
    assert words in error.what
