"""Times in headers."""

from datetime import UTC, datetime

import pytest

from syncd.http import Answer
from syncd.tiktok.headers import ahead_of, pause_of

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "pause"),
    [
        (None, 0),
        ("", 0),
        ("7", 7),
        (" 1.5 ", 1.5),
        ("-3", 0),
        ("1e9", 0),
        ("soon", 0),
        ("99999999999999999999", 86400),
        ("Sun, 01 Nov 2026 12:00:30 GMT", 30),
        ("Sun, 01 Nov 2026 11:00:00 GMT", 0),
        ("Sun, 01 Nov 2099 12:00:30 GMT", 86400),
    ],
)
def test_retry_after(header: str | None, pause: float) -> None:
    """Seconds or a date are a pause of at most a day; anything else is none."""
    headers = {} if header is None else {"retry-after": header}
    assert pause_of(Answer(429, headers, b""), NOW) == pause


@pytest.mark.parametrize(
    ("header", "ahead"),
    [
        (None, None),
        ("now", None),
        ("Sun, 01 Nov 2026 11:59:00 GMT", 60),
        ("Sun, 01 Nov 2026 12:00:05 -0000", -5),
    ],
)
def test_date(header: str | None, ahead: float | None) -> None:
    """The difference to the server's date, where there is one."""
    headers = {} if header is None else {"date": header}
    assert ahead_of(Answer(200, headers, b""), NOW) == ahead
