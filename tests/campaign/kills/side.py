"""One installation of the program: its config file, its store, and its own door to the stand-ins."""

import json
import os
import shutil
import sqlite3
from collections.abc import Collection, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from syncd.model.cases import Case, State
from syncd.sandbox.faults import Front
from syncd.sandbox.http import Reply, Request
from syncd.sandbox.pair import Pair
from syncd.sandbox.server import LoopbackServer
from syncd.service.session import reading
from syncd.store.cases import Filter
from tests.campaign.canaries import in_text
from tests.campaign.kills.blows import Strike
from tests.campaign.kills.starts import Process, Start

Tables = Mapping[str, Mapping[str, object]]
LATENCY = 0.008
TIMEOUT = "no whole answer within"
_MOST_CYCLES = 6


class Door:
    """One installation's way to both stand-ins."""

    def __init__(self, pair: Pair) -> None:
        self.tiktok = LoopbackServer(pair.tiktok)
        self.shopify = LoopbackServer(pair.shopify)
        self.strike: Strike | None = None
        for server in self.servers:
            server.latency = LATENCY
            self._watch(server.front)

    @property
    def servers(self) -> tuple[LoopbackServer, LoopbackServer]:
        """Both, to be started."""
        return self.tiktok, self.shopify

    def _watch(self, front: Front) -> None:
        def before(operation: str, _request: Request) -> None:
            if self.strike:
                self.strike.before(front, operation)

        def after(operation: str, _request: Request, _reply: Reply) -> None:
            if self.strike:
                self.strike.after(operation)

        front.faults.before.append(before)
        front.faults.after.append(after)


@dataclass
class Side:
    """The program with a folder, a config and a store of its own."""

    pair: Pair
    folder: Path
    start: Start
    door: Door
    settings: Tables = field(default_factory=dict)
    runs: int = 0
    timeouts: int = 0
    unexpected: list[str] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Write the config file."""
        self.folder.mkdir()
        self.file.write_text(self.pair.config(self.store, tables=self._tables()))
        self.file.chmod(0o600)

    @property
    def name(self) -> str:
        """For the story."""
        return self.folder.name

    @property
    def store(self) -> Path:
        """Where the store is, or will be."""
        return self.folder / "syncd.db"

    @property
    def file(self) -> Path:
        """The config file."""
        return self.folder / "syncd.toml"

    def _tables(self) -> Tables:
        start: datetime = self.pair.clock.now().replace(microsecond=0) - timedelta(days=1)
        shopify = {"api_base": self.door.shopify.url, **self.settings.get("shops.us.shopify", {})}
        own: Tables = {
            "sync": {
                "enabled": True,
                "start_from": start,
                "auto_restock": True,
                "import_returns": True,
                "cancellations": True,
                "poll_interval": "2s",
            },
            "guard": {"settle": "1s"},
            "network": {"timeout": "2s"},
            "shops.us.tiktok": {"api_base": self.door.tiktok.url, "auth_base": self.door.tiktok.url},
        }
        return {**own, **self.settings, "shops.us.shopify": shopify}

    # Running

    def begin(self, command: str, strike: Strike) -> Strike:
        """Start the program, with a strike on its way to it."""
        self.runs += 1
        self.door.strike = strike
        strike.aim(self.start(self.folder, command, "-c", str(self.file)))
        return strike

    def run(self, *arguments: str) -> str:
        """Run the program to its end; what it printed."""
        self.runs += 1
        self.door.strike = None
        process = self.start(self.folder, *arguments, "-c", str(self.file))
        process.wait()
        self.note_end(process, {0})
        return process.out.read_text()

    def note_end(self, process: Process, expected: Collection[int]) -> None:
        """Any other exit code, and any trace of an exception, is unexpected.

        A run that ends with a timeout tells only that the machine was too busy to answer in time.
        """
        code, lines = process.wait(), (process.out.read_text() + process.err.read_text()).splitlines()
        self.secrets += in_text("\n".join(lines))
        traces = [line for line in lines if "Traceback" in line or '"exception"' in line]
        other = code not in expected
        timeout = other and code == os.EX_TEMPFAIL and any(TIMEOUT in line for line in lines)
        self.timeouts += timeout
        if traces or (other and not timeout):
            said = "\n".join(lines[-20:])
            self.unexpected.append(f"{self.name}: exit {code}, expected {sorted(expected)}\n{said}")

    def until_quiet(self) -> bool:
        """Cycles until nothing is deferred. What waits for minutes after a failure is asked for again."""
        for _ in range(_MOST_CYCLES):
            done = json.loads(self.run("once", "--json") or "{}")
            if done.get("ok") and not done["shops"]["us"]["deferred"]:
                return True
            for case in self.cases().values():
                if case.state in (State.DUE, State.WRITING):
                    self.run("retry", case.case_id)
        return False

    # The store

    def cases(self) -> dict[str, Case]:
        """What the store has, by the id of the case."""
        if not self.store.exists():
            return {}
        with reading(self.store) as store:
            return {case.case_id: case for case in store.cases.select(Filter())}

    def damage(self) -> str:
        """What SQLite finds wrong with a copy of all files; empty where they are whole, or not there yet."""
        if not self.store.exists():
            return ""
        with TemporaryDirectory(dir=self.folder) as folder:
            for file in self.folder.glob("syncd.db*"):
                shutil.copy(file, folder)
            with closing(sqlite3.connect(Path(folder) / self.store.name)) as connection:
                found = [row[0] for row in connection.execute("PRAGMA integrity_check")]
        return "" if found == ["ok"] else str(found)

    def lose_store(self) -> None:
        """Delete it with all that belongs to it."""
        for file in self.folder.glob("syncd.db*"):
            file.unlink()

    def copy_store(self) -> None:
        """Put a backup aside, where there is something to copy."""
        if self.store.exists():
            read_only = sqlite3.connect(f"file:{self.store}?mode=ro", uri=True)
            with closing(read_only) as store, closing(sqlite3.connect(self._copy)) as copy:
                store.backup(copy)

    def restore_store(self) -> bool:
        """Put the backup back, if there is one."""
        if not self._copy.exists():
            return False
        self.lose_store()
        self.store.write_bytes(self._copy.read_bytes())
        self.store.chmod(0o600)
        return True

    @property
    def _copy(self) -> Path:
        return self.folder / "copy.db"
