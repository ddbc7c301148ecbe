"""Clocks that jump, run fast or slow, freeze or are suspended: nothing is doubled, lost, or put off for long.

The daemon's loop runs on virtual time on a machine whose clock goes wrong, while both stand-ins keep the true
time. `--world SEED` does the seed again, for every upset.
"""

from collections.abc import Callable, Iterator

import pytest

from syncd.report.audit import HARM, audit
from tests.campaign.disks.clocks import ClockWorld
from tests.campaign.disks.day import Day
from tests.campaign.disks.upsets import KINDS, End, Moment, Upset, upsets
from tests.campaign.place import no_log_lines, quick_folder

STRIDE = 5
"""The short form takes every fifth upset, once; by this step every kind, moment and end has its turn."""
SEEDS = 20
Record = Callable[[str, object], None]


def chosen(config: pytest.Config) -> list[tuple[Upset, int]]:
    """What is run, with the seeds."""
    only = config.getoption("--world", None)
    if only is not None:
        return [(upset, only) for upset in upsets()]
    if config.getoption("--campaign", "short") == "short":
        return [(upset, 0) for upset in list(upsets())[::STRIDE]]
    return [(upset, seed) for seed in range(SEEDS) for upset in upsets()]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each upset with its seed is a test of its own."""
    if "upset" in metafunc.fixturenames:
        pairs = chosen(metafunc.config)
        metafunc.parametrize(("upset", "seed"), pairs, ids=[f"{upset}, {seed}" for upset, seed in pairs])


@pytest.fixture
def world() -> Iterator[ClockWorld]:
    """A world on virtual time, and no log."""
    with no_log_lines(), quick_folder() as folder:
        yield ClockWorld(folder)


def test_the_short_form_has_every_kind_moment_and_end() -> None:
    """No way of going wrong is left to the long form alone."""
    short = list(upsets())[::STRIDE]
    assert set(KINDS) == {upset.kind for upset in short}
    assert set(Moment) == {upset.moment for upset in short}
    assert set(End) == {upset.end for upset in short}


def test_a_clock_that_goes_wrong_doubles_loses_and_delays_nothing(
    upset: Upset, seed: int, world: ClockWorld, record_property: Record
) -> None:
    """Polls go on, the watermark waits for what is unread, and soon after it is right all is written."""
    day = Day(world, upset, seed)
    world.run(day.pass_by())
    found = audit(world.run(world.sides()), auto_restock=True)

    record_property("clock upsets", 1)
    record_property("polls", len(day.watcher.polls))
    assert [] == [str(finding) for finding in found if finding.kind in HARM]
    assert [] == [*day.watcher.wrong, *map(str, found)]
    assert 1 == world.restocked()
