"""Both stand-ins over real HTTP, a config file for them, and ways to run the program against them."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from syncd.clock import Clock, SystemClock
from syncd.config import load
from syncd.model.cases import Case, State
from syncd.sandbox.clock import HandClock
from syncd.sandbox.pair import Pair
from syncd.service.decisions import Asked, decide
from syncd.service.once import once
from syncd.service.session import reading, writing
from syncd.store.cases import Filter
from syncd.store.shops import Progress
from syncd.sync.cycle import CycleResult

PROGRAM = (sys.executable, "-m", "syncd")


class BehindClock(SystemClock):
    """The machine's clock two seconds ago: what changes "now" was changed before the next poll begins."""

    def now(self) -> datetime:
        return super().now() - timedelta(seconds=2)


class YieldingClock(HandClock):
    """Time moves on by sleeping, and other tasks have their turn meanwhile."""

    async def sleep(self, seconds: float) -> None:
        self.advance(seconds)
        await asyncio.sleep(0)


@dataclass(frozen=True, slots=True)
class Done:
    """What one run of the program gave back."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, which must be one JSON document and nothing else."""
        return json.loads(self.out)


@dataclass(slots=True)
class Program:
    """The program with a config file of its own. Short pauses, so that a test need not wait."""

    pair: Pair
    folder: Path
    clock: Clock = field(default_factory=SystemClock)
    name: str = "syncd"
    tables: dict[str, dict[str, object]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """The file keeps the first refresh token, though TikTok replaces it: later ones are in the store."""
        self.set("shops.us.tiktok", refresh_token=self.pair.tiktok.login.refresh_token)

    @property
    def store(self) -> Path:
        """Where the store is, or will be."""
        return self.folder / f"{self.name}.db"

    @property
    def file(self) -> Path:
        """The config file."""
        return self.folder / f"{self.name}.toml"

    def set(self, table: str, **keys: object) -> None:
        """Set keys of a table for the runs after this."""
        self.tables.setdefault(table, {}).update(keys)

    def configure(self) -> Path:
        """Write the config file."""
        own: dict[str, Mapping[str, object]] = {
            "sync": {"enabled": True, "poll_interval": "1h"} | self.tables.get("sync", {}),
            "guard": {"settle": "1s"} | self.tables.get("guard", {}),
            "network": {"timeout": "2s"} | self.tables.get("network", {}),
        }
        text = self.pair.config(self.store, tables=self.tables | own)
        if own["sync"]["enabled"]:
            start = self.pair.clock.now() - timedelta(days=1)
            text = text.replace("[sync]\n", f"[sync]\nstart_from = {start.isoformat()}\n", 1)
        self.file.write_text(text)
        self.file.chmod(0o600)
        return self.file

    def run(self, *arguments: str, environment: Mapping[str, str] | None = None) -> Done:
        """Run the program to its end."""
        done = subprocess.run(
            [*PROGRAM, *arguments, "-c", str(self.configure())],
            capture_output=True,
            text=True,
            check=False,
            env=_environment() | dict(environment or {}),
            timeout=60,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def cycle(self) -> CycleResult:
        """One cycle in this process, by the clock of the pair."""
        settings = load(self.configure(), {}, None).settings
        with writing(self.store) as store:
            return asyncio.run(once(settings, store, self.clock))["us"]

    def decide(self, asked: Asked) -> None:
        """Decide so about every held case, by the clock of the pair."""
        with writing(self.store) as store:
            for case in store.cases.select(Filter(state=State.HELD.value)):
                decide(store, case, asked, self.clock.now())

    @contextmanager
    def running(
        self, *arguments: str, environment: Mapping[str, str] | None = None
    ) -> Iterator[subprocess.Popen[str]]:
        """The program in the background; it is killed in the end if it still runs."""
        command = [*PROGRAM, *(arguments or ("run",)), "-c", str(self.configure())]
        with subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=_environment() | dict(environment or {}),
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    def cases(self) -> dict[str, Case]:
        """What the store has, by the id of the case."""
        with reading(self.store) as store:
            return {case.case_id: case for case in store.cases.select(Filter())}

    def states(self) -> dict[str, str]:
        """The state of each case, with its reason where it has one."""
        return {name: f"{case.state} {case.reason or ''}".strip() for name, case in self.cases().items()}

    def progress(self) -> Progress:
        """How far the shop was read."""
        with reading(self.store) as store:
            return store.shops.progress("us")


def _environment() -> dict[str, str]:
    return {
        name: value for name, value in os.environ.items() if not name.startswith(("SYNCD", "CREDENTIALS"))
    }


@pytest.fixture
def pair() -> Iterator[Pair]:
    """A TikTok Shop and a Shopify store, answering on loopback."""
    pair = Pair(BehindClock())
    with pair.serving():
        yield pair


@pytest.fixture
def hand_pair() -> Iterator[Pair]:
    """The same, in a world whose time moves only when it is told to, or when somebody sleeps."""
    pair = Pair(YieldingClock())
    with pair.serving():
        yield pair


@pytest.fixture
def here(hand_pair: Pair, tmp_path: Path) -> Program:
    """The program in this process, in the time of the pair."""
    program = Program(hand_pair, tmp_path, clock=hand_pair.clock)
    program.set("guard", settle="60s")
    return program


@pytest.fixture
def syncd(pair: Pair, tmp_path: Path) -> Program:
    """The program, set up for both."""
    return Program(pair, tmp_path)


@pytest.fixture
def program_of(tmp_path: Path) -> Callable[[int], Program]:
    """Make programs that know nothing of each other, with stand-ins of their own that do not answer yet."""

    def program_of(number: int) -> Program:
        return Program(Pair(BehindClock()), tmp_path, name=f"syncd-{number}")

    return program_of
