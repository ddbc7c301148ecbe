"""What a daemon leaves in the store about itself, so that `status` can tell a dead one from a stuck one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from syncd.clock import Clock
from syncd.config import Settings
from syncd.service.health import Finding, Level
from syncd.service.words import lasting
from syncd.store.store import Store

_KEY = "daemon"
_EVERY = 10.0
"""Seconds between two signs at least: each is a write."""
SILENT = timedelta(minutes=2)
"""A daemon that gave no sign for longer is taken to be stuck: it means to give one every half minute."""


class Daemon(StrEnum):
    """How the daemon is."""

    RUNNING = "running"
    STUCK = "stuck"
    STOPPED = "stopped"
    DEAD = "dead"
    ABSENT = "absent"
    """Nothing holds the store, and no daemon had it last: it never ran, or `syncd once` took its place."""


@dataclass(frozen=True, slots=True)
class Sign:
    """The last one; `ended` is true where the daemon said goodbye."""

    at: datetime
    ended: bool


class SignOfLife:
    """Leaves signs in the store."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._next = 0.0

    async def leave(self) -> None:
        """I am alive; said at most every ten seconds."""
        now = self._clock.monotonic()
        if now >= self._next:
            self._next = now + _EVERY
            self._put("alive")

    def end(self) -> None:
        """I stop, in order."""
        self._put("ended")

    def _put(self, word: str) -> None:
        self._store.memory.put(_KEY, f"{self._clock.now().isoformat()} {word}")


def last_sign(store: Store) -> Sign | None:
    """The last sign of a daemon; None where there was none, or another command has worked since."""
    at, _, word = (store.memory.get(_KEY) or "").partition(" ")
    return Sign(datetime.fromisoformat(at), word == "ended") if at else None


def forget_signs(store: Store) -> None:
    """No daemon works on this store, but a command that takes its place."""
    if store.memory.get(_KEY):
        store.memory.put(_KEY, "")


def state_of(sign: Sign | None, now: datetime, *, running: bool) -> Daemon:
    """How the daemon is; `running` tells whether any process holds the store."""
    if running:
        silent = sign is not None and not sign.ended and now - sign.at > SILENT
        return Daemon.STUCK if silent else Daemon.RUNNING
    if sign is None:
        return Daemon.ABSENT
    return Daemon.STOPPED if sign.ended else Daemon.DEAD


def finding(daemon: Daemon, sign: Sign | None, settings: Settings, now: datetime) -> Finding:
    """What is wrong with the daemon, as far as there is anything for it to do.

    One that was stopped is a warning: if it stays so, the shops become critical.
    """
    silent = lasting(now - sign.at) if sign else ""
    if not any(shop.sync.enabled for shop in settings.shops.values()):
        return Finding(Level.OK, "")
    match daemon:
        case Daemon.STUCK:
            what = f"it gave no sign of life for {silent}: it is stuck, or something else holds the store"
            return Finding(Level.CRITICAL, what, "systemctl restart syncd; journalctl -u syncd tells more")
        case Daemon.DEAD:
            what = f"it died: its last sign of life was {silent} ago"
            return Finding(Level.CRITICAL, what, "systemctl restart syncd; journalctl -u syncd tells why")
        case Daemon.STOPPED:
            return Finding(Level.WARNING, f"it was stopped {silent} ago", "systemctl start syncd")
    return Finding(Level.OK, "")
