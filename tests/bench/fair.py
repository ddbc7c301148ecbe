"""Many shops in one process: what a shop with a backlog, and a dead one, do to the polls of the others."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.bench.figures import BUSY, NOT_THE_BOTTLENECK, Benchmark, Measured, Target, percentile, sized
from tests.bench.program import daemon
from tests.bench.serving import Shops, busy, served
from tests.bench.shops import ENDLESS, Spec

SHOPS, CASES = 200, 10_000
_INTERVAL = 10
_ROUNDS = 6
"""Polls of each shop, the first one of each left out."""
_LATENCY = 0.05
_RATIO = Target("p95 poll delay of the others: beside them, times alone", 1.5)


@contextmanager
def silent() -> Iterator[str]:
    """The address of a server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def joined(others: Shops, big: Shops, dead: str) -> Path:
    """One config file for the shops of both, and for one that nothing answers; with logins of its own."""
    text = (others.folder / "known.toml").read_text()
    large = (big.folder / "lost.toml").read_text()
    text += large[large.index("[shops.") :]
    text += f"""
[shops.dead.tiktok]
app_key = "dead"
app_secret = "dead-secret"
refresh_token = "dead-token"
api_base = "{dead}"
auth_base = "{dead}"
[shops.dead.shopify]
domain = "dead.myshopify.com"
client_id = "dead"
client_secret = "dead-secret"
api_base = "{dead}"
"""
    config = others.folder / "joined.toml"
    config.touch(mode=0o600)
    config.write_text(text.replace("known.db", "joined.db"))
    return config


def delays(config: Path, others: Shops, seconds: int) -> tuple[list[float], Any]:
    """Seconds by which each poll came after its time, the first ones left out; and the counts."""
    others.ask("reset")
    with daemon(config) as running:
        [ready] = running.events("ready")
        begun = datetime.fromisoformat(ready["ts"]).timestamp()
        time.sleep(seconds)
        counts = others.ask("counts")
    shift = time.time() - time.monotonic()
    polls = (at + shift - begun for polls in counts["polls"].values() for at in polls)
    late = [after % _INTERVAL for after in polls if _INTERVAL <= after < seconds]
    if not late:
        raise SystemExit(f"no shop was polled twice: {running.log.read_text()[-2000:]}")
    return late, counts


def run(scale: float) -> Measured:
    """The others alone, and then with the two beside them."""
    seconds = _INTERVAL * (1 + sized(_ROUNDS, scale, 2))
    names = tuple(f"shop-{number:03d}" for number in range(sized(SHOPS - 2, scale, 2)))
    tables = {"sync": {"poll_interval": f"{_INTERVAL}s"}}
    backlog = Spec(
        shops=("big",),
        waiting=sized(CASES, scale),
        latency=_LATENCY,
        restore_rate=ENDLESS,
        bucket=ENDLESS,
        tables=tables,
    )
    with ExitStack() as stack:
        others = stack.enter_context(served(Spec(shops=names, latency=_LATENCY, tables=tables)))
        big = stack.enter_context(served(backlog))
        alone, _counts = delays(others.folder / "lost.toml", others, seconds)
        big.ask("reset")
        beside, counts = delays(joined(others, big, stack.enter_context(silent())), others, seconds)
        large, done = big.ask("counts"), big.ask("refunds")
    quiet, loud = percentile(alone, 0.95), percentile(beside, 0.95)
    return {
        _RATIO.name: loud / quiet,
        "p95 poll delay alone, s": quiet,
        "p95 poll delay beside them, s": loud,
        "median alone, s": percentile(alone, 0.5),
        "median beside them, s": percentile(beside, 0.5),
        "polls of the others a second, alone": len(alone) / (seconds - _INTERVAL),
        "polls of the others a second, beside them": len(beside) / (seconds - _INTERVAL),
        "refunds of the backlog meanwhile": done,
        "stand-ins of the backlog: busy share": large["cpu"] / large["seconds"],
    } | {BUSY: busy(counts)[BUSY]}


BENCHMARK = Benchmark(
    "fair",
    f"{SHOPS} shops in one process, one with {CASES:,} waiting cases, one dead; a poll each {_INTERVAL} s",
    (_RATIO, NOT_THE_BOTTLENECK),
    run,
)
