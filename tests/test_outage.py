"""What fails for a while."""

from datetime import timedelta

from syncd.outage import Outages

HOUR = 3600.0


def told(outages: Outages, now: float, *faults: str) -> str:
    """What a failure at that time leads to."""
    outage = outages.failed("us", faults, now)
    return ", ".join(sorted(outage.fresh)) or ("reminder" if outage.remind else "")


def test_the_first_failure_then_a_reminder_each_hour() -> None:
    """However often it fails, there is one line, and one more for each hour."""
    outages = Outages(timedelta(hours=1))
    lines = [told(outages, second, "away") for second in range(0, 3 * 3600 + 1, 60)]
    assert [line for line in lines if line] == ["away", "reminder", "reminder", "reminder"]


def test_another_fault_is_told_once_and_puts_the_reminder_off() -> None:
    """Two faults that take turns are told once each, and no turn is a recovery."""
    outages = Outages(timedelta(hours=1))
    moments = [(0.0, "a"), (HOUR / 2, "b"), (HOUR, "a"), (HOUR * 1.4, "b"), (HOUR * 1.5, "a")]
    assert [told(outages, now, fault) for now, fault in moments] == ["a", "b", "", "", "reminder"]


def test_several_faults_at_once() -> None:
    """What is new among them is told."""
    outages = Outages(timedelta(hours=1))
    assert [told(outages, 0, "a", "b"), told(outages, 1, "b", "c")] == ["a, b", "c"]


def test_the_end_has_length_and_number() -> None:
    """How long it lasted until it worked again, and how often it had failed; only once."""
    outages = Outages(timedelta(hours=1))
    for now in (100.0, 160.0):
        outages.failed("us", ["away"], now)
    over = outages.over("us", 220.0)
    assert over
    assert (over.lasted, over.times) == (120.0, 2)
    assert outages.over("us", 280.0) is None


def test_what_works_has_no_outage() -> None:
    """Nothing failed, nothing is over."""
    assert Outages(timedelta(hours=1)).over("us", 0.0) is None


def test_keys_know_nothing_of_each_other() -> None:
    """One shop's failures are told though another's were, and end on their own."""
    outages = Outages(timedelta(hours=1))
    told(outages, 0, "away")
    assert outages.failed("uk", ["away"], 10).fresh == {"away"}
    assert outages.over("us", 20)
    assert not outages.failed("uk", ["away"], 30).fresh


def test_after_the_end_it_begins_anew() -> None:
    """The same fault after a recovery is a first one again."""
    outages = Outages(timedelta(hours=1))
    told(outages, 0, "away")
    outages.over("us", 10)
    assert told(outages, 20, "away") == "away"
