"""The faults of the matrix, and the transport that brings them about."""

from collections.abc import Mapping
from enum import StrEnum

import httpx

from syncd.sandbox.faults import Fault, FaultKind, Front, When
from syncd.sandbox.http import Reply, Request, html_reply, json_reply
from syncd.sandbox.inline import InlineTransport
from syncd.sandbox.tiktok import wrong_reply
from syncd.shopify.operations import OPERATIONS

LONG = 600.0  # seconds; longer than any request may take


class Upset(StrEnum):
    """What goes wrong between the program and a side, once."""

    REFUSED = "connection refused"
    NO_HOST = "no such host"
    NO_TLS = "no TLS"
    NO_CONNECT = "connect timeout"
    READ_TIMEOUT = "read timeout"
    MID_BODY = "broken off in the body"
    RESET = "connection reset"
    CLOSED = "closed without an answer"
    DRIP = "an answer drop by drop"
    LIMITED = "429 with Retry-After"
    LIMITED_OPEN = "429 without"
    FAULT_500 = "500"
    FAULT_502 = "502"
    FAULT_503 = "503"
    HTML = "200 with a page"
    ERRORS = "200 with errors"
    THROTTLED = "200 with THROTTLED"
    USER_ERRORS = "200 with userErrors"
    LOGIN = "login expired"
    SCOPE = "scope revoked"


NOT_SENT: Mapping[Upset, httpx.HTTPError] = {
    Upset.REFUSED: httpx.ConnectError("connection refused"),
    Upset.NO_HOST: httpx.ConnectError("name or service not known"),
    Upset.NO_TLS: httpx.ConnectError("certificate verify failed"),
    Upset.NO_CONNECT: httpx.ConnectTimeout(""),
}
"""What fails before a byte has left."""
ANSWERED = frozenset(
    {
        Upset.LIMITED,
        Upset.LIMITED_OPEN,
        Upset.THROTTLED,
        Upset.USER_ERRORS,
        Upset.LOGIN,
        Upset.SCOPE,
    }
)
"""Answers that say that nothing was carried out: they never come after the request was."""
_WIRE = {
    Upset.READ_TIMEOUT: FaultKind.STALL,
    Upset.MID_BODY: FaultKind.TRUNCATE,
    Upset.RESET: FaultKind.RESET,
    Upset.CLOSED: FaultKind.CLOSE,
    Upset.DRIP: FaultKind.DRIP,
    Upset.LIMITED_OPEN: FaultKind.STATUS_429,
    Upset.FAULT_500: FaultKind.STATUS_500,
    Upset.FAULT_502: FaultKind.STATUS_502,
    Upset.FAULT_503: FaultKind.STATUS_503,
    Upset.HTML: FaultKind.HTML_200,
}
_BUCKET = {"maximumAvailable": 2000.0, "currentlyAvailable": 0, "restoreRate": 100.0}
_THROTTLED = {
    "errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}],
    "extensions": {"cost": {"requestedQueryCost": 50, "actualQueryCost": None, "throttleStatus": _BUCKET}},
}
_TIKTOK_CODES = {Upset.ERRORS: 36009003, Upset.LOGIN: 105002, Upset.SCOPE: 105005}


def fault_for(upset: Upset, side: str, operation: str, when: When) -> Fault | None:
    """The stand-in's fault; None where that side has none of the kind."""
    if upset in _WIRE:
        seconds = 0 if upset is Upset.LIMITED_OPEN else LONG
        return Fault(_WIRE[upset], operation, when, seconds=seconds)
    if upset is Upset.LIMITED:
        return Fault(FaultKind.STATUS_429, operation, when, seconds=2)
    reply = _tiktok(upset) if side == "tiktok" else _shopify(upset, operation)
    return Fault(FaultKind.REPLY, operation, when, reply=reply) if reply else None


def _tiktok(upset: Upset) -> Reply | None:
    code = _TIKTOK_CODES.get(upset)
    return wrong_reply(code, "no") if code else None


def _shopify(upset: Upset, operation: str) -> Reply | None:
    if operation == "token":
        return html_reply("Oauth error app_not_installed: no", 400) if upset is Upset.LOGIN else None
    denied = {"message": "Access denied", "extensions": {"code": "ACCESS_DENIED"}}
    broken = {"message": "Internal error", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}
    match upset:
        case Upset.THROTTLED:
            return json_reply(_THROTTLED)
        case Upset.ERRORS:
            return json_reply({"errors": [broken], "data": None})
        case Upset.LOGIN:
            return json_reply({"errors": "[API] Invalid API key or access token"}, 401)
        case Upset.SCOPE:
            return json_reply({"errors": [denied], "data": {operation: None}})
        case Upset.USER_ERRORS:
            errors = next(each.errors for each in OPERATIONS.values() if each.root == operation)
            return json_reply({"data": {operation: {errors: [{"field": None, "message": "No."}]}}})
        case _:
            return None


class Upsetting(httpx.AsyncBaseTransport):
    """Both sides without sockets; one request of one operation may not get there at all."""

    def __init__(self, fronts: Mapping[str, Front]) -> None:
        self._inline = InlineTransport(fronts)
        self._stand_ins = {httpx.URL(url).port: front.stand_in for url, front in fronts.items()}
        self._error: httpx.HTTPError | None = None
        self._operation = ""
        self._skip = 0

    def upset(self, error: httpx.HTTPError, operation: str, skip: int) -> None:
        """Let the request of that operation after `skip` others fail so."""
        self._error, self._operation, self._skip = error, operation, skip

    @property
    def used(self) -> bool:
        """Whether it has happened."""
        return self._error is None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Carry one request over, or not."""
        asked = Request(request.method, request.url.path, body=request.content)
        operation = self._stand_ins[request.url.port].operation_of(asked)
        if self._error and operation == self._operation:
            self._skip -= 1
            if self._skip < 0:
                error, self._error = self._error, None
                raise error
        return await self._inline.handle_async_request(request)
