"""A parent that has the program imported, and forks a child for every run of it.

Started once per test worker as `python -m tests.campaign.kills.parent`. It has one thread, no event loop, no
socket and no database. One order per line on standard input, one answer per line on standard output, in JSON:

- `{"run": ["once", "-c", "syncd.toml"], "out": PATH, "err": PATH}` starts a child, as the command line would;
  with `"freeze": "CreateRefund"` the child stops itself right before such a request leaves. `{"pid": N}`
- `{"reap": PID}` for a child that has ended. `{"code": N}`, negative for a signal
- `{"tell": null}` what is open here and would be shared with the children. `{"open": [NAMES]}`
"""

import asyncio
import gc
import json
import os
import signal
import socket
import sqlite3
import sys
import threading
from asyncio.selector_events import _SelectorSocketTransport  # type: ignore[attr-defined]
from collections.abc import Mapping
from importlib import import_module
from typing import Any, NoReturn

from syncd.cli import COMMANDS, main

Order = Mapping[str, Any]
_LATER = ("certifi", "httpcore._backends.anyio", "anyio._backends._asyncio", "apscheduler.schedulers.asyncio")
"""What the program's libraries import only once they are used."""
_SHARED = (asyncio.AbstractEventLoop, socket.socket, sqlite3.Connection, threading.Thread)


def serve() -> Order:
    """Answer until standard input ends; returns only in a child, with what it is to run."""
    for line in sys.stdin:
        order: Order = json.loads(line)
        answer = _answer(order)
        if answer is None:
            return order
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    sys.exit(0)


def _answer(order: Order) -> dict[str, object] | None:
    """None in a child that was just forked."""
    match order:
        case {"reap": int(pid)}:
            return {"code": os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])}
        case {"tell": None}:
            return {"open": _shared()}
        case _:
            pid = os.fork()
            return {"pid": pid} if pid else None


def _shared() -> list[str]:
    gc.unfreeze()
    found = [type(thing).__name__ for thing in gc.get_objects() if isinstance(thing, _SHARED)]
    gc.freeze()
    return [name for name in found if name != "_MainThread"]


def become(order: Order) -> NoReturn:
    """Be the program, from its own entry to its own exit."""
    _redirect(0, os.devnull, os.O_RDONLY)
    _redirect(1, order["out"], os.O_WRONLY)
    _redirect(2, order["err"], os.O_WRONLY)
    if order.get("freeze"):
        _freeze_before(order["freeze"])
    sys.argv = ["syncd", *order["run"]]
    main()


def _redirect(number: int, path: str, flags: int) -> None:
    place = os.open(path, flags | os.O_CREAT, 0o600)
    os.dup2(place, number)
    os.close(place)


def _freeze_before(operation: str) -> None:
    """Stop this process once, after all its checks and right before the bytes of that request leave."""
    real = _SelectorSocketTransport.write
    wanted = f'"operationName":"{operation}"'.encode()
    frozen: list[bool] = []

    def write(transport: asyncio.Transport, data: bytes | memoryview) -> None:
        if wanted in bytes(data) and not frozen:
            frozen.append(True)
            os.kill(os.getpid(), signal.SIGSTOP)
        real(transport, data)

    _SelectorSocketTransport.write = write


if __name__ == "__main__":
    for module in (*(module for module, _, _ in COMMANDS.values()), *_LATER):
        import_module(module)
    gc.freeze()
    become(serve())
