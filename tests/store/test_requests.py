"""Requests that people leave in the store, and the daemon's answers to them."""

from datetime import datetime

from structlog.testing import capture_logs

from syncd.service.requests import answer, carry_out
from syncd.store.store import Store
from tests.store.conftest import See


def test_a_request_is_carried_out_once_whenever_the_program_dies(
    store: Store, seen: See, now: datetime
) -> None:
    """It died after it had decided and before it could answer: its successor only answers."""
    store.cases.see("us", [seen()], now)
    store.requests.leave("us", "4035001", command="dismiss", who="kim", words="by hand", now=now)
    carry_out(store, "us", now)

    answer(store, carry_out(store, "us", now), now)

    assert 1 == len(store.rulings.of_case("us", "4035001"))
    assert [] == store.requests.waiting("us")


def test_a_refusal_is_answered_as_well(store: Store, now: datetime) -> None:
    """Also by the successor of the one that refused."""
    left = store.requests.leave("us", "4711", command="retry", who="kim", words="", now=now)
    carry_out(store, "us", now)
    answer(store, carry_out(store, "us", now), now)

    answered = store.requests.answer(left)
    assert answered is not None
    assert answered.refused == "no case is called us:4711"


def test_each_request_has_its_line_in_the_log(store: Store, seen: See, now: datetime) -> None:
    """Once, with who asked for what, and why it cannot be done."""
    store.cases.see("us", [seen()], now)
    store.requests.leave("us", "4035001", command="dismiss", who="kim", words="by hand", now=now)
    store.requests.leave("us", "4711", command="retry", who="lee", words="", now=now)
    with capture_logs() as lines:
        carry_out(store, "us", now)
        carry_out(store, "us", now)

    assert [
        {"event": "request_carried_out", "log_level": "info", "shop": "us", "case_id": "4035001"}
        | {"command": "dismiss", "who": "kim"},
        {"event": "request_carried_out", "log_level": "info", "shop": "us", "case_id": "4711"}
        | {"command": "retry", "who": "lee", "refused": "no case is called us:4711"},
    ] == lines
