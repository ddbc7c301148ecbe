"""How quickly TikTok is asked: by what it answers, since its limits are told nowhere."""

from syncd.tiktok.caller import QUICKEST, SLOWEST, Pace


def test_it_begins_with_ten_requests_a_second() -> None:
    """A fifth of what TikTok once published."""
    assert Pace().pause == QUICKEST == 0.1


def test_each_refusal_makes_it_twice_as_slow_up_to_an_end() -> None:
    """So that it finds a limit in a few steps, and never stands still."""
    pace = Pace()
    seen = []
    for _ in range(8):
        pace.refused()
        seen.append(pace.pause)
    assert seen[:4] == [0.2, 0.4, 0.8, 1.6]
    assert seen[-1] == SLOWEST


def test_answers_make_it_quick_again_little_by_little() -> None:
    """Not beyond what it began with."""
    pace = Pace()
    pace.refused()
    pace.answered()
    assert QUICKEST < pace.pause < 2 * QUICKEST
    for _ in range(20):
        pace.answered()
    assert pace.pause == QUICKEST
