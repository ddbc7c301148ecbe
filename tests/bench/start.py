"""Starting: the daemon until it is ready, commands, and the memory of a daemon at rest."""

import os
import socket
import subprocess
import time
from pathlib import Path

from tests.bench.figures import Benchmark, Measured, Target, sized
from tests.bench.program import SYNCD, daemon, once, ran, until
from tests.bench.recorder import POLL
from tests.bench.serving import Shops, served
from tests.bench.shops import Spec

SHOPS = 200
_REST = 3.0
"""Seconds after the last first poll."""
_READY = Target("start to READY, s", 1.0)
_STATUS = Target("syncd status, s", 0.5)
_HELP = Target("syncd --help, s", 0.25)
_ONE = Target("resident memory, one shop idle, MiB", 90)
_ALL = Target(f"resident memory, {SHOPS} shops, MiB", 250)


def seconds_to_ready(config: Path) -> float:
    """From the start of the process until systemd is told READY=1."""
    place = str(config.with_suffix(".sock"))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        told.bind(place)
        told.settimeout(60)
        begun = time.monotonic()
        with subprocess.Popen(
            [*SYNCD, "run", "-c", str(config)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"NOTIFY_SOCKET": place},
        ) as process:
            try:
                while b"READY=1" not in told.recv(4096):
                    pass
                return time.monotonic() - begun
            finally:
                process.kill()
                Path(place).unlink()


def at_rest(shops: Shops, count: int) -> float:
    """MiB once every shop was polled and had some rest."""
    shops.ask("reset")
    with daemon(shops.folder / "lost.toml") as running:
        until(lambda: shops.ask("counts")["tiktok"].get(POLL, 0) >= count)
        time.sleep(_REST)
        return running.resident()


def run(scale: float) -> Measured:
    """Each once; a store of a day before is there."""
    with served(Spec(waiting=1)) as shops:
        config = shops.folder / "lost.toml"
        once(config)
        ready = seconds_to_ready(config)
        with daemon(config):
            status = ran(*SYNCD, "status", "-c", str(config), codes=(0, 1, 2)).seconds
        one = at_rest(shops, 1)
    names = tuple(f"shop-{number:03d}" for number in range(sized(SHOPS, scale, 2)))
    with served(Spec(shops=names)) as shops:
        all_of_them = at_rest(shops, len(names))
        many = seconds_to_ready(shops.folder / "lost.toml")
    return {
        _READY.name: ready,
        _STATUS.name: status,
        _HELP.name: ran(*SYNCD, "--help").seconds,
        _ONE.name: one,
        _ALL.name: all_of_them,
        f"start to READY with {SHOPS} shops, s": many,
        "python -c pass, s": ran(SYNCD[0], "-c", "pass").seconds,
    }


BENCHMARK = Benchmark(
    "start",
    "a daemon from its start until it is ready, commands, and memory at rest",
    (_READY, _STATUS, _HELP, _ONE, _ALL),
    run,
)
