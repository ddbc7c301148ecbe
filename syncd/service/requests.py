"""What people ask for by command: done at once where nobody holds the store, else left for the daemon."""

import os
import pwd
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from syncd.errors import UsageError
from syncd.events import Event, tell
from syncd.service.decisions import Asked, Command, decide
from syncd.store.requests import Request
from syncd.store.store import Store


def who() -> str:
    """Who sits at the keyboard."""
    return os.environ.get("SUDO_USER") or pwd.getpwuid(os.getuid()).pw_name


def carry_out(store: Store, shop: str, now: datetime) -> list[Request]:
    """Do what was asked for, once; the requests are to be answered after the cycle that follows."""
    waiting = store.requests.waiting(shop)
    return [one if one.carried_out else _carried_out(store, one, now) for one in waiting]


def _carried_out(store: Store, request: Request, now: datetime) -> Request:
    """The decision and that it was made are durable together: a repeat would restock further units."""
    with store.database.transaction():
        decided = replace(request, refused=_refusal(store, request, now))
        store.requests.carried_out(decided, now)
    tell(
        Event.REQUEST_CARRIED_OUT,
        shop=request.shop,
        case_id=request.case_id,
        command=request.command,
        who=request.who,
        refused=decided.refused,
    )
    return decided


def _refusal(store: Store, request: Request, now: datetime) -> str:
    """Why it cannot be done; empty where it is."""
    case = store.cases.get(request.shop, request.case_id)
    if case is None:
        return f"no case is called {request.shop}:{request.case_id}"
    try:
        decide(store, case, Asked(Command(request.command), request.who, request.words, request.why), now)
    except UsageError as error:
        return f"{error.what}\n{error.hint}".strip()
    return ""


def answer(store: Store, requests: Iterable[Request], now: datetime) -> None:
    """Tell whoever waits that it is done, or why not."""
    for request in requests:
        store.requests.done(request, now)
