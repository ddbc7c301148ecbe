"""How long a report takes, against stand-ins without latency: `python -m tests.bench.report [CASES]`.

Once with a store that knows the orders, and once with an empty one: then every order is searched for.
"""

import json
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.bench.serving import served
from tests.bench.shops import Spec

_PLANTED = {"missing": 1, "doubled": 1, "different_amount": 1}


def report(config: Path) -> tuple[float, Any]:
    """Seconds that the report of these days takes, and what it says."""
    today = datetime.now(UTC).date()
    days = ["--since", str(today - timedelta(days=2)), "--until", str(today + timedelta(days=2))]
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "syncd", "report", "--json", *days, "-c", str(config)],
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.monotonic() - begun
    if not done.stdout:
        raise SystemExit(done.stderr)
    return seconds, json.loads(done.stdout)["shops"]["us"]


def main(cases: int) -> int:
    """Print the time and what was found; the exit code is 1 where planted faults were not found."""
    table, figures = Table("store", "cases", "seconds", "cases per second", "found"), []
    with served(Spec(refunded=cases, spoilt=True)) as shops:
        for store in ("known", "lost"):
            seconds, found = report(shops.folder / f"{store}.toml")
            results = found["results"]
            table.add_row(store, str(cases), f"{seconds:.1f}", f"{cases / seconds:.0f}", json.dumps(results))
            figures.append({"store": store, "cases": cases, "seconds": round(seconds, 2), "results": results})
    Console().print(table)
    Console().print_json(data=figures)
    expected = _PLANTED | {"matched": cases - len(_PLANTED)}
    return 0 if all(one["results"] == expected for one in figures) else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
