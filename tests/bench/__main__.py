"""The benchmarks: `python -m tests.bench` for all of them, `python -m tests.bench NAME ...` for some."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench import backlog, cpu, fair, points, quiet, quota, start
from tests.bench.figures import Benchmark, Measured, Row, rows

BENCHMARKS = {one.BENCHMARK.name: one.BENCHMARK for one in (backlog, quota, points, quiet, cpu, fair, start)}
_WIDTH = 110
_WORDS = {True: "reached", False: "MISSED", None: ""}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, print tables and JSON; the exit code is 1 where a figure is not reached."""
    asked = _asked(arguments)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # or each start of the program compiles all of it
    console, told = Console(width=max(_WIDTH, Console().width)), dict[str, object]()
    reached = True
    for name in asked.names or BENCHMARKS:
        benchmark = BENCHMARKS[name]
        loads, runs = list[float](), list[Measured]()
        for _ in range(asked.runs):
            loads.append(os.getloadavg()[0])
            runs.append(benchmark.run(asked.scale))
        found = rows(benchmark, runs)
        console.print(_table(benchmark, found, loads, asked.scale))
        told[name] = {
            "about": benchmark.about,
            "scale": asked.scale,
            "load": loads,
            "figures": [_as_json(row) for row in found],
        }
        reached = reached and all(row.met is not False for row in found)
    text = json.dumps(told, indent=1)
    if asked.json:
        asked.json.write_text(text + "\n")
    else:
        sys.stdout.write(text + "\n")
    return 0 if reached else 1


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(BENCHMARKS)}")
    parser.add_argument("--runs", type=int, default=5, help="of which the median counts (default: 5)")
    parser.add_argument("--scale", type=float, default=1.0, help="0.01: a hundredth of the full size")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where the JSON goes, instead of here")
    asked = parser.parse_args(arguments)
    if unknown := set(asked.names) - BENCHMARKS.keys():
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    return asked


def _table(benchmark: Benchmark, found: Sequence[Row], loads: Sequence[float], scale: float) -> Table:
    load = ", ".join(f"{one:.1f}" for one in loads)
    caption = f"medians of {len(loads)}, {os.cpu_count()} processors, load before each: {load}"
    table = Table("figure", "median", "lowest", "highest", "to reach", "", caption=caption)
    part = "" if scale == 1 else f" (scale {scale:g})"
    table.title = f"{benchmark.name}: {benchmark.about}{part}"
    for row in found:
        values = (row.median, min(row.values), max(row.values))
        target = row.target.text if row.target else ""
        table.add_row(row.name, *(f"{value:.4g}" for value in values), target, _WORDS[row.met])
    return table


def _as_json(row: Row) -> dict[str, object]:
    target = {"to_reach": row.target.text, "reached": row.met} if row.target else {}
    return {"figure": row.name, "median": row.median, "runs": row.values} | target


if __name__ == "__main__":
    sys.exit(main())
