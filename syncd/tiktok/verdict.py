"""What an answer that is no success means, and what helps (TikTok Shop: Common errors)."""

from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus

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


class Remedy(StrEnum):
    """What helps."""

    NOTHING = "nothing to remedy"
    RETRY = "the same again"
    WAIT = "the same again, after a pause"
    REFRESH = "a new access token"
    LOGIN = "the seller's consent"
    APP = "the app's key, secret or allow list"
    SHOP = "the shop that belongs to the login"
    SCOPE = "a scope for the app"
    CLOCK = "the right time on this machine"
    REOPEN = "an active shop, or a newer syncd"
    FIX = "a correct request"
    UNKNOWN = "unknown"


class TokenRefused(CredentialsRefused):
    """The access token is not accepted; a new one may be."""


_BY_CODE = {
    0: Remedy.NOTHING,
    **dict.fromkeys((36009002, 36009037), Remedy.WAIT),
    **dict.fromkeys(
        (36009003, 36009007, 10037002, 10037003, 10037004, 25001028, 25001058, 25007002), Remedy.RETRY
    ),
    **dict.fromkeys((105001, 105002), Remedy.REFRESH),
    **dict.fromkeys((36004001, 36004004, 36004005), Remedy.LOGIN),
    **dict.fromkeys((106001, 36009033, 98001004), Remedy.APP),
    101000: Remedy.SHOP,
    **dict.fromkeys((105005, 66009315), Remedy.SCOPE),
    **dict.fromkeys((36009014, 36009043, 36009044), Remedy.REOPEN),
    **dict.fromkeys((36009009, 36009010, 36009021, 36009022, 36009023, 106013, 25001001), Remedy.FIX),
    **dict.fromkeys((25020005, 10002014, 10002015, 10006402, 21008111), Remedy.FIX),
}
# Code 36009004 stands for many things; the message tells which.
_BY_MESSAGE = (
    ("timestamp", Remedy.CLOCK),
    ("access-token", Remedy.REFRESH),
    ("access_token", Remedy.REFRESH),
    ("app_key", Remedy.APP),
    ("app key", Remedy.APP),
    ("version", Remedy.REOPEN),
)
_MANY_MEANINGS = 36009004


def verdict(status: int, code: int | None, message: str) -> Remedy:
    """What helps after that HTTP status and code; `code` is None where the answer was no envelope."""
    if code == _MANY_MEANINGS:
        lowered = message.lower()
        return next((remedy for word, remedy in _BY_MESSAGE if word in lowered), Remedy.FIX)
    if code is not None and code in _BY_CODE:
        return _BY_CODE[code]
    if code is not None and str(code).startswith(("105", "36004")):
        return Remedy.LOGIN
    return _by_status(status, known_sender=code is not None)


def _by_status(status: int, *, known_sender: bool) -> Remedy:
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Remedy.WAIT
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Remedy.RETRY
    if known_sender and status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return Remedy.APP
    return Remedy.UNKNOWN


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that is no success.

    `pause` is the one it asked for and `ahead` how far our clock is before theirs, both in seconds.
    """

    operation: str
    status: int
    code: int | None
    message: str = ""
    request_id: str = ""
    scope: str = ""
    pause: float = 0.0
    ahead: float | None = None
    login_hint: str = ""


_LOGIN = "{login}"
_ERRORS: dict[Remedy, tuple[type[ApiError], str, str]] = {
    Remedy.RETRY: (NotReached, "TikTok Shop could not answer", ""),
    Remedy.REFRESH: (TokenRefused, "the access token is refused", _LOGIN),
    Remedy.LOGIN: (CredentialsRefused, "TikTok Shop wants a new authorisation", _LOGIN),
    Remedy.APP: (
        CredentialsRefused,
        "TikTok Shop refuses the app",
        "compare app_key, app_secret and the IP allow list with the app in Partner Center",
    ),
    Remedy.SHOP: (
        CredentialsRefused,
        "the login and the shop do not belong together",
        "compare shop_cipher with the shops that syncd check shows, or: {login}",
    ),
    Remedy.REOPEN: (
        ShopStopped,
        "TikTok Shop takes no requests for this shop",
        "look at the shop in Seller Center; if it is fine, a newer syncd is needed",
    ),
    Remedy.FIX: (RequestRefused, "TikTok Shop refuses the request", ""),
    Remedy.UNKNOWN: (AnswerUnreadable, "TikTok Shop's answer is not understood", ""),
}

_APP_HINT = "compare app_key and app_secret with the app in Partner Center"
_MORE_WORDS: dict[int, tuple[str, str]] = {
    36004001: (
        "the refresh token is no longer good: the authorisation has expired, or something else renewed it",
        _LOGIN,
    ),
    36004004: (
        "the code is wrong, was used before, or is older than 30 minutes",
        "let the seller consent once more, for a new code: {login}",
    ),
    36004005: ("the seller has taken the authorisation back", _LOGIN),
    98001004: ("the token service refuses the app", _APP_HINT),
    106001: ("TikTok Shop refuses the signature, so app_secret is wrong", _APP_HINT),
    36009033: (
        "TikTok Shop lets no requests in from this machine's address",
        "add the address to the app's IP allow list in Partner Center",
    ),
    36009014: ("TikTok Shop has retired the version of its API that is asked for", "install a newer syncd"),
    36009043: ("the shop is not active", "look at the shop in Seller Center"),
    36009044: ("the seller's account is not active", "look at the account in Seller Center"),
}
"""What can be said more exactly than by the remedy alone, by code, and the hint."""


def failure(refusal: Refusal) -> ApiError:
    """The error to raise for it."""
    match remedy := verdict(refusal.status, refusal.code, refusal.message):
        case Remedy.WAIT:
            return _rate_limited(refusal)
        case Remedy.SCOPE:
            return _missing_scope(refusal)
        case Remedy.CLOCK:
            return _error(NotReached, refusal, _clock_text(refusal.ahead), "set the clock of this machine")
        case Remedy.NOTHING:
            return _error(AnswerUnreadable, refusal, "TikTok Shop says that all is well, but sends no data")
        case _:
            kind, what, hint = _ERRORS[remedy]
            what, hint = _MORE_WORDS.get(refusal.code or 0, (what, hint))
            return _error(kind, refusal, what, hint.format(login=refusal.login_hint))


def _error(kind: type[ApiError], refusal: Refusal, what: str, hint: str = "") -> ApiError:
    return kind(
        _quoting(what, refusal),
        api="tiktok",
        operation=refusal.operation,
        code=_code(refusal),
        request_id=refusal.request_id,
        hint=hint,
    )


def _rate_limited(refusal: Refusal) -> ApiError:
    return RateLimited(
        _quoting("TikTok Shop got too many requests", refusal),
        pause=refusal.pause,
        api="tiktok",
        operation=refusal.operation,
        code=_code(refusal),
        request_id=refusal.request_id,
    )


def _missing_scope(refusal: Refusal) -> ApiError:
    return MissingScope(
        _quoting(f"the app lacks the scope {refusal.scope}", refusal),
        scope=refusal.scope,
        api="tiktok",
        operation=refusal.operation,
        code=_code(refusal),
        request_id=refusal.request_id,
        hint=f"add the scope to the app in Partner Center, then: {refusal.login_hint}",
    )


def _quoting(what: str, refusal: Refusal) -> str:
    return f"{what}: {refusal.message}" if refusal.message else what


def _code(refusal: Refusal) -> str:
    return str(refusal.status if refusal.code is None else refusal.code)


def _clock_text(ahead: float | None) -> str:
    what = "TikTok Shop refuses the time of this machine"
    if ahead is None:
        return what
    return f"{what}, which is {abs(ahead):.0f} s {'ahead' if ahead > 0 else 'behind'}"
