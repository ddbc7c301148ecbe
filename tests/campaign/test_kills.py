"""Real kills of the real process, at random steps and at random times.

Every seed is a world of eight cases in which the program is killed five times: `run` or `once`, with its
config file, its store on disk, and sockets to both stand-ins. What the kill leaves behind is all that the
next process has. Some stores are deleted or replaced by an older copy, some worlds have a second installation
that is killed as well, and in half of them Shopify ignores the keys. Steps repeat with the seed; times do so
as well as times can.
"""

import json
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.campaign.kills.blows import DEEDS, LATEST, Blow, Moment, Strike
from tests.campaign.kills.stage import staged
from tests.campaign.kills.starts import PATIENCE, Forks, Plain, Start, forking
from tests.campaign.kills.tales import Tales
from tests.campaign.kills.trial import Trial
from tests.campaign.kills.world import STRIKES, play, side_by_side
from tests.campaign.place import no_log_lines
from tests.campaign.seeds import in_parts
from tests.campaign.verdict import REAL, Record, assert_all_is_well

HERE = "tests/campaign/test_kills.py"
WORLDS = {"short": 20, "long": 640}
AT_A_TIME = 10


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    """The parent of all processes of this worker."""
    with no_log_lines(), forking() as forks:
        yield forks


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Some worlds at a time."""
    in_parts(metafunc, WORLDS, AT_A_TIME)


def test_kills(seeds: list[int], forks: Forks, tmp_path: Path, record_property: Record) -> None:
    """Killed wherever it may be, it doubles nothing, loses nothing, and leaves every store whole."""

    def killed(seed: int) -> Trial:
        return play(seed, tmp_path / str(seed), forks, test=f"{HERE}::test_kills")

    trials = side_by_side(killed, seeds)
    assert_all_is_well(trials, record_property, REAL)
    assert all(trial.figures["kills"] >= STRIKES for trial in trials)


def test_killed_with_a_refund_on_its_way(forks: Forks, tmp_path: Path, record_property: Record) -> None:
    """The next process waits until it can have landed, so that it is not doubled where keys are ignored."""
    trial = Trial(0, f"{HERE}::test_killed_with_a_refund_on_its_way")
    with trial.under_way(), staged(tmp_path, forks, 1) as stage:
        stage.pair.shopify.switches.keys_ignored = True
        tales = Tales(stage.pair, Random(0))
        tales.end()
        blow = Blow(PATIENCE, 1, frozenset({"refundCreate"}), Moment.LATE, LATEST)
        assert -signal.SIGKILL == stage.sides[0].begin("once", Strike(blow)).process.wait()
        trial.rest(stage, tales)
    assert_all_is_well([trial], record_property, REAL)


def test_kills_of_fresh_interpreters(tmp_path: Path, record_property: Record) -> None:
    """The same holds for processes that are not forked but started as usual."""
    test = f"{HERE}::test_kills_of_fresh_interpreters"
    trial = play(1000, tmp_path / "world", Plain(), test=test, strikes=3)
    assert_all_is_well([trial], record_property, REAL)


def test_a_forked_run_is_a_run(forks: Forks, tmp_path: Path) -> None:
    """A forked process asks the same, prints the same, and ends with the same codes as one that is not."""
    assert seen(forks, tmp_path / "forked") == seen(Plain(), tmp_path / "fresh")


def seen(start: Start, folder: Path) -> dict[str, object]:
    """What can be seen of a cycle from outside, and of a start that must fail."""
    folder.mkdir()
    with staged(folder, start, 1) as stage:
        side = stage.sides[0]
        Tales(stage.pair, Random(1)).end()
        printed = json.loads(side.run("once", "--json"))
        wrong = start(folder, "once", "-c", str(folder / "missing.toml"))
        return {
            "printed": printed,
            "codes": (wrong.wait(), side.unexpected),
            "asked of TikTok": [call.operation for call in stage.pair.tiktok.calls],
            "asked of Shopify": Counter(call.operation for call in stage.pair.shopify.calls),
            "states": {case_id: case.state for case_id, case in side.cases().items()},
        }


def test_a_fork_shares_nothing(forks: Forks, tmp_path: Path) -> None:
    """The parent has one thread, no loop, no socket and no database, and a child none of its files."""
    with staged(tmp_path, forks, 1) as stage:
        Tales(stage.pair, Random(1)).end()
        blow = Blow(PATIENCE, 1, DEEDS, Moment.DONE)
        process = stage.sides[0].begin("once", Strike(blow, signal.SIGSTOP)).process
        assert process.until_frozen()
        shared = opened(process.pid) & opened(forks.pid)
        process.thaw()
        assert 0 == process.wait()
    assert set() == shared
    assert {"open": []} == forks.ask({"tell": None})
    assert 1 == len(list(Path(f"/proc/{forks.pid}/task").iterdir()))
    assert {"0", "1", "2"} == {link.name for link in Path(f"/proc/{forks.pid}/fd").iterdir()}


def opened(pid: int) -> set[str]:
    """Everything that a process has open."""
    return {str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()}
