"""The client: one document out, one judged answer back."""

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from random import Random

import httpx
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt

from syncd.calls import OnCall, told, unheard
from syncd.clock import Clock
from syncd.errors import (
    AnswerUnreadable,
    ApiError,
    CredentialsRefused,
    MissingScope,
    NotReached,
    OutcomeUnknown,
    RateLimited,
    SearchNotUnderstood,
    ShopStopped,
)
from syncd.http import NO_WAY_HINT, HttpError, NotSent, send
from syncd.shopify.answers import Answer, Reply
from syncd.shopify.operations import Operation
from syncd.shopify.settings import ShopifySettings
from syncd.shopify.throttle import Reserve, Size, Throttle
from syncd.shopify.tokens import Tokens
from syncd.shopify.verdict import unclear, verdict

_ATTEMPTS = 4
_PATIENCE = 30.0  # seconds; a longer pause is left to the caller
_FIRST_PAUSE = 0.5


@dataclass(frozen=True, slots=True)
class _Request:
    """What is to be sent: see `ShopifyClient.send`."""

    operation: Operation
    content: bytes
    before: Callable[[], None] | None
    size: Size
    reserve: Reserve | None


@dataclass(frozen=True, slots=True)
class _Stop:
    """Why the shop is stopped."""

    what: str
    code: str
    hint: str


def body(operation: Operation, variables: Mapping[str, object]) -> bytes:
    """The exact bytes to send: the order of the variables stays, since Shopify's key check depends on it."""
    request = {"query": operation.text, "operationName": operation.name, "variables": variables}
    return json.dumps(request, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


class ShopifyClient:
    """One shop. Safe to use from many tasks at once.

    Queries are sent again after a fault. Mutations are sent again only where surely nothing ran; what that
    cannot be said of raises OutcomeUnknown at once. After ShopStopped every mutation is refused unsent until
    a query is answered well.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        settings: ShopifySettings,
        tokens: Tokens,
        throttle: Throttle,
        clock: Clock,
        *,
        random: Random | None = None,
        on_call: OnCall = unheard,
    ) -> None:
        self.settings = settings
        self.tokens = tokens
        self._http = http
        self._url = httpx.URL(settings.graphql_url)
        self._throttle = throttle
        self._clock = clock
        self._random = random or Random()  # noqa: S311 - it only spreads the waiting
        self._on_call = on_call
        self._stopped: _Stop | None = None

    async def query(self, operation: Operation, variables: Mapping[str, object]) -> Answer:
        """Send a query; the errors of `send`."""
        size = tuple(value for value in variables.values() if isinstance(value, int))
        return await self.send(operation, body(operation, variables), size=size)

    def reserve(self, *operations: Operation) -> AbstractAsyncContextManager[Reserve]:
        """Points for all of these, waited for before the first of them: see `Throttle.reserve`."""
        return self._throttle.reserve(*operations)

    async def send(
        self,
        operation: Operation,
        content: bytes,
        *,
        before: Callable[[], None] | None = None,
        size: Size = (),
        reserve: Reserve | None = None,
    ) -> Answer:
        """Send these bytes and return a good answer, or a mutation's user errors.

        `before` runs right before each sending, after all waiting, and may raise to prevent it. `size` are
        the numbers and switches among the variables. With a `reserve` that holds enough there is no waiting.

        Raises:
            OutcomeUnknown: The mutation may have run.
            NotReached: Surely nothing ran.
            RateLimited: Surely nothing ran; the pause is too long to be waited for here.
            AnswerUnreadable: The query's answer makes no sense.
            SearchNotUnderstood: The search has warnings.
            CredentialsRefused: The login is refused, or a scope is missing.
            ShopStopped: The shop is stopped, or answers in another API version.
            RequestRefused: The request is wrong.
        """
        retrying = AsyncRetrying(
            sleep=self._clock.sleep,
            stop=stop_after_attempt(_ATTEMPTS),
            wait=self._pause,
            retry=retry_if_exception(_again),
            reraise=True,
        )
        request = _Request(operation, content, before, size, reserve)
        answer: Answer = await retrying(self._attempt, request)
        if operation.search and answer.warnings:
            what = f"Shopify did not understand the search: {'; '.join(answer.warnings)}"
            raise SearchNotUnderstood(
                what, api="shopify", operation=operation.name, request_id=answer.request_id
            )
        return answer

    async def _attempt(self, request: _Request) -> Answer:
        token = await self.tokens.access()
        try:
            return await self._paced(request, token)
        except MissingScope:
            self.tokens.doubt()
            raise
        except CredentialsRefused as error:
            if error.code != "401" or not self.tokens.renewable:
                raise
        token = await self.tokens.replace(token)
        return await self._paced(request, token)

    async def _paced(self, request: _Request, token: str) -> Answer:
        operation = request.operation
        async with self._throttle.turn(operation, request.size, request.reserve) as turn:
            self._refuse_if_stopped(operation)
            if request.before:
                request.before()
            with told(self._on_call, self._clock, "shopify", operation.name) as call:
                reply = await self._exchange(operation, request.content, token)
                call.status, call.request_id, call.cost = reply.status, reply.request_id, reply.cost
                turn.paid(reply.cost)
                return self._judge(operation, reply)

    async def _exchange(self, operation: Operation, content: bytes, token: str) -> Reply:
        headers = {"Content-Type": "application/json", "X-Shopify-Access-Token": token}
        if operation.search:
            headers["Shopify-Search-Query-Debug"] = "1"
        request = self._http.build_request("POST", self._url, content=content, headers=headers)
        try:
            answer = await send(self._http, request, timeout=self.settings.timeout)
            return Reply.of(answer, strict=operation.mutation)
        except NotSent as error:
            raise NotReached(
                f"Shopify: {error}", api="shopify", operation=operation.name, hint=NO_WAY_HINT
            ) from error
        except HttpError as error:
            raise unclear(operation, str(error), fault=True) from error

    def _judge(self, operation: Operation, reply: Reply) -> Answer:
        wrong = self._wrong_version(operation, reply)
        if wrong:
            self._stop(wrong)
        try:
            answer = verdict(operation, reply)
        except OutcomeUnknown:
            raise
        except ApiError as error:
            if wrong:
                raise wrong from error
            if isinstance(error, ShopStopped):
                self._stop(error)
            raise
        if operation.mutation:
            return answer  # what it says it did is done, in whatever version: the caller must learn it
        if wrong:
            raise wrong
        self._stopped = None
        return answer

    def _wrong_version(self, operation: Operation, reply: Reply) -> ShopStopped | None:
        asked = self.settings.api_version
        if reply.version in ("", asked):
            return None
        return ShopStopped(
            f"Shopify answers in API version {reply.version} and not in {asked}",
            api="shopify",
            operation=operation.name,
            code="version",
            request_id=reply.request_id,
            hint="Update syncd to a release for a supported version.",
        )

    def _stop(self, error: ShopStopped) -> None:
        self._stopped = _Stop(error.what, error.code, error.hint)

    def _refuse_if_stopped(self, operation: Operation) -> None:
        if operation.mutation and (stop := self._stopped):
            raise ShopStopped(
                stop.what, api="shopify", operation=operation.name, code=stop.code, hint=stop.hint
            )

    def _pause(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        jitter = self._random.uniform(0, _FIRST_PAUSE)
        if isinstance(error, RateLimited):
            return error.pause + jitter
        return float(_FIRST_PAUSE * 2 ** (state.attempt_number - 1)) + jitter


def _again(error: BaseException) -> bool:
    """Whether to send once more: after NotReached, by its meaning, or a query's unreadable answer."""
    if isinstance(error, RateLimited):
        return error.pause <= _PATIENCE
    return isinstance(error, NotReached | AnswerUnreadable)
