"""Where the story is played: a fresh folder, both stand-ins, and the daemon as a process of its own."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from syncd.errors import StoreTrouble
from syncd.model.cases import Case
from syncd.sandbox.demo.cast import Tale, assemble
from syncd.sandbox.demo.programs import Daemon, Staff
from syncd.sandbox.demo.script import Script
from syncd.sandbox.demo.shelf import METAFIELD, NAME_PATTERN
from syncd.sandbox.demo.traps import set_traps
from syncd.sandbox.pair import Pair
from syncd.service.session import reading
from syncd.store.cases import Filter

SHOP, GUEST = "us", "mine"
Known = Mapping[str, Case]
"""What the daemon knows, by case id."""
_START_FROM = timedelta(minutes=30)


@dataclass(slots=True)
class Glance:
    """The daemon's store as it looks from beside, read again only once it has changed."""

    store: Path
    _stamp: tuple[tuple[int, int], ...] = ()
    _known: Known = field(default_factory=dict)

    def cases(self) -> Known:
        """What the daemon knows."""
        stamp = self._stamped()
        if stamp and stamp != self._stamp:
            try:
                with reading(self.store) as store:
                    cases = store.cases.select(Filter(shop=SHOP))
            except StoreTrouble:
                return {}  # the daemon is just making it
            self._stamp, self._known = stamp, {case.case_id: case for case in cases}
        return self._known

    def _stamped(self) -> tuple[tuple[int, int], ...]:
        files = (self.store, self.store.with_name(f"{self.store.name}-wal"))
        found = (file.stat() for file in files if file.exists())
        return tuple((one.st_mtime_ns, one.st_size) for one in found) if self.store.exists() else ()


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything that the story is played with."""

    folder: Path
    pair: Pair
    daemon: Daemon
    staff: Staff
    glance: Glance
    tales: list[Tale]

    def cases(self) -> Known:
        """What the daemon knows, by case id."""
        return self.glance.cases()


@contextmanager
def staged(scripts: tuple[Script, ...]) -> Iterator[Stage]:
    """A stage with both stand-ins serving; the daemon is not started, but is stopped in the end.

    Raises:
        StoreTrouble: There is no room for temporary files.
    """
    pair = Pair()
    folder = _folder()
    config = folder / "syncd.toml"
    daemon, staff = Daemon(config, folder / "syncd.log"), Staff(config)
    glance = Glance(folder / "syncd.db")
    stage = Stage(folder, pair, daemon, staff, glance, assemble(pair, scripts))
    with pair.serving():
        config.touch(mode=0o600)
        config.write_text(_config(stage))
        set_traps(pair, stage.tales, daemon.kill)
        try:
            yield stage
        finally:
            staff.stop()
            daemon.stop()


def guest(stage: Stage) -> Path:
    """A config file for somebody who wants to try more: another syncd, switched off, with its own login."""
    login = stage.pair.tiktok.login
    refresh_token = stage.pair.tiktok.accounts.authorise(login.shops, login.scopes).refresh_token
    tables: dict[str, dict[str, object]] = {
        "sync": {"enabled": False, "cancellations": True},
        f"shops.{GUEST}.tiktok": {"refresh_token": refresh_token},
    }
    config = stage.folder / f"{GUEST}.toml"
    config.touch(mode=0o600)
    config.write_text(stage.pair.config(stage.folder / f"{GUEST}.db", shop=GUEST, tables=tables))
    return config


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
        "cancellations": True,
        "start_from": stage.pair.clock.now().replace(microsecond=0) - _START_FROM,
        "poll_interval": "1s",
    }
    tables: dict[str, dict[str, object]] = {
        "sync": sync,
        "guard": {"settle": "2s"},
        "match": {
            "order_by": ["tag", "name", "source_identifier", "metafield", "text", "window"],
            "name": ["{id}", NAME_PATTERN],
            "metafield": METAFIELD,
        },
        "network": {"timeout": "2s"},
        f"shops.{SHOP}.shopify": {"concurrency": 4},
    }
    return stage.pair.config(stage.glance.store, shop=SHOP, tables=tables)
