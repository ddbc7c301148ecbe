"""The real program as a process of its own, on disks that are small, read-only or failing."""

import os
import resource
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from syncd.sandbox.http import Request

PROGRAM = (sys.executable, "-m", "syncd")
PATIENCE = 30.0
IN_A_SMALL_DISK = """
mount -t tmpfs -o "size=$1k" none "$2" || exit 99
disk=$2 out=$3; shift 3
"$@" > "$out/out" 2> "$out/err"; echo $? > "$out/code"
mount -o remount,size=32m none "$disk" || exit 99
"$@"; code=$?
cp "$disk"/syncd.db* "$out"; exit $code
"""
"""Run a command on an empty disk of so many KiB, then with space again, and bring the store out."""
ON_A_READ_ONLY_DISK = """
mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" || exit 99
shift; exec "$@"
"""

WITHOUT_ROOT = ("unshare", "-U", "--map-user=1000", "--map-group=1000")
"""Start a command that has no more rights than the owner of its files."""


@dataclass(frozen=True, slots=True)
class Done:
    """What one run gave back."""

    code: int
    out: str
    err: str


def run(
    config: Path, *arguments: str, within: Sequence[str] = (), settings: Mapping[str, str] | None = None
) -> Done:
    """Run the program to its end, started by the command `within` where one is given."""
    done = subprocess.run(
        [*within, *command(config, *arguments)],
        capture_output=True,
        text=True,
        check=False,
        env=_environment() | dict(settings or {}),
        timeout=PATIENCE,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def command(config: Path, *arguments: str) -> list[str]:
    """The command line."""
    return [*PROGRAM, *arguments, "-c", str(config)]


@cache
def may_mount() -> bool:
    """Whether this system lets us have a file system of our own."""
    try:
        mounting = ["unshare", "-Urm", "mount", "-t", "tmpfs", "none", "/tmp"]  # noqa: S108 - only ours
        return subprocess.run(mounting, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def in_own_mounts(script: str, *arguments: str) -> list[str]:
    """The command that runs a shell script where mounts are its own."""
    return ["unshare", "-Urm", "sh", "-c", script, "sh", *arguments]


@dataclass
class FailsFrom:
    """A hook for `Faults.before`: from the n-th request to Shopify on, the process can write to no file."""

    request: int
    _pid: int = 0
    _known: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def running(self, config: Path, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
        """The program in the background; it is killed in the end if it still runs."""
        with subprocess.Popen(
            command(config, *arguments),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=_environment(),
        ) as process:
            self._pid = process.pid
            self._known.set()
            try:
                yield process
            finally:
                process.kill()

    def __call__(self, _operation: str, _request: Request) -> None:
        """Count, and strike."""
        self.request -= 1
        if self.request == 0:
            self._known.wait(PATIENCE)
            _, most = resource.prlimit(self._pid, resource.RLIMIT_FSIZE)
            resource.prlimit(self._pid, resource.RLIMIT_FSIZE, (0, most))


def _environment() -> dict[str, str]:
    """Ours, but for what would configure the program."""
    return {
        name: value for name, value in os.environ.items() if not name.startswith(("SYNCD", "CREDENTIALS"))
    }
