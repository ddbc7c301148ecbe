"""One line for `systemctl status`."""

from datetime import UTC, datetime, timedelta

from syncd.service.health import Health, Level
from syncd.service.status_line import _line
from syncd.store.shops import Progress

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)


def health(level: Level, *, ago: float | None = 12, **counts: int) -> Health:
    """A shop that was polled so many seconds ago."""
    good = None if ago is None else NOW - timedelta(seconds=ago)
    return Health(level, "", Progress("x", last_good_poll=good), counts, None)


def test_each_shop_with_what_a_person_wants_to_know() -> None:
    """The worst one first."""
    shops = {
        "eu": health(Level.OK),
        "us": health(Level.WARNING, held=2, due=3),
        "de": health(Level.OK, ago=None),
    }
    line = "us warning 12 s ago backlog 3 held 2, de ok not polled yet, eu ok 12 s ago"
    assert _line(shops, NOW) == line


def test_many_shops_are_counted() -> None:
    """A line stays a line with two hundred shops."""
    shops = {f"s{number:03}": health(Level.OK) for number in range(200)}
    assert _line(shops, NOW).endswith("s004 ok 12 s ago, 195 more shops ok")
    bad = shops | {f"x{number}": health(Level.CRITICAL) for number in range(7)}
    assert _line(bad, NOW).endswith("202 more shops, 2 of them not ok")
