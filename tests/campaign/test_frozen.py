"""Real processes that stand still, wake up when others have done their work, or are told to stop.

A lease is 2 s here, and another installation waits 3 s more before it takes over. Against a process that
froze between its last check and the first byte of its request only keys can help, so they are honoured there.
"""

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from syncd.sandbox.faults import Fault, FaultKind
from syncd.sandbox.http import Call, Request
from tests.campaign.kills.blows import Blow, Strike
from tests.campaign.kills.side import Side, Tables
from tests.campaign.kills.stage import Stage, staged
from tests.campaign.kills.starts import Forks, Process, forking
from tests.campaign.kills.tales import Tales
from tests.campaign.kills.trial import Trial
from tests.campaign.kills.world import BOUND, STRIKES, play, side_by_side
from tests.campaign.place import no_log_lines
from tests.campaign.seeds import in_parts
from tests.campaign.verdict import REAL, Record, assert_all_is_well

HERE = "tests/campaign/test_frozen.py"
WORLDS = {"short": 3, "long": 160}
AT_A_TIME = 10
HARMFUL = {"CreateRefund": "refundCreate", "CreateReturn": "returnCreate", "ProcessReturn": "returnProcess"}
"""What must not be carried out twice: the documents, and what they call."""
HARMLESS = {"CloseReturn": "returnClose", "CancelReturn": "returnCancel", "CloseOrder": "orderClose"}
CALLS = HARMFUL | HARMLESS
ONE_BY_ONE: Tables = {"shops.us.shopify": {"concurrency": 1}, "logging": {"level": "debug"}}
"""One case after another, every request told on standard error."""
PAUSE = 5.0
"""Seconds that Shopify asks for, after a claim and before what it protects."""
PAUSING = re.compile(r"status\D{1,3}429")


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    """The parent of all processes of this worker."""
    with no_log_lines(), forking() as forks:
        yield forks


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Some worlds at a time; every document in the long form."""
    in_parts(metafunc, WORLDS, AT_A_TIME)
    if "document" in metafunc.fixturenames:
        short = metafunc.config.getoption("--campaign") == "short"
        metafunc.parametrize("document", HARMFUL if short else CALLS)


def frozen_before(document: str, forks: Forks, side: Side, tales: Tales) -> Process:
    """A process that stopped itself right before it sends that document for the first time."""
    for news in (tales.begin, tales.end):
        news()
        process = forks(side.folder, "once", "-c", str(side.file), freeze=document)
        if process.until_frozen():
            return process
        assert process.wait() == 0
    raise AssertionError(f"{document} was never sent")


def frozen_after_claim(step: int, stage: Stage, forks: Forks) -> Process:
    """A process that knows that it has its claim, and pauses before the next request, as it was asked to."""
    side, left = stage.sides[0], [step]
    faults = side.door.shopify.front.faults

    def ask_for_a_pause(operation: str, _request: Request) -> None:
        left[0] -= operation == "metafieldsSet"
        if left[0] == 0:
            left[0] = -1
            faults.add(Fault(FaultKind.STATUS_429, "re*", seconds=PAUSE))

    faults.before.append(ask_for_a_pause)
    process = forks(side.folder, "once", "-c", str(side.file))
    while not PAUSING.search(process.err.read_text()):
        assert not process.ended(0.01)
    assert process.freeze()
    return process


def woken_after_another_took_over(stage: Stage, process: Process) -> list[Call]:
    """All that was written after the process woke up, when the other installation had done everything."""
    side, other = stage.sides
    assert other.until_quiet()
    before = len(stage.pair.shopify.writes())
    process.thaw()
    process.wait(BOUND)
    # What it had in flight has long timed out, which is temporary.
    side.note_end(process, {0, os.EX_TEMPFAIL})
    return stage.pair.shopify.writes()[before:]


def done_again(writes: list[Call]) -> list[Call]:
    """Those that did something which the other had done."""
    return [write for write in writes if write.applied and write.operation in HARMFUL.values()]


def test_frozen_right_before_a_request_leaves(
    forks: Forks, tmp_path: Path, record_property: Record, document: str
) -> None:
    """The request leaves when another has done all the work, and nothing is done a second time."""
    trial = Trial(0, f"{HERE}::test_frozen_right_before_a_request_leaves")
    with trial.under_way(), staged(tmp_path, forks, 2) as stage:
        tales = Tales(stage.pair, Random(0))
        process = frozen_before(document, forks, stage.sides[0], tales)
        writes = woken_after_another_took_over(stage, process)
        trial.rest(stage, tales)
    assert CALLS[document] in [write.operation for write in writes]
    assert [] == done_again(writes)
    assert_all_is_well([trial], record_property, REAL)


@pytest.mark.parametrize("step", [1, 5])
def test_frozen_with_a_claim_in_hand(
    forks: Forks, tmp_path: Path, record_property: Record, step: int
) -> None:
    """A claim that ran out meanwhile is not used, so that nothing is doubled even where keys are ignored.

    The process pauses when it is frozen: its claim is taken, and what it claimed for is to be sent again.
    """
    trial = Trial(step, f"{HERE}::test_frozen_with_a_claim_in_hand")
    with trial.under_way(), staged(tmp_path, forks, 2, ONE_BY_ONE) as stage:
        stage.pair.shopify.switches.keys_ignored = True
        tales = Tales(stage.pair, Random(step))
        tales.end()
        process = frozen_after_claim(step, stage, forks)
        writes = woken_after_another_took_over(stage, process)
        trial.rest(stage, tales)
    assert [] == done_again(writes)
    assert_all_is_well([trial], record_property, REAL)


def test_frozen_at_random(seeds: list[int], forks: Forks, tmp_path: Path, record_property: Record) -> None:
    """Two daemons on two stores, of which one stands still now and then, double and lose nothing."""
    trials = side_by_side(lambda seed: frozen_at_random(seed, tmp_path / str(seed), forks), seeds)
    assert_all_is_well(trials, record_property, REAL)


def frozen_at_random(seed: int, folder: Path, forks: Forks) -> Trial:
    """Freezes of up to some leases, at any moment."""
    trial, chance = Trial(seed, f"{HERE}::test_frozen_at_random"), Random(seed)
    folder.mkdir()
    with trial.under_way(), staged(folder, forks, 2) as stage:
        tales = Tales(stage.pair, chance)
        tales.go_on()
        first, second = (side.begin("run", Strike(Blow(BOUND), signal.SIGTERM)) for side in stage.sides)
        for _ in range(3):
            tales.go_on()
            moment, span = chance.uniform(0.0, 0.5), chance.choice((0.3, 3.0, 6.0)) * chance.uniform(0.5, 1.5)
            assert not first.process.ended(moment)
            trial.story.append(f"frozen at {first.last} for {span:.1f} s")
            trial.figures["freezes"] += first.process.freeze()
            assert not first.process.ended(span)
            first.process.thaw()
        for side, strike in zip(stage.sides, (first, second), strict=True):
            strike.land("in the end")
            strike.process.wait(BOUND)
            side.note_end(strike.process, strike.expected)
        trial.rest(stage, tales)
    return trial


def test_stopped_at_random(seeds: list[int], forks: Forks, tmp_path: Path, record_property: Record) -> None:
    """SIGTERM at any moment: it ends in time with 0, and the next process goes on; nothing is doubled."""

    def stopped(seed: int) -> Trial:
        test = f"{HERE}::test_stopped_at_random"
        return play(seed, tmp_path / str(seed), forks, test=test, number=signal.SIGTERM)

    trials = side_by_side(stopped, seeds)
    assert_all_is_well(trials, record_property, REAL)
    assert all(trial.figures["stops"] >= STRIKES for trial in trials)
