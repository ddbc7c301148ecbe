"""Who is told of what, and when."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from syncd.service.alerts.alert import Alert
from syncd.service.alerts.book import (
    SETTLED,
    Book,
    Change,
    Notice,
    failed,
    forgotten,
    notices,
    observed,
    told,
)
from syncd.service.alerts.catalogue import Kind

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
KEPT = TypeAdapter(Book)
SILENT = Alert(Kind.SHOP_SILENT, "us")


def held(size: int = 1, reason: str = "over_ceiling", shop: str = "us") -> Alert:
    return Alert(Kind.CASE_HELD, shop, reason, size=size)


@dataclass
class Reader:
    """An address: what it was told, and the book of it, which is written down and read again each time."""

    book: Book = field(default_factory=Book)
    now: datetime = NOON
    delivers: bool = True
    heard: list[tuple[datetime, tuple[Notice, ...]]] = field(default_factory=list)

    def look(self, *alerts: Alert, after: timedelta = MINUTE) -> list[tuple[Change, str]]:
        """One round, in which the process may have been started anew; what was told in it."""
        self.book = KEPT.validate_json(KEPT.dump_json(self.book))
        self.now += after
        wrong: Mapping[str, Alert] = {alert.key: alert for alert in alerts}
        self.book = observed(self.book, wrong, self.now)
        of = notices(self.book, wrong, self.now)
        if of and not self.delivers:
            self.book = failed(self.book, self.now)
            return []
        if of:
            self.book = told(self.book, of, self.now)
            self.heard.append((self.now, of))
        return [(notice.change, notice.key) for notice in of]

    def quiet(self, *alerts: Alert, during: timedelta, every: timedelta = 10 * MINUTE) -> list[datetime]:
        """Rounds all the time; when something was told in them, other than at the end."""
        end, before = self.now + during, len(self.heard)
        while self.now + every < end:
            self.look(*alerts, after=every)
        return [at for at, _ in self.heard[before:]]


def test_told_once_and_repeated_ever_more_rarely() -> None:
    """What lasts is told at once, after a day, and then each week; also across restarts."""
    reader = Reader()
    assert reader.look(SILENT) == [(Change.NEW, SILENT.key)]
    began = reader.now
    times = reader.quiet(SILENT, during=23 * DAY, every=HOUR)
    assert [(at - began).days for at in times] == [1, 8, 15, 22]
    assert {notice.change for _, of in reader.heard[1:] for notice in of} == {Change.STILL}


def test_one_message_for_everything_the_worst_first() -> None:
    """All that is new in one round is told together, failures before warnings."""
    reader = Reader()
    assert reader.look(held(), SILENT, held(shop="uk")) == [
        (Change.NEW, SILENT.key),
        (Change.NEW, held().key),
        (Change.NEW, held(shop="uk").key),
    ]
    assert len(reader.heard) == 1


def test_recovery_is_told_once() -> None:
    """What is gone for five minutes is over, which is told with how long it lasted, and never again."""
    reader = Reader()
    reader.look(SILENT)
    began = reader.now
    assert reader.quiet(SILENT, during=2 * HOUR) == []
    assert reader.look(after=MINUTE) == []
    gone = reader.now
    assert reader.look(after=SETTLED - MINUTE) == []
    assert reader.look(after=MINUTE) == [(Change.OVER, SILENT.key)]
    [notice] = reader.heard[-1][1]
    assert (notice.entry.since, notice.until) == (began, gone)
    assert reader.quiet(during=8 * DAY, every=HOUR) == []


def test_what_comes_back_soon_was_never_gone() -> None:
    """Flapping is one long alert: nothing is told until it stays gone."""
    reader = Reader()
    reader.look(SILENT)
    for _ in range(60):
        assert reader.look(after=4 * MINUTE) == []
        assert reader.look(SILENT, after=4 * MINUTE) == []


def test_growth_is_told_rarely() -> None:
    """Twice as many are told after an hour, any more after a day, fewer never."""
    reader = Reader()
    reader.look(held(3))
    assert reader.quiet(held(6), during=HOUR) == []
    assert reader.look(held(6), after=HOUR) == [(Change.MORE, held().key)]
    assert reader.quiet(held(7), during=20 * HOUR) == []
    assert reader.look(held(7), after=5 * HOUR) == [(Change.MORE, held().key)]
    assert reader.quiet(held(2), during=23 * HOUR) == []


def test_growth_counts_from_the_lowest() -> None:
    """Of three cases two are settled, then come two others: that is news, though they are three again."""
    reader = Reader()
    reader.look(held(3))
    reader.look(held(1))
    assert reader.look(held(3), after=HOUR) == [(Change.MORE, held().key)]


def test_a_further_stage_is_told_at_once() -> None:
    """An authorisation with three days left is worse than one with seven, whenever that was told."""
    reader = Reader()
    soon, sooner = (Alert(Kind.TOKEN_EXPIRING, "us", stage=stage) for stage in (2, 3))
    reader.look(soon)
    assert reader.look(sooner, after=2 * MINUTE) == [(Change.MORE, soon.key)]
    assert reader.look(sooner, after=2 * MINUTE) == []


def test_what_was_not_delivered_is_told_later() -> None:
    """It is tried again after a minute, then ever more slowly, once an hour at last."""
    reader = Reader(delivers=False)
    tries = []
    for _ in range(60 * 6):
        before = reader.book.failures, reader.book.retry_at
        reader.look(SILENT)
        if (reader.book.failures, reader.book.retry_at) != before:
            tries.append(reader.now)
    gaps = [int((later - at) / MINUTE) for at, later in pairwise(tries)]
    assert gaps == [1, 2, 4, 8, 16, 32, 60, 60, 60, 60]
    reader.delivers = True
    assert reader.look(SILENT, after=HOUR) == [(Change.NEW, SILENT.key)]


def test_what_passed_unheard_is_told_afterwards() -> None:
    """Where nobody could be told in time, what lasted for long is told when it is over."""
    reader = Reader(delivers=False)
    reader.quiet(SILENT, during=2 * HOUR)
    reader.delivers = True
    reader.look()
    told_of = [one for _ in range(20) for one in reader.look(after=10 * MINUTE)]
    assert told_of == [(Change.PASSED, SILENT.key)]


def test_what_was_brief_and_unheard_is_forgotten() -> None:
    """What nobody was told of and was over at once is told to nobody."""
    reader = Reader(delivers=False)
    reader.look(SILENT)
    reader.delivers = True
    assert reader.look() == []
    assert reader.book.entries == {}


def test_no_more_than_eight_at_a_time() -> None:
    """What does not fit into a message comes with the next one."""
    reader = Reader()
    many = [held(reason=f"r{number}") for number in range(20)]
    told_of = [key for _ in range(30) for _, key in reader.look(*many)]
    assert len(told_of) == 20
    assert sorted(told_of) == sorted(alert.key for alert in many)
    assert [len(of) for _, of in reader.heard] == [8, 8, 4]


def test_a_shop_that_is_switched_off_is_forgotten() -> None:
    """Nothing of it is called over: nobody knows. What is about the whole program stays."""
    reader = Reader()
    reader.look(held(shop="uk"), held(shop="us"), Alert(Kind.RELOAD_REFUSED))
    kept = forgotten(reader.book, ["us"])
    assert set(kept.entries) == {held(shop="us").key, Alert(Kind.RELOAD_REFUSED).key}


def test_a_clock_that_was_set_back_silences_nobody() -> None:
    """What was told in a future that never came is repeated a day from now, and new things at once."""
    reader = Reader(now=NOON + 3650 * DAY)
    reader.look(SILENT)
    reader.now = NOON
    assert reader.look(SILENT, held(), after=MINUTE * 2) == []
    assert reader.look(SILENT, held(), after=MINUTE) == [(Change.NEW, held().key)]
    assert reader.look(SILENT, held(), after=DAY)[0] == (Change.STILL, SILENT.key)


_KEYS = ("a", "b", "c")
_ROUND = st.tuples(
    st.integers(min_value=1, max_value=20),  # minutes
    st.fixed_dictionaries({key: st.integers(min_value=0, max_value=5) for key in _KEYS}),
    st.booleans(),
)


@given(rounds=st.lists(_ROUND, min_size=1, max_size=80))
def test_whatever_happens(rounds: list[tuple[int, dict[str, int], bool]]) -> None:
    """No flood, nothing lost, nothing twice, and for each alert that was told one end, not two."""
    reader = Reader()
    lasts: dict[str, datetime] = {}
    for minutes, sizes, delivers in rounds:
        reader.delivers = delivers
        wrong = [held(size, reason=key) for key, size in sizes.items() if size]
        reader.look(*wrong, after=minutes * MINUTE)
        lasts = {alert.key: lasts.get(alert.key, reader.now) for alert in wrong}
    reader.delivers = True
    told_of = [key for _ in range(12) for _, key in reader.look(*wrong, after=20 * MINUTE)]

    for at, _ in reader.heard:
        assert sum(at <= other < at + HOUR for other, _ in reader.heard) <= 8
    for key in lasts:
        assert reader.book.entries[key].told_at or key in told_of
    assert set(reader.book.entries) == set(lasts)  # all others are over, and that was told
    for key in {held(reason=name).key for name in _KEYS}:
        _assert_in_order([n.change for _, of in reader.heard for n in of if n.key == key])


def _assert_in_order(changes: list[Change]) -> None:
    """It is new, then goes on, then is over; or it has passed unheard."""
    stands = False
    for change in changes:
        assert stands == (change in {Change.MORE, Change.STILL, Change.OVER})
        stands = change in {Change.NEW, Change.MORE, Change.STILL}


@given(lasts=st.integers(min_value=5, max_value=60), fails=st.integers(min_value=0, max_value=60))
def test_nothing_that_lasts_goes_untold(lasts: int, fails: int) -> None:
    """Whatever lasts longer than a quarter of an hour is told, however long no message went through."""
    reader = Reader(delivers=False)
    for number in range(160):
        reader.delivers = number >= fails
        reader.look(*([SILENT] if number < lasts else []), after=4 * MINUTE)
    changes = [notice.change for _, of in reader.heard for notice in of]
    assert changes in ([Change.NEW, Change.OVER], [Change.PASSED])
