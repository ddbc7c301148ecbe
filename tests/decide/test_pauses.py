"""When a case is looked at again."""

from dataclasses import replace
from datetime import timedelta

import pytest

from syncd.decide.pauses import after_failure, decided, look_again, next_look, read_again
from syncd.decide.restock import UNASSIGNED
from syncd.model.cases import Path, Restock, ReturnStatus, ReturnType, State, Written
from syncd.model.plans import ArchiveOrder, Plan, hold, skip, synced, track, wait, write
from syncd.model.reasons import Reason
from tests.decide.examples import CASE, HOUR, NOON, ORDER, a_case

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("plan", "pause"),
    [
        (write(ArchiveOrder(ORDER.id)), timedelta()),
        (wait(Reason.ORDER_NOT_FOUND), timedelta(minutes=2)),
        (hold(Reason.ORDER_NOT_FOUND), 6 * HOUR),
        (hold(Reason.REAL_GATEWAY), None),
        (synced(Restock.NONE, None), None),
        (skip(Reason.WITHDRAWN), None),
        (track(), None),
        (Plan(State.HELD), None),
    ],
)
def test_each_plan_has_its_next_look(plan: Plan, pause: timedelta | None) -> None:
    """Waits come back soon, healing holds slowly, everything else on news or by a person."""
    assert next_look(plan, 0, NOON) == (None if pause is None else NOON + pause)


def test_pauses_grow_to_a_limit() -> None:
    """An order may be imported within minutes or days."""
    waits = [next_look(wait(Reason.ORDER_NOT_FOUND), tries, NOON) or NOON for tries in range(9)]
    failures = [after_failure(tries, NOON) for tries in range(9)]

    for pauses, shortest, longest in ((waits, 2 * MINUTE, 6 * HOUR), (failures, MINUTE, HOUR)):
        assert (NOON + shortest, NOON + longest) == (pauses[0], pauses[-1])
        assert sorted(set(pauses)) == pauses[:6]


@pytest.mark.parametrize(
    ("case", "pause"),
    [
        (CASE, timedelta(days=1)),
        (replace(CASE, paid_back_at=NOON - timedelta(days=7, seconds=-1)), timedelta(days=1)),
        (replace(CASE, paid_back_at=NOON - timedelta(days=7)), None),
        (a_case(status=ReturnStatus.PENDING), 6 * HOUR),
        (replace(a_case(status=ReturnStatus.PENDING), state=State.DISMISSED), None),
        (
            replace(a_case(status=ReturnStatus.REJECTED), state=State.SKIPPED, reason="withdrawn"),
            timedelta(days=1),
        ),
        (
            replace(
                a_case(status=ReturnStatus.REJECTED, updated_at=NOON - timedelta(days=60, seconds=-1)),
                state=State.SKIPPED,
                reason="withdrawn",
            ),
            timedelta(days=1),
        ),
        (
            replace(
                a_case(status=ReturnStatus.REJECTED, updated_at=NOON - timedelta(days=60)),
                state=State.SKIPPED,
                reason="withdrawn",
            ),
            None,
        ),
        (
            replace(a_case(status=ReturnStatus.REPLACEMENT_COMPLETE), state=State.SKIPPED, reason="no_money"),
            None,
        ),
    ],
    ids=[
        "paid back",
        "within the week",
        "a week ago",
        "open",
        "dismissed",
        "rejected",
        "within sixty days",
        "rejected long ago",
        "nothing to pay",
    ],
)
def test_known_cases_are_asked_for_by_id_as_long_as_they_may_change(
    case: object, pause: timedelta | None
) -> None:
    """Nobody promises that every change moves TikTok's update time."""
    assert read_again(case, NOON) == (None if pause is None else NOON + pause)  # type: ignore[arg-type]


def test_a_settled_case_remembers_what_was_written() -> None:
    """To notice when TikTok changes it afterwards."""
    plan = replace(synced(Restock.DONE, Path.RETURN), refund_ids=("r",), return_ids=("t",))

    after = decided(CASE, plan, NOON, None)

    assert (State.SYNCED, Restock.DONE, Path.RETURN) == (after.state, after.restock, after.path)
    assert (Written.of(CASE.latest), ("r",), ("t",)) == (after.written, after.refund_ids, after.return_ids)


def test_a_held_case_keeps_what_is_known_of_it() -> None:
    """A hold is no news about what was written before."""
    before = replace(
        CASE, restock=Restock.WAITING, path=Path.RETURN, refund_ids=("r",), return_ids=("t",), tries=2
    )

    after = decided(before, hold(Reason.REAL_GATEWAY, "x"), NOON, None)

    assert (State.HELD, "real_gateway", "x", 3) == (after.state, after.reason, after.detail, after.tries)
    assert (Restock.WAITING, Path.RETURN) == (after.restock, after.path)
    assert (("r",), ("t",), None) == (after.refund_ids, after.return_ids, after.written)


@pytest.mark.parametrize(
    "plan", [write(ArchiveOrder(ORDER.id), path=Path.REFUND), synced(Restock.NONE, None)]
)
def test_the_path_of_a_case_is_kept_until_another_is_known_to_be_done(plan: Plan) -> None:
    """What is only to be written, or was not looked at, says nothing of it."""
    assert Path.RETURN == decided(replace(CASE, path=Path.RETURN), plan, NOON, None).path


def test_the_wait_for_an_order_is_counted_from_its_beginning() -> None:
    """Three days of it make a hold."""
    first = decided(CASE, wait(Reason.ORDER_NOT_FOUND), NOON, NOON)
    second = decided(first, wait(Reason.ORDER_NOT_FOUND), NOON + HOUR, NOON)
    found = decided(second, hold(Reason.NO_PAYMENT), NOON + HOUR, None)

    assert (NOON, NOON, None) == (first.waiting_since, second.waiting_since, found.waiting_since)


def test_a_return_that_is_shown_is_still_tracked() -> None:
    """TikTok is not done with it."""
    case = a_case(ReturnType.RETURN_AND_REFUND, ReturnStatus.SUCCESS)

    assert State.TRACKING == decided(case, track(), NOON, None).state


def test_a_case_that_came_to_be_written_is_verified_once_some_hours_later() -> None:
    """Every look in between leaves that time as it is, and the look itself ends it."""
    plan = synced(Restock.NONE, Path.REFUND)
    written = decided(replace(CASE, state=State.WRITING), plan, NOON, None)
    between = decided(replace(written, due_at=NOON + HOUR), plan, NOON + HOUR, None)
    verified = decided(between, plan, NOON + 6 * HOUR, None)

    assert (NOON + 6 * HOUR, NOON + 6 * HOUR) == (written.verify_at, written.due_at)
    assert (written.verify_at, True) == (between.verify_at, between.verifying)
    assert (None, None) == (verified.verify_at, verified.due_at)


def test_a_case_that_is_not_written_is_not_verified() -> None:
    """And a hold keeps what it is about."""
    written = decided(replace(CASE, state=State.WRITING), synced(Restock.NONE, Path.REFUND), NOON, None)
    held = decided(written, hold(Reason.DOUBLED, "", ("a",)), NOON, None)

    assert (None, ("a",)) == (held.verify_at, held.subjects)


@pytest.mark.parametrize(
    ("days", "restock", "again"),
    [(1, Restock.WAITING, 1), (59, Restock.WAITING, 1), (60, Restock.WAITING, 7), (1, Restock.DONE, None)],
)
def test_units_that_wait_for_staff_are_looked_for_once_a_day(
    days: int, restock: Restock, again: int | None
) -> None:
    """For two months, then once a week."""
    now = NOON + timedelta(days=days)
    waiting = replace(CASE, state=State.SYNCED, restock=restock, verify_at=now, due_at=now)
    waiting = replace(waiting, restock_since=NOON)

    after = decided(waiting, synced(restock, Path.RETURN), now, None)

    assert (now + timedelta(days=again) if again else None) == after.verify_at


def test_units_wait_since_they_were_first_found_to() -> None:
    """Later looks change which units wait, not since when; nothing waits any more once they are decided."""
    first = decided(CASE, synced(Restock.WAITING, Path.RETURN, {"MUG": 2}), NOON, None)
    held = decided(first, hold(Reason.DOUBLED), NOON + HOUR, None)
    later = decided(held, synced(Restock.WAITING, Path.RETURN, {"MUG": 1}), NOON + 2 * HOUR, None)
    done = decided(later, synced(Restock.DONE, Path.RETURN), NOON + 3 * HOUR, None)

    told = [(case.restock_since, dict(case.waiting_units)) for case in (first, held, later, done)]
    assert [(NOON, {"MUG": 2}), (NOON, {"MUG": 2}), (NOON, {"MUG": 1}), (None, {})] == told


@pytest.mark.parametrize(
    ("reason", "age", "again"),
    [
        (Reason.RETURN_TOUCHED, timedelta(), True),
        (Reason.RETURN_TOUCHED, timedelta(seconds=5), True),
        (Reason.RETURN_TOUCHED, timedelta(seconds=-5), True),
        (Reason.RETURN_TOUCHED, timedelta(seconds=6), False),
        (Reason.RETURN_TOUCHED, timedelta(seconds=-6), False),
        (Reason.FOREIGN_REFUND, timedelta(), False),
    ],
)
def test_a_return_that_seems_half_done_is_looked_at_once_more(
    reason: Reason, age: timedelta, *, again: bool
) -> None:
    """Where the order was changed just now, the look may be torn."""
    expected = NOON + timedelta(seconds=5) if again else None

    assert expected == look_again(hold(reason), replace(ORDER, changed_at=NOON - age), NOON)


def test_units_without_a_place_are_looked_at_once_more() -> None:
    """Another instance may be cancelling the order; that a place is closed is no such thing."""
    fresh = replace(ORDER, changed_at=NOON)
    assert look_again(hold(Reason.LOCATION_UNKNOWN, UNASSIGNED), fresh, NOON) == NOON + timedelta(seconds=5)
    assert look_again(hold(Reason.LOCATION_UNKNOWN, "Old is inactive"), fresh, NOON) is None


def test_an_order_without_a_time_is_believed() -> None:
    """There is nothing to tell by."""
    assert look_again(hold(Reason.RETURN_TOUCHED), ORDER, NOON) is None
