"""Opening the store as its one writer, as a reader, or as a copy that nobody keeps."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from syncd.errors import AlreadyRunning
from syncd.service.lock import only_writer
from syncd.store.store import Store
from syncd.tiktok.wire import snapshot_from


@contextmanager
def writing(path: Path) -> Iterator[Store]:
    """The store for its one writer. Errors as `only_writer` and `Store.write`."""
    become_owner(path)
    with only_writer(path), closing(Store.write(path, snapshot_from)) as store:
        if store.database.kept_copy:
            from syncd.events import Event, tell  # noqa: PLC0415  # slow to load, and readers need it not

            tell(Event.STORE_UPGRADED, store=str(path), backup=str(store.database.kept_copy))
        yield store


@contextmanager
def reading(path: Path) -> Iterator[Store]:
    """The store for a reader, also beside the daemon. Errors as `Store.look`."""
    become_owner(path)
    with closing(Store.look(path, snapshot_from)) as store:
        yield store


@contextmanager
def asking(path: Path) -> Iterator[Store]:
    """The store of a running daemon, to leave it a request. Errors as `Store.beside`."""
    become_owner(path)
    with closing(Store.beside(path, snapshot_from)) as store:
        yield store


@dataclass(frozen=True, slots=True)
class Preview:
    """A copy of the store to play with, and the store that keeps the logins."""

    store: Store
    logins: Store
    may_refresh: bool


@contextmanager
def previewing(path: Path) -> Iterator[Preview]:
    """A copy of the store for a dry run.

    New tokens go into the real store, since the old ones may be dead once they were used; beside a running
    daemon none are asked for.
    """
    try:
        with writing(path) as store, closing(store.copy(snapshot_from)) as copy:
            yield Preview(copy, store, may_refresh=True)
    except AlreadyRunning:
        with reading(path) as store:
            copy = store.copy(snapshot_from)
        with closing(copy):
            yield Preview(copy, copy, may_refresh=False)


def is_running(path: Path) -> bool:
    """Whether some process holds the store's lock."""
    become_owner(path)
    try:
        with only_writer(path, patience=0):
            return False
    except AlreadyRunning:
        return True


def become_owner(path: Path) -> None:
    """As root, go on as the owner of the store, so that the daemon can still write it afterwards."""
    if os.geteuid() != 0:
        return
    place = next((p for p in (path, path.parent) if p.exists()), None)
    if place and place.stat().st_uid != 0:
        os.setegid(place.stat().st_gid)
        os.seteuid(place.stat().st_uid)
