"""What is really served, after a day in which everything happened."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest
from prometheus_client import Metric

from tests.service.metrics.watched import Watched, watching
from tests.sync.world import World


@pytest.fixture(scope="session")
def families(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Metric]:
    """Every family that the daemon can show, each with samples."""
    world = World(tmp_path_factory.mktemp("monitoring"), cancellations=True)
    with world.pair.serving(), watching(world) as watched:
        world.refund()
        world.refund(world.pair.sell({"A": "9.00"}, gateway="shopify_payments", manual_gateway=False))
        asyncio.run(_cycle(watched))
        return watched.families()


async def _cycle(watched: Watched) -> None:
    await watched.cycle()


@pytest.fixture(scope="session")
def labels(families: Mapping[str, Metric]) -> Mapping[str, Mapping[str, set[str]]]:
    """The labels of every sample that is served, by its name, and their values."""
    found: dict[str, dict[str, set[str]]] = {}
    for family in families.values():
        for sample in family.samples:
            of_name = found.setdefault(sample.name, {})
            for label, value in sample.labels.items():
                of_name.setdefault(label, set()).add(value)
    return found


@pytest.fixture(scope="session")
def config() -> Path:
    """The folder of what an operator installs."""
    return Path(__file__).parents[2] / "config"
