"""Seeds in chunks: how many there are, side by side, and what is recorded of them."""

import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.campaign.kills.verdict import BAD, Verdict

Record = Callable[[str, object], None]
_AT_A_TIME = 10
"""Worlds mostly wait: for answers, for leases, for what has to settle."""


def chunks(metafunc: pytest.Metafunc, count: Mapping[str, int]) -> None:
    """Give the argument `seeds` to the tests that want it; `--world` names a single seed."""
    if "seeds" not in metafunc.fixturenames:
        return
    only = metafunc.config.getoption("--world")
    factor = metafunc.config.getoption("--factor")
    number = round(count[metafunc.config.getoption("--campaign")] * factor)
    seeds = list(range(number)) if only is None else [only]
    parts = [seeds[start : start + _AT_A_TIME] for start in range(0, len(seeds), _AT_A_TIME)]
    metafunc.parametrize("seeds", parts, ids=[f"{part[0]}-{part[-1]}" for part in parts])


def side_by_side(play: Callable[[int], Verdict], seeds: Sequence[int]) -> list[Verdict]:
    """Play these seeds in a thread each."""
    with ThreadPoolExecutor(len(seeds)) as pool:
        return list(pool.map(play, seeds))


def assert_all_is_well(verdicts: Sequence[Verdict], record: Record) -> None:
    """Record the figures, tell the story where there is one only; nothing may be wrong anywhere."""
    total = Counter(dict.fromkeys(BAD, 0))
    for verdict in verdicts:
        total.update(verdict.figures)
    for name, number in sorted(total.items()):
        record(name, number)
    troubled = [str(verdict) for verdict in verdicts if verdict.troubles]
    if len(verdicts) == 1:
        sys.stdout.write(f"{verdicts[0]}\n")
    if troubled:
        pytest.fail("\n\n".join(troubled), pytrace=False)
