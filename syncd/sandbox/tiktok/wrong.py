"""Answers that are no success (TikTok Shop: Common errors)."""

from collections.abc import Mapping
from enum import IntEnum

from syncd.sandbox.http import Reply, json_reply


class Wrong(IntEnum):
    """TikTok's codes, as far as the stand-in uses them."""

    RATE_LIMIT = 36009002
    INTERNAL = 36009003
    PARAMETER = 36009004
    PATH = 36009009
    METHOD = 36009010
    VERSION = 36009014
    FORMAT = 36009021
    REFRESH_TOKEN = 36004001
    AUTH_CODE = 36004004
    NO_AUTHORISATION = 36004005
    TOKEN_PARAMETERS = 98001004
    CIPHER = 101000
    TOKEN = 105001
    TOKEN_EXPIRED = 105002
    SCOPE = 105005
    SIGNATURE = 106001
    NO_CIPHER = 106013
    INACTIVE = 36009043
    SEARCH_PARAMETER = 25001001
    ORDER_ID = 10002014
    FOREIGN_ORDER = 21008111


# Seen with these; for the others TikTok's pages give no HTTP status.
_STATUS = {
    Wrong.RATE_LIMIT: 429,
    Wrong.INTERNAL: 500,
    Wrong.PATH: 404,
    Wrong.METHOD: 405,
    Wrong.TOKEN: 401,
    Wrong.TOKEN_EXPIRED: 401,
    Wrong.SCOPE: 403,
    Wrong.SIGNATURE: 401,
    Wrong.INACTIVE: 401,
}
_WITH_200 = frozenset({Wrong.REFRESH_TOKEN, Wrong.AUTH_CODE, Wrong.NO_AUTHORISATION, Wrong.TOKEN_PARAMETERS})


class WrongRequest(Exception):
    """The request is answered with a code that is not 0."""

    def __init__(self, code: Wrong, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def wrong_reply(
    code: int,
    message: str,
    *,
    status: int | None = None,
    request_id: str = "",
    headers: Mapping[str, str] | None = None,
) -> Reply:
    """The answer for a code; also good for `Fault(FaultKind.REPLY, reply=...)`."""
    envelope = {"code": code, "message": message, "data": None, "request_id": request_id}
    return json_reply(envelope, status_of(code) if status is None else status, headers)


def status_of(code: int) -> int:
    """The HTTP status that comes with a code."""
    if code in _WITH_200:
        return 200
    return next((status for wrong, status in _STATUS.items() if wrong == code), 400)
