"""Two ways to start the program as a process, and what can be done to it then."""

import json
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

ROOT = Path(__file__).parents[3]
PATIENCE = 60.0
STOPPED = "T"


@dataclass
class Process:
    """One run of the program."""

    pid: int
    out: Path
    err: Path
    _reap: Callable[[], int]
    code: int | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        """A handle that cannot come to mean another process."""
        self._handle = os.pidfd_open(self.pid)

    def send(self, number: signal.Signals) -> bool:
        """Send a signal; if it kills, the process is gone then. False where it had ended already."""
        with self._lock:
            if self.code is not None or self._has_ended(0):
                return False
            signal.pidfd_send_signal(self._handle, number)
            return number is not signal.SIGKILL or self._has_ended(PATIENCE)

    def freeze(self) -> bool:
        """Stop it where it stands; False where it has ended already."""
        return self.send(signal.SIGSTOP) and self.until_frozen()

    def until_frozen(self) -> bool:
        """Wait until it stands still; False where it ended instead."""
        while not self._has_ended(0.002):
            if Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0] == STOPPED:
                return True
        return False

    def thaw(self) -> bool:
        """Let it go on."""
        return self.send(signal.SIGCONT)

    def wait(self, seconds: float = PATIENCE) -> int:
        """The exit code, negative for a signal; it is an error if it does not end in that time."""
        assert self.ended(seconds), f"{self.pid} still runs after {seconds} s"
        with self._lock:
            if self.code is None:
                self.code = self._reap()
                os.close(self._handle)
        return self.code

    def ended(self, seconds: float) -> bool:
        """Whether it ends within that time, or has ended already."""
        return self.code is not None or self._has_ended(seconds)

    def _has_ended(self, seconds: float) -> bool:
        ended = select.poll()
        ended.register(self._handle, select.POLLIN)
        return bool(ended.poll(seconds * 1000))


class Start(Protocol):
    """Starts the program with these arguments; its output goes to files in that folder."""

    def __call__(self, folder: Path, *arguments: str) -> Process:
        """Start one run."""
        ...


class Forks:
    """Starts by forking a parent that has everything imported."""

    def __init__(self, parent: "subprocess.Popen[str]") -> None:
        self.pid = parent.pid
        self._parent = parent
        self._lock = threading.Lock()
        self._running: dict[int, Process] = {}

    def __call__(self, folder: Path, *arguments: str, freeze: str = "") -> Process:
        """Start a child; `freeze` names a Shopify document before whose sending it stops itself."""
        out, err = _files(folder)
        answer = self.ask({"run": arguments, "out": str(out), "err": str(err), "freeze": freeze})
        pid = int(answer["pid"])
        self._running[pid] = Process(pid, out, err, lambda: self._reap(pid))
        return self._running[pid]

    def end(self) -> None:
        """Leave nothing behind, also where a test broke off."""
        for process in list(self._running.values()):
            process.send(signal.SIGKILL)
            process.wait()

    def _reap(self, pid: int) -> int:
        del self._running[pid]
        return int(self.ask({"reap": pid})["code"])

    def ask(self, order: dict[str, object]) -> Any:
        """One order, and its answer."""
        with self._lock:
            assert self._parent.stdin
            assert self._parent.stdout
            self._parent.stdin.write(json.dumps(order) + "\n")
            self._parent.stdin.flush()
            return json.loads(self._parent.stdout.readline())


class Plain:
    """Starts as a shell would."""

    def __call__(self, folder: Path, *arguments: str) -> Process:
        """Start a new interpreter."""
        out, err = _files(folder)
        with out.open("w") as to, err.open("w") as errors:
            process = subprocess.Popen(
                [sys.executable, "-m", "syncd", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=to,
                stderr=errors,
                env=environment(),
            )
        return Process(process.pid, out, err, process.wait)


@contextmanager
def forking() -> Iterator[Forks]:
    """The parent, for as long as the block lasts."""
    command: Sequence[str] = (sys.executable, "-m", "tests.campaign.kills.parent")
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment()
    ) as parent:
        forks = Forks(parent)
        try:
            yield forks
        finally:
            forks.end()


def environment() -> dict[str, str]:
    """Nothing of the caller's own installation."""
    return {
        name: value for name, value in os.environ.items() if not name.startswith(("SYNCD", "CREDENTIALS"))
    }


def _files(folder: Path) -> tuple[Path, Path]:
    number = len(list(folder.glob("*.out")))
    out, err = folder / f"{number}.out", folder / f"{number}.err"
    for file in (out, err):
        file.touch()  # a child may be killed before it opens them
    return out, err
