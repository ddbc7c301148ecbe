"""Many shops in one process: what a shop with a backlog, and a dead one, do to the polls of the others."""

import re
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.bench.figures import BUSY, NOT_THE_BOTTLENECK, Benchmark, Measured, Target, percentile, sized
from tests.bench.program import daemon
from tests.bench.serving import Shops, busy, served
from tests.bench.shops import ENDLESS, Spec

SHOPS, CASES = 200, 10_000
_INTERVAL = 10
_WARM, _ROUNDS = 3, 6
"""Polls of each shop that are not measured, since a new store has more to do at first, and that are."""
_LATENCY = 0.05
_HOURS_AGO = 7200.0
"""Older than what each poll reads once more."""
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


@dataclass(frozen=True, slots=True)
class Polls:
    """Of all shops: seconds from the time of each poll to its answer, and seconds between two of a shop."""

    delays: list[float]
    gaps: list[float]


def polls_of(config: Path, others: Shops, rounds: int) -> tuple[Polls, Any]:
    """The polls of so many rounds, and the counts."""
    first, end = _INTERVAL * _WARM, _INTERVAL * (_WARM + rounds)
    names = re.findall(r"^\[shops\.(.+)\.tiktok\]$", config.read_text(), re.MULTILINE)
    places = {name: _INTERVAL * place / len(names) for place, name in enumerate(names, start=1)}
    others.ask("reset")
    with daemon(config) as running:
        [ready] = running.events("ready")
        begun = datetime.fromisoformat(ready["ts"]).timestamp()
        time.sleep(end)
        counts = others.ask("counts")
    shift = time.time() - time.monotonic()
    polls = {name: [at + shift - begun for at in shop] for name, shop in counts["polls"].items()}
    times = {name: [after for after in shop if first <= after < end] for name, shop in polls.items()}
    late = [(after - places[name]) % _INTERVAL for name, shop in times.items() for after in shop]
    gaps = [later - sooner for shop in times.values() for sooner, later in pairwise(shop)]
    if not gaps:
        raise SystemExit(f"no shop was polled twice: {running.log.read_text()[-2000:]}")
    begins = min(late)  # the timetable, after the daemon has said that it is ready
    return Polls([after - begins + _LATENCY for after in late], gaps), counts


def run(scale: float) -> Measured:
    """The others alone, and then with the two beside them."""
    rounds = sized(_ROUNDS, scale, 2)
    names = tuple(f"shop-{number:03d}" for number in range(sized(SHOPS - 2, scale, 2)))
    tables = {"sync": {"poll_interval": f"{_INTERVAL}s"}}
    backlog = Spec(
        shops=("big",),
        waiting=sized(CASES, scale),
        age=_HOURS_AGO,
        latency=_LATENCY,
        restore_rate=ENDLESS,
        bucket=ENDLESS,
        tables=tables,
    )
    with ExitStack() as stack:
        others = stack.enter_context(served(Spec(shops=names, latency=_LATENCY, tables=tables)))
        big = stack.enter_context(served(backlog))
        alone, _counts = polls_of(others.folder / "lost.toml", others, rounds)
        big.ask("reset")
        beside, counts = polls_of(joined(others, big, stack.enter_context(silent())), others, rounds)
        large, done = big.ask("counts"), big.ask("refunds")
    quiet, loud = percentile(alone.delays, 0.95), percentile(beside.delays, 0.95)
    return {
        _RATIO.name: loud / quiet,
        "p95 poll delay alone, s": quiet,
        "p95 poll delay beside them, s": loud,
        "median alone, s": percentile(alone.delays, 0.5),
        "median beside them, s": percentile(beside.delays, 0.5),
        "p95 between two polls of a shop alone, s": percentile(alone.gaps, 0.95),
        "p95 between two polls of a shop beside them, s": percentile(beside.gaps, 0.95),
        "polls of the others a second, alone": len(alone.delays) / (_INTERVAL * rounds),
        "polls of the others a second, beside them": len(beside.delays) / (_INTERVAL * rounds),
        "refunds of the backlog meanwhile": done,
        "stand-ins of the backlog: busy share": large["cpu"] / large["seconds"],
    } | {BUSY: busy(counts)[BUSY]}


BENCHMARK = Benchmark(
    "fair",
    f"{SHOPS} shops in one process, one with {CASES:,} waiting cases, one dead; a poll each {_INTERVAL} s",
    (_RATIO, NOT_THE_BOTTLENECK),
    run,
)
