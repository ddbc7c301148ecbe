"""The errors of syncd: what happened, to what, whether waiting helps, and what to type next.

SyncdError
├── UsageError              64
├── ConfigError             78   (many problems at once)
├── StoreDamaged            65
├── StoreTrouble            74
├── AlreadyRunning          69
├── CannotListen            75
└── ApiError
    ├── NotReached          75   nothing ran; later it may work
    │   └── RateLimited     75   the same, with the pause that was asked for
    ├── OutcomeUnknown      75   it may have run: look before anything is sent again
    ├── AnswerUnreadable    75   a read was answered with something that makes no sense
    │   └── SearchNotUnderstood 75   Shopify left out a part of a search
    ├── CredentialsRefused  77
    │   └── MissingScope    77
    ├── ShopStopped         75   frozen, locked, the wrong one, or answering in another API version
    └── RequestRefused      70   the request itself is wrong
"""

import os
from collections.abc import Sequence
from typing import ClassVar, Literal

from syncd.redaction import REDACTOR

Api = Literal["tiktok", "shopify"]


class SyncdError(Exception):
    """What happened in one sentence, and in `hint` what a person can do about it.

    `temporary` tells whether the same thing may work later without a person. Secrets are masked, since the
    sentence may quote an answer and is kept in the store.
    """

    exit_code: ClassVar[int] = os.EX_SOFTWARE
    temporary: ClassVar[bool] = False

    def __init__(self, what: str, *, hint: str = "") -> None:
        self.what = REDACTOR.text(what)
        self.hint = hint
        super().__init__(self.what)


class UsageError(SyncdError):
    """The command line asks for something that does not exist."""

    exit_code = os.EX_USAGE


class ConfigError(SyncdError):
    """The configuration cannot be used; `problems` has every reason, a line each."""

    exit_code = os.EX_CONFIG

    def __init__(self, what: str, *, problems: Sequence[str] = (), hint: str = "") -> None:
        super().__init__(what, hint=hint)
        self.problems = tuple(problems)


class StoreDamaged(SyncdError):
    """The store is damaged, is not ours, or is newer than the program. It was left as it is."""

    exit_code = os.EX_DATAERR


class StoreTrouble(SyncdError):
    """The disk is full, read-only or failing. Nothing is sent until it can be written again."""

    exit_code = os.EX_IOERR
    temporary = True


class AlreadyRunning(SyncdError):
    """Another process writes this store."""

    exit_code = os.EX_UNAVAILABLE


class CannotListen(SyncdError):
    """The address for metrics cannot be used now: another program has the port, or it is not there yet.

    It may be free a moment later, so nothing that starts us again and again should give up.
    """

    exit_code = os.EX_TEMPFAIL
    temporary = True


class ApiError(SyncdError):
    """One of the two APIs did not do what was asked.

    `code` is the API's own code or the HTTP status, `request_id` what its support asks for.
    """

    exit_code = os.EX_TEMPFAIL

    def __init__(
        self,
        what: str,
        *,
        api: Api,
        operation: str,
        code: str = "",
        request_id: str = "",
        hint: str = "",
    ) -> None:
        super().__init__(what, hint=hint)
        self.api = api
        self.operation = operation
        self.code = REDACTOR.text(code)
        self.request_id = request_id

    def __str__(self) -> str:
        known = [f"code {self.code}"] if self.code else []
        known += [f"request {self.request_id}"] if self.request_id else []
        return f"{self.what} ({', '.join([f'{self.api} {self.operation}', *known])})"


class NotReached(ApiError):
    """The request was not carried out; the same one may work later."""

    temporary = True


class RateLimited(NotReached):
    """The request was not carried out because there were too many; `pause` is in seconds."""

    def __init__(
        self, what: str, *, pause: float, api: Api, operation: str, code: str = "", request_id: str = ""
    ) -> None:
        super().__init__(what, api=api, operation=operation, code=code, request_id=request_id)
        self.pause = pause


class OutcomeUnknown(ApiError):
    """The request was sent and may have been carried out: look before anything is sent again."""

    temporary = True


class AnswerUnreadable(ApiError):
    """A read was answered with something that cannot be understood; nothing was concluded from it."""

    temporary = True


class SearchNotUnderstood(AnswerUnreadable):
    """Shopify left out a part of a search, and what it found is worth nothing."""


class CredentialsRefused(ApiError):
    """The API does not accept our key, secret or token."""

    exit_code = os.EX_NOPERM


class MissingScope(CredentialsRefused):
    """The login is fine, but the app may not do this; `scope` names what it needs."""

    def __init__(
        self,
        what: str,
        *,
        scope: str,
        api: Api,
        operation: str,
        code: str = "",
        request_id: str = "",
        hint: str = "",
    ) -> None:
        super().__init__(what, api=api, operation=operation, code=code, request_id=request_id, hint=hint)
        self.scope = scope


class ShopStopped(ApiError):
    """The shop is not to be used now: frozen, locked, inactive, the wrong one, or of another API version."""


class RequestRefused(ApiError):
    """The request itself is wrong. That is a fault of this program."""

    exit_code = os.EX_SOFTWARE
