"""Each cycle in the log."""

from typing import Any

import pytest
from structlog.testing import capture_logs

from syncd.calls import Call
from syncd.errors import ApiError, CredentialsRefused, NotReached, StoreTrouble, SyncdError
from syncd.sandbox.clock import HandClock
from syncd.service.cycle_log import CycleLog
from syncd.sync.cycle import CycleResult

Lines = list[tuple[str, str]]


class Told:
    """A cycle log, and what came of the cycles that it was told of."""

    def __init__(self, clock: HandClock) -> None:
        self.clock = clock
        self.log = CycleLog(clock)
        self.lines: list[Any] = []

    def cycle(self, *errors: SyncdError, answers: str = "", shop: str = "us", minutes: int = 5) -> None:
        """One cycle in which these APIs answered; then time goes by."""
        with capture_logs() as lines:
            for api in answers.split():
                self.log.called(shop, Call(api, "orders"))  # type: ignore[arg-type] # one of the two
            for error in errors:
                if isinstance(error, ApiError):
                    self.log.called(shop, Call(error.api, "orders", outcome=type(error).__name__))
            self.log.cycled(shop, CycleResult(cycle_id="c1", errors=errors), 0.25)
        self.lines += [line for line in lines if line["event"] != "cycle_idle"]
        self.clock.advance(minutes * 60)

    @property
    def events(self) -> list[str]:
        """The names of the events so far, but those of idle cycles."""
        return [line["event"] for line in self.lines]


@pytest.fixture
def told(clock: HandClock) -> Told:
    return Told(clock)


def away(code: str = "503", request_id: str = "r1") -> NotReached:
    """Shopify is away."""
    return NotReached(
        "Shopify is away", api="shopify", operation="Order", code=code, request_id=request_id, hint="wait"
    )


TIKTOK = NotReached("TikTok is away", api="tiktok", operation="returns/search")


@pytest.mark.parametrize(
    ("result", "event", "level"),
    [
        (CycleResult(polled=3, held=1, deferred=2), "cycle_idle", "debug"),
        (CycleResult(polled=3, changed=1, held=1, deferred=2), "cycle_done", "info"),
        (CycleResult(polled=3, written=1, held=1, deferred=2), "cycle_done", "info"),
    ],
)
def test_figures(clock: HandClock, result: CycleResult, event: str, level: str) -> None:
    """Every cycle has its line: one that did something at info, another at debug."""
    with capture_logs() as lines:
        CycleLog(clock).cycled("us", result, 1.2345)
    assert lines == [
        {
            "event": event,
            "log_level": level,
            "polled": 3,
            "changed": result.changed,
            "written": result.written,
            "held": 1,
            "deferred": 2,
            "duration_ms": 1234,
        }
    ]


def test_a_failure_has_all_that_is_known(told: Told) -> None:
    """Each part of the error in a field of its own."""
    told.cycle(away())
    assert told.lines == [
        {
            "event": "cycle_failed",
            "log_level": "error",
            "error": "Shopify is away",
            "kind": "NotReached",
            "api": "shopify",
            "operation": "Order",
            "code": "503",
            "request_id": "r1",
            "hint": "wait",
        }
    ]


def test_the_first_failure_hourly_reminders_and_the_recovery(told: Told) -> None:
    """Three hours without Shopify are five lines: the failure, three reminders, and how it ended."""
    for number in range(37):
        told.cycle(away(request_id=f"r{number}"))
    told.cycle(answers="shopify")
    assert told.events == ["cycle_failed", *["cycle_still_failing"] * 3, "cycle_recovered"]
    reminder, recovery = told.lines[1], told.lines[-1]
    assert (reminder["lasted_s"], reminder["times"], reminder["request_id"]) == (3600, 13, "r12")
    assert recovery == {
        "event": "cycle_recovered",
        "log_level": "info",
        "api": "shopify",
        "lasted_s": 37 * 300,
        "times": 37,
    }


def test_a_cycle_that_asked_nothing_proves_no_recovery(told: Told) -> None:
    """An API that nobody asked anything, or that has not answered, is not back yet."""
    told.cycle(away())
    told.cycle()
    told.cycle(answers="tiktok")
    assert told.events == ["cycle_failed"]
    told.cycle(answers="shopify tiktok")
    assert told.events == ["cycle_failed", "cycle_recovered"]


def test_an_answer_of_another_cycle_proves_nothing(told: Told) -> None:
    """What was answered before the failure does not count."""
    told.cycle(answers="shopify")
    told.cycle(away(), answers="shopify")
    told.cycle()
    assert told.events == ["cycle_failed"]


def test_another_kind_of_failure_is_told_too(told: Told) -> None:
    """From no answer to a refused login is news; back again is none."""
    refused = CredentialsRefused("who are you", api="shopify", operation="token")
    for error in (away(), refused, away("502"), away(), refused):
        told.cycle(error)
    assert [line["kind"] for line in told.lines] == ["NotReached", "CredentialsRefused", "NotReached"]


def test_each_api_and_each_shop_by_itself(told: Told) -> None:
    """One side that comes back is told though the other does not; another shop's failure is its own."""
    told.cycle(away(), TIKTOK)
    told.cycle(away(), shop="uk")
    told.cycle(away(), answers="tiktok")
    assert [(line["event"], line["api"]) for line in told.lines] == [
        ("cycle_failed", "tiktok"),
        ("cycle_failed", "shopify"),
        ("cycle_failed", "shopify"),
        ("cycle_recovered", "tiktok"),
    ]


def test_an_error_of_no_api(told: Told) -> None:
    """It is over with the first cycle that has none."""
    told.cycle(StoreTrouble("the disk is full"))
    told.cycle()
    assert told.events == ["cycle_failed", "cycle_recovered"]
