"""What people ask for by command: done at once where nobody holds the store, else left for the daemon."""

import os
import pwd
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from syncd.errors import UsageError
from syncd.service.decisions import Asked, Command, decide
from syncd.store.requests import Request
from syncd.store.store import Store


def who() -> str:
    """Who sits at the keyboard."""
    return os.environ.get("SUDO_USER") or pwd.getpwuid(os.getuid()).pw_name


def carry_out(store: Store, shop: str, now: datetime) -> list[Request]:
    """Do what was asked for; the requests are to be answered after the cycle that follows."""
    return [_carried_out(store, request, now) for request in store.requests.waiting(shop)]


def _carried_out(store: Store, request: Request, now: datetime) -> Request:
    case = store.cases.get(request.shop, request.case_id)
    if case is None:
        return replace(request, refused=f"no case is called {request.shop}:{request.case_id}")
    try:
        decide(store, case, Asked(Command(request.command), request.who, request.words), now)
    except UsageError as error:
        return replace(request, refused=f"{error.what}\n{error.hint}".strip())
    return request


def answer(store: Store, requests: Iterable[Request], now: datetime) -> None:
    """Tell whoever waits that it is done, or why not."""
    for request in requests:
        store.requests.done(request, now)
