"""Where the story is played: a fresh folder, both stand-ins, and the daemon as a process of its own."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from syncd.errors import StoreTrouble
from syncd.model.cases import Case
from syncd.sandbox.demo.cast import Tale, assemble
from syncd.sandbox.demo.script import Flag, Script
from syncd.sandbox.faults import Fault, FaultKind, When
from syncd.sandbox.http import Reply, Request
from syncd.sandbox.pair import Pair
from syncd.service.session import reading
from syncd.store.cases import Filter

SHOP = "us"
_START_FROM = timedelta(minutes=30)
_STOP_SECONDS = 10


@dataclass(slots=True)
class Daemon:
    """`syncd run` as a child process; its output goes to a file."""

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
        command = [sys.executable, "-m", "syncd", "run", "--config", str(self.config)]
        # Nothing of the caller's own installation may change the story.
        clean = {key: value for key, value in os.environ.items() if not key.startswith("SYNCD")}
        clean.pop("CREDENTIALS_DIRECTORY", None)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - this very program
                command, env=clean, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
            )
        self.starts += 1

    def kill(self) -> None:
        """End it as a power cut would, with no chance to tidy up."""
        if pid := self.pid:
            os.kill(pid, signal.SIGKILL)

    def stop(self) -> None:
        """End it in order."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.terminate()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything that the story is played with."""

    folder: Path
    pair: Pair
    daemon: Daemon
    tales: list[Tale] = field(default_factory=list)

    @property
    def store(self) -> Path:
        """The daemon's store."""
        return self.folder / "syncd.db"

    def cases(self) -> Mapping[str, Case]:
        """What the daemon knows, by case id; read beside it."""
        if not self.store.exists():
            return {}
        try:
            with reading(self.store) as store:
                return {case.case_id: case for case in store.cases.select(Filter(shop=SHOP))}
        except StoreTrouble:
            return {}  # the daemon is just making it


@contextmanager
def staged(scripts: tuple[Script, ...]) -> Iterator[Stage]:
    """A stage with both stand-ins serving; the daemon is not started, but is stopped in the end.

    Raises:
        StoreTrouble: There is no room for temporary files.
    """
    pair = Pair()
    folder = _folder()
    config = folder / "syncd.toml"
    stage = Stage(folder, pair, Daemon(config, folder / "syncd.log"), assemble(pair, scripts))
    with pair.serving():
        config.touch(mode=0o600)
        config.write_text(_config(stage))
        _set_traps(stage)
        try:
            yield stage
        finally:
            stage.daemon.stop()


def _folder() -> Path:
    try:
        return Path(tempfile.mkdtemp(prefix="syncd-demo-"))
    except OSError as error:
        raise StoreTrouble(
            f"no temporary folder: {error.strerror}", hint="set TMPDIR to a folder with some room"
        ) from error


def _config(stage: Stage) -> str:
    """Like a real one, but in a hurry."""
    sync: dict[str, object] = {
        "enabled": True,
        "auto_restock": True,
        "import_returns": True,
        "start_from": stage.pair.clock.now().replace(microsecond=0) - _START_FROM,
        "poll_interval": "1s",
    }
    tables: dict[str, dict[str, object]] = {
        "sync": sync,
        "guard": {"settle": "1s"},
        "network": {"timeout": "2s"},
    }
    return stage.pair.config(stage.store, shop=SHOP, tables=tables)


def _set_traps(stage: Stage) -> None:
    for tale in stage.tales:
        if Flag.ANSWER_LOST in tale.script.flags:
            _lose_the_answer(stage, tale)
        if Flag.KILLED in tale.script.flags:
            _kill_after_processing(stage, tale)


def _lose_the_answer(stage: Stage, tale: Tale) -> None:
    """Shopify makes this refund, and the connection is closed instead of an answer."""
    faults = stage.pair.shopify_server.front.faults
    wanted = f'"{tale.order.id}"'.encode() if tale.order else b"-"
    done: list[bool] = []

    def before(operation: str, request: Request) -> None:
        if operation == "refundCreate" and wanted in request.body and not done:
            done.append(True)
            faults.add(Fault(FaultKind.CLOSE, operation, When.AFTER))

    faults.before.append(before)


def _kill_after_processing(stage: Stage, tale: Tale) -> None:
    """Shopify processes this return, and the daemon is dead before it can hear of it."""
    done: list[bool] = []

    def after(operation: str, request: Request, _reply: Reply) -> None:
        returns = tale.order.returns if tale.order else []
        ours = any(f'"{one.id}"'.encode() in request.body for one in returns)
        if operation == "returnProcess" and ours and not done:
            done.append(True)
            stage.daemon.kill()

    stage.pair.shopify_server.front.faults.after.append(after)
