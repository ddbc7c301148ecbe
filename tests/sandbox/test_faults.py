"""Faults without sockets: which requests are hit, and what the stand-in has done by then."""

import pytest

from syncd.sandbox.clock import HandClock
from syncd.sandbox.faults import Fault, FaultKind, Faults, Front, When
from syncd.sandbox.http import Call, Reply, Request, json_reply


class Counter:
    """A stand-in that knows only how often it was asked."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.calls: list[Call] = []

    def operation_of(self, request: Request) -> str:
        return request.path

    def handle(self, request: Request) -> Reply:
        self.calls.append(Call(request.path, "", self.clock.now(), 200, applied=True))
        return json_reply({"asked": len(self.calls)})


@pytest.fixture
def counter() -> Counter:
    return Counter()


@pytest.fixture
def front(counter: Counter) -> Front:
    return Front(counter)


def statuses(front: Front, operation: str, count: int) -> list[int]:
    return [front.exchange(Request("GET", operation)).reply.status for _ in range(count)]


def test_skip_and_times(front: Front) -> None:
    """The first `skip` requests go well, then `times` are hit, then all is well again."""
    front.faults.add(Fault(FaultKind.STATUS_503, skip=1, times=2))
    assert statuses(front, "x", 4) == [200, 503, 503, 200]


@pytest.mark.parametrize(
    ("pattern", "hit"), [("*", True), ("refundCreate", True), ("refund*", True), ("order", False)]
)
def test_the_operation_is_a_pattern(front: Front, pattern: str, hit: bool) -> None:
    """Only requests whose name fits the pattern are hit."""
    front.faults.add(Fault(FaultKind.STATUS_500, operation=pattern))
    assert statuses(front, "refundCreate", 1) == [500 if hit else 200]


def test_clear_forgets_what_was_to_come(front: Front) -> None:
    """After clear() nothing is hit."""
    front.faults.add(Fault(FaultKind.STATUS_500, times=9))
    front.faults.clear()
    assert statuses(front, "x", 1) == [200]


@pytest.mark.parametrize(("when", "applied"), [(When.BEFORE, False), (When.AFTER, True)])
def test_before_and_after(front: Front, counter: Counter, when: When, applied: bool) -> None:
    """A request hit before is logged as not applied, one hit after as applied."""
    front.faults.add(Fault(FaultKind.STATUS_502, when=when))
    assert statuses(front, "x", 1) == [502]
    assert [call.applied for call in counter.calls] == [applied]


def test_a_lost_request_has_status_zero(front: Front, counter: Counter) -> None:
    """A connection that broke before the stand-in saw the request has no status."""
    front.faults.add(Fault(FaultKind.RESET))
    outcome = front.exchange(Request("GET", "x"))
    assert outcome.wire is not None
    assert [call.status for call in counter.calls] == [0]


@pytest.mark.parametrize(("seconds", "header"), [(0.0, None), (2.0, "2"), (0.5, "0.5")])
def test_retry_after(front: Front, seconds: float, header: str | None) -> None:
    """A 429 has Retry-After only when a pause is given."""
    front.faults.add(Fault(FaultKind.STATUS_429, seconds=seconds))
    assert front.exchange(Request("GET", "x")).reply.headers.get("Retry-After") == header


@pytest.mark.parametrize(
    ("kind", "start"),
    [(FaultKind.HTML_200, b"<!DOCTYPE html>"), (FaultKind.GARBAGE_JSON, b'{"data"')],
)
def test_answers_that_make_no_sense(front: Front, kind: FaultKind, start: bytes) -> None:
    """The status says fine, the body does not."""
    front.faults.add(Fault(kind, when=When.AFTER))
    reply = front.exchange(Request("GET", "x")).reply
    assert (reply.status, reply.body[: len(start)]) == (200, start)


def test_a_ready_reply(front: Front) -> None:
    """A REPLY fault answers with what it carries."""
    ready = json_reply({"errors": "nope"}, 430)
    front.faults.add(Fault(FaultKind.REPLY, reply=ready))
    assert front.exchange(Request("GET", "x")).reply == ready


def test_a_late_request_is_carried_out_when_its_time_has_come(front: Front, counter: Counter) -> None:
    """The client sees a break; the stand-in does the work `seconds` later, before the next request."""
    front.faults.add(Fault(FaultKind.CLOSE, operation="x", when=When.LATE, seconds=30))
    assert front.exchange(Request("GET", "x")).wire is not None
    counter.clock.advance(29)
    front.settle()
    assert counter.calls == []
    counter.clock.advance(1)
    front.exchange(Request("GET", "y"))
    assert [call.operation for call in counter.calls] == ["x", "y"]


def test_hooks_run_around_every_request(counter: Counter) -> None:
    """Before-hooks run first, after-hooks see the reply."""
    seen: list[object] = []
    faults = Faults(
        before=[lambda operation, _request: seen.append((operation, len(counter.calls)))],
        after=[lambda operation, _request, reply: seen.append((operation, reply.status))],
    )
    Front(counter, faults).exchange(Request("GET", "x"))
    assert seen == [("x", 0), ("x", 200)]


def test_once_before_runs_once(front: Front) -> None:
    """The action runs before the first matching request and never again."""
    seen: list[str] = []
    front.faults.once_before("order", lambda: seen.append("now"))
    statuses(front, "other", 1)
    statuses(front, "order", 2)
    assert seen == ["now"]
