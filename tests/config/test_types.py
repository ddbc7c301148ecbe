"""Single values."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from syncd.config.types import CURRENCIES, Ceilings, Duration, duration_text
from syncd.model.money import Money

DURATION = TypeAdapter(Duration)
CEILINGS = TypeAdapter(Ceilings)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("5m", 300), ("24h", 86400), ("400d", 34560000), ("0s", 0), ("007m", 420)],
)
def test_durations(text: str, seconds: int) -> None:
    """A duration is a whole number and a unit."""
    assert DURATION.validate_python(text) == timedelta(seconds=seconds)


@given(st.integers(0, 86_400 * 999))
def test_a_duration_survives_being_written(seconds: int) -> None:
    """What is written for a person reads back as the same duration."""
    duration = timedelta(seconds=seconds)
    assert DURATION.validate_python(duration_text(duration)) == duration


@given(st.text())
def test_no_text_breaks_a_duration(text: str) -> None:
    """Any text is a duration or a sentence about it, never another error."""
    try:
        duration = DURATION.validate_python(text)
    except ValidationError as error:
        assert error.errors()[0]["msg"] == "is not a duration"  # noqa: PT017  # both ends are fine
    else:
        assert duration >= timedelta()


@given(st.sampled_from(sorted(CURRENCIES)), st.integers(1, 10**12))
def test_a_ceiling_is_exact(currency: str, minor: int) -> None:
    """Whatever the decimals of a currency, the ceiling is the amount that was written."""
    assert CEILINGS.validate_python({currency: Money(minor, currency).amount}) == {currency: minor}


def test_all_wrong_ceilings_are_told() -> None:
    """Two wrong currencies are two problems."""
    with pytest.raises(ValidationError) as caught:
        CEILINGS.validate_python({"UDS": "1.00", "USD": "1.00", "JPY": "1.50"})
    assert [error["loc"] for error in caught.value.errors()] == [("UDS",), ("JPY",)]
