"""The figures that campaign tests record, added up and told in one table."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

import pytest

CAMPAIGN = ("tests/campaign/", "tests/e2e/test_soak.py")
_OUTCOMES = ("passed", "failed", "xfailed", "xpassed")
Figures = Mapping[str, float]


def added_up(reports: Iterable[pytest.TestReport]) -> dict[str, dict[str, float]]:
    """By file and name; only of tests of the campaign, and only what is a number."""
    sums: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for report in reports:
        if not report.nodeid.startswith(CAMPAIGN) or report.when != "call":
            continue
        for name, value in report.user_properties:
            if isinstance(value, int | float):
                sums[PurePosixPath(report.nodeid.partition("::")[0]).stem][name] += value
    return sums


def tell(reporter: pytest.TerminalReporter) -> None:
    """Print a column for each file and a line for each figure."""
    stats: Mapping[str, list[object]] = reporter.stats
    found = [one for outcome in _OUTCOMES for one in stats.get(outcome, ())]
    sums = added_up(one for one in found if isinstance(one, pytest.TestReport))
    if not sums:
        return
    reporter.write_sep("=", "campaign figures")
    for line in table(sums):
        reporter.write_line(line)


def table(sums: Mapping[str, Figures]) -> list[str]:
    """The lines of the table; figures stand in the order in which they were recorded."""
    names = list(dict.fromkeys(name for figures in sums.values() for name in figures))
    rows = [["", *sums], *([name, *(_shown(figures, name) for figures in sums.values())] for name in names)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if place else cell.ljust(width) for place, (cell, width) in enumerate(pairs)
        )
        for row in rows
        for pairs in [list(zip(row, widths, strict=True))]
    ]


def _shown(figures: Figures, name: str) -> str:
    if name not in figures:
        return ""
    value = figures[name]
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"
