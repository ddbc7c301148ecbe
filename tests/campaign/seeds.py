"""How many seeds there are to play, some of them in each test."""

from collections.abc import Mapping

import pytest


def in_parts(metafunc: pytest.Metafunc, count: Mapping[str, int], size: int) -> None:
    """Give the argument `seeds` to the tests that want it; `--world` names a single seed."""
    if "seeds" not in metafunc.fixturenames:
        return
    option = metafunc.config.getoption
    number = round(count[option("--campaign")] * option("--factor"))
    seeds = list(range(number)) if option("--world") is None else [option("--world")]
    parts = [seeds[start : start + size] for start in range(0, len(seeds), size)]
    metafunc.parametrize("seeds", parts, ids=[f"{part[0]}-{part[-1]}" for part in parts])
