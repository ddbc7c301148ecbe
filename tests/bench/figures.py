"""What a benchmark measures, and what is to be reached."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

Measured = Mapping[str, float]
"""Figures of one run by their names: those that have a target, and others that explain them."""

BUSY = "stand-ins: busy share"
"""Of the processor time that their one thread could have used: near 1, they are what is measured."""


@dataclass(frozen=True, slots=True)
class Target:
    """A figure that is to be at least, or at most, so much."""

    name: str
    limit: float
    at_least: bool = False

    def met(self, value: float) -> bool:
        """Whether that is good enough."""
        return value >= self.limit if self.at_least else value <= self.limit

    @property
    def text(self) -> str:
        """As a table shows it."""
        return f"{'>=' if self.at_least else '<='} {self.limit:g}"


NOT_THE_BOTTLENECK = Target(BUSY, 0.7)


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One benchmark. `run` takes the part of its full size that is to be run."""

    name: str
    about: str
    targets: tuple[Target, ...]
    run: Callable[[float], Measured]


@dataclass(frozen=True, slots=True)
class Row:
    """A figure over all runs. Without a target it has no verdict."""

    name: str
    values: tuple[float, ...]
    target: Target | None = None

    @property
    def median(self) -> float:
        """The middle one of the runs."""
        return median(self.values)

    @property
    def met(self) -> bool | None:
        """Whether the median reaches the target."""
        return self.target.met(self.median) if self.target else None


def rows(benchmark: Benchmark, runs: Sequence[Measured]) -> list[Row]:
    """The figures with a target first, then the others.

    Raises:
        KeyError: A run did not measure what has a target.
    """
    targets = {one.name: one for one in benchmark.targets}
    names = [*targets, *(name for name in runs[0] if name not in targets)]
    return [Row(name, tuple(run[name] for run in runs), targets.get(name)) for name in names]


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest of the values that so large a share of them do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def sized(full: int, scale: float, least: int = 1) -> int:
    """So many of the full number."""
    return max(least, round(full * scale))
