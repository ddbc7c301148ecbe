"""A machine on which syncd has run for a while, against both stand-ins."""

import asyncio
import logging
import os
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import structlog

from syncd.clock import SystemClock
from syncd.config import load
from syncd.model.cases import ReturnStatus
from syncd.sandbox.pair import Pair
from syncd.service.once import once
from syncd.service.requests import answer, carry_out
from syncd.service.session import writing
from tests.guide.pages import Typed

_SECRETS = (("tiktok", "app_secret"), ("tiktok", "refresh_token"), ("shopify", "client_secret"))


class BehindClock(SystemClock):
    """Some time ago: what changes "now" was changed before the next poll begins."""

    behind = timedelta(minutes=10)

    def now(self) -> datetime:
        return super().now() - self.behind


@dataclass(slots=True)
class Machine:
    """Its config, secrets and store; `cases` are named by what they wait for, `refund` is somebody else's."""

    pair: Pair
    folder: Path
    cases: dict[str, str] = field(default_factory=dict)
    refund: str = ""

    @property
    def config(self) -> Path:
        """The config file: without secrets."""
        return self.folder / "etc" / "syncd.toml"

    @property
    def credentials(self) -> Path:
        """As systemd lays them out for the unit."""
        return self.folder / "run"

    def configure(self, *, dry_run: bool = False) -> None:
        """Write the config file, and each secret into a file of its own."""
        guard: dict[str, object] = {"settle": "1s", "dry_run": dry_run}
        text = self.pair.config(self.folder / "lib" / "syncd.db", tables={"guard": guard})
        for folder in (self.config.parent, self.credentials):
            folder.mkdir(exist_ok=True)
        for table, key in _SECRETS:
            secret = re.search(rf'^{key} = "(.*)"\n', text, re.MULTILINE)
            assert secret
            text = text.replace(secret[0], "")
            (self.credentials / f"syncd_shops.us.{table}.{key}").write_text(secret[1])
        start = (self.pair.clock.now() - timedelta(days=1)).isoformat()
        self.config.write_text(f"[sync]\nenabled = true\nstart_from = {start}\n{text}")
        self.config.chmod(0o640)

    def cycle(self) -> None:
        """One cycle, as the daemon has it."""
        settings = load(self.config, {}, self.credentials).settings
        with writing(settings.store.path) as store:
            asyncio.run(once(settings, store, self.pair.clock))

    @contextmanager
    def daemon(self) -> Iterator[None]:
        """The part of the running daemon that does what people ask for."""
        ready, stop = threading.Event(), threading.Event()
        thread = threading.Thread(target=self._serve, args=(ready, stop))
        thread.start()
        try:
            assert ready.wait(10)
            yield
        finally:
            stop.set()
            thread.join()

    def _serve(self, ready: threading.Event, stop: threading.Event) -> None:
        settings, clock = load(self.config, {}, self.credentials).settings, SystemClock()
        with writing(settings.store.path) as store:
            ready.set()
            while not stop.wait(0.02):
                if asked := carry_out(store, "us", clock.now()):
                    asyncio.run(once(settings, store, clock, polling=False))
                    answer(store, asked, clock.now())

    def words(self, typed: Typed) -> list[str]:
        """What is typed, with names and places that exist here."""
        case = self.cases["inspection" if typed.words[0] == "restock" else "decision"]
        names = {"CASE": case, "REFUND": self.refund}
        places = {
            "/etc/syncd/syncd.toml": str(self.config),
            "/etc/syncd/eu.toml": str(self.config),
            "/var/backups/syncd": str(self.folder / "backups"),
            "$(date +%F)": "2026-11-26",
        }
        found = [names.get(word, word) for word in typed.words]
        for place, here in places.items():
            found = [word.replace(place, here) for word in found]
        return found

    def pasted(self, typed: Typed) -> str | None:
        """What is pasted when the command asks for it: the address that TikTok has led to."""
        accounts = self.pair.tiktok.accounts
        code = accounts.code(self.pair.tiktok.login) if typed.words[0] == "auth" else ""
        return f"https://app.example/?code={code}&state=x" if code else None


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A case that somebody else refunded, one whose unit waits for inspection, one of a rehearsal."""
    clock = BehindClock()
    pair = Pair(clock)
    machine = Machine(pair, tmp_path_factory.mktemp("machine"))
    with pair.serving():
        sold = pair.sell({"SHIRT": "20.00"}, quantity=2)
        case = pair.tiktok.add_return(
            sold.tiktok, 1, type="REFUND", status=ReturnStatus.COMPLETE, refund_total="20.00"
        )
        made = pair.shopify.foreign_refund(
            sold.shopify, amount=2000, units={"SHIRT": 1}, app="AfterShip Feed"
        )
        machine.refund = made.id.rpartition("/")[2]
        back = pair.tiktok.add_return(
            pair.sell({"MUG": "20.00"}).tiktok, type="RETURN_AND_REFUND", status=ReturnStatus.COMPLETE
        )
        machine.cases = {"decision": case.return_id, "inspection": back.return_id}
        machine.configure()
        machine.cycle()
        machine.configure(dry_run=True)
        machine.cycle()
        clock.behind = timedelta(minutes=5)
        pair.tiktok.add_return(pair.sell({"CAP": "9.00"}).tiktok, type="REFUND", status=ReturnStatus.COMPLETE)
        clock.behind = timedelta(seconds=2)
        machine.configure()
        machine.cycle()
        yield machine


@pytest.fixture
def machine(settled: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    """The same with a store of its own, and nothing from outside. What it claims is free again afterwards."""
    shutil.copytree(settled.folder / "lib", tmp_path / "lib")
    (tmp_path / "backups").mkdir()
    here = Machine(settled.pair, tmp_path, settled.cases, settled.refund)
    here.configure()
    for name in [name for name in os.environ if name.startswith(("SYNCD", "CREDENTIALS_DIRECTORY"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SYNCD_CONFIG", str(here.config))
    root = logging.getLogger()
    before = (root.handlers, root.level)
    orders = settled.pair.shopify.world.orders.values()
    claims = {order.id: deepcopy(order.metafields) for order in orders}
    yield here
    for order in orders:
        order.metafields = claims.get(order.id, [])
    root.handlers, root.level = before
    structlog.reset_defaults()
