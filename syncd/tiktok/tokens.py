"""Access tokens: made from a refresh token, renewed early, by one task at a time."""

import asyncio
import hashlib
import random
from datetime import timedelta
from typing import TypeVar

import httpx

from syncd.calls import OnCall, unheard
from syncd.clock import Clock
from syncd.errors import ApiError, CredentialsRefused, NotReached
from syncd.model import notes
from syncd.model.tokens import Memory, StoredToken, TokenTable
from syncd.tiktok.retry import Jitter, retrying
from syncd.tiktok.settings import TikTokSettings
from syncd.tiktok.token_service import TokenPair, TokenService

T = TypeVar("T")

EARLY = timedelta(days=2)
"""A token with less life left than this, or than a third of its whole life, is renewed."""
_PAUSE = 300.0  # seconds between two tries to renew a token that is still good
_LAST_MOMENT = timedelta(seconds=60)


class TikTokTokens:
    """The access token of one shop.

    Tokens are kept per app and authorisation, so that shops under one authorisation share them; such shops
    must be given the same `lock`. With `may_refresh=False` nothing is ever asked of the token service.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        settings: TikTokSettings,
        table: TokenTable,
        memory: Memory,
        clock: Clock,
        *,
        lock: asyncio.Lock | None = None,
        may_refresh: bool = True,
        jitter: Jitter = random.random,
        on_call: OnCall = unheard,
    ) -> None:
        self._service = TokenService(http, settings, clock, on_call)
        self._settings = settings
        self._table = table
        self._memory = memory
        self._clock = clock
        self._lock = lock or asyncio.Lock()
        self._may_refresh = may_refresh
        self._jitter = jitter
        self._early = EARLY
        self._not_before = 0.0

    def stored(self) -> StoredToken | None:
        """What is known now, for showing; nothing is asked of TikTok."""
        return self._table.get(self.key)

    @property
    def key(self) -> str:
        """The key of this authorisation, the same for all shops under it."""
        settings = self._settings
        known = self._memory.get(self._pointer)
        token = self._table.get(known) if known else None
        if known and token and (not settings.refresh_token or token.seed == self._seed):
            return known
        return self._named(self._seed)

    async def access(self) -> str:
        """A valid access token.

        Raises:
            CredentialsRefused: The seller has to authorise the app again.
            NotReached: The token service could not be reached, or must not be asked.
        """
        async with self._lock:
            token = await self._good()
            self._point()
            return token.access

    async def renewed(self, refused: str) -> str:
        """Another access token than `refused`, which TikTok did not accept.

        Raises:
            CredentialsRefused: The seller has to authorise the app again.
            NotReached: The token service could not be reached, or must not be asked.
        """
        async with self._lock:
            token = self.stored()
            if token is None:
                return (await self._first()).access
            if token.access != refused:
                return token.access
            return (await self._renewed(token)).access

    async def authorise(self, code: str) -> tuple[str, StoredToken]:
        """Trade the code of a new consent of the seller for tokens; a code works once, for 30 minutes.

        They are kept under a key of their own, which is returned: nobody uses them before `use`.

        Raises:
            CredentialsRefused: The code is wrong, used or too old.
            NotReached: The token service could not be reached; the code may be used up.
        """

        async def trade() -> tuple[str, StoredToken]:
            self._prove_writable(notes.unauthorised(self._settings.shop))
            pair = await self._service.exchanged(code)
            key, token = self._named(digest(pair.access)), self._token(pair, "", None)
            self._table.put(key, token)
            self._memory.put(notes.unauthorised(self._settings.shop), "")
            return key, token

        return await _finished(asyncio.create_task(trade()))

    def use(self, key: str) -> None:
        """From now on the shop's tokens are those under that key, also in other processes."""
        self._memory.put(self._pointer, key)

    async def _good(self) -> StoredToken:
        token = self.stored()
        if token is None:
            return await self._first()
        left = token.access_expires_at - self._clock.now()
        if left > self._early:
            return token
        return await (self._early_renewed(token) if left > _LAST_MOMENT else self._renewed(token))

    def _point(self) -> None:
        """Let others find the token that this shop uses, also where a shop under the same login got it."""
        if self._may_refresh and self._memory.get(self._pointer) != (key := self.key):
            self.use(key)

    async def _early_renewed(self, token: StoredToken) -> StoredToken:
        """A new token, or the old one as long as the token service cannot be reached."""
        if not self._may_refresh or self._clock.monotonic() < self._not_before:
            return token
        try:
            return await self._renewed(token)
        except ApiError as error:
            if not error.temporary:
                raise
            self._not_before = self._clock.monotonic() + _PAUSE
            return token

    async def _first(self) -> StoredToken:
        refresh = self._settings.refresh_token
        if not refresh:
            raise self._refused("there is no authorisation for this shop yet")
        return await self._traded(refresh)

    async def _renewed(self, token: StoredToken) -> StoredToken:
        if not token.refresh:
            raise self._refused("the authorisation has no refresh token")
        try:
            return await self._traded(token.refresh)
        except CredentialsRefused:
            newer = self.stored()  # somebody may have authorised the app meanwhile
            if newer is None or newer.access == token.access:
                raise
            return newer

    async def _traded(self, refresh: str) -> StoredToken:
        if not self._may_refresh:
            raise NotReached(
                "the access token has to be renewed, which only the running daemon does",
                api="tiktok",
                operation="token/refresh",
                hint="start the daemon, or: syncd once",
            )
        # If the answer gets lost, the old token is tried again: it may still be good.
        return await retrying(self._clock, self._jitter)(self._traded_once, refresh)

    async def _traded_once(self, refresh: str) -> StoredToken:
        """One trade, with its result stored, also when we are cancelled meanwhile."""

        async def trade() -> StoredToken:
            key = self.key
            self._prove_writable(notes.unrenewed(key))
            return self._keep(key, await self._service.refreshed(refresh), refresh)

        return await _finished(asyncio.create_task(trade()))

    def _prove_writable(self, mark: str) -> None:
        """A pair that cannot be stored must not be asked for: the old one may be dead then.

        What is written is since when it is asked for without success.
        """
        self._memory.put(mark, self._memory.get(mark) or self._clock.now().isoformat())

    def _keep(self, key: str, pair: TokenPair, refresh: str) -> StoredToken:
        """Store the pair before anybody uses it: from now on the old one may be dead."""
        token = self._token(pair, refresh, self._table.get(key))
        self._table.put(key, token)
        self._memory.put(notes.unrenewed(key), "")
        self._early = min(EARLY, max(timedelta(), pair.access_expires_at - self._clock.now()) / 3)
        return token

    def _token(self, pair: TokenPair, refresh: str, old: StoredToken | None) -> StoredToken:
        """What to keep of a pair; what it does not tell is as it was."""
        return StoredToken(
            access=pair.access,
            access_expires_at=pair.access_expires_at,
            refresh=pair.refresh or refresh or None,
            refresh_expires_at=pair.refresh_expires_at or (old.refresh_expires_at if old else None),
            scopes=pair.scopes or (old.scopes if old else ()),
            seed=self._seed,
        )

    @property
    def _pointer(self) -> str:
        return notes.login_pointer(self._settings.app_key, self._settings.shop)

    @property
    def _seed(self) -> str:
        return digest(self._settings.refresh_token)

    def _named(self, login: str) -> str:
        return f"tiktok:{self._settings.app_key}:{login[:16]}"

    def _refused(self, what: str) -> CredentialsRefused:
        hint = self._settings.login_hint
        return CredentialsRefused(what, api="tiktok", operation="token/refresh", hint=hint)


async def _finished(task: asyncio.Task[T]) -> T:
    """The result of a task that is never cut off: a refresh token that nobody stored is lost for good."""
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        if not task.cancelled():
            task.exception()  # seen, so that asyncio does not complain of it
        raise


def digest(secret: str) -> str:
    """SHA-256 of a secret in hex, by which it is recognised without being kept."""
    return hashlib.sha256(secret.encode()).hexdigest()
