"""A backlog of refunds while the quota does not bind: syncd against a plain script, one refund after another.

Both have the same latency. The script does a tenth of the refunds: it is as slow for all of them.
"""

import sys

from tests.bench.figures import NOT_THE_BOTTLENECK, Benchmark, Measured, Target, sized
from tests.bench.program import daemon, once, ran, until
from tests.bench.serving import Shops, busy, served
from tests.bench.shops import ENDLESS, Spec

CASES = 2000
LATENCY = 0.05
_FASTER = Target("times faster than the script, syncd once", 6, at_least=True)
_DAEMON = Target("times faster than the script, syncd run", 6, at_least=True)


def script(shops: Shops) -> float:
    """Seconds that the script takes for a refund."""
    command = (sys.executable, "-m", "tests.bench.script", str(shops.folder / "lost.toml"))
    return float(ran(*command, given="\n".join(shops.others)).out) / len(shops.others)


def drained(shops: Shops, cases: int) -> float:
    """Seconds until `syncd run` has refunded that many, its start included."""
    before = shops.ask("refunds")
    shops.ask("reset")
    with daemon(shops.folder / "lost.toml"):
        until(lambda: shops.ask("refunds") - before >= cases)
    counts = shops.ask("counts")
    return float(counts["last"] - counts["since"])


def run(scale: float) -> Measured:
    """Both sides, and syncd in both ways: as one cycle, and as the daemon."""
    cases = sized(CASES, scale)
    spec = Spec(
        waiting=cases, others=sized(cases // 10, 1), latency=LATENCY, restore_rate=ENDLESS, bucket=ENDLESS
    )
    with served(spec) as shops:
        plain = script(shops)
        shops.ask("reset")
        done, said = once(shops.folder / "lost.toml")
        counts = shops.ask("counts")
    if said["us"]["written"] != cases:
        raise SystemExit(f"{cases} cases, but {said}")
    with served(spec) as shops:
        lasting = drained(shops, cases)
    return {
        _FASTER.name: plain * cases / done.seconds,
        _DAEMON.name: plain * cases / lasting,
        "script: ms a refund": plain * 1000,
        "once: ms a refund": done.seconds / cases * 1000,
        "once: processor ms a refund": done.cpu / cases * 1000,
        "run: ms a refund": lasting / cases * 1000,
        "once: requests to Shopify a refund": sum(counts["shopify"].values()) / cases,
    } | busy(counts)


BENCHMARK = Benchmark(
    "backlog",
    f"{CASES:,} refunds, {LATENCY * 1000:g} ms latency, the quota does not bind; the script does a tenth",
    (_FASTER, _DAEMON, NOT_THE_BOTTLENECK),
    run,
)
