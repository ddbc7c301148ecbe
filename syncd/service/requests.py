"""What people ask for by command: done at once where nobody holds the store, else left for the daemon."""

import os
import pwd
from collections.abc import Iterable
from datetime import datetime

from syncd.store.requests import Request
from syncd.store.store import Store

RETRY = "retry"


def who() -> str:
    """Who sits at the keyboard."""
    return os.environ.get("SUDO_USER") or pwd.getpwuid(os.getuid()).pw_name


def retry(store: Store, shop: str, case_id: str, by: str, now: datetime) -> None:
    """Decide on a case again, as soon as somebody works on the store."""
    with store.database.transaction():
        store.cases.wake(shop, case_id, now)
        store.cases.note(shop, case_id, RETRY, now, who=by)


def carry_out(store: Store, shop: str, now: datetime) -> list[Request]:
    """Do what was asked for; the requests are to be answered after the cycle that follows."""
    waiting = store.requests.waiting(shop)
    for request in waiting:
        retry(store, request.shop, request.case_id, request.who, now)
    return waiting


def answer(store: Store, requests: Iterable[Request], now: datetime) -> None:
    """Tell whoever waits that it is done."""
    for request in requests:
        store.requests.done(request, now)
