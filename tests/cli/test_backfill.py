"""`syncd backfill`."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from syncd.config import load
from syncd.model.cases import ReturnStatus
from syncd.sandbox.faults import Fault, FaultKind
from syncd.sandbox.pair import Pair, Sold
from syncd.service.once import once
from syncd.service.session import writing
from tests.cli.conftest import BehindClock

Run = Callable[..., Any]

DAYS_AGO = 40


@pytest.fixture
def quick(config: Path, pair: Pair) -> None:  # noqa: ARG001 - the pair writes the file first
    """Batches of two follow each other at once."""
    text = config.read_text().replace("[sync]", '[sync]\npoll_interval = "1s"', 1)
    config.write_text(text.replace("[guard]", "[guard]\nmax_refunds_per_cycle = 2", 1))


def past(pair: Pair, sold: Sold | None = None, *, days: int = DAYS_AGO, total: str = "20.00") -> str:
    """A refund that TikTok paid that long ago."""
    at = pair.clock.now() - timedelta(days=days)
    sold = sold or pair.sell({"SHIRT": "20.00"}, created_at=at - timedelta(days=5))
    case = pair.tiktok.add_return(
        sold.tiktok,
        type="REFUND",
        status=ReturnStatus.COMPLETE,
        refund_total=total,
        created_at=at,
        updated_at=at + timedelta(hours=1),
    )
    return case.return_id


def period(pair: Pair) -> tuple[str, ...]:
    """Two months that hold all of them."""
    begin, end = pair.clock.now() - timedelta(days=60), pair.clock.now() + timedelta(days=2)
    return ("--since", begin.date().isoformat(), "--until", end.date().isoformat())


def states(run: Run) -> dict[str, str]:
    """What `list` says of each case."""
    return {case["case_id"]: case["state"] for case in run("list", "--json").json}


def test_past_cases_are_written_once_with_tiktoks_date(run: Run, pair: Pair) -> None:
    """Though they were paid back before start_from; a second run finds nothing to do."""
    case = past(pair)
    run("once")
    assert states(run) == {case: "skipped"}

    done = run("backfill", *period(pair), "--yes")

    assert (done.code, done.err) == (0, "")
    assert "to be written:  1, 20.00 USD, refunds of 20.00 USD" in done.out
    [refund] = [refund for order in pair.shopify.orders for refund in order.refunds]
    paid = pair.clock.now() - timedelta(days=DAYS_AGO)
    assert abs(refund.processed_at - paid) < timedelta(hours=2)
    assert states(run) == {case: "synced"}
    again = run("backfill", *period(pair), "--yes")
    assert (again.code, again.out.splitlines()[-1]) == (0, "nothing to take in")
    assert len(pair.shopify.writes("refundCreate")) == 1


def test_what_is_refunded_already_is_left_alone(run: Run, pair: Pair, path: Path) -> None:
    """By syncd, in a store that was lost: it is linked. By somebody else: it is held."""
    pair.tiktok.switches.rotates_refresh_token = False
    ours, sold = past(pair), pair.sell({"MUG": "20.00"}, created_at=pair.clock.now() - timedelta(days=50))
    run("backfill", *period(pair), "--yes")
    for file in path.parent.glob("syncd.db*"):
        file.unlink()
    theirs = past(pair, sold)
    pair.shopify.foreign_refund(sold.shopify, amount=2000, units={"MUG": 1}, app="AfterShip Feed")

    done = run("backfill", *period(pair), "--yes")

    assert done.code == 0
    assert "already there:  1, 20.00 USD" in done.out
    assert "held:           1, 20.00 USD\n    foreign_refund: 1" in done.out
    assert states(run) == {ours: "synced", theirs: "held"}
    assert len(pair.shopify.writes("refundCreate")) == 1


def test_nobody_can_be_asked(run: Run, pair: Pair) -> None:
    """Without a terminal it tells what to type, and nothing is taken in."""
    past(pair)
    done = run("backfill", *period(pair))
    assert done.code == 64
    assert f"type: syncd backfill {' '.join(period(pair)[:3])}" in done.err
    assert done.err.strip().endswith("--yes")
    run("once")
    assert pair.shopify.writes() == []


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        (("enabled = true", "enabled = false"), "us is switched off"),
        (("[guard]", "[guard]\ndry_run = true"), "us only rehearses"),
    ],
)
def test_not_written_to(run: Run, pair: Pair, config: Path, changed: tuple[str, str], why: str) -> None:
    """A shop that is not written to gets its plan, and a refusal that says what to set."""
    config.write_text(config.read_text().replace(*changed, 1))
    case = past(pair)
    done = run("backfill", *period(pair), "--yes")
    assert (done.code, case in done.out) == (64, True)
    assert f"nothing is written: {why}" in done.err
    assert pair.shopify.writes() == []


@pytest.mark.usefixtures("quick")
def test_batches(run: Run, pair: Pair) -> None:
    """No more are taken in at a time than one cycle may refund, and all of them come through."""
    cases = {past(pair, days=DAYS_AGO + n) for n in range(5)}
    done = run("backfill", *period(pair), "--yes")
    assert (done.code, states(run)) == (0, dict.fromkeys(cases, "synced"))
    assert "us: 2 of 5, 2 synced, 3 not begun" in done.out
    assert "us: 5 of 5 cases are done: 5 synced" in done.out


@pytest.mark.usefixtures("quick")
def test_day_ceiling(run: Run, pair: Pair, config: Path) -> None:
    """Once the ceiling of the day is reached it ends, and what is not taken in stays out of the way."""
    config.write_text(config.read_text().replace("[guard]", "[guard]\nmax_refunds_per_day = 3", 1))
    for n in range(6):
        past(pair, days=DAYS_AGO + n)
    done = run("backfill", *period(pair), "--yes")
    assert done.code == 75
    assert "the ceiling of the day is reached" in done.out
    assert len(pair.shopify.writes("refundCreate")) == 3
    assert sorted(states(run).values()) == ["due", "synced", "synced", "synced"]
    again = run("backfill", *period(pair), "--yes")
    assert (again.code, len(pair.shopify.writes("refundCreate"))) == (75, 3)


def test_known_cases_are_counted(run: Run, pair: Pair) -> None:
    """What syncd has dealt with is not taken in again."""
    sold = pair.sell({"CAP": "9.00"})
    pair.tiktok.add_return(sold.tiktok, type="REFUND", status=ReturnStatus.COMPLETE)
    run("once")
    done = run("backfill", *period(pair), "--yes")
    assert done.out.splitlines()[-2:] == ["  known before:   1 synced", "nothing to take in"]


def test_unreachable(run: Run, pair: Pair) -> None:
    """A plan that could not be made whole is not carried out."""
    past(pair)
    pair.tiktok_server.front.faults.add(Fault(FaultKind.STATUS_502, "returns/search", times=50))
    done = run("backfill", *period(pair), "--yes")
    assert (done.code, "the plan is not whole" in done.err) == (75, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--since", "yesterday", "--until", "2026-11-01"), "yesterday is no date"),
        (("--since", "2026-10-01", "--until", "2026-11-01T00:00:00"), "has no offset"),
        (("--since", "2026-10-01", "--until", "2026-11-01", "--shop", "fr"), "there is no shop fr"),
        (("--since", "2026-11-01", "--until", "2026-11-01"), "ends before it begins"),
    ],
)
@pytest.mark.usefixtures("pair")
def test_usage(run: Run, words: tuple[str, ...], said: str) -> None:
    """What cannot be meant is told."""
    done = run("backfill", *words)
    assert (done.code, said in done.err) == (64, True)


def test_beside_the_daemon(run: Run, pair: Pair, config: Path) -> None:
    """The daemon that runs takes them in, and the command shows how far it is."""
    run("once")
    cases = {past(pair, days=DAYS_AGO + n) for n in range(3)}
    with daemon(config):
        done = run("backfill", *period(pair), "--yes")
    assert (done.code, states(run)) == (0, dict.fromkeys(cases, "synced"))
    assert "the running daemon takes them in" in done.out
    assert "us: 3 of 3 cases are done: 3 synced" in done.out


@contextmanager
def daemon(config: Path) -> Iterator[None]:
    """Somebody who holds the store and has cycle after cycle."""
    ready, stop = threading.Event(), threading.Event()
    settings, clock = load(config, {}, None).settings, BehindClock()

    def work() -> None:
        with writing(settings.store.path) as store:
            ready.set()
            while not stop.wait(0.05):
                asyncio.run(once(settings, store, clock))

    thread = threading.Thread(target=work)
    thread.start()
    try:
        assert ready.wait(10)
        yield
    finally:
        stop.set()
        thread.join()
