"""What the log says of the work on cases."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from syncd.sandbox.faults import Fault, FaultKind
from tests.sync.world import World

HOUR = 3600
Lines = list[Any]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Both stand-ins, being served."""
    world = World(tmp_path)
    with world.pair.serving():
        yield world


@pytest.fixture
def lines() -> Iterator[Lines]:
    """The lines of the test, with the ids of what they belong to."""
    with capture_logs(processors=[merge_contextvars]) as lines:
        yield lines


def of_event(lines: Lines, *events: str) -> Lines:
    return [line for line in lines if line["event"] in events]


async def test_ids_on_every_line(world: World, lines: Lines) -> None:
    """Shop and cycle on all; case and order on what is done for one, its requests among it."""
    cases = {case.return_id: case.order.order_id for case in (world.refund(), world.refund())}
    result = await world.cycle()

    assert {(line["shop"], line["cycle_id"]) for line in lines} == {("us", result.cycle_id)}
    written = of_event(lines, "write_step", "case_decided")
    sent = [line for line in of_event(lines, "api_call") if line["operation"] == "CreateRefund"]
    assert len(sent) == 2
    for line in written + sent:
        assert line["order_id"] == cases[line["case_id"]]
    searched = [line for line in of_event(lines, "api_call") if line["operation"] == "returns/search"]
    assert searched
    assert not any("case_id" in line for line in searched)


async def test_later_cycles_have_later_ids(world: World) -> None:
    """So that lines can be sorted by them."""
    ids = []
    for _ in range(3):
        ids.append((await world.cycle()).cycle_id)
        world.clock.advance(300)
    assert ids == sorted(set(ids))
    assert all(ids)


async def test_a_write_has_the_ids_of_its_requests(world: World, lines: Lines) -> None:
    """Also of the one that was answered with nothing that could be read, and of its repetition."""
    world.faults.add(world.lost("refundCreate"))
    world.refund()
    async with world.running() as cycle:
        for _ in range(3):
            await cycle.run()
            world.clock.advance(300)

    steps = of_event(lines, "write_step")
    calls = [line for line in of_event(lines, "api_call") if line["operation"] == "CreateRefund"]
    assert steps[0]["step"] == "sending"
    assert list(steps[-1]["request_ids"]) == [line["request_id"] for line in calls if "request_id" in line]
    assert len({line["idempotency_key"] for line in steps}) == 1


async def test_a_case_that_keeps_failing(world: World, lines: Lines) -> None:
    """It is told once, then once a day, and when it is over; its history has every try."""
    case = world.refund()
    world.faults.add(Fault(FaultKind.GARBAGE_JSON, "order", times=100_000))
    async with world.running() as cycle:
        for _ in range(30):
            await cycle.run()
            world.clock.advance(HOUR)
        world.faults.clear()
        await cycle.run()

    told = of_event(lines, "case_failed", "case_still_failing", "case_recovered")
    assert [(line["event"], line["case_id"]) for line in told] == [
        (event, case.return_id) for event in ("case_failed", "case_still_failing", "case_recovered")
    ]
    failed, still, over = told
    assert (failed["kind"], failed["api"], failed["log_level"]) == ("AnswerUnreadable", "shopify", "warning")
    assert (still["lasted_s"] // HOUR, still["times"]) == (24, 25)
    assert (over["lasted_s"] // HOUR, over["times"]) == (30, 30)


async def test_what_fails_for_all_is_not_told_of_each(world: World, lines: Lines) -> None:
    """While Shopify is away no case has a line of its own: the cycle tells."""
    for _ in range(3):
        world.refund()
    world.faults.add(Fault(FaultKind.STATUS_503, times=100_000))
    async with world.running() as cycle:
        result = await cycle.run()

    assert not result.ok
    assert [] == of_event(lines, "case_failed", "case_held", "case_broken")


async def test_a_hold_is_a_warning(world: World, lines: Lines) -> None:
    """It is told when it begins, not each time that it is looked at again."""
    world.refund(world.pair.sell({"SHIRT": "20.00"}, tags=["nothing"]))
    async with world.running() as cycle:
        for _ in range(14):
            await cycle.run()
            world.clock.advance(24 * HOUR)

    (held,) = of_event(lines, "case_held")
    assert (held["state"], held["reason"], held["log_level"]) == ("held", "order_not_found", "warning")
