"""Forgetting what is old, and nothing that protects against a second refund."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from syncd.errors import StoreDamaged
from syncd.model.cases import State, Written
from syncd.model.intents import Intent, IntentState
from syncd.model.money import Money
from syncd.model.plans import ActionKind
from syncd.model.rulings import Ruling, RulingKind
from syncd.store.cases import Seen
from syncd.store.database import Database, Row
from syncd.store.migrations import STEPS
from syncd.store.pruning import Pruning, cut_down, pruned_at, pruned_before, pruning_done
from syncd.store.store import Store
from syncd.tiktok.wire import snapshot_from

See = Callable[..., Seen]
DAY = timedelta(days=1)
OLD = datetime(2026, 1, 1, tzinfo=UTC)
LIMIT = OLD + 30 * DAY
COMPLETE = "RETURN_OR_REFUND_REQUEST_COMPLETE"
REST = (State.SYNCED, State.SKIPPED, State.DISMISSED)


def intent(case_id: str, state: IntentState, at: datetime = OLD) -> Intent:
    """A refund with bytes and an answer."""
    return Intent(
        shop="us",
        case_id=case_id,
        action=ActionKind.CREATE_REFUND,
        generation=1,
        key=f"key of {case_id}",
        operation="CreateRefund",
        api_version="2026-10",
        body=b'{"variables": {}}',
        shopify_order_id="gid://shopify/Order/1",
        amount=Money(2000, "USD"),
        digest="d",
        created_at=at,
        state=state,
        first_sent_at=at,
        request_ids=("req-1",),
        answer="an answer",
        leaves={"place": 1},
    )


def add_case(
    store: Store,
    seen: See,
    case_id: str = "1",
    *,
    state: State = State.SYNCED,
    due_at: datetime | None = None,
    outcome: IntentState = IntentState.CONFIRMED,
) -> None:
    """An old case with two snapshots, a ruling, an order, a claim, a request and an intent."""
    store.cases.see("us", [seen(case_id)], OLD)
    store.cases.see("us", [seen(case_id, updated=1_793_000_005, status=COMPLETE)], OLD + DAY)
    case = store.cases.get("us", case_id)
    assert case
    written = Written(Money(2000, "USD"), ("5765001",))
    store.cases.keep(replace(case, state=state, due_at=due_at, written=written), OLD + DAY)
    store.cases.note("us", case_id, "decided", OLD + DAY, state=state)
    store.rulings.add("us", case_id, Ruling(RulingKind.DISMISSED, "b", "kim", OLD, "settled"))
    store.shops.pair("us", case.order_id, "gid://shopify/Order/1", "tag", OLD)
    store.intents.keep_claim_token("us", case_id, "token", OLD)
    store.intents.keep(store.intents.add(intent(case_id, outcome)))


def prune(store: Store, before: datetime = LIMIT, limit: int = 1000) -> int:
    """A whole pass."""
    pruning, pruned = Pruning(store.database, before), 0
    while not pruning.over:
        pruned += pruning.batch(limit)
    return pruned


def everything(store: Store) -> dict[str, list[Row]]:
    """All rows of all tables but the one that counts transactions."""
    tables = [str(row["name"]) for row in store.database.rows("SELECT name FROM sqlite_master")]
    mine = {row["name"] for row in store.database.rows("SELECT name FROM sqlite_master WHERE type = 'table'")}
    return {
        name: store.database.rows(f"SELECT * FROM {name}")  # noqa: S608 - a name of ours
        for name in tables
        if name in mine - {"counter", "retention"}
    }


def request(store: Store, at: datetime, *, done: bool) -> None:
    """Somebody asked for something then."""
    asked = store.requests.leave("us", "1", command="retry", who="kim", words="", now=at)
    if done:
        store.requests.done(asked, at)


@pytest.mark.parametrize("state", REST)
def test_old_rows_of_a_case_at_rest_go(store: Store, seen: See, state: State) -> None:
    """Its earlier snapshot, its history, the bytes and the answer; every other value stays as it was."""
    add_case(store, seen, state=state)
    before, case = everything(store), store.cases.get("us", "1")
    assert prune(store) == 1 + 3 + 1
    after = everything(store)
    assert store.cases.get("us", "1") == case
    assert after["snapshots"] == before["snapshots"][1:]
    assert after["history"] == []
    assert after["intents"] == [{**before["intents"][0], "body": b"", "answer": ""}]
    same = set(before) - {"snapshots", "history", "intents"}
    assert {name: after[name] for name in same} == {name: before[name] for name in same}
    assert prune(store) == 0


@pytest.mark.parametrize("state", sorted(set(State) - set(REST)))
def test_a_case_that_is_not_at_rest_is_kept_whole(store: Store, seen: See, state: State) -> None:
    """However old."""
    add_case(store, seen, state=state)
    before = everything(store)
    assert (prune(store), everything(store)) == (0, before)


def test_a_written_case_that_is_looked_at_again_is_kept_whole(store: Store, seen: See) -> None:
    """As one whose units wait to be inspected is, week by week."""
    add_case(store, seen, due_at=LIMIT + DAY)
    before = everything(store)
    assert (prune(store), everything(store)) == (0, before)


@pytest.mark.parametrize(
    ("outcome", "goes"),
    [
        (IntentState.PLANNED, False),
        (IntentState.SENDING, False),
        (IntentState.UNKNOWN, False),
        (IntentState.CONFIRMED, True),
        (IntentState.REJECTED, True),
        (IntentState.VOID, True),
        (IntentState.DROPPED, True),
    ],
)
def test_bytes_that_may_be_sent_again_are_kept(
    store: Store, seen: See, outcome: IntentState, *, goes: bool
) -> None:
    """Only what came to an end loses them, and what it protects against stays."""
    add_case(store, seen, outcome=outcome)
    open_before, ran = store.intents.open("us", "1"), store.intents.may_have_run("us", "1")
    prune(store)
    (kept,) = store.intents.of_case("us", "1")
    assert (kept.body == b"") is goes
    assert replace(kept, body=b'{"variables": {}}', answer="an answer") == replace(
        intent("1", outcome), id=kept.id
    )
    assert (store.intents.open("us", "1"), store.intents.may_have_run("us", "1")) == (open_before, ran)


def test_younger_rows_stay(store: Store, seen: See) -> None:
    """Also those of exactly that age."""
    add_case(store, seen)
    before = everything(store)
    assert prune(store, OLD) == 0
    assert everything(store) == before
    assert prune(store, OLD + DAY) == 1 + 1 + 1  # a snapshot, the line about it, and the intent


def test_requests_that_were_answered_go(store: Store) -> None:
    """One that nobody has answered yet is still to be carried out."""
    request(store, OLD, done=True)
    request(store, OLD, done=False)
    request(store, LIMIT, done=True)
    assert prune(store) == 1
    assert [row["done_at"] is None for row in everything(store)["requests"]] == [True, False]


@pytest.mark.parametrize("limit", [1, 2, 7])
def test_batches_are_small_and_leave_nothing(store: Store, seen: See, limit: int) -> None:
    """However small they are, all of it is gone in the end, between rows of cases that stay whole."""
    for number in range(1, 7):
        add_case(store, seen, str(number), state=State.HELD if number % 2 else State.SYNCED)
    pruning = Pruning(store.database, LIMIT)
    pruned = []
    while not pruning.over:
        pruned.append(pruning.batch(limit))
    assert (max(pruned) <= limit, sum(pruned)) == (True, 3 * (1 + 3 + 1))
    assert {row["case_id"] for row in everything(store)["history"]} == {"1", "3", "5"}


def test_a_pass_stops_at_the_first_batch_without_old_rows(store: Store, seen: See) -> None:
    """It does not read a year of history each day."""
    add_case(store, seen)
    for _ in range(50):
        store.cases.note("us", "1", "decided", LIMIT)
    pruning, batches = Pruning(store.database, LIMIT), 0
    while not pruning.over:
        pruning.batch(5)
        batches += 1
    assert batches == 7


def test_a_case_that_comes_to_rest_in_between_is_pruned_by_the_next_pass(store: Store, seen: See) -> None:
    """Nothing is skipped for good."""
    add_case(store, seen, state=State.HELD)
    assert prune(store) == 0
    case = store.cases.get("us", "1")
    assert case
    store.cases.keep(replace(case, state=State.DISMISSED), LIMIT)
    assert prune(store) == 5


def test_pruning_is_all_that_can_delete_history(store: Store, seen: See) -> None:
    """Line by line only up to the recorded limit; what happened cannot be changed at all."""
    add_case(store, seen)
    with pytest.raises(sqlite3.IntegrityError, match="only pruned by its age"):
        store.database.execute("DELETE FROM history")
    prune(store, OLD + DAY)
    with pytest.raises(sqlite3.IntegrityError, match="only pruned by its age"):
        store.database.execute("DELETE FROM history")
    with pytest.raises(sqlite3.IntegrityError, match="only added to"):
        store.database.execute("UPDATE history SET event = 'x'")
    assert len(everything(store)["history"]) == 2
    store.database.execute("DELETE FROM retention")
    with pytest.raises(sqlite3.IntegrityError, match="only pruned by its age"):
        store.database.execute("DELETE FROM history")


def test_when_it_was_done_is_remembered(store: Store, now: datetime) -> None:
    """And up to which time."""
    assert (pruned_at(store.database), pruned_before(store.database)) == (None, None)
    prune(store)
    pruning_done(store.database, now)
    assert (pruned_at(store.database), pruned_before(store.database)) == (now, LIMIT)


def test_pages_are_used_again(path: Path, seen: See) -> None:
    """The file stays as large as it was once."""
    sizes = []
    with closing(Store.write(path, snapshot_from)) as store:
        for round_ in range(3):
            with store.database.transaction():
                for number in range(100):
                    case_id, at = f"{round_ + 1}{number:03}", OLD + round_ * 100 * DAY
                    store.cases.see("us", [seen(case_id)], at)
                    case = store.cases.get("us", case_id)
                    assert case
                    store.cases.keep(replace(case, state=State.SKIPPED, due_at=None), at)
                    for _ in range(20):
                        store.cases.note("us", case_id, "decided", at, detail="x" * 200)
            prune(store, OLD + round_ * 100 * DAY + DAY)
            store.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            sizes.append(path.stat().st_size)
    assert sizes[2] < sizes[0] * 1.5


def test_what_was_kept_whole_is_cut_down(path: Path, seen: See) -> None:
    """Of the store of an earlier version, some at a time; the case stays what it was, and sums are right."""
    small = seen()
    whole = replace(small, raw={**small.raw, "buyer": "Jane Canary"})
    with closing(Store.write(path, snapshot_from)) as store:
        for number in range(1, 6):
            one = replace(whole, raw={**whole.raw, "return_id": str(number)})
            store.cases.see("us", [replace(one, snapshot=snapshot_from(one.raw))], OLD)
        store.database.execute("UPDATE retention SET whole_until = 4")
        before = [store.cases.get("us", str(number)) for number in range(1, 6)]
        rounds = 0
        while cut_down(store.database, lambda row: {k: v for k, v in row.items() if k != "buyer"}, 3):
            rounds += 1
        assert rounds == 2
        assert [store.cases.get("us", str(number)) for number in range(1, 6)] == before
        raws = [str(row["raw"]) for row in everything(store)["snapshots"]]
        assert ["Canary" in raw for raw in raws] == [False, False, False, False, True]


def test_a_store_of_an_earlier_version_is_cut_down_whole(path: Path) -> None:
    """Everything that is in it when it is taken over; nothing in a new one."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(";".join(STEPS[:3]))
        connection.execute("PRAGMA application_id = 0x73796E63")
        connection.execute("PRAGMA user_version = 3")
        with connection:
            connection.execute("INSERT INTO snapshots VALUES (7, 'us', '1', 0, 'd', '{\"x\": 1}', NULL)")
    with closing(Database.create_or_open(path)) as database:
        assert cut_down(database, lambda _row: {"y": 2}, 100)
        assert not cut_down(database, lambda _row: {"z": 3}, 100)
        assert database.row("SELECT raw FROM snapshots") == {"raw": '{"y": 2}'}


def test_damage_is_seen_while_cutting_down(store: Store, seen: See) -> None:
    """What a disk made of a row is not given a new sum."""
    store.cases.see("us", [seen()], OLD)
    store.database.execute("UPDATE retention SET whole_until = 1")
    store.database.execute("UPDATE snapshots SET raw = replace(raw, '20.00', '30.00')")
    with pytest.raises(StoreDamaged):
        cut_down(store.database, dict, 10)
