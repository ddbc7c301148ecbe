"""Telling systemd how the service is (systemd: sd_notify(3)). Without a notify socket nothing is told."""

import os
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

_MICRO = 1_000_000


@dataclass(slots=True)
class Notifier:
    """Sends datagrams to the notify socket. One that cannot be delivered is dropped: nobody dies for it.

    `watchdog` is how many seconds may pass between two signs of life; None where nobody waits for them.
    """

    address: str = ""
    watchdog: float | None = None
    _socket: socket.socket | None = field(default=None, repr=False)

    @classmethod
    def from_environment(cls, env: Mapping[str, str], pid: int) -> "Notifier":
        """As systemd asks for in the environment of the service's main process."""
        microseconds = env.get("WATCHDOG_USEC", "")
        ours = env.get("WATCHDOG_PID", str(pid)) == str(pid)
        watched = microseconds.isdecimal() and int(microseconds) > 0 and ours
        return cls(env.get("NOTIFY_SOCKET", ""), int(microseconds) / _MICRO if watched else None)

    def ready(self, status: str = "") -> None:
        """The service works, for the first time or again after a reload."""
        self._send("READY=1", status=status)

    def status(self, status: str) -> None:
        """One line for `systemctl status`."""
        self._send(status=status)

    def reloading(self, monotonic: float) -> None:
        """A reload begins; `ready` ends it."""
        self._send("RELOADING=1", f"MONOTONIC_USEC={int(monotonic * _MICRO)}")

    def stopping(self, status: str) -> None:
        """The service is on its way out."""
        self._send("STOPPING=1", status=status)

    def extend(self, seconds: float) -> None:
        """Give it that much time from now, whatever was left."""
        self._send(f"EXTEND_TIMEOUT_USEC={int(seconds * _MICRO)}")

    def alive(self) -> None:
        """A sign of life."""
        self._send("WATCHDOG=1")

    def close(self) -> None:
        """Give the socket back."""
        if self._socket:
            self._socket.close()
            self._socket = None

    def _send(self, *lines: str, status: str = "") -> None:
        if not self.address:
            return
        told = [*lines, *([f"STATUS={' '.join(status.split())}"] if status else [])]
        with suppress(OSError):
            self._connected().send("\n".join(told).encode())

    def _connected(self) -> socket.socket:
        if self._socket is None:
            # Not blocking: a full queue must not stop the daemon.
            kind = socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK
            self._socket = socket.socket(socket.AF_UNIX, kind)
            abstract = self.address.startswith("@")
            self._socket.connect(f"\0{self.address[1:]}" if abstract else self.address)
        return self._socket


def from_process() -> Notifier:
    """For this very process."""
    return Notifier.from_environment(os.environ, os.getpid())
