"""When shops are polled."""

from datetime import timedelta

from syncd.service.timetable import spread

MINUTE = timedelta(minutes=1)


def test_one_shop_is_polled_an_interval_after_its_first_poll() -> None:
    """The first one is at the start."""
    assert spread([MINUTE]) == [MINUTE]


def test_many_shops_are_polled_all_over_the_interval() -> None:
    """No two at the same time; none waits longer than its own interval for its second poll."""
    assert spread([MINUTE, MINUTE, 3 * MINUTE]) == [MINUTE / 3, MINUTE * 2 / 3, 3 * MINUTE]
    assert len(set(spread([MINUTE] * 200))) == 200
