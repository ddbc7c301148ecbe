"""The token service: two unsigned requests (TikTok Shop: Authorization overview)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx

from syncd.calls import Call, OnCall, told, unheard
from syncd.clock import Clock
from syncd.errors import AnswerUnreadable, NotReached
from syncd.http import NO_WAY_HINT, HttpError, is_token, send
from syncd.redaction import REDACTOR
from syncd.tiktok.envelope import Envelope, opened, quotable
from syncd.tiktok.headers import ahead_of, pause_of
from syncd.tiktok.settings import TikTokSettings
from syncd.tiktok.verdict import Refusal, failure


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What the token service answers. `refresh` is empty where the old one stays."""

    access: str = field(repr=False)
    access_expires_at: datetime
    refresh: str = field(repr=False)
    refresh_expires_at: datetime | None
    scopes: tuple[str, ...]


class TokenService:
    """Asks the token service; keeps nothing."""

    def __init__(
        self, http: httpx.AsyncClient, settings: TikTokSettings, clock: Clock, on_call: OnCall = unheard
    ) -> None:
        self._http = http
        self._settings = settings
        self._clock = clock
        self._on_call = on_call

    async def refreshed(self, refresh_token: str) -> TokenPair:
        """Trade a refresh token for a new pair; the old one may be dead afterwards."""
        query = {"refresh_token": refresh_token, "grant_type": "refresh_token"}
        return await self._pair("token/refresh", query)

    async def exchanged(self, code: str) -> TokenPair:
        """Trade the code of a consent for the first pair; the code works once."""
        REDACTOR.learn_tokens(code)
        return await self._pair("token/get", {"auth_code": code, "grant_type": "authorized_code"})

    async def _pair(self, operation: str, query: Mapping[str, str]) -> TokenPair:
        with told(self._on_call, self._clock, "tiktok", operation) as call:
            return await self._told_pair(operation, query, call)

    async def _told_pair(self, operation: str, query: Mapping[str, str], call: Call) -> TokenPair:
        envelope = await self._asked(operation, query, call)
        data = envelope.data or {}
        access = data.get("access_token")
        if not isinstance(access, str) or not is_token(access):
            raise AnswerUnreadable(
                "the token service's answer has no access token",
                api="tiktok",
                operation=operation,
                request_id=envelope.request_id,
            )
        return self._read(access, data)

    def _read(self, access: str, data: Mapping[str, object]) -> TokenPair:
        refresh = data.get("refresh_token")
        REDACTOR.learn_tokens(access, refresh if isinstance(refresh, str) else None)
        scopes = data.get("granted_scopes")
        return TokenPair(
            access=access,
            # Without a readable time the token is used now and renewed next time.
            access_expires_at=_moment(data.get("access_token_expire_in")) or self._clock.now(),
            refresh=refresh if isinstance(refresh, str) and is_token(refresh) else "",
            refresh_expires_at=_moment(data.get("refresh_token_expire_in")),
            scopes=tuple(s for s in scopes if isinstance(s, str)) if isinstance(scopes, list) else (),
        )

    async def _asked(self, operation: str, query: Mapping[str, str], call: Call) -> Envelope:
        settings = self._settings
        app = {"app_key": settings.app_key, "app_secret": settings.app_secret}
        address = f"{settings.auth_base.rstrip('/')}/api/v2/{operation}"
        request = self._http.build_request("GET", httpx.URL(address, params={**app, **query}))
        try:
            answer = await send(self._http, request, timeout=settings.timeout)
        except HttpError as error:
            what = f"TikTok Shop's token service: {error}"
            raise NotReached(what, api="tiktok", operation=operation, hint=NO_WAY_HINT) from error
        envelope = opened(answer)
        call.status, call.request_id = answer.status, envelope.request_id
        if envelope.code == 0:
            return envelope
        raise failure(
            Refusal(
                operation=operation,
                status=answer.status,
                code=envelope.code,
                message=quotable(envelope.message, settings.app_secret, *query.values()),
                request_id=envelope.request_id,
                pause=pause_of(answer, self._clock.now()),
                ahead=ahead_of(answer, self._clock.now()),
                login_hint=settings.login_hint,
            )
        )


def _moment(seconds: object) -> datetime | None:
    """An absolute Unix time; years beyond the calendar's end are cut to it."""
    if type(seconds) is not int or seconds <= 0:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.max.replace(tzinfo=UTC)
