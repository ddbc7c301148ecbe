"""What a case costs of Shopify's points, by the requested cost of every document sent for it."""

from pathlib import Path

from tests.bench.figures import Benchmark, Measured, Target, sized
from tests.bench.program import once
from tests.bench.serving import Shops, served
from tests.bench.shops import Spec

CASES = 100
_LINES = (2, 50)
_REFUND = {lines: Target(f"refund-only, order of {lines} lines", 70) for lines in _LINES}
_RETURN = {lines: Target(f"return, restock, close, order of {lines} lines", 140) for lines in _LINES}


def run(scale: float) -> Measured:
    """Small orders, and such as have as many lines as are to be readable."""
    cases, figures = sized(CASES, scale, 2), dict[str, float]()
    for lines in _LINES:
        with served(Spec(waiting=cases, lines=lines)) as shops:
            figures |= _told(_REFUND[lines].name, shops, cases)
        tables = {"sync": {"auto_restock": True}}
        with served(Spec(returns=cases, lines=lines, tables=tables)) as shops:
            figures |= _told(_RETURN[lines].name, shops, cases, paid_back_later=True)
    return figures


def _told(name: str, shops: Shops, cases: int, *, paid_back_later: bool = False) -> dict[str, float]:
    """Points and requests a case, each operation by itself."""
    config = shops.folder / "lost.toml"
    _written(config, cases)
    if paid_back_later:
        shops.ask("complete")
        _written(config, cases)
    counts = shops.ask("counts")
    requested, sent = counts["requested"], counts["shopify"]
    parts = {f"{name}: {one}": points / cases for one, points in requested.items()}
    return {name: sum(requested.values()) / cases, f"{name}: requests": sum(sent.values()) / cases} | parts


def _written(config: Path, cases: int) -> None:
    said = once(config)[1]
    if said["us"]["written"] != cases:
        raise SystemExit(f"{cases} cases, but {said}")


BENCHMARK = Benchmark(
    "points",
    f"points requested a case, of {CASES} cases, search and claim included",
    (*_REFUND.values(), *_RETURN.values()),
    run,
)
