"""What becomes of a damaged store: a whole state of its history, a refusal, or something worse."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from syncd.errors import StoreDamaged, StoreTrouble
from syncd.store.store import Store
from syncd.tiktok.wire import snapshot_from
from tests.campaign.disks.damage import Damage
from tests.campaign.disks.history import History, content, shown


class Ending(StrEnum):
    """How an opening ended; the first two are good."""

    WHOLE = "whole"  # the store as it was after some commit
    REFUSED = "refused"  # one of our errors with a hint, and the files as they were
    TOUCHED = "touched"  # one of our errors, but without a hint, or the files are no longer as they were
    ALTERED = "altered"  # opened, and it never was like that
    UNREADABLE = "unreadable"  # opened, and a part of it cannot be read
    CRASHED = "crashed"  # an error that is not ours


GOOD = frozenset({Ending.WHOLE, Ending.REFUSED})


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the commands that look, and then the daemon, fared with it; and what they said."""

    looked: Ending
    written: Ending
    said: str

    @property
    def good(self) -> bool:
        """Whether nothing was wrong with either."""
        return {self.looked, self.written} <= GOOD


def judge(damage: Damage, history: History, folder: Path) -> Verdict:
    """Lay the files out in an empty folder, look at them, and open them for writing."""
    path = damage.lay_out(folder)
    said: list[str] = []
    looked = _tried(Store.look, path, lambda store: shown(store) in history.views, said)
    written = _tried(Store.write, path, lambda store: _whole(store, history), said)
    return Verdict(looked, written, "; ".join(said))


def _tried(way: Callable[..., Store], path: Path, right: Callable[[Store], bool], said: list[str]) -> Ending:
    before = _bytes(path)
    try:
        with closing(way(path, snapshot_from)) as store:
            return Ending.WHOLE if right(store) else Ending.ALTERED
    except (StoreDamaged, StoreTrouble) as error:
        said.append(f"{error} ({error.hint})")
        return Ending.REFUSED if error.hint and before == _bytes(path) else Ending.TOUCHED
    except sqlite3.DatabaseError as error:
        said.append(str(error))
        return Ending.UNREADABLE
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the finding
        said.append(f"{type(error).__name__}: {error}")
        return Ending.CRASHED


def _whole(store: Store, history: History) -> bool:
    """Whether everything is as after some commit, the indexes too."""
    connection = store.database._connection
    sound = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(1)")]
    return sound == ["ok"] and content(connection) in history.contents


def _bytes(path: Path) -> tuple[bytes, bytes]:
    """The file and its WAL; no WAL is as good as an empty one."""
    main, wal = (
        file.read_bytes() if file.is_file() else b"" for file in (path, path.with_name("syncd.db-wal"))
    )
    return main, wal
