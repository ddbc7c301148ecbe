"""`syncd restock`: what inspection has found, with and without a running daemon."""

import os
import signal
import subprocess
import threading
from collections.abc import Callable
from contextlib import nullcontext
from typing import TYPE_CHECKING

import pytest

from syncd.model.cases import ReturnStatus, ReturnType
from syncd.sandbox.faults import Fault, FaultKind
from syncd.sandbox.http import Request

if TYPE_CHECKING:
    from syncd.sandbox.pair import Pair
    from tests.e2e.conftest import Program


def waiting(syncd: "Program", pair: "Pair") -> str:
    """A return of two mugs that was refunded; they wait to be inspected."""
    sold = pair.sell({"MUG": "20.00"}, quantity=2)
    case = pair.tiktok.add_return(
        sold.tiktok, type=ReturnType.RETURN_AND_REFUND, status=ReturnStatus.COMPLETE, quick_refund=True
    )
    syncd.run("once")
    assert {case.return_id: "synced"} == syncd.states()
    return case.return_id


def stock(pair: "Pair") -> int:
    """Mugs that are back in stock."""
    return sum(n for (_, sku), n in pair.shopify.stock.items() if sku == "MUG")


def test_what_waits_is_listed_with_the_command_to_type(syncd: "Program", pair: "Pair") -> None:
    """Which units, since when, and what to do about them."""
    case = waiting(syncd, pair)

    listed, told = syncd.run("list", "--restock", "waiting"), syncd.run("show", case)

    assert "waiting: 2 x MUG since 20" in listed.out
    assert f"syncd restock us:{case}" in told.out


@pytest.mark.parametrize("daemon", [False, True])
def test_inspected_units_are_restocked_and_the_rest_refused(
    syncd: "Program", pair: "Pair", *, daemon: bool
) -> None:
    """One is as new, one is broken; the command says how the case stands after each."""
    case = waiting(syncd, pair)
    with syncd.running() if daemon else nullcontext():
        one = syncd.run("restock", case, "--units", "MUG=1")
        other = syncd.run("restock", f"us:{case}", "--not")

    assert (0, True) == (one.code, f"us:{case} is synced, restock waiting: 1 x MUG since 20" in one.out)
    assert (0, f"us:{case} is synced, restock done\n") == (other.code, other.out)
    assert (1, "CLOSED") == (stock(pair), pair.shopify.orders[0].returns[0].status)


@pytest.mark.parametrize("daemon", [False, True])
def test_units_that_do_not_wait_are_a_usage_error(syncd: "Program", pair: "Pair", *, daemon: bool) -> None:
    """With what does wait; nothing is written."""
    case = waiting(syncd, pair)
    with syncd.running() if daemon else nullcontext():
        wrong = syncd.run("restock", case, "--units", "CUP=1")

    assert (64, 0) == (wrong.code, stock(pair))
    assert "there wait: 2 x mug" in wrong.err.lower()


@pytest.mark.parametrize("units", ["MUG", "MUG=", "MUG=0", "MUG=-1", "=2", "MUG=x"])
def test_units_have_to_be_a_sku_and_a_number(syncd: "Program", pair: "Pair", units: str) -> None:
    """Else the whole command is refused."""
    case = waiting(syncd, pair)

    wrong = syncd.run("restock", case, "--units", units)

    assert (64, True, 0) == (wrong.code, "is not SKU=N" in wrong.err, stock(pair))


DISPOSE = "reverseFulfillmentOrderDispose"
PATIENCE = 60


@pytest.mark.parametrize("lost", [True, False])
def test_a_restock_that_is_killed_is_carried_out_once(
    program_of: Callable[[int], "Program"], *, lost: bool
) -> None:
    """Whether Shopify had disposed the unit or not, the next cycle finds out; no second unit goes back."""
    program = program_of(1)
    pair, faults = program.pair, program.pair.shopify_server.front.faults
    running: list[subprocess.Popen[str]] = []
    started, struck = threading.Event(), list[str]()

    def strike(operation: str, _request: Request) -> None:
        if operation == DISPOSE and len(struck) == 0:
            struck.append(operation)
            started.wait(PATIENCE)
            os.kill(running[0].pid, signal.SIGKILL)
            running[0].wait(PATIENCE)
            if lost:
                faults.add(Fault(FaultKind.CLOSE, operation))

    with pair.serving():
        case = waiting(program, pair)
        faults.before.append(strike)
        with program.running("restock", case, "--units", "MUG=1") as process:
            running.append(process)
            started.set()
            code = process.wait(PATIENCE)
        program.cycle()

    assert -signal.SIGKILL == code
    assert (1, {"MUG": 1}) == (stock(pair), dict(program.cases()[case].waiting_units))
