"""Access tokens: a static one, or granted ones (Shopify: Using the client credentials grant)."""

import asyncio
import hashlib
import re
from dataclasses import replace
from datetime import datetime, timedelta

import httpx
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt

from syncd.calls import OnCall, told, unheard
from syncd.clock import Clock
from syncd.errors import AnswerUnreadable, ApiError, CredentialsRefused, NotReached, RateLimited
from syncd.http import NO_WAY_HINT, Answer, HttpError, is_token, send
from syncd.model.notes import token_key
from syncd.model.tokens import StoredToken, TokenTable
from syncd.redaction import REDACTOR
from syncd.shopify.settings import ShopifySettings

_OPERATION = "token"
_SPARE = timedelta(minutes=5)  # a token is renewed this long before it expires
_ATTEMPTS = 3
_DOUBT_PAUSE = timedelta(minutes=5)
_PAUSE = 5.0
_LIMIT = 256 * 1024  # bytes; a grant is small, its error pages are not
_ERROR = re.compile(r"Oauth error ([a-z_]+)", re.IGNORECASE)
_NEW_APP = "application_cannot_be_found"  # also said for some seconds after the app was made
_WORDS = {
    "shop_not_permitted": (
        "the app and the shop belong to different organisations",
        "Both must belong to one organisation in Shopify's Dev Dashboard: make the app there.",
    ),
    "app_not_installed": (
        "the app is not installed on the shop",
        "Install the app on the shop, from Shopify's Dev Dashboard.",
    ),
    _NEW_APP: (
        "there is no app with this client_id",
        "Compare client_id with the app's in the Dev Dashboard.",
    ),
    "invalid_client": (
        "client_secret is not the one of the app",
        "Compare client_id and client_secret with the app's in the Dev Dashboard.",
    ),
    "invalid_request": ("Shopify grants no token", "Check client_id and client_secret."),
}
"""What a refusal of the grant means, by its code, and a hint."""


class Tokens:
    """The access token of one app on one shop.

    A new grant leaves older tokens valid, so it may be asked for at any time. With `may_refresh` False it is
    not stored, for processes that only look.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        settings: ShopifySettings,
        table: TokenTable,
        clock: Clock,
        *,
        may_refresh: bool = True,
        on_call: OnCall = unheard,
    ) -> None:
        self._http = http
        self._settings = settings
        self._table = table
        self._clock = clock
        self._may_refresh = may_refresh
        self._on_call = on_call
        self._lock = asyncio.Lock()
        self._token: StoredToken | None = None
        self._doubted_at: datetime | None = None

    @property
    def scopes(self) -> tuple[str, ...] | None:
        """What the app was granted; None as long as that is not known (always, for a static token)."""
        token = self._known
        return token.scopes if token else None

    @property
    def renewable(self) -> bool:
        """Whether another token can be had without a person."""
        return not self._settings.access_token

    async def access(self) -> str:
        """A token that is valid for some minutes at least.

        Raises:
            CredentialsRefused: Shopify does not know the app, or does not let it into the shop.
            NotReached: No grant could be had now.
            AnswerUnreadable: The grant makes no sense.
        """
        if self._settings.access_token:
            return self._settings.access_token
        async with self._lock:
            token = self._known
            if token is None or token.access_expires_at - _SPARE <= self._clock.now():
                token = await self._grant()
            self._token = token
            return token.access

    def doubt(self) -> None:
        """The token lacks a scope: it may have been granted since, so ask for another one next time."""
        now, token = self._clock.now(), self._known
        if token is None or (self._doubted_at and now - self._doubted_at < _DOUBT_PAUSE):
            return
        self._doubted_at = now
        self._token = replace(token, access_expires_at=now)  # its scopes stay known meanwhile
        if self._may_refresh:
            self._table.put(self._key, self._token)

    async def replace(self, refused: str) -> str:
        """Another token than the one that Shopify just refused; the same errors as `access`."""
        async with self._lock:
            if self._token is None or self._token.access == refused:
                self._token = await self._grant()
            return self._token.access

    @property
    def _key(self) -> str:
        return token_key(self._settings.domain, self._settings.client_id)

    @property
    def _seed(self) -> str:
        return hashlib.sha256(self._settings.client_secret.encode()).hexdigest()

    @property
    def _known(self) -> StoredToken | None:
        """The token in use, or the one that an earlier process has left."""
        if self._token or self._settings.access_token:
            return self._token
        token = self._table.get(self._key)
        return token if token and token.seed == self._seed else None

    async def _grant(self) -> StoredToken:
        retrying = AsyncRetrying(
            sleep=self._clock.sleep,
            stop=stop_after_attempt(_ATTEMPTS),
            wait=_pause,
            retry=retry_if_exception(_may_help),
            reraise=True,
        )
        token: StoredToken = await retrying(self._ask)
        if self._may_refresh:
            self._table.put(self._key, token)
        return token

    async def _ask(self) -> StoredToken:
        form = {
            "grant_type": "client_credentials",
            "client_id": self._settings.client_id,
            "client_secret": self._settings.client_secret,
        }
        request = self._http.build_request(
            "POST", self._settings.grant_url, data=form, headers={"Accept": "application/json"}
        )
        with told(self._on_call, self._clock, "shopify", _OPERATION) as call:
            try:
                answer = await send(self._http, request, timeout=self._settings.timeout, limit=_LIMIT)
            except HttpError as error:
                raise _error(NotReached, f"Shopify: {error}", hint=NO_WAY_HINT) from error
            call.status, call.request_id = answer.status, answer.headers.get("x-request-id", "")
            if answer.status != 200:  # noqa: PLR2004 - HTTP
                raise _refusal(answer)
            return self._read(answer)

    def _read(self, answer: Answer) -> StoredToken:
        try:
            grant = answer.json()
        except ValueError:
            grant = None
        match grant:
            case {"access_token": str(access), "scope": str(scope), "expires_in": int(seconds)} if is_token(
                access
            ):
                REDACTOR.learn_tokens(access)
                life = timedelta(seconds=min(max(seconds, 0), 86_400))
                return StoredToken(
                    access=access,
                    access_expires_at=self._clock.now() + life,
                    refresh=None,
                    refresh_expires_at=None,
                    scopes=tuple(part.strip() for part in scope.split(",") if part.strip()),
                    seed=self._seed,
                )
            case _:
                raise _error(AnswerUnreadable, "the grant cannot be read", answer=answer)


def _refusal(answer: Answer) -> ApiError:
    """The error in an answer that grants nothing. Refusals are HTML pages with a code in their text."""
    found = _ERROR.search(answer.body.decode(errors="replace"))
    code = found[1].lower() if found else str(answer.status)
    match answer.status:
        case 429:
            return RateLimited(
                "too many tokens were asked for", pause=_PAUSE, api="shopify", operation=_OPERATION, code=code
            )
        case 404:
            return _error(
                CredentialsRefused, "there is no such shop", code, "Check the shop's domain.", answer=answer
            )
        case 400 | 401 | 403:
            what, hint = _WORDS.get(code, (f"Shopify grants no token: {code}", ""))
            return _error(CredentialsRefused, what, code, hint, answer=answer)
        case status:
            return _error(NotReached, f"Shopify answered with HTTP status {status}", code, answer=answer)


def _error(
    kind: type[ApiError], what: str, code: str = "", hint: str = "", *, answer: Answer | None = None
) -> ApiError:
    request_id = answer.headers.get("x-request-id", "") if answer else ""
    return kind(what, api="shopify", operation=_OPERATION, code=code, request_id=request_id, hint=hint)


def _may_help(error: BaseException) -> bool:
    return isinstance(error, ApiError) and error.code == _NEW_APP


def _pause(_state: RetryCallState) -> float:
    return _PAUSE
