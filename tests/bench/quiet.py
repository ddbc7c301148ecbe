"""A cycle in which nothing is new, with a million stored cases and with a thousand, side by side."""

import time
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.bench.figures import Benchmark, Measured, Target, sized
from tests.bench.program import Daemon, daemon, until
from tests.bench.recorder import POLL
from tests.bench.serving import Shops, served
from tests.bench.settled import settle
from tests.bench.shops import Spec

MANY, FEW = 1_000_000, 1000
_CYCLES = 15
_WARM = 3
"""Cycles before it is measured."""
_TIKTOK = Target("TikTok calls a cycle", 1)
_SHOPIFY = Target("Shopify calls a cycle", 0)
_CPU = Target(f"processor time a cycle, {MANY:,} cases : {FEW:,}", 1.2)
_MEMORY = Target(f"resident memory, {MANY:,} cases : {FEW:,}", 1.1)
_TABLES = {"sync": {"poll_interval": "1s"}}
_HOURS_AGO = 7200.0


@dataclass(slots=True)
class Side:
    """A daemon on a store of that size."""

    shops: Shops
    config: Path


@cache
def _side(cases: int) -> Side:
    """Kept until the process ends: to fill a store takes minutes."""
    spec = Spec(waiting=1, age=_HOURS_AGO, tables=_TABLES)
    shops = _KEPT.enter_context(served(spec))
    return Side(shops, settle(shops, cases))


_KEPT = ExitStack()


def _polls(side: Side) -> int:
    return int(side.shops.ask("counts")["tiktok"].get(POLL, 0))


def _cycles(side: Side, count: int) -> None:
    until(lambda: _polls(side) >= count)


def run(scale: float) -> Measured:
    """Both daemons at the same time."""
    sides = [_side(sized(MANY, scale, FEW)), _side(FEW)]
    with ExitStack() as stack:
        for side in sides:
            side.shops.ask("reset")
        daemons = [stack.enter_context(daemon(side.config)) for side in sides]
        for side in sides:
            _cycles(side, _WARM)
            side.shops.ask("reset")
        before = [one.cpu() for one in daemons]
        for side in sides:
            _cycles(side, _CYCLES)
        time.sleep(0.5)  # the last cycle ends
        spent = [one.cpu() - was for one, was in zip(daemons, before, strict=True)]
        return _figures(sides, daemons, spent)


def _figures(sides: list[Side], daemons: list[Daemon], spent: list[float]) -> Measured:
    counts = [side.shops.ask("counts") for side in sides]
    cycles = [one["tiktok"][POLL] for one in counts]
    many, few = (cpu / number for cpu, number in zip(spent, cycles, strict=True))
    memory = [one.resident() for one in daemons]
    return {
        _TIKTOK.name: max(sum(one["tiktok"].values()) / n for one, n in zip(counts, cycles, strict=True)),
        _SHOPIFY.name: max(sum(one["shopify"].values()) / n for one, n in zip(counts, cycles, strict=True)),
        _CPU.name: many / few,
        _MEMORY.name: memory[0] / memory[1],
        f"processor ms a cycle, {MANY:,} cases": many * 1000,
        f"processor ms a cycle, {FEW:,} cases": few * 1000,
        f"MiB, {MANY:,} cases": memory[0],
        f"MiB, {FEW:,} cases": memory[1],
    }


BENCHMARK = Benchmark(
    "quiet",
    f"a cycle in which nothing is new, everything settled, {MANY:,} stored cases against {FEW:,}",
    (_TIKTOK, _SHOPIFY, _CPU, _MEMORY),
    run,
)
