"""Looking a store over, piece by piece, without changing a byte of it; also beside the daemon."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import cast

from syncd.errors import StoreDamaged, StoreTrouble, SyncdError
from syncd.model.cases import Kind
from syncd.store.cases import ReadSnapshot
from syncd.store.database import Database
from syncd.store.files import DAMAGE_HINT, check_there
from syncd.store.migrations import STEPS
from syncd.store.store import Store
from syncd.store.sums import unpacked, whole_rows
from syncd.store.wal import check_log

_BATCH = 500
"""Rows that are read at a time: a longer look would keep the daemon's log from being taken in."""
_SHOPS = "SELECT shop FROM shops UNION SELECT shop FROM cases ORDER BY shop"
_KILO, _MEGA = 1_000, 1_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look found: `trouble` is None where it is well. `hint` is what to do, also where it is."""

    look: str
    text: str
    hint: str = ""
    trouble: SyncdError | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """What a store holds: its cases by shop, and up to when each kind of case was read."""

    step: int
    cases: Mapping[str, int]
    read_up_to: Mapping[str, Mapping[Kind, datetime]]
    snapshots: int
    orders: int


def look_over(path: Path, read: ReadSnapshot) -> Iterator[Finding]:
    """Look at one thing after the other, up to the first that is not well: the next ones rest on it."""
    looks: dict[str, Callable[[], tuple[str, str]]] = {
        "file": lambda: _file(path),
        "log": lambda: _log(path),
        "format": lambda: _format(path),
        "tables": lambda: _tables(path),
        "pages": lambda: _pages(path),
        "content": lambda: _content(path, read),
    }
    for name, look in looks.items():
        try:
            text, hint = look()
        except (StoreDamaged, StoreTrouble) as error:
            yield Finding(name, error.what, error.hint, error)
            return
        yield Finding(name, text, hint)


def _file(path: Path) -> tuple[str, str]:
    check_there(path)
    stat = path.stat()
    others = stat.st_mode & 0o077
    told = f"{path}, {in_bytes(stat.st_size)}"
    return (f"{told}, others can read it", f"chmod 600 {path}") if others else (told, "")


_OF_LITESTREAM = frozenset({"_litestream_seq", "_litestream_lock"})
"""Tables that Litestream adds to what it copies (Litestream: How it works)."""


def _log(path: Path) -> tuple[str, str]:
    check_log(path)
    log = path.with_name(f"{path.name}-wal")
    size = log.stat().st_size if log.exists() else 0
    return (f"the store's own, {in_bytes(size)}" if size else "nothing in it", "")


def _format(path: Path) -> tuple[str, str]:
    with closing(Database.read(path)) as database:
        step = database.step
    told = f"a store of syncd, step {step} of {len(STEPS)}"
    return (told, "the next start of the daemon upgrades it" if step < len(STEPS) else "")


def _tables(path: Path) -> tuple[str, str]:
    """Whether each table, trigger and index is as the program makes it; an older store is upgraded first."""
    with closing(Database.read(path)) as database, closing(Database.in_memory()) as model:
        if database.step < len(STEPS):
            return "of an older program", ""
        found, wanted = database.parts(), model.parts()
    wrong = sorted(
        name for name in found | wanted if found.get(name) != wanted.get(name) and name not in _OF_LITESTREAM
    )
    if wrong:
        what = f"{path}: not as syncd makes them: {', '.join(wrong)}"
        raise StoreDamaged(what, hint=DAMAGE_HINT)
    return f"{len(found)} tables, triggers and indexes, as syncd makes them", ""


def _pages(path: Path) -> tuple[str, str]:
    with closing(Database.read(path)) as database:
        database.prove_whole()
    return "whole, and every index as its table", ""


def _content(path: Path, read: ReadSnapshot) -> tuple[str, str]:
    with closing(Store.look(path, read)) as store:
        content = prove_content(store)
    told = f"{sum(content.cases.values())} cases, {content.snapshots} snapshots, {content.orders} orders"
    return f"{told}, as they were written", ""


def prove_content(store: Store) -> Content:
    """Read every case, and compare with its sum whatever has one; what there is.

    Raises:
        StoreDamaged: Something is not what was written.
    """
    shops = [str(row["shop"]) for row in store.database.rows(_SHOPS)]
    cases = {shop: _cases(store, shop) for shop in shops}
    read = {shop: _read_up_to(store, shop) for shop in shops}
    return Content(store.database.step, cases, read, _snapshots(store), store.shops.prove_pairs())


def _cases(store: Store, shop: str) -> int:
    """Read each case with its latest snapshot; how many there are."""
    known = sum(store.cases.counts(shop).values())
    found = sum(1 for _ in store.cases.every(shop, _BATCH))
    if found < known:
        raise StoreDamaged("the store is damaged: a case is without its snapshot", hint=DAMAGE_HINT)
    return found


def _read_up_to(store: Store, shop: str) -> dict[Kind, datetime]:
    watermarks = {kind: store.shops.progress(shop, kind).watermark for kind in Kind}
    return {kind: at for kind, at in watermarks.items() if at}


def _snapshots(store: Store) -> int:
    """Compare every answer that is kept with its sum; how many there are."""
    found, last = 0, 0
    query = "SELECT id, raw, sum FROM snapshots WHERE id > ? ORDER BY id LIMIT ?"
    while rows := store.database.rows(query, (last, _BATCH)):
        for row in rows:
            with whole_rows():
                unpacked(row["raw"], row["sum"])
        found, last = found + len(rows), cast("int", rows[-1]["id"])
    return found


def in_bytes(size: int) -> str:
    """A size as people write it."""
    return f"{size / _MEGA:.1f} MB" if size >= _MEGA else f"{size / _KILO:.1f} kB"
