"""The claim: who may send, and for how long everybody else waits."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.decide.claim import Busy, Free, Ours, generation_of, lease, links_in, ruling_in, standing, value
from syncd.model.orders import Claim
from syncd.model.rulings import Ruling, RulingKind
from tests.decide.examples import NOON

SETTLE = timedelta(seconds=60)
GRACE = timedelta(seconds=90)
OURS = Ours("instance-a", "token-1")
THEIRS = Ours("instance-b", "token-2")


def claim(of: Ours, generation: int = 1, settle: timedelta = SETTLE) -> Claim:
    """What that instance writes at noon."""
    return Claim(value(of, NOON, settle, generation), "digest")


def linking(*ids: str) -> Claim:
    """A claim with a person's link to these."""
    link = Ruling(RulingKind.LINKED, "basis", "kim", NOON, subjects=ids)
    return Claim(value(OURS, NOON, SETTLE, 1, ruling=link), "digest")


def test_a_lease_lasts_two_settle_times() -> None:
    """Everybody else waits that long at least."""
    assert timedelta(minutes=2) == lease(timedelta(minutes=1))


def test_no_claim_is_free_to_be_created() -> None:
    """Created only if absent: no digest."""
    assert Free(None) == standing(None, OURS, NOON, GRACE)


def test_our_own_claim_is_free_to_be_renewed() -> None:
    """The token says that it was this store that wrote it."""
    assert Free("digest") == standing(claim(OURS), OURS, NOON, GRACE)


@pytest.mark.parametrize("other", [THEIRS, Ours("instance-a", "token-9"), Ours("instance-b", "token-1")])
def test_another_claim_is_respected_until_lease_and_grace_are_over(other: Ours) -> None:
    """A copied store has our name, but not our newest token."""
    until = NOON + lease(SETTLE) + GRACE

    assert Busy(until, other.instance) == standing(claim(other), OURS, until - timedelta(seconds=1), GRACE)
    assert Free("digest") == standing(claim(other), OURS, until, GRACE)


@given(st.text())
def test_a_claim_that_cannot_be_read_is_only_overwritten_as_it_stands(text: str) -> None:
    """Its digest protects whoever wrote it."""
    assert Free("digest") == standing(Claim(text, "digest"), OURS, NOON, GRACE)


@pytest.mark.parametrize(
    "text",
    [
        '{"instance":"b","token":"t","at":"9999-12-31T23:59:59+00:00","lease":120,"generation":1}',
        '{"instance":"b","token":"t","at":"2036-11-20T12:00:00+00:00","lease":120,"generation":1}',
        '{"instance":"b","token":"t","at":"2026-11-20T12:00:00+00:00","lease":1e999,"generation":1}',
        '{"instance":"b","token":"t","at":"2026-11-20T12:00:00+00:00","lease":NaN,"generation":1}',
    ],
)
def test_a_claim_of_impossible_times_is_not_respected_for_ever(text: str) -> None:
    """Garbage in a metafield stops nobody for longer than a day."""
    assert Free("d") == standing(Claim(text, "d"), OURS, NOON + timedelta(days=2), GRACE)


@pytest.mark.parametrize(
    ("found", "generation"),
    [
        (None, 1),
        (claim(OURS, 3), 3),
        (Claim("{}", "d"), 1),
        (Claim('{"generation":1e999}', "d"), 1),
        (Claim("[1]", "d"), 1),
        (Claim('{"generation":-4}', "d"), 1),
    ],
)
def test_the_generation_is_read_from_the_claim(found: Claim | None, generation: int) -> None:
    """A lost store goes on with the key that is in use."""
    assert generation == generation_of(found)


@pytest.mark.parametrize("settle", [timedelta(hours=12), timedelta(days=3)])
def test_a_claim_is_respected_for_a_day_at_most(settle: timedelta) -> None:
    """However long its lease says; one that is dated ahead reaches further and is not one of ours."""
    found = claim(THEIRS, settle=settle)
    until = NOON + timedelta(days=1) + GRACE

    assert Busy(until, THEIRS.instance) == standing(found, OURS, NOON, GRACE)
    assert Free("digest") == standing(found, OURS, NOON - timedelta(seconds=1), GRACE)


def test_the_generation_comes_back_as_it_was_written() -> None:
    """The key in use is made of it."""
    assert [1, 2, 17] == [generation_of(claim(OURS, generation)) for generation in (1, 2, 17)]


def test_every_case_keeps_its_links() -> None:
    """One claim takes nothing away from another."""
    assert {"a": "1", "b": "1", "c": "2"} == links_in({"1": linking("a", "b"), "2": linking("c")})


def test_a_decision_that_was_found_on_an_order_is_recorded_there() -> None:
    """It is not written a second time."""
    found = ruling_in(linking("a"))

    assert found is not None
    assert found.recorded
