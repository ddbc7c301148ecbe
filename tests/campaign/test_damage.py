"""Damaged stores: a whole state of the past, or a refusal that leaves the files as they were. Never a third.

`--world NUMBER` does a single damage again.
"""

import asyncio
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from syncd.errors import StoreDamaged, StoreTrouble
from syncd.model.cases import State
from syncd.store.store import Store
from syncd.tiktok.wire import snapshot_from
from tests.campaign.disks import program
from tests.campaign.disks.damage import Damage, newer, of_another_program, to_main, to_wal
from tests.campaign.disks.history import History, lived
from tests.campaign.disks.judging import GOOD, Ending, Verdict, judge
from tests.campaign.disks.world import LiveClock, QuickWorld
from tests.campaign.place import no_log_lines, quick_folder

CHUNKS = 4
WAL = {"short": 900, "long": 15_000}
MAIN = {"short": 300, "long": 5_000}
CYCLES = {"short": 16, "long": 1_000}
UNSUMMED = frozenset({"index", "table", "overflow", "zeroed"})
"""Bytes on such a page may be taken for good, as only what money hangs on has a sum."""

Record = Callable[[str, object], None]


@pytest.fixture(scope="module")
def history() -> Iterator[History]:
    """A store that lived, and died."""
    with no_log_lines(), quick_folder() as folder:
        yield lived(QuickWorld(folder))


@pytest.fixture(scope="module")
def live_history() -> Iterator[History]:
    """The same, in the time of this machine."""
    with no_log_lines(), quick_folder() as folder:
        yield lived(QuickWorld(folder, clock=LiveClock()))


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder, and no log."""
    with no_log_lines(), quick_folder() as folder:
        yield folder


def numbers(config: pytest.Config, counts: dict[str, int], chunk: int) -> range:
    """The damages of a chunk, or the one that is asked for."""
    only = config.getoption("--world", None)
    count = counts[config.getoption("--campaign", "short")]
    return range(chunk, count, CHUNKS) if only is None else range(only, only + 1)


def judged(damage: Damage, history: History, folder: Path) -> Verdict:
    """The verdict on it, in a folder of its own."""
    place = folder / "store"
    place.mkdir()
    verdict = judge(damage, history, place)
    shutil.rmtree(place)
    return verdict


def test_the_history_has_every_state_and_an_outcome_in_doubt(history: History, folder: Path) -> None:
    """Otherwise the damages would prove little."""
    path = Damage(0, "", "", history.main, history.wal).lay_out(folder)
    with closing(Store.look(path, snapshot_from)) as store:
        assert set(State) == {State(word) for word in store.cases.counts("us")}
        assert 2 == store.cases.counts("us")[State.WRITING]
    assert len(set(history.contents)) > 20


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_a_damaged_wal_leaves_a_whole_state_or_is_refused(
    chunk: int, history: History, folder: Path, request: pytest.FixtureRequest, record_property: Record
) -> None:
    """Cut, flipped, zeroed, exchanged or noise: what was committed before is there, whole."""
    wrong = {}
    damages = [to_wal(history, number) for number in numbers(request.config, WAL, chunk)]
    for damage in damages:
        verdict = judged(damage, history, folder)
        if not verdict.good:
            wrong[str(damage)] = verdict
    record_property("damaged WALs", len(damages))
    assert {} == wrong


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_a_damaged_file_is_a_whole_state_or_is_refused(
    chunk: int, history: History, folder: Path, request: pytest.FixtureRequest, record_property: Record
) -> None:
    """Flipped, zeroed, cut, longer or noise."""
    wrong, known = {}, Counter[str]()
    damages = [to_main(history, number) for number in numbers(request.config, MAIN, chunk)]
    for damage in damages:
        verdict = judged(damage, history, folder)
        if verdict.good:
            continue
        endings = {verdict.looked, verdict.written} - GOOD
        unsummed = damage.kind in UNSUMMED or (damage.kind == "cut" and damage.wal)
        if unsummed and endings == {Ending.ALTERED}:
            known.update(endings)
        else:
            wrong[str(damage)] = verdict
    record_property("damaged files", len(damages))
    for ending, number in known.items():
        record_property(f"files {ending}", number)
    assert {} == wrong


def odd_files(history: History, folder: Path) -> dict[str, Damage]:
    """Files that were damaged in no random way, and files that are no store of ours."""
    other, others_wal = of_another_program(folder)
    pairs: dict[str, tuple[bytes, bytes | None]] = {
        "empty": (b"", None),
        "empty, and a WAL": (b"", history.wal),
        "text": (b"Please do not delete this file.\n" * 200, None),
        "one byte": (b"S", None),
        "of another program": (other, None),
        "of another program, that died": (other, others_wal),
        "ours, and the WAL of another program": (history.closed, others_wal),
        "newer": (newer(history.closed), None),
        "newer, and a WAL": (newer(history.main), history.wal),
        "without its WAL": (history.main, None),
        "with its WAL, written back already": (history.closed, history.wal),
    }
    return {name: Damage(0, name, "", main, wal) for name, (main, wal) in pairs.items()}


REFUSED = (
    "empty",
    "empty, and a WAL",
    "text",
    "one byte",
    "of another program",
    "of another program, that died",
    "ours, and the WAL of another program",
    "newer",
)
OPENED = ("newer, and a WAL", "without its WAL", "with its WAL, written back already")


@pytest.mark.parametrize("name", REFUSED)
def test_an_odd_file_is_refused(name: str, history: History, folder: Path) -> None:
    """With the reason, and left as it is: never a silent fresh start."""
    verdict = judged(odd_files(history, folder)[name], history, folder)

    assert ("refused", "refused") == (verdict.looked, verdict.written), verdict.said


def test_a_backup_beside_the_wal_of_the_lost_file_is_refused(history: History, folder: Path) -> None:
    """Nothing is written into a mixture of the two."""
    verdict = judged(Damage(0, "a backup", "", history.backup, history.wal), history, folder)

    assert "refused" == verdict.written, verdict.said


@pytest.mark.parametrize("name", OPENED)
def test_an_odd_file_that_is_whole_is_opened(name: str, history: History, folder: Path) -> None:
    """A header that the WAL replaces does no harm, nor does a WAL that is missing or was done with."""
    verdict = judged(odd_files(history, folder)[name], history, folder)

    assert ("whole", "whole") == (verdict.looked, verdict.written), verdict.said


def test_a_folder_in_the_place_of_the_store_is_refused(folder: Path) -> None:
    """Neither reading nor writing takes it for a place to begin anew."""
    (folder / "syncd.db").mkdir()
    for way in (Store.look, Store.write):
        with pytest.raises((StoreDamaged, StoreTrouble)) as caught:
            way(folder / "syncd.db", snapshot_from)
        assert caught.value.hint
    assert [] == list((folder / "syncd.db").iterdir())


# What comes after


def older_states(history: History, count: int) -> Iterator[Damage]:
    """Stores that have lost their last commits: no WAL at all, and WALs that were cut."""
    yield Damage(0, "cut", "off", history.main, None)
    for number in range(1, count):
        cut = Random(f"older {number}").randrange(len(history.wal))
        yield Damage(number, "cut", f"to {cut} bytes", history.main, history.wal[:cut])


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_a_store_that_forgot_its_last_commits_writes_nothing_twice(
    chunk: int, history: History, folder: Path, request: pytest.FixtureRequest, record_property: Record
) -> None:
    """What Shopify has already is found there; what is still missing is written once."""
    damages = list(older_states(history, CYCLES[request.config.getoption("--campaign", "short")]))[
        chunk::CHUNKS
    ]
    for damage in damages:
        place = folder / f"{damage.number}"
        place.mkdir()
        damage.lay_out(place)
        lives = history.lives_in(place)
        asyncio.run(lives.world.until_quiet())
        asyncio.run(lives.end())
        assert [] == lives.world.findings(), str(damage)
    record_property("stores that forgot", len(damages))


# The real program


PROCESSES = (
    ("empty", "once"),
    ("text", "status"),
    ("of another program, that died", "list"),
    ("newer", "once"),
    ("ours, and the WAL of another program", "run"),
)


@pytest.mark.parametrize(("name", "command"), PROCESSES)
def test_the_program_refuses_it_and_asks_nobody_anything(
    name: str, command: str, live_history: History, folder: Path
) -> None:
    """A code, a sentence and a hint; the files stay, and neither API hears of it."""
    world = live_history.lives_in(folder).world
    path = odd_files(live_history, new(folder, "other"))[name].lay_out(folder)
    before, calls = path.read_bytes(), calls_of(world)
    with world.served() as config:
        done = program.run(config, command)

    what, hint = done.err.splitlines()
    assert (os.EX_DATAERR, f"syncd: {path}: ", "hint: ") == (
        done.code,
        what[: len(f"syncd: {path}: ")],
        hint[:6],
    )
    assert (before, calls) == (path.read_bytes(), calls_of(world))


@pytest.mark.parametrize("command", ["once", "list"])
def test_the_program_goes_on_with_what_a_cut_wal_has_left(
    command: str, live_history: History, folder: Path
) -> None:
    """An older state is a good one to begin with."""
    lives = live_history.lives_in(folder)
    Damage(0, "cut", "", live_history.main, live_history.wal[:300_000]).lay_out(folder)
    with lives.world.served() as config:
        done = program.run(config, command)
    assert (0, "") == (done.code, done.err)
    asyncio.run(lives.world.until_quiet())
    asyncio.run(lives.end())
    assert [] == lives.world.findings()


def new(folder: Path, name: str) -> Path:
    """A folder of that name in it."""
    (folder / name).mkdir()
    return folder / name


def calls_of(world: QuickWorld) -> tuple[int, int]:
    """How often each side was asked."""
    return len(world.pair.tiktok.calls), len(world.pair.shopify.calls)
