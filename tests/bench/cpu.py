"""Processor time of a written case, against a bare httpx loop that sends the very same requests."""

import sys

from tests.bench.figures import Benchmark, Measured, Target, sized
from tests.bench.program import Ran, once, ran
from tests.bench.serving import served
from tests.bench.shops import ENDLESS, Spec

CASES, RETURNS = 1000, 300
_HOURS_AGO = 7200.0
_TIMES = Target("processor time a case, times that of the loop", 2.5)


def run(scale: float) -> Measured:
    """Without the start of syncd and of the loop, and without a cycle with nothing in it."""
    cases = sized(CASES, scale)
    with served(Spec(waiting=cases, age=_HOURS_AGO, restore_rate=ENDLESS, bucket=ENDLESS)) as shops:
        shops.ask("record")
        done, said = once(shops.folder / "lost.toml")
        if said["us"]["written"] != cases:
            raise SystemExit(f"{cases} cases, but {said}")
        requests = "\n".join(shops.ask("recorded"))
        idle, _said = once(shops.folder / "lost.toml")
        shops.ask("play")
        loops = {
            kind: float(ran(sys.executable, "-m", "tests.bench.replay", kind, given=requests).out) / cases
            for kind in ("sync", "async")
        }
    own = (done.cpu - idle.cpu) / cases
    return {
        _TIMES.name: own / loops["sync"],
        "the same, loop with httpx.AsyncClient": own / loops["async"],
        "syncd: processor ms a case": own * 1000,
        "loop: processor ms a case": loops["sync"] * 1000,
        "loop with AsyncClient: processor ms a case": loops["async"] * 1000,
        "requests a case": len(requests.splitlines()) / cases,
        "syncd: processor ms a return, shown and paid back": _of_returns(sized(RETURNS, scale), idle) * 1000,
    }


def _of_returns(cases: int, idle: Ran) -> float:
    """Processor seconds of a return in two cycles, with its tracking number, restocked and closed."""
    tables = {"sync": {"auto_restock": True}}
    with served(Spec(returns=cases, restore_rate=ENDLESS, bucket=ENDLESS, tables=tables)) as shops:
        shown, _said = once(shops.folder / "lost.toml")
        shops.ask("complete")
        paid_back, said = once(shops.folder / "lost.toml")
    if said["us"]["written"] != cases:
        raise SystemExit(f"{cases} returns, but {said}")
    return (shown.cpu + paid_back.cpu - 2 * idle.cpu) / cases


BENCHMARK = Benchmark(
    "cpu",
    f"{CASES:,} refunds without latency; the loop sends the requests that were recorded, one after another",
    (_TIMES,),
    run,
)
