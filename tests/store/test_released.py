"""The stores that released versions left behind: opened, understood, and gone on with."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from syncd.errors import StoreDamaged, StoreTrouble
from syncd.model.cases import Case, Restock
from syncd.model.cases import Path as Way
from syncd.model.intents import Intent, IntentState
from syncd.model.money import Money
from syncd.sandbox.shopify.records import Refund
from syncd.service.retention import Retention
from syncd.shopify.operations import OPERATIONS
from syncd.store import database as module
from syncd.store.cases import Filter
from syncd.store.copies import before
from syncd.store.database import Database
from syncd.store.migrations import STEPS
from syncd.store.store import Store
from syncd.tiktok.wire import snapshot_from
from tests.campaign.disks.world import QuickWorld
from tests.store.released.play import CASES, end, set_stage

RELEASES = {"0.1.0": 1}
"""Each released version, and how many steps its store had taken. `released/make.py` records one."""
STATES = {
    "refunded": "synced",
    "part refunded, archived": "synced",
    "came back": "synced",
    "on its way": "tracking",
    "too much": "held over_refund",
    "before the start": "skipped before_start",
    "never imported": "due order_not_found",
    "answer lost": "writing outcome_unknown",
    "request lost": "writing outcome_unknown",
}


@pytest.fixture(params=RELEASES)
def release(request: pytest.FixtureRequest) -> str:
    """Each version that was released."""
    return str(request.param)


@pytest.fixture
def path(tmp_path: Path, release: str) -> Path:
    """The store as that version left it."""
    path = tmp_path / "syncd.db"
    dump = (Path(__file__).parent / "released" / f"{release}.sql").read_text()
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(dump)
    return path


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    """The same, opened by this version."""
    with closing(Store.write(path, snapshot_from)) as store:
        yield store


def state_of(case: Case) -> str:
    """Where it stands."""
    return f"{case.state} {case.reason or ''}".strip()


def by_name(cases: list[Case]) -> dict[str, Case]:
    """The cases by what the play calls them: their ids ascend in that order."""
    found = sorted(cases, key=lambda case: case.case_id)
    return dict(zip(CASES, found, strict=True))


def test_it_is_as_it_was_left(path: Path, release: str) -> None:
    """The record is of the version it says."""
    with closing(Database.read(path)) as database:
        assert (database.step, database.older) == (RELEASES[release], True)


def test_it_is_understood(store: Store) -> None:
    """Every case with what was written for it, every request, and how far TikTok was read."""
    cases = by_name(store.cases.select(Filter()))
    assert {name: state_of(case) for name, case in cases.items()} == STATES
    refunded, returned = cases["part refunded, archived"], cases["came back"]
    assert refunded.written
    assert refunded.written.total == Money(350, "USD")
    assert (refunded.path, len(refunded.refund_ids)) == (Way.REFUND, 1)
    assert (returned.path, returned.restock, len(returned.return_ids)) == (Way.RETURN, Restock.DONE, 1)
    assert [intent.state for intent in store.intents.of_case("us", returned.case_id)] == ["confirmed"] * 3
    lost = store.intents.open("us", cases["answer lost"].case_id)
    assert lost
    assert (lost.state, lost.amount) == (IntentState.UNKNOWN, Money(2000, "USD"))
    assert next(line.event for line in store.cases.history("us", refunded.case_id)) == "seen"
    assert [asked.command for asked in store.requests.waiting("us")] == ["retry"]
    progress = store.shops.progress("us")
    assert (progress.baseline_done, progress.watermark is not None, store.instance != "") == (
        True,
        True,
        True,
    )


def test_an_earlier_version_can_go_on_with_the_copy(path: Path, release: str, store: Store) -> None:
    """It was made before anything was changed, and is its owner's alone."""
    copy = before(path, RELEASES[release] + 1)
    assert (store.database.kept_copy, store.database.step) == (copy, len(STEPS))
    assert copy.stat().st_mode & 0o777 == 0o600
    with closing(Database.read(copy)) as database:
        assert database.step == RELEASES[release]
        assert len(database.rows("SELECT * FROM cases")) == len(CASES)


def test_an_earlier_version_says_the_way_back(
    path: Path, release: str, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its hint is the command to type; what it names, it can open."""
    steps = RELEASES[release]
    store.close()
    monkeypatch.setattr(module, "STEPS", STEPS[:steps])
    with pytest.raises(StoreDamaged, match="newer") as caught:
        Database.create_or_open(path)
    copy = before(path, steps + 1)
    assert f"stop syncd, then: mv {copy} {path} (" in caught.value.hint
    copy.rename(path)
    with closing(Database.create_or_open(path)) as database:
        assert (database.step, database.older) == (steps, False)


def test_who_only_looks_upgrades_nothing(path: Path, release: str) -> None:
    """The commands that read show it all the same."""
    kept = path.read_bytes()
    with closing(Store.look(path, snapshot_from)) as store:
        cases = by_name(store.cases.select(Filter()))
    assert {name: state_of(case) for name, case in cases.items()} == STATES
    assert path.read_bytes() == kept
    assert not before(path, RELEASES[release] + 1).exists()


def test_no_request_is_left_to_an_earlier_version(path: Path) -> None:
    """The daemon that runs would not understand it."""
    with pytest.raises(StoreTrouble, match="earlier version") as caught:
        Database.beside(path)
    assert "restart" in caught.value.hint


def test_the_copies_of_earlier_upgrades_go(path: Path, release: str) -> None:
    """One is kept until the next upgrade; a file that is none is left alone."""
    old, other = before(path, 99), path.with_name("syncd.db.bak")
    old.touch()
    other.touch()
    Database.create_or_open(path).close()
    kept = before(path, RELEASES[release] + 1)
    assert (old.exists(), other.exists(), kept.exists()) == (False, True, True)
    Database.create_or_open(path).close()
    assert kept.exists()


def test_a_new_store_has_no_copy(tmp_path: Path) -> None:
    """There is nothing to go back to."""
    with closing(Database.create_or_open(tmp_path / "new.db")) as database:
        assert database.kept_copy is None
    assert not list(tmp_path.glob("*before*"))


def test_without_a_copy_nothing_is_upgraded(path: Path, release: str) -> None:
    """Where the disk has no room for it, the store stays what it was."""
    before(path, RELEASES[release] + 1).mkdir()
    with pytest.raises(StoreTrouble):
        Database.create_or_open(path)
    with closing(Database.read(path)) as database:
        assert database.step == RELEASES[release]
    assert not list(path.parent.glob("*.new"))


# The play goes on


async def sent_again(world: QuickWorld, intents: list[Intent]) -> None:
    """Shopify is as the released version left it: it gets the same bytes."""
    async with world.opened("other.db") as shop:
        for intent in intents:
            answer = await shop.shopify.send(OPERATIONS[intent.operation], intent.body)
            assert not answer.user_errors


@pytest.fixture
def world(tmp_path: Path, path: Path) -> QuickWorld:
    """The stage of the play, and both sides as they were at its end."""
    with closing(Store.look(path, snapshot_from)) as store:
        cases = by_name(store.cases.select(Filter()))
        intents = [i for case in cases.values() for i in store.intents.of_case("us", case.case_id)]
        lost = store.intents.open("us", cases["answer lost"].case_id)
    assert lost
    world = QuickWorld(tmp_path)
    ids = set_stage(world)
    world.clock.advance(900)
    confirmed = [intent for intent in intents if intent.state is IntentState.CONFIRMED]
    asyncio.run(sent_again(world, sorted(confirmed, key=lambda intent: intent.id)))
    ids += end(world)
    asyncio.run(sent_again(world, [lost]))
    assert sorted(ids) == sorted(case.case_id for case in cases.values())
    world.clock.advance(60)
    return world


def refunds(world: QuickWorld) -> list[Refund]:
    """Every refund that Shopify has."""
    return [refund for order in world.pair.shopify.orders for refund in order.refunds]


@pytest.mark.parametrize("days", [0, 30])
def test_the_play_goes_on(world: QuickWorld, days: int) -> None:
    """At once, or after a month: what is written is known, what is in doubt is found or sent, once."""
    known = {refund.id for refund in refunds(world)}
    assert len(known) == 4
    world.clock.advance(timedelta(days=days))
    for _ in range(4):
        asyncio.run(world.until_quiet())
        world.clock.advance(7 * 3600)
    cases = by_name(world.cases())
    assert {name: state_of(case) for name, case in cases.items()} == STATES | {
        "answer lost": "synced",
        "request lost": "synced",
        "never imported": "held order_not_found" if days else "due order_not_found",
    }
    paid = ("refunded", "part refunded, archived", "came back", "answer lost", "request lost")
    world.assert_exactly_once(*(world.agreed[cases[name].case_id][0] for name in paid))
    new = [refund for refund in refunds(world) if refund.id not in known]
    assert [refund.total_refunded for refund in new] == [2000]
    assert len([return_ for order in world.pair.shopify.orders for return_ in order.returns]) == 2


def test_what_it_kept_whole_is_cut_down(world: QuickWorld, path: Path) -> None:
    """In passing, by the daemon; nothing of it is news afterwards."""
    with closing(Store.write(path, snapshot_from)) as store:
        kept = store.cases.select(Filter())
        assert any("sku_name" in str(row["raw"]) for row in store.database.rows("SELECT raw FROM snapshots"))
        asyncio.run(Retention(store.database, world.clock, timedelta(days=400)).tidy())
        assert not any(
            "sku_name" in str(row["raw"]) for row in store.database.rows("SELECT raw FROM snapshots")
        )
        assert store.cases.select(Filter()) == kept
    assert b"sku_name" not in path.read_bytes()
