"""Cases, their snapshots and their history."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path as FilePath

import pytest

from syncd.model.cases import Case, Kind, Path, Restock, State, Written
from syncd.model.money import Money
from syncd.store.cases import Filter, Seen
from syncd.store.store import Store
from syncd.tiktok.wire import snapshot_from

See = Callable[..., Seen]
COMPLETE = "RETURN_OR_REFUND_REQUEST_COMPLETE"
SHIPPED = "BUYER_SHIPPED_ITEM"
AT = 1_793_000_000
MINUTE = timedelta(minutes=1)


def time(seconds: int) -> datetime:
    """Unix seconds as the wire has them."""
    return datetime.fromtimestamp(seconds, UTC)


def known(store: Store, case_id: str = "4035001", shop: str = "us") -> Case:
    """A case that must be there."""
    case = store.cases.get(shop, case_id)
    assert case
    return case


def test_new(store: Store, seen: See, now: datetime) -> None:
    """A case that was never seen is tracked and due at once."""
    one = seen()
    assert store.cases.see("us", [one], now) == 1
    assert known(store) == Case("us", one.snapshot, now, now, due_at=now)


def test_unknown(store: Store, seen: See, now: datetime) -> None:
    """A case is known only under its own shop and id."""
    store.cases.see("us", [seen()], now)
    assert (store.cases.get("uk", "4035001"), store.cases.get("us", "4035002")) == (None, None)


def test_unchanged(store: Store, seen: See, now: datetime) -> None:
    """The same row again is no news: nothing is due, nothing recorded."""
    store.cases.see("us", [seen()], now)
    decided = replace(known(store), state=State.HELD, due_at=None)
    store.cases.keep(decided, now)
    assert store.cases.see("us", [seen()], now + MINUTE) == 0
    assert known(store) == decided
    assert len(store.cases.snapshots("us", "4035001")) == 1


def test_changed(store: Store, seen: See, now: datetime) -> None:
    """A row with news makes the case due at once; what was decided so far is kept."""
    store.cases.see("us", [seen()], now)
    held = replace(known(store), state=State.HELD, reason="no_payment", due_at=None, tries=4)
    store.cases.keep(held, now)
    news = seen(updated=AT + 5, status=SHIPPED)
    later = now + MINUTE
    assert store.cases.see("us", [news], later) == 1
    assert known(store) == replace(
        held, latest=news.snapshot, updated=later, due_at=later, tries=0, parcel_seen=True
    )


def test_changed_without_a_new_time(store: Store, seen: See, now: datetime) -> None:
    """A row whose content changed is news, also where TikTok did not move its update time."""
    store.cases.see("us", [seen()], now)
    assert store.cases.see("us", [seen(status=SHIPPED)], now) == 1
    assert known(store).latest.status_word == SHIPPED


def test_what_is_kept_comes_back(store: Store, seen: See, now: datetime) -> None:
    """The row that was handed over, to the letter, beside what was read from it."""
    one = seen()
    store.cases.see("us", [one], now)
    row = store.database.row("SELECT raw FROM snapshots")
    assert row
    assert json.loads(str(row["raw"])) == one.raw


def test_older(store: Store, seen: See, now: datetime) -> None:
    """A page that was read earlier but comes later undoes nothing."""
    store.cases.see("us", [seen(updated=AT + 5, status=SHIPPED)], now)
    before = known(store)
    assert store.cases.see("us", [seen(updated=AT)], now + MINUTE) == 0
    assert known(store) == before


def test_all_or_nothing(store: Store, seen: See, now: datetime) -> None:
    """A page is taken in whole or not at all."""
    broken = replace(seen("4035002"), raw={"x": object()})
    with pytest.raises(TypeError):
        store.cases.see("us", [seen(), broken], now)
    assert store.cases.get("us", "4035001") is None


def test_odd_texts(store: Store, seen: See, now: datetime) -> None:
    """Whatever text JSON can carry, half characters and zeros included, is stored and read again."""
    odd = seen(return_reason_text="half \ud83d \x00 whole \U0001f600", note="\udfff")
    assert store.cases.see("us", [odd], now) == 1
    assert store.cases.see("us", [odd], now) == 0
    assert known(store).latest == odd.snapshot


def test_largest_amount(store: Store, seen: See, now: datetime) -> None:
    """The largest amount that is read can be stored."""
    one = seen(total=None, refund_amount={"currency": "CLF", "refund_total": "9" * 14 + ".9999"})
    store.cases.see("us", [one], now)
    assert known(store).latest.refund == one.snapshot.refund


def test_paid_back_once(store: Store, seen: See, now: datetime) -> None:
    """The time of the refund is that of the first row that told of it, in TikTok's time and in ours."""
    store.cases.see("us", [seen()], now)
    assert (known(store).paid_back_at, known(store).paid_back_seen_at) == (None, None)
    store.cases.see("us", [seen(updated=AT + 5, status=COMPLETE)], now + MINUTE)
    store.cases.see("us", [seen(updated=AT + 9, status=COMPLETE, touched=True)], now + 2 * MINUTE)
    assert (known(store).paid_back_at, known(store).paid_back_seen_at) == (time(AT + 5), now + MINUTE)


def test_paid_back_from_the_start(store: Store, seen: See, now: datetime) -> None:
    """A case may be paid back when it is first seen."""
    store.cases.see("us", [seen(status=COMPLETE)], now)
    assert (known(store).paid_back_at, known(store).paid_back_seen_at) == (time(AT), now)


@pytest.mark.parametrize(
    "statuses", [(SHIPPED, COMPLETE), (SHIPPED, SHIPPED), ("AWAITING_BUYER_SHIP", SHIPPED)]
)
def test_parcel_seen(store: Store, seen: See, now: datetime, statuses: tuple[str, ...]) -> None:
    """That the parcel was under way is never forgotten."""
    for number, status in enumerate(statuses):
        store.cases.see("us", [seen(updated=AT + number, status=status, number=number)], now)
    assert known(store).parcel_seen


def test_parcel_not_seen(store: Store, seen: See, now: datetime) -> None:
    """A case that went another way never had a parcel."""
    store.cases.see("us", [seen()], now)
    store.cases.see("us", [seen(updated=AT + 1, status=COMPLETE)], now)
    assert not known(store).parcel_seen


def test_keep(store: Store, seen: See, now: datetime) -> None:
    """Everything that is decided about a case comes back as it was."""
    store.cases.see("us", [seen()], now)
    decided = replace(
        known(store),
        state=State.SYNCED,
        reason="over_refund",
        detail="it's 20.00 USD; 19.99 left",
        path=Path.RETURN,
        written=Written(Money(2000, "USD"), ("5765001", "5765002")),
        restock=Restock.WAITING,
        waiting_since=now - MINUTE,
        due_at=now + MINUTE,
        tries=3,
        shopify_order_id="gid://shopify/Order/1",
        refund_ids=("gid://shopify/Refund/1", "gid://shopify/Refund/2"),
        return_ids=("gid://shopify/Return/1",),
        was_archived=True,
        tracked_return_id="gid://shopify/Return/1",
        updated=now + MINUTE,
    )
    store.cases.keep(decided, now + MINUTE)
    assert known(store) == decided


def test_keep_a_case_that_was_written_without_an_amount(store: Store, seen: See, now: datetime) -> None:
    """Its units come back, and no money."""
    store.cases.see("us", [seen()], now)
    written = Written(None, ("5765001",))
    store.cases.keep(replace(known(store), written=written), now)
    assert known(store).written == written


def test_newest(store: Store, seen: See, now: datetime) -> None:
    """The latest cases of a kind that were known by then."""
    store.cases.see("us", [seen("1")], now)
    store.cases.see("us", [seen("2"), seen("3")], now + MINUTE)
    assert store.cases.newest("us", Kind.RETURN, now + MINUTE, 2) == ["3", "2"]
    assert store.cases.newest("us", Kind.RETURN, now, 2) == ["1"]
    assert store.cases.newest("us", Kind.CANCELLATION, now + MINUTE, 2) == []


def test_keep_one(store: Store, seen: See, now: datetime) -> None:
    """What is decided about one case changes no other, also not the one of the same id in another shop."""
    for shop in ("us", "uk"):
        store.cases.see(shop, [seen("4035001"), seen("4035002")], now)
    store.cases.keep(replace(known(store), state=State.HELD), now)
    states = {(case.shop, case.case_id): case.state for case in store.cases.select(Filter())}
    assert [key for key, state in states.items() if state is State.HELD] == [("us", "4035001")]
    assert len(states) == 4


def test_due(store: Store, seen: See, now: datetime) -> None:
    """What is due longest comes first, as it was taken in; other shops and later times do not."""
    store.cases.see("us", [seen("2")], now - MINUTE)
    store.cases.see("us", [seen("3"), seen("1"), seen("4"), seen("5")], now)
    store.cases.see("uk", [seen("6")], now)
    store.cases.keep(replace(known(store, "4"), due_at=now + MINUTE), now)
    store.cases.keep(replace(known(store, "5"), due_at=None), now)
    assert [case.case_id for some in store.cases.due("us", now, 2) for case in some] == ["2", "3", "1"]


def test_what_is_only_to_be_verified_has_a_line_of_its_own(store: Store, seen: See, now: datetime) -> None:
    """It is no news: others come first, and no more of it than wanted."""
    store.cases.see("us", [seen(str(number)) for number in range(1, 6)], now)
    for number in ("1", "2", "3"):
        store.cases.keep(replace(known(store, number), due_at=now, verify_at=now, tries=1), now)
    store.cases.keep(replace(known(store, "4"), due_at=now, verify_at=now + MINUTE, tries=1), now)
    assert [case.case_id for some in store.cases.due("us", now, 9) for case in some] == ["4", "5"]
    assert [case.case_id for case in store.cases.to_verify("us", now, 2)] == ["1", "2"]
    assert store.cases.to_verify("us", now - MINUTE, 2) == []


def test_due_again_meanwhile(store: Store, seen: See, now: datetime) -> None:
    """What is decided while others are asked for is passed over, or comes at its new place."""
    store.cases.see("us", [seen(str(number)) for number in range(1, 5)], now)
    found = store.cases.due("us", now, 2)
    assert [case.case_id for case in next(found)] == ["1", "2"]
    store.cases.keep(replace(known(store, "3"), due_at=None), now)
    assert [case.case_id for case in next(found)] == ["4"]
    assert next(found, None) is None


def test_next_due(store: Store, seen: See, now: datetime) -> None:
    """The next time is the earliest of the shop, or of those that wait for one of some reasons."""
    assert store.cases.next_due("us") is None
    store.cases.see("us", [seen("1"), seen("2"), seen("3")], now)
    store.cases.see("uk", [seen("4")], now - MINUTE)
    store.cases.keep(replace(known(store, "1"), due_at=now + 3 * MINUTE, reason="outcome_unknown"), now)
    store.cases.keep(replace(known(store, "2"), due_at=now + 2 * MINUTE, reason="no_payment"), now)
    store.cases.keep(replace(known(store, "3"), due_at=None), now)
    assert store.cases.next_due("us") == now + 2 * MINUTE
    assert store.cases.next_due("us", ["outcome_unknown", "claimed_elsewhere"]) == now + 3 * MINUTE
    assert store.cases.next_due("us", ["claimed_elsewhere"]) is None


def test_all_due(store: Store, seen: See, now: datetime) -> None:
    """Everything that waits for its time can be made due at once; what waits for a person cannot."""
    store.cases.see("us", [seen("1"), seen("2")], now)
    store.cases.keep(replace(known(store, "1"), due_at=now + MINUTE), now)
    store.cases.keep(replace(known(store, "2"), due_at=None), now)
    store.cases.all_due(now)
    assert [case.case_id for some in store.cases.due("us", now, 9) for case in some] == ["1"]


def test_read_again(store: Store, seen: See, now: datetime) -> None:
    """The cases to be asked for by id come longest waiting first, and no more than wanted."""
    store.cases.see("us", [seen(str(number)) for number in range(1, 6)], now)
    store.cases.see("uk", [seen("6")], now)
    for number, minutes in (("1", 3), ("2", 1), ("3", 2), ("4", -1)):
        store.cases.read_again_at("us", number, now - minutes * MINUTE)
    store.cases.read_again_at("uk", "6", now - MINUTE)
    assert [case.case_id for case in store.cases.to_read_again("us", Kind.RETURN, now, 50)] == ["1", "3", "2"]
    assert [case.case_id for case in store.cases.to_read_again("us", Kind.RETURN, now, 2)] == ["1", "3"]
    assert store.cases.to_read_again("us", Kind.CANCELLATION, now, 50) == []
    store.cases.read_again_at("us", "1", None)
    assert [case.case_id for case in store.cases.to_read_again("us", Kind.RETURN, now, 2)] == ["3", "2"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("us:1", ["us:1"]),
        ("1", ["us:1", "uk:1"]),
        ("5764001", ["us:1", "uk:1"]),
        ("us:5764001", ["us:1"]),
        ("5764002", ["us:2"]),
        ("gid://shopify/Order/77", ["us:2"]),
        ("77", ["us:2"]),
        ("us:77", ["us:2"]),
        ("uk:77", []),
        ("de:1", []),
        ("", []),
        ("us:", []),
        ("%", []),
        ("gid://shopify/Order/7", []),
    ],
)
def test_find(store: Store, seen: See, now: datetime, name: str, expected: list[str]) -> None:
    """A case is found by its id, by TikTok's order and by Shopify's, in every shop or in one."""
    store.cases.see("us", [seen("1"), seen("2", order_id="5764002")], now)
    store.cases.see("uk", [seen("1")], now + MINUTE)
    store.cases.keep(replace(known(store, "2"), shopify_order_id="gid://shopify/Order/77"), now)
    assert [f"{case.shop}:{case.case_id}" for case in store.cases.find(name)] == expected


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Filter(), ["4", "3", "2", "1"]),
        (Filter(shop="us"), ["3", "2", "1"]),
        (Filter(state="held"), ["3", "2"]),
        (Filter(reason="no_payment"), ["2"]),
        (Filter(restock="waiting"), ["3"]),
        (Filter(shop="us", state="held", reason="no_payment", restock="none"), ["2"]),
        (Filter(shop="uk", state="held"), []),
    ],
)
def test_select(store: Store, seen: See, now: datetime, wanted: Filter, expected: list[str]) -> None:
    """Filters are all fulfilled at once, and the latest change comes first; a limit takes the first ones."""
    store.cases.see("us", [seen("1"), seen("2"), seen("3")], now)
    store.cases.see("uk", [seen("4")], now + 3 * MINUTE)
    store.cases.keep(replace(known(store, "2"), state=State.HELD, reason="no_payment"), now + MINUTE)
    held = replace(known(store, "3"), state=State.HELD, reason="doubled", restock=Restock.WAITING)
    store.cases.keep(held, now + 2 * MINUTE)
    assert [case.case_id for case in store.cases.select(wanted)] == expected
    assert [case.case_id for case in store.cases.select(wanted, 2)] == expected[:2]
    assert store.cases.count(wanted) == len(expected)


def test_counts(store: Store, seen: See, now: datetime) -> None:
    """The cases of one shop are counted by their state."""
    store.cases.see("us", [seen("1"), seen("2"), seen("3")], now)
    store.cases.see("uk", [seen("4")], now)
    store.cases.keep(replace(known(store, "2"), state=State.HELD), now)
    assert store.cases.counts("us") == {"tracking": 2, "held": 1}
    assert store.cases.counts("de") == {}


def test_history(store: Store, seen: See, now: datetime) -> None:
    """The life of a case is told in the order in which it happened, with all details."""
    store.cases.see("us", [seen()], now)
    store.cases.note("us", "4035001", "decided", now, state=State.HELD, odd="\ud83d", ids=("a", "b"))
    store.cases.note("uk", "4035001", "decided", now)
    store.cases.note("us", "4035001", "failed", now - MINUTE, error="no connection")
    told = [(line.at, line.event, line.detail) for line in store.cases.history("us", "4035001")]
    assert told == [
        (now, "seen", {"status": "RETURN_OR_REFUND_REQUEST_PENDING", "snapshot": 1}),
        (now, "decided", {"state": "held", "odd": "\ud83d", "ids": ["a", "b"]}),
        (now - MINUTE, "failed", {"error": "no connection"}),
    ]


def test_snapshots(store: Store, seen: See, now: datetime) -> None:
    """Everything that TikTok said is kept, in order."""
    rows = [seen(updated=AT + n, status=status) for n, status in enumerate((SHIPPED, COMPLETE))]
    for number, row in enumerate(rows):
        store.cases.see("us", [row], now + number * MINUTE)
    assert store.cases.snapshots("us", "4035001") == [
        (now, rows[0].snapshot),
        (now + MINUTE, rows[1].snapshot),
    ]


def test_survives(path: FilePath, seen: See, now: datetime) -> None:
    """A case is the same after the store was closed and opened again."""
    with closing(Store.write(path, snapshot_from)) as store:
        store.cases.see("us", [seen(status=COMPLETE)], now)
        before = known(store)
    with closing(Store.look(path, snapshot_from)) as store:
        assert known(store) == before


@pytest.mark.parametrize("column", ["refund_minor", "written_minor"])
@pytest.mark.parametrize("value", ["ten", 10.5, "10.50"])
def test_money_is_integers(store: Store, seen: See, now: datetime, column: str, value: object) -> None:
    """A text or a fraction never gets into a column of money."""
    store.cases.see("us", [seen()], now)
    with pytest.raises(sqlite3.IntegrityError, match=f"INTEGER column cases.{column}"):
        store.database._connection.execute(f"UPDATE cases SET {column} = ?", (value,))  # noqa: S608 - our own


@pytest.mark.parametrize("column", ["refund_minor", "written_minor"])
def test_money_has_a_currency(store: Store, seen: See, now: datetime, column: str) -> None:
    """An amount without its currency is refused."""
    store.cases.see("us", [seen(total=None)], now)
    with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
        store.database.execute(f"UPDATE cases SET {column} = 1")  # noqa: S608 - our own
