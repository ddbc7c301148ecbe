"""The same backlog while the quota binds: how much of what comes back is used, and what is refused."""

from tests.bench.backlog import CASES, LATENCY
from tests.bench.figures import NOT_THE_BOTTLENECK, Benchmark, Measured, Target, sized
from tests.bench.program import once
from tests.bench.serving import busy, served
from tests.bench.shops import PLUS, Spec

_SHARE = Target("share of the restore rate used", 0.95, at_least=True)
_REFUSED = Target("THROTTLED answers", 0)


def run(scale: float) -> Measured:
    """The bucket is empty when the program is started; time counts from there to the last request."""
    cases = sized(CASES, scale)
    with served(Spec(waiting=cases, latency=LATENCY, restore_rate=PLUS, bucket=20 * PLUS)) as shops:
        shops.ask("empty")
        shops.ask("reset")
        _done, said = once(shops.folder / "lost.toml")
        counts = shops.ask("counts")
    if said["us"]["written"] != cases:
        raise SystemExit(f"{cases} cases, but {said}")
    seconds = counts["last"] - counts["since"]
    return {
        _SHARE.name: counts["actual"] / (PLUS * seconds),
        _REFUSED.name: counts["throttled"],
        "seconds": seconds,
        "points used a case": counts["actual"] / cases,
        "points requested a case": sum(counts["requested"].values()) / cases,
    } | busy(counts)


BENCHMARK = Benchmark(
    "quota",
    f"{CASES:,} refunds, {LATENCY * 1000:g} ms latency, {PLUS:g} points a second, bucket empty at the start",
    (_SHARE, _REFUSED, NOT_THE_BOTTLENECK),
    run,
)
