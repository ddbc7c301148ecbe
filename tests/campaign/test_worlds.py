"""Whole worlds on virtual time, each from a seed: whatever happens, nothing is doubled, lost or bent."""

from collections.abc import Sequence

import pytest

from tests.campaign.disks.place import quick_folder
from tests.campaign.engine.verdict import Record, Verdict, assert_all_is_well, chunks
from tests.campaign.engine.world import World

WORLDS = {"short": 200, "long": 5_000}
_AT_A_TIME = 20
_TWICE = (3, 20, 44, 101)
"""Seeds with a second daemon, lost stores and crowds among them."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Some worlds at a time; `--world` names a single one."""
    if "seeds" not in metafunc.fixturenames:
        return
    option = metafunc.config.getoption
    only = option("--world")
    number = round(WORLDS[option("--campaign")] * option("--factor"))
    parts = chunks(range(number) if only is None else [only], _AT_A_TIME)
    metafunc.parametrize("seeds", parts, ids=[f"{part[0]}-{part[-1]}" for part in parts])


def world(seed: int) -> Verdict:
    """That world from its beginning to its end."""
    with quick_folder() as folder:
        return World(seed, folder).run()


def test_worlds(seeds: Sequence[int], pytestconfig: pytest.Config, record_property: Record) -> None:
    """No step of any world does harm, and once its troubles are over everything settles."""
    verdicts = [world(seed) for seed in seeds]
    if pytestconfig.getoption("--world") is not None:
        print(verdicts[0].told())  # noqa: T201 - who replays a world wants its story
    assert_all_is_well(verdicts, record_property)


@pytest.mark.parametrize("seed", _TWICE)
def test_the_same_seed_is_the_same_run(seed: int) -> None:
    """Every line of the story is the same, with all ids, times and contents."""
    first, second = world(seed), world(seed)

    assert list(map(str, first.story.lines)) == list(map(str, second.story.lines))
