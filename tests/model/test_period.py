"""Periods as people type them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from syncd.model.period import Period


def test_a_date_begins_with_the_shops_day() -> None:
    """On both sides of a change of the clocks."""
    since, until = Period.parse("2026-10-24", "2026-10-27").within(ZoneInfo("Europe/Berlin"))

    assert datetime(2026, 10, 23, 22, tzinfo=UTC) == since
    assert datetime(2026, 10, 26, 23, tzinfo=UTC) == until


def test_a_time_with_its_offset_is_that_moment() -> None:
    """Wherever the shop is."""
    since, until = Period.parse("2026-10-24T12:00:00Z", "2026-10-24T12:00:00-05:00").within(
        ZoneInfo("Asia/Tokyo")
    )

    assert datetime(2026, 10, 24, 12, tzinfo=UTC) == since
    assert datetime(2026, 10, 24, 17, tzinfo=UTC) == until


@pytest.mark.parametrize("text", ["soon", "2026-13-01", "2026-10-24T12:00:00"])
def test_anything_else_is_refused_by_name(text: str) -> None:
    """A time without an offset could be any of two dozen."""
    with pytest.raises(ValueError, match=text):
        Period.parse(text, "2026-10-24")
    with pytest.raises(ValueError, match=text):
        Period.parse("2026-10-24", text)


def test_a_period_reads_as_it_was_typed() -> None:
    """Which is what is recorded with each case."""
    assert "2026-10-24 to 2026-10-25T12:00:00+00:00" == str(
        Period.parse("2026-10-24", "2026-10-25T12:00:00Z")
    )
