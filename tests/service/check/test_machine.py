"""This machine."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from syncd.config import Settings
from syncd.config.tables import Store
from syncd.service.check import machine
from syncd.service.health import Level

GIB = 1024**3


def settings(path: Path) -> Settings:
    """Settings with that store."""
    return Settings.model_construct(store=Store.model_construct(path=path))


@pytest.mark.parametrize(
    ("free", "level"), [(5 * GIB, Level.OK), (GIB - 1, Level.WARNING), (50 * 1024**2, Level.CRITICAL)]
)
def test_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, level: Level) -> None:
    """The disk of the store, or of where it will be."""
    asked: list[Path] = []

    def usage(path: Path) -> SimpleNamespace:
        asked.append(path)
        return SimpleNamespace(free=free)

    monkeypatch.setattr(shutil, "disk_usage", usage)
    [found] = machine.disk(settings(tmp_path / "not" / "there" / "syncd.db"))
    assert (found.level, asked) == (level, [tmp_path])


def test_nothing_is_made_where_nothing_is(tmp_path: Path) -> None:
    """Looking whether a daemon runs makes neither a folder nor a lock."""
    assert not machine.runs(settings(tmp_path / "lib" / "syncd.db"))
    assert list(tmp_path.iterdir()) == []
