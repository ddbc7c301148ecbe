"""The program on one machine: a store, one process after another, and a supervisor that starts them."""

import itertools
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from syncd.config import Settings
from syncd.model.cases import Case
from syncd.service.decisions import Command
from syncd.store.cases import Filter
from syncd.store.store import Store
from syncd.tiktok.wire import snapshot_from
from tests.campaign.engine.disk import Trouble
from tests.campaign.engine.process import Machine, Process
from tests.campaign.engine.stage import Stage


@dataclass
class Installation:
    """One store with its processes; a new one is started `pause()` seconds after one has ended."""

    stage: Stage
    name: str
    settings: Settings
    seed: int
    pause: Callable[[], float] = lambda: 5.0
    before: Callable[[Process, str], None] = lambda _process, _operation: None
    on_start: Callable[[Process], None] = lambda _process: None
    on_end: Callable[[Process], None] = lambda _process: None
    latency: float = 0.1
    offset: timedelta = timedelta()
    trouble: Trouble | None = None
    running: bool = False
    process: Process | None = None
    wrong: list[str] = field(default_factory=list)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    @property
    def store(self) -> Path:
        """Where the store is, or will be."""
        return self.settings.store.path

    def start(self) -> Process:
        """Start a process, and the next one whenever it has ended."""
        self.running = True
        number = next(self._numbers)
        who = f"{self.name}.{number}"
        machine = Machine(
            self.settings,
            self.store,
            self.stage.fronts,
            seed=self.seed * 1000 + number,
            latency=self.latency,
            offset=self.offset,
        )
        self.stage.story.tell(who, "starts")
        self.stage.figures["processes"] += 1
        process = Process(
            self.stage.schedule,
            machine,
            self.stage.exchanged(who),
            self.before,
            lambda one: self._ended(who, one),
        )
        if self.trouble:
            process.disk.trouble, process.disk.good = self.trouble, 0
        self.process = process
        self.stage.schedule.living.append(process)
        self.on_start(process)
        return process

    def _ended(self, who: str, process: Process) -> None:
        self.stage.story.tell(who, process.ended)
        self.stage.schedule.living.remove(process)
        self.wrong += [f"{who}: {text}" for text in process.wrong]
        self.process = None
        self.on_end(process)
        if self.running:
            self.stage.schedule.later(self.pause(), self._start_again)

    def _start_again(self) -> None:
        if self.running and self.process is None:
            self.start()

    def shut_down(self) -> None:
        """Let no process run any more."""
        self.running = False
        if self.process:
            self.process.kill()

    def set_clock(self, offset: timedelta) -> None:
        """Let the machine's time of day be off by so much from now on."""
        self.offset = offset
        if self.process:
            self.process.clock.offset = offset

    def ask(self, case: Case, command: Command, words: str = "") -> bool:
        """Kim gives a command beside the running program, unless an earlier one still waits."""
        with closing(Store.beside(self.store, snapshot_from)) as store:
            busy = bool(store.requests.waiting(case.shop))
            if not busy:
                store.requests.leave(
                    case.shop,
                    case.case_id,
                    command=command.value,
                    who="kim",
                    words=words,
                    now=self.stage.clock.now(),
                )
                self.stage.story.tell("kim", f"{command} {case.case_id} {words}")
            return not busy

    def lose_store(self) -> None:
        """The file is gone, with all that belongs to it; no process may be running."""
        for file in self.store.parent.glob(f"{self.store.name}*"):
            file.unlink()

    def save_store(self) -> dict[str, bytes]:
        """What a backup of the files would hold now."""
        files = self.store.parent.glob(f"{self.store.name}*")
        return {file.name: file.read_bytes() for file in files if not file.name.endswith("-shm")}

    def restore_store(self, saved: dict[str, bytes]) -> None:
        """Put such a backup in the place of what is there."""
        self.lose_store()
        for name, content in saved.items():
            (self.store.parent / name).write_bytes(content)

    def cases(self) -> dict[str, Case]:
        """What the store knows."""
        if not self.store.exists():
            return {}
        with closing(Store.look(self.store, snapshot_from)) as store:
            return {case.case_id: case for case in store.cases.select(Filter())}
