"""The program itself as child processes: the daemon, and a person at the command line beside it."""

import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

_STOP_SECONDS = 10


def _command(config: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "syncd", *arguments, "--config", str(config)]


def _clean() -> dict[str, str]:
    """The environment, without anything of the caller's own installation that could change the story."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("SYNCD")}
    clean.pop("CREDENTIALS_DIRECTORY", None)
    return clean


@dataclass(slots=True)
class Daemon:
    """`syncd run`; its output goes to a file."""

    config: Path
    log: Path
    starts: int = 0
    _process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Its process id, None while it does not run."""
        running = self._process and self._process.poll() is None
        return self._process.pid if self._process and running else None

    def start(self) -> None:
        """Start it; it polls at once."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - this very program
                _command(self.config, "run"),
                env=_clean(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.starts += 1

    def kill(self) -> None:
        """End it as a power cut would, with no chance to tidy up."""
        if pid := self.pid:
            os.kill(pid, signal.SIGKILL)

    def stop(self) -> None:
        """End it in order."""
        if self._process:
            _end(self._process)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@dataclass(slots=True)
class Typed:
    """A command, without the program's name; `code` is None while it runs."""

    words: tuple[str, ...]
    code: int | None = None
    said: str = ""

    def __str__(self) -> str:
        return f"$ syncd {' '.join(self.words)}"


@dataclass(slots=True)
class Staff:
    """A person who types one command after another, each when the one before has ended."""

    config: Path
    typed: list[Typed] = field(default_factory=list)
    _todo: list[tuple[str, ...]] = field(default_factory=list)
    _process: subprocess.Popen[bytes] | None = None

    def type(self, *words: str) -> None:
        """Put a command behind the others."""
        self._todo.append(words)

    def rests(self) -> bool:
        """Whether all commands have ended; begins the next one when it is its turn."""
        if self._process:
            if self._process.poll() is None:
                return False
            said, complaint = self._process.communicate()
            failed = self._process.returncode != 0
            self.typed[-1].said = (complaint if failed else said).decode(errors="replace").strip()
            self.typed[-1].code = self._process.returncode
            self._process = None
        if not self._todo:
            return True
        self.typed.append(Typed(self._todo.pop(0)))
        self._process = subprocess.Popen(  # noqa: S603 - this very program
            _command(self.config, *self.typed[-1].words),
            env=_clean(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        return False

    def stop(self) -> None:
        """Have no command run on."""
        if self._process:
            _end(self._process)
