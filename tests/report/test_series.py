"""The figures of the four charts."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from syncd.report.charts import Chart
from syncd.report.rows import Result
from syncd.report.series import (
    by_day_chart,
    by_reason_chart,
    charts,
    held_by_day,
    held_chart,
    lag_chart,
    paid,
)
from tests.report.examples import row

DAY = datetime(2026, 10, 30, 12, tzinfo=UTC)


def figures(chart: Chart) -> list[list[str]]:
    return [list(line) for line in chart.table[1:]]


def test_refunds_by_day_put_both_sides_beside_each_other() -> None:
    """Days without any are there, too; each side on its own day."""
    rows = [
        row("10.00", "10.00", paid_back_at=DAY, refunded_at=DAY + timedelta(days=2)),
        row("1234.50", None, paid_back_at=DAY),
    ]
    found = by_day_chart(paid(rows), "USD")
    assert found.title == "Refunds by day, USD"
    assert figures(found) == [["Oct 30", "1,244.50", "0"], ["Oct 31", "0", "0"], ["Nov 01", "0", "10"]]


def test_a_long_time_is_told_by_weeks_and_months() -> None:
    """So that the bars can be told apart."""
    for days, name in ((61, "day"), (62, "week"), (400, "week"), (500, "month")):
        rows = [row("1.00", None, paid_back_at=DAY - timedelta(days=back)) for back in (0, days)]
        assert by_day_chart(paid(rows), "USD").title == f"Refunds by {name}, USD"


@given(amounts=st.lists(st.tuples(st.integers(0, 700), st.integers(1, 10**6)), min_size=1, max_size=30))
def test_no_money_is_lost_between_the_bars(amounts: list[tuple[int, int]]) -> None:
    """Whatever the axis, its bars add up to all of it."""
    rows = [row(f"{whole}.00", None, paid_back_at=DAY - timedelta(days=back)) for back, whole in amounts]
    found = by_day_chart(paid(rows), "USD")
    assert sum(int(line[1].replace(",", "")) for line in figures(found)) == sum(whole for _, whole in amounts)


def test_reasons_beyond_the_first_ten_are_one() -> None:
    """The greatest come first."""
    rows = [row(f"{number}.00", None, reason=f"reason {number}") for number in range(1, 14)]
    found = figures(by_reason_chart(paid(rows), "USD"))
    assert found[0] == ["reason 13", "13"]
    assert found[-1] == ["3 others", "6"]
    assert len(found) == 11


def test_lags_are_sorted_into_spans() -> None:
    """From TikTok's time to Shopify's, for cases that have both."""
    lags = [timedelta(seconds=30), timedelta(minutes=3), timedelta(minutes=4), timedelta(days=9)]
    rows = [row("1.00", "1.00", paid_back_at=DAY, refunded_at=DAY + lag) for lag in lags]
    [found] = lag_chart(paid([*rows, row("1.00", None)]))
    assert [line for line in figures(found) if line[1] != "0"] == [
        ["1 min", "1"],
        ["5 min", "2"],
        ["more", "1"],
    ]
    assert lag_chart(paid([row("1.00", None)])) == []


def test_held_cases_are_the_most_of_each_place() -> None:
    """Nothing is drawn where nothing was ever held."""
    days = [(date(2026, 1, 5) + timedelta(days=number), number % 7) for number in range(100)]
    [found] = held_chart(days)
    assert found.title == "Held cases by week"
    assert {line[1] for line in figures(found)[:-1]} == {"6"}
    assert held_chart([(date(2026, 1, 1), 0)]) == []


def test_each_currency_has_its_charts() -> None:
    """And amounts without cents have none."""
    rows = [row("10.00", "10.00"), row("489681", None, Result.MISSING, currency="VND")]
    found = charts(list(paid(rows)), [])
    assert [chart.title for chart in found] == [
        "Refunds by day, USD",
        "Refunds by reason, USD",
        "Refunds by day, VND",
        "Refunds by reason, VND",
        "From TikTok to Shopify, within",
    ]
    assert figures(found[2]) == [["Nov 02", "489,681", "0"]]


def test_held_by_day_counts_the_ends_of_days() -> None:
    """In the shop's days, the last one up to now."""
    zone = ZoneInfo("America/New_York")

    def at(day: int, hour: int) -> datetime:
        return datetime(2026, 11, day, hour, tzinfo=zone)

    spells = [(at(1, 12), at(3, 12)), (at(2, 1), None), (at(2, 2), at(2, 3))]
    assert held_by_day(spells, at(1, 0), at(4, 6), zone) == [
        (date(2026, 11, 1), 1),
        (date(2026, 11, 2), 2),
        (date(2026, 11, 3), 1),
        (date(2026, 11, 4), 1),
    ]
