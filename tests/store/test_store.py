"""The store as a whole."""

from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from random import Random

from syncd.store.cases import Filter, Seen
from syncd.store.store import Store
from syncd.tiktok.wire import snapshot_from


def test_instance(path: Path) -> None:
    """A store has a name of its own, made once, by which its claims are known."""
    with closing(Store.write(path, snapshot_from)) as store:
        assert store.instance == ""
        store.name(Random(1))
        name = store.instance
    with closing(Store.write(path, snapshot_from)) as store:
        store.name(Random(2))
        assert store.instance == name
    with closing(Store.write(path.with_name("other.db"), snapshot_from)) as other:
        other.name(Random(2))
        assert other.instance not in ("", name)


def test_copy(store: Store, path: Path, seen: Callable[..., Seen], now: datetime) -> None:
    """A copy knows what the store knows, and keeps to itself what is written to it."""
    store.cases.see("us", [seen("1")], now)
    before = path.read_bytes()
    with closing(store.copy(snapshot_from)) as copy:
        copy.cases.see("us", [seen("2")], now)
        assert len(copy.cases.select(Filter())) == 2
    assert len(store.cases.select(Filter())) == 1
    assert path.read_bytes() == before


def test_look(store: Store, path: Path, seen: Callable[..., Seen], now: datetime) -> None:
    """A reader beside the writer sees what the writer has."""
    store.cases.see("us", [seen("1")], now)
    with closing(Store.look(path, snapshot_from)) as reader:
        assert reader.cases.select(Filter()) == store.cases.select(Filter())
