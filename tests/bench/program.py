"""Running syncd as a process of its own, and what it takes of the machine."""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SYNCD = (sys.executable, "-m", "syncd")
PATIENCE = 900.0
"""Seconds after which something that was waited for will not happen any more."""


@dataclass(frozen=True, slots=True)
class Ran:
    """A program that has ended: its output, the time by the clock, and that of processors."""

    out: str
    seconds: float
    cpu: float


def ran(*command: str, given: str = "", codes: tuple[int, ...] = (0,)) -> Ran:
    """Run a program to its end; it is an error if it fails."""
    before, begun = _children(), time.monotonic()
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False, timeout=PATIENCE)
    seconds = time.monotonic() - begun
    if done.returncode not in codes:
        raise SystemExit(f"{command} ended with {done.returncode}: {done.stdout} {done.stderr[-2000:]}")
    return Ran(done.stdout, seconds, _children() - before)


def once(config: Path) -> tuple[Ran, Any]:
    """`syncd once`, and what it says of its shops."""
    done = ran(*SYNCD, "once", "--json", "-c", str(config))
    return done, json.loads(done.out)["shops"]


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@dataclass(frozen=True, slots=True)
class Daemon:
    """A running daemon with its log."""

    pid: int
    log: Path

    def cpu(self) -> float:
        """Seconds of processor time of all its threads so far."""
        spent = (task / "schedstat" for task in Path(f"/proc/{self.pid}/task").iterdir())
        return sum(int(one.read_text().split()[0]) for one in spent) / 1e9

    def resident(self) -> float:
        """MiB of memory that are its own or shared, without those of mapped files."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        [line] = (line for line in status.splitlines() if line.startswith("VmRSS:"))
        return int(line.split()[1]) / 1024

    def events(self, name: str) -> list[Any]:
        """The lines of the log with that event."""
        lines = (json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{"))
        return [line for line in lines if line["event"] == name]


@contextmanager
def daemon(config: Path) -> Iterator[Daemon]:
    """`syncd run`, from its start until it is ready, and killed in the end."""
    log = config.with_suffix(".log")
    with log.open("w") as out:
        process = subprocess.Popen([*SYNCD, "run", "-c", str(config)], stdout=out, stderr=out, env=_bare())
    try:
        running = Daemon(process.pid, log)
        until(lambda: process.poll() is not None or bool(running.events("ready")))
        if process.poll() is not None:
            raise SystemExit(f"the daemon ended: {log.read_text()[-2000:]}")
        yield running
    finally:
        process.kill()
        process.wait()


def until(true: Callable[[], bool]) -> None:
    """Wait until that holds; it is an error if it never does."""
    end = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > end:
            raise SystemExit(f"waited for {PATIENCE:g} s in vain")
        time.sleep(0.05)


def _bare() -> dict[str, str]:
    """Without what is meant for another instance."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("SYNCD", "NOTIFY"))}
