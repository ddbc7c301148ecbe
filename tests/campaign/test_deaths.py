"""The program dies at every named step of every plot, once and twice, and its successor ends it well.

Singles come first, in the short form two thirds of them: every commit (before it, and once it is durable),
every exchange (before it leaves, once it was carried out, before its answer is read) and every sleep. Then
pairs, drawn by their number.
"""

import itertools
from collections.abc import Iterator

import pytest

from tests.campaign.engine.deaths import Doom, Mode, Play, pair, singles, steps_of
from tests.campaign.engine.fate import NAMED, Step
from tests.campaign.engine.plots import PLOTS
from tests.campaign.engine.weather import MUTATIONS
from tests.campaign.place import quick_folder
from tests.campaign.verdict import SIMULATED, Record, Verdict, assert_all_is_well

PLAYS = {"short": 1_890, "long": 33_000}
"""Each is one death or two: more than 2,000 in the short form, more than 50,000 in the long one."""
RARE = frozenset({Mode.LATE, Mode.VERY_LATE})
"""The modes of few deaths, in which only claims and keys protect."""
_AT_A_TIME = 100


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every so manieth death of all; `--death` names a single one."""
    if "dooms" not in metafunc.fixturenames:
        return
    option = metafunc.config.getoption
    only = option("--death")
    number = round(PLAYS[option("--campaign")] * option("--factor"))
    parts = 1 if only else -(-number // _AT_A_TIME)
    metafunc.parametrize("dooms", range(parts), indirect=True)


@pytest.fixture
def dooms(request: pytest.FixtureRequest) -> Iterator[Doom]:
    """One part of all that are to be played."""
    option = request.config.getoption
    if option("--death"):
        return iter([Doom.read(option("--death"))])
    number = round(PLAYS[option("--campaign")] * option("--factor"))
    return itertools.islice(chosen(number), request.param, None, -(-number // _AT_A_TIME))


def chosen(number: int) -> Iterator[Doom]:
    """So many: all that land late, then evenly chosen others and, in what room is left, pairs."""
    late = [doom for doom in singles() if doom.mode in RARE][:number]
    others = [doom for doom in singles() if doom.mode not in RARE]
    most = min(len(others), max(0, number * 7 // 8 - len(late)))
    taken = (others[place * len(others) // most] for place in range(most))
    return itertools.chain(late, taken, map(pair, range(number - most - len(late))))


def played(doom: Doom) -> Verdict:
    """That plot from its beginning to its end."""
    with quick_folder() as folder:
        return Play(doom, folder).run()


def test_deaths(dooms: Iterator[Doom], record_property: Record) -> None:
    """Wherever it dies, the next one doubles nothing, loses nothing, and comes to the same end."""
    verdicts = []
    for doom in dooms:
        verdict = played(doom)
        assert verdict.figures["deaths"], f"{doom} is no death: the plot has fewer steps"
        verdicts.append(verdict)
    assert_all_is_well(verdicts, record_property, SIMULATED)


@pytest.mark.parametrize("plot", PLOTS)
def test_every_kind_of_step_is_among_those_of_a_plot(plot: str) -> None:
    """Commits, exchanges and sleeps are all steps at which it is let die."""
    seen = {kind for kind in NAMED for step in steps_of(plot) if step.startswith(f"{kind} ")}

    assert set(NAMED) == seen


def test_every_mutation_is_died_at() -> None:
    """Each mutation that the program can send stands in a plot, in each mode in which it can matter."""
    leaving = f"{Step.LEAVE} "
    died_at = {
        (doom.mode, step.removeprefix(leaving))
        for doom in singles()
        if (step := steps_of(doom.plot)[doom.steps[0]]).startswith(leaving)
    }

    for mode in (Mode.KEYED, Mode.STORE_LOST):
        assert set(MUTATIONS) <= {name for known, name in died_at if known is mode}
    assert (Mode.UNKEYED, "refundCreate") in died_at


def test_every_mutation_lands_late() -> None:
    """A request outlives its sender for each mutation, and past the settle time where a key helps."""
    late = [(doom.mode, steps_of(doom.plot)[doom.steps[0]]) for doom in singles()]

    assert set(MUTATIONS) == {step.rpartition(" ")[2] for mode, step in late if mode is Mode.LATE}
    assert {"refundCreate"} == {step.rpartition(" ")[2] for mode, step in late if mode is Mode.VERY_LATE}
