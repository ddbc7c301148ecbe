"""Where the bars, ticks and labels of a chart are."""

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from syncd.report.charts import WIDTH, Chart, bars, columns

VALUES = st.lists(st.integers(0, 10**12) | st.floats(0, 10**6), max_size=80)


def inside(chart: Chart) -> bool:
    return all(
        -0.01 <= bar.x
        and -0.01 <= bar.y
        and bar.x + bar.width <= WIDTH + 0.01
        and bar.y + bar.height <= chart.height + 0.01
        for bar in chart.bars
    )


@given(VALUES)
def test_standing_bars_are_inside_and_as_high_as_their_values(values: list[float]) -> None:
    """One series, and the same beside itself."""
    names = [str(number) for number in range(len(values))]
    for series in ([("a", values)], [("a", values), ("b", values)]):
        chart = columns("t", names, series)
        assert inside(chart)
        assert len(chart.bars) == len(series) * sum(1 for value in values if value)
        heights = [bar.height for bar in chart.bars if bar.series == 0]
        proportional(heights, [value for value in values if value])


@given(VALUES)
def test_lying_bars_are_inside_and_as_long_as_their_values(values: list[float]) -> None:
    """Each on a line of its own."""
    chart = bars("t", [(str(number), value) for number, value in enumerate(values)])
    assert inside(chart)
    assert len({bar.y for bar in chart.bars}) == len(values)
    proportional([bar.width for bar in chart.bars], values)


def proportional(lengths: Sequence[float], values: Sequence[float]) -> None:
    most = max(values, default=0)
    for length, value in zip(lengths, values, strict=True):
        assert abs(length * most - max(lengths) * value) <= 1e-6 * max(1.0, most) * max(lengths)


@given(VALUES)
def test_the_axis_has_a_few_round_ticks_up_to_its_end(values: list[float]) -> None:
    """The highest bar ends below the last one."""
    chart = columns("t", [""] * len(values), [("a", values)])
    assert 2 <= len(chart.ticks) <= 6
    last = min(tick.y for tick in chart.ticks)
    assert all(bar.y >= last - 0.01 for bar in chart.bars)


@given(st.integers(1, 500))
def test_labels_have_room(count: int) -> None:
    """However long the axis is, some of its places are named, the first among them."""
    chart = columns("t", [f"Oct {number}" for number in range(count)], [("a", [1.0] * count)])
    places = [label.x for label in chart.labels]
    assert 1 <= len(places) <= 8
    assert chart.labels[0].text == "Oct 0"
    assert all(later - earlier >= 40 for earlier, later in pairwise(places))


def test_every_figure_is_in_the_table() -> None:
    """For those who cannot see the picture, or want to copy it."""
    chart = columns("t", ["x", "y"], [("a", [1, 2]), ("b", [0, 3])], lambda value: f"{value} pieces")
    assert chart.table == [["", "a", "b"], ["x", "1 pieces", "0 pieces"], ["y", "2 pieces", "3 pieces"]]
    assert chart.legend == ["a", "b"]
    assert bars("t", [("x", 1)]).table == [["", "value"], ["x", "1"]]


def test_long_names_are_cut_beside_their_bars_only() -> None:
    """The table has them whole."""
    name = "a name that is much too long for the picture"
    chart = bars("t", [(name, 1)])
    assert chart.labels[0].text == "a name that is much t…"
    assert chart.table[1][0] == name
