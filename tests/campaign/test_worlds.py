"""Whole worlds on virtual time, each from a seed: whatever happens, nothing is doubled, lost or bent."""

import re
from collections.abc import Sequence

import pytest

from tests.campaign.engine.world import World
from tests.campaign.place import quick_folder
from tests.campaign.seeds import in_parts
from tests.campaign.verdict import SIMULATED, Record, Verdict, assert_all_is_well

WORLDS = {"short": 200, "long": 5_000}
_AT_A_TIME = 20
_TWICE = (3, 20, 44, 101)
"""Seeds with a second daemon, lost stores and crowds among them."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Some worlds at a time."""
    in_parts(metafunc, WORLDS, _AT_A_TIME)


def world(seed: int) -> Verdict:
    """That world from its beginning to its end."""
    with quick_folder() as folder:
        return World(seed, folder).run()


def test_worlds(seeds: Sequence[int], record_property: Record) -> None:
    """No step of any world does harm, and once its troubles are over everything settles."""
    assert_all_is_well([world(seed) for seed in seeds], record_property, SIMULATED)


@pytest.mark.parametrize("seed", _TWICE)
def test_the_same_seed_is_the_same_run(seed: int) -> None:
    """Every line of the story is the same, with all ids, times and contents."""
    first, second = told(world(seed)), told(world(seed))

    assert first == second


def told(verdict: Verdict) -> list[str]:
    """The story, without the name of the folder that it was played in."""
    return [re.sub(r"/syncd-[^/]+/", "/", str(line)) for line in verdict.story]
