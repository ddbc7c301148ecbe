"""A served world for each test, and one that is watched."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.metrics.watched import Watched, watching
from tests.sync.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Both stand-ins, answering; an empty folder for stores."""
    world = World(tmp_path)
    with world.pair.serving():
        yield world


@pytest.fixture
def watched(world: World) -> Iterator[Watched]:
    """The same, watched."""
    with watching(world) as watched:
        yield watched
