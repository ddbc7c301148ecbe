"""A served world for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sync.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Both stand-ins, answering; an empty folder for stores."""
    world = World(tmp_path)
    with world.pair.serving():
        yield world
