"""Charts as geometry: where each bar, tick and label is. How they look is up to the templates."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

WIDTH = 420
_HEIGHT = 200
_TOP, _BOTTOM, _LEFT, _RIGHT = 10, 22, 52, 14
_ROW = 22
_NAMES = 150
"""The room for the names beside horizontal bars; longer ones are cut."""
_LETTERS = 22
_MOST_TICKS = 4
_MOST_LABELS = 8
_GAP = 0.2
"""The part of a place along the axis that stays empty."""
_THICKEST = 32

Tell = Callable[[float], str]
"""A value in words."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One value. `series` is the number of the series, from 0."""

    x: float
    y: float
    width: float
    height: float
    series: int
    told: str


@dataclass(frozen=True, slots=True)
class Text:
    """A tick or a label, with the point that it stands at."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart with its figures as a table, the names of the columns first."""

    title: str
    height: float
    bars: Sequence[Bar]
    ticks: Sequence[Text]
    labels: Sequence[Text]
    legend: Sequence[str]
    table: Sequence[Sequence[str]]
    lying: bool = False

    @property
    def width(self) -> float:
        """Of every chart."""
        return WIDTH


def columns(
    title: str, names: Sequence[str], series: Sequence[tuple[str, Sequence[float]]], tell: Tell = str
) -> Chart:
    """Standing bars, those of several series beside each other; `names` are along the axis."""
    top = _top([value for _, values in series for value in values])
    room, place = _HEIGHT - _TOP - _BOTTOM, (WIDTH - _LEFT - _RIGHT) / max(1, len(names))
    thick = min(_THICKEST, place * (1 - _GAP) / max(1, len(series)))

    def bar(number: int, position: int, value: float) -> Bar:
        height = room * value / top
        x = _LEFT + (position + 0.5) * place + (number - len(series) / 2) * thick
        told = f"{names[position]}, {series[number][0]}: {tell(value)}"
        return Bar(x, _TOP + room - height, thick, height, number, told)

    every = ceil(len(names) / _MOST_LABELS)
    return Chart(
        title=title,
        height=_HEIGHT,
        bars=[
            bar(n, at, value)
            for n, (_, values) in enumerate(series)
            for at, value in enumerate(values)
            if value
        ],
        ticks=[Text(_LEFT, _TOP + room - room * value / top, tell(value)) for value in _ticks(top)],
        labels=[
            Text(_LEFT + (at + 0.5) * place, _HEIGHT - 6, name)
            for at, name in enumerate(names)
            if at % every == 0
        ],
        legend=[name for name, _ in series] if len(series) > 1 else [],
        table=[
            ["", *(name for name, _ in series)],
            *([name, *(tell(values[at]) for _, values in series)] for at, name in enumerate(names)),
        ],
    )


def bars(title: str, values: Sequence[tuple[str, float]], tell: Tell = str) -> Chart:
    """Lying bars, one below the other, each with its name and its value."""
    top = _top([value for _, value in values])
    room = WIDTH - _NAMES - 90
    return Chart(
        title=title,
        height=_ROW * max(1, len(values)) + 4,
        bars=[
            Bar(_NAMES, at * _ROW + 4, room * value / top, _ROW - 8, 0, f"{name}: {tell(value)}")
            for at, (name, value) in enumerate(values)
        ],
        ticks=[
            Text(_NAMES + room * value / top + 6, (at + 0.5) * _ROW + 4, tell(value))
            for at, (_, value) in enumerate(values)
        ],
        labels=[Text(_NAMES - 8, (at + 0.5) * _ROW + 4, _cut(name)) for at, (name, _) in enumerate(values)],
        legend=[],
        table=[["", "value"], *([name, tell(value)] for name, value in values)],
        lying=True,
    )


def _cut(name: str) -> str:
    return name if len(name) <= _LETTERS else f"{name[: _LETTERS - 1]}…"


def _top(values: Sequence[float]) -> float:
    """The end of the axis: the greatest value, rounded up to a round one."""
    most = max(values, default=0)
    if most <= 0:
        return 1
    step = _step(most)
    return ceil(most / step) * step


def _ticks(top: float) -> list[float]:
    step = _step(top)
    return [number * step for number in range(floor(top / step + 1e-9) + 1)]


def _step(top: float) -> float:
    """A round distance of ticks: 1, 2 or 5 times a power of ten, never below 1."""
    least = top / _MOST_TICKS
    power = 10 ** floor(log10(least)) if least >= 1 else 1
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= least)
