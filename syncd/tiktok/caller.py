"""One signed read: paced, one at a time, tried again where that helps."""

import asyncio
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import quote, urlencode

import httpx

from syncd.calls import OnCall, told, unheard
from syncd.clock import Clock
from syncd.errors import NotReached, RateLimited
from syncd.http import NO_WAY_HINT, Answer, HttpError, send
from syncd.tiktok.envelope import Envelope, opened, quotable
from syncd.tiktok.headers import ahead_of, pause_of
from syncd.tiktok.retry import Jitter, retrying
from syncd.tiktok.settings import TikTokSettings
from syncd.tiktok.sign import sign
from syncd.tiktok.tokens import TikTokTokens
from syncd.tiktok.verdict import Refusal, TokenRefused, failure

QUICKEST, SLOWEST = 0.1, 5.0
"""Seconds between two requests for one shop: at first a fifth of the limit that TikTok last published."""
_SLOWER, _QUICKER = 2.0, 0.95
"""What the pause is multiplied by where TikTok says that it was too short, and by each other answer."""


class Pace:
    """How long to wait between two requests: TikTok tells nobody its limits, which differ by app and shop."""

    def __init__(self) -> None:
        self.pause = QUICKEST

    def refused(self) -> None:
        """It was too quick."""
        self.pause = min(SLOWEST, self.pause * _SLOWER)

    def answered(self) -> None:
        """It may be quicker again, little by little."""
        self.pause = max(QUICKEST, self.pause * _QUICKER)


@dataclass(frozen=True, slots=True)
class Read:
    """A request that changes nothing. `scope` is what the app needs for it."""

    operation: str
    method: Literal["GET", "POST"]
    path: str
    scope: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class Caller:
    """Sends the reads of one shop."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        settings: TikTokSettings,
        tokens: TikTokTokens,
        clock: Clock,
        *,
        jitter: Jitter = random.random,
        on_call: OnCall = unheard,
    ) -> None:
        self._http = http
        self._settings = settings
        self._tokens = tokens
        self._clock = clock
        self._jitter = jitter
        self._on_call = on_call
        self._turn = asyncio.Lock()
        self._pace = Pace()
        self._next = 0.0

    async def read(self, read: Read) -> Envelope:
        """The answer, with data.

        Raises:
            ApiError: There was none, in spite of some tries and of one new token.
        """
        token = await self._tokens.access()
        try:
            return await self._tried(read, token)
        except TokenRefused:
            return await self._tried(read, await self._tokens.renewed(token))

    async def _tried(self, read: Read, token: str) -> Envelope:
        return await retrying(self._clock, self._jitter)(self._once, read, token)

    async def _once(self, read: Read, token: str) -> Envelope:
        async with self._turn:
            await self._paced()
            try:
                envelope = await self._exchanged(read, token)
            except RateLimited:
                self._pace.refused()
                raise
            self._pace.answered()
            return envelope

    async def _exchanged(self, read: Read, token: str) -> Envelope:
        with told(self._on_call, self._clock, "tiktok", read.operation) as call:
            answer = await self._sent(read, token)
            envelope = opened(answer)
            call.status, call.request_id = answer.status, envelope.request_id
            if envelope.code == 0 and envelope.data is not None:
                return envelope
            raise failure(self._refusal(read, token, answer, envelope))

    async def _paced(self) -> None:
        now = self._clock.monotonic()
        if now < self._next:
            await self._clock.sleep(self._next - now)
        self._next = max(now, self._next) + self._pace.pause

    async def _sent(self, read: Read, token: str) -> Answer:
        try:
            return await send(self._http, self._request(read, token), timeout=self._settings.timeout)
        except HttpError as error:
            what = f"TikTok Shop: {error}"
            raise NotReached(what, api="tiktok", operation=read.operation, hint=NO_WAY_HINT) from error

    def _request(self, read: Read, token: str) -> httpx.Request:
        settings = self._settings
        stamp = {"app_key": settings.app_key, "timestamp": str(int(self._clock.now().timestamp()))}
        query = {**read.query, **stamp}
        query["sign"] = sign(settings.app_secret, read.path, query, read.body)
        address = f"{settings.api_base.rstrip('/')}{read.path}?{urlencode(query, quote_via=quote, safe='')}"
        headers = {"x-tts-access-token": token, "content-type": "application/json"}
        return self._http.build_request(read.method, address, headers=headers, content=read.body)

    def _refusal(self, read: Read, token: str, answer: Answer, envelope: Envelope) -> Refusal:
        now, settings = self._clock.now(), self._settings
        return Refusal(
            operation=read.operation,
            status=answer.status,
            code=envelope.code,
            message=quotable(envelope.message, token, settings.app_secret, settings.refresh_token),
            request_id=envelope.request_id,
            scope=read.scope,
            pause=pause_of(answer, now),
            ahead=ahead_of(answer, now),
            login_hint=settings.login_hint,
        )
