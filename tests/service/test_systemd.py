"""What systemd is told, over a socket like its own."""

import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from syncd.service.systemd import Notifier


@pytest.fixture(params=["path", "abstract"])
def heard(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, socket.socket]]:
    """The address to tell, and the socket where it arrives."""
    name = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(name if request.param == "path" else f"\0{name}")
        listening.settimeout(5)
        yield (name if request.param == "path" else f"@{name}", listening)


def test_each_message_is_one_datagram(heard: tuple[str, socket.socket]) -> None:
    """Both kinds of addresses work, and what belongs together comes together."""
    address, listening = heard
    with closing(Notifier(address)) as notifier:
        notifier.ready("us ok")
        notifier.reloading(12.5)
        notifier.stopping("bye")
        notifier.extend(10)
        notifier.alive()
        notifier.status("two\nlines")
    assert [listening.recv(4096).decode() for _ in range(6)] == [
        "READY=1\nSTATUS=us ok",
        "RELOADING=1\nMONOTONIC_USEC=12500000",
        "STOPPING=1\nSTATUS=bye",
        "EXTEND_TIMEOUT_USEC=10000000",
        "WATCHDOG=1",
        "STATUS=two lines",
    ]


def test_a_full_queue_holds_nobody_up(heard: tuple[str, socket.socket]) -> None:
    """What does not fit is dropped."""
    address, listening = heard
    with closing(Notifier(address)) as notifier:
        for _ in range(2000):
            notifier.alive()
    assert listening.recv(4096) == b"WATCHDOG=1"


def test_nobody_there(tmp_path: Path) -> None:
    """Without a socket, or with one that is gone, telling does nothing."""
    Notifier().ready()
    with closing(Notifier(str(tmp_path / "gone"))) as notifier:
        notifier.ready()


def test_as_the_environment_says() -> None:
    """The watchdog's time counts only for the process that it is meant for."""
    env = {"NOTIFY_SOCKET": "/run/notify", "WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "7"}
    assert Notifier.from_environment(env, 7) == Notifier("/run/notify", 60.0)
    assert Notifier.from_environment(env, 8).watchdog is None
    assert Notifier.from_environment({"WATCHDOG_USEC": "60000000"}, 8).watchdog == 60.0
    assert Notifier.from_environment({"WATCHDOG_USEC": "soon"}, 8).watchdog is None
    assert Notifier.from_environment({}, 8) == Notifier("", None)
