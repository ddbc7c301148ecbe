"""Times as people say them."""

from datetime import UTC, datetime, timedelta

import pytest

from syncd.service.words import ago, lasting, until

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=-5), "0 s"),
        (timedelta(seconds=12.9), "12 s"),
        (timedelta(seconds=119), "119 s"),
        (timedelta(minutes=2), "2 min"),
        (timedelta(minutes=119), "119 min"),
        (timedelta(hours=2), "2 h"),
        (timedelta(hours=47, minutes=59), "47 h"),
        (timedelta(days=2), "2 days"),
        (timedelta(days=400), "400 days"),
    ],
)
def test_one_unit_that_is_fine_enough(span: timedelta, words: str) -> None:
    """From two of a unit on it is told in that unit."""
    assert lasting(span) == words


def test_before_and_after() -> None:
    """What was, what will be, and what never was."""
    assert (ago(None, NOW), ago(NOW - timedelta(seconds=3), NOW)) == ("never", "3 s ago")
    assert until(NOW + timedelta(days=14), NOW) == "in 14 days"
    assert until(NOW - timedelta(hours=5), NOW) == "5 h ago"
