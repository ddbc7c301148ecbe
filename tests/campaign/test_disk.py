"""Disks that are full, read-only or failing: nothing is sent off the record, and nothing is lost or doubled.

In the process first, at every transaction of a story; then with the real program on a real small disk.
"""

import asyncio
import os
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

import pytest

from syncd.cli.errors import exit_code
from syncd.store.store import Store
from tests.campaign.disks import program
from tests.campaign.disks.failing import FailingDisk, Trouble, on_failing_disk
from tests.campaign.disks.watch import Watch
from tests.campaign.disks.world import LiveClock, QuickWorld, Story
from tests.campaign.place import no_log_lines, quick_folder

CHUNKS = 4
Record = Callable[[str, object], None]


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder, and no log."""
    with no_log_lines(), quick_folder() as folder:
        yield folder


def cases(form: str, transactions: int) -> list[tuple[Trouble, int]]:
    """How the disk fails, and after how many whole transactions.

    It is full at every one of them; the short form has each other way at every sixth, and not at the same.
    """
    if form == "long":
        return list(product(Trouble, range(transactions)))
    others = [trouble for trouble in Trouble if trouble is not Trouble.FULL_AT_LAST]
    every = [(Trouble.FULL_AT_LAST, whole) for whole in range(transactions)]
    return every + [
        (trouble, whole) for n, trouble in enumerate(others) for whole in range(n, transactions, 6)
    ]


async def one_process(world: QuickWorld, story: Story, open_store: Callable[[Path], Store]) -> None:
    """Both acts of the story."""
    async with world.running(open_store=open_store) as cycle:
        await cycle.run()
        story.second_act()
        await cycle.run()


def transactions_of_the_story(folder: Path) -> int:
    """How many there are where nothing fails."""
    disks: list[FailingDisk] = []
    world = QuickWorld(folder)
    asyncio.run(one_process(world, Story(world), on_failing_disk(seen=disks)))
    return disks[0].begun


def tell(folder: Path, trouble: Trouble, whole: int) -> int:
    """The story on a disk that fails, then with space again; the exit code of the process that failed."""
    world = QuickWorld(folder)
    story, watch = Story(world), Watch(folder / "syncd.db")
    world.faults.before.append(watch)

    code = exit_code(lambda: asyncio.run(one_process(world, story, on_failing_disk(trouble, whole))))
    story.second_act()
    asyncio.run(world.until_quiet())

    assert [] == watch.unrecorded
    assert [] == world.findings()
    world.assert_exactly_once(*story.paid_back)
    assert 1 == world.restocked()
    return code


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_a_disk_that_fails_at_any_transaction_sends_nothing_off_the_record(
    chunk: int,
    folder: Path,
    request: pytest.FixtureRequest,
    capsys: pytest.CaptureFixture[str],
    record_property: Record,
) -> None:
    """It ends with 74, a sentence and a hint; with space again everything is written exactly once."""
    form = request.config.getoption("--campaign", "short")
    mine = cases(form, transactions_of_the_story(new(folder, "whole")))[chunk::CHUNKS]
    for trouble, whole in mine:
        place = new(folder, f"{trouble}-{whole}")
        code = tell(place, trouble, whole)
        said = capsys.readouterr().err.splitlines()
        assert (os.EX_IOERR, 2) == (code, len(said)), f"{trouble} after {whole} transactions: {said}"
        assert said[0].startswith(f"syncd: {place / 'syncd.db'}: ")
        assert "hint: check the disk, its space and the file's owner" == said[1]
    record_property("disk failures", len(mine))


def new(folder: Path, name: str) -> Path:
    """A folder of that name in it."""
    (folder / name).mkdir()
    return folder / name


# The real program


needs_mounts = pytest.mark.skipif(not program.may_mount(), reason="this system gives no mounts of our own")


FULL = ("database or disk is full", "disk I/O error")
"""SQLite's words for it; the second where there is no room for the index of the WAL."""


@pytest.fixture
def live(folder: Path) -> QuickWorld:
    """A world in the time of this machine."""
    return QuickWorld(folder, clock=LiveClock())


def assert_told(done: program.Done) -> None:
    """A sentence and a hint."""
    *_, what, hint = done.err.splitlines()
    assert (os.EX_IOERR, "syncd: ", "hint: ") == (done.code, what[:7], hint[:6]), done.err
    assert "Traceback" not in done.out + done.err


def assert_ends_well(world: QuickWorld, story: Story) -> None:
    """With space again everything is written exactly once."""
    asyncio.run(world.until_quiet())
    story.second_act()
    asyncio.run(world.until_quiet())
    assert [] == world.findings()
    world.assert_exactly_once(*story.paid_back)
    assert 1 == world.restocked()


@needs_mounts
@pytest.mark.parametrize("kibibytes", [40, 240, 400])
def test_a_small_disk_that_fills_up(live: QuickWorld, folder: Path, kibibytes: int) -> None:
    """No room for a store, for a poll, for a refund's result: 74, and with space the same command is done."""
    story = Story(live)
    disk, out = new(folder, "disk"), new(folder, "out")
    within = program.in_own_mounts(program.IN_A_SMALL_DISK, str(kibibytes), str(disk), str(out))
    with live.served() as config:
        second = program.run(
            config, "once", within=within, settings={"SYNCD__STORE__PATH": str(disk / "syncd.db")}
        )
    code, said = int((out / "code").read_text()), (out / "err").read_text()
    (out / "syncd.db").rename(folder / "syncd.db")

    assert_told(program.Done(code, (out / "out").read_text(), said))
    assert any(words in said for words in FULL)
    assert (0, "") == (second.code, second.err)
    assert_ends_well(live, story)


@pytest.mark.parametrize(("command", "request_number"), [("run", 3), ("run", 8), ("once", 12)])
def test_a_disk_that_fails_under_the_running_program(
    live: QuickWorld, command: str, request_number: int
) -> None:
    """From that request on nothing can be written: 74, and what was sent is found by the next process."""
    story = Story(live)
    fails = program.FailsFrom(request_number)
    live.faults.before.append(fails)
    with live.served() as config, fails.running(config, command) as process:
        out, err = process.communicate(timeout=program.PATIENCE)

    assert_told(program.Done(process.returncode, out, err))
    assert_ends_well(live, story)


@needs_mounts
@pytest.mark.parametrize("command", ["once", "run", "status", "list"])
def test_a_read_only_disk(live: QuickWorld, folder: Path, command: str) -> None:
    """What would write ends with 74 before anything is asked of anybody; what reads may still read."""
    story = Story(live)
    asyncio.run(live.cycle())
    before = files(folder)
    calls = len(live.pair.tiktok.calls), len(live.pair.shopify.calls)
    with live.served() as config:
        within = program.in_own_mounts(program.ON_A_READ_ONLY_DISK, str(folder))
        done = program.run(config, command, within=within)

    if command in ("once", "run") or done.code == os.EX_IOERR:
        assert_told(done)
    assert done.code in (0, 1, 2, os.EX_IOERR)
    assert before == files(folder)
    assert calls == (len(live.pair.tiktok.calls), len(live.pair.shopify.calls))
    assert_ends_well(live, story)


@needs_mounts
@pytest.mark.parametrize("command", ["once", "run"])
def test_a_file_that_may_not_be_written(live: QuickWorld, folder: Path, command: str) -> None:
    """The store belongs to somebody who let us only read it: 74, and nothing of it is changed."""
    story = Story(live)
    asyncio.run(live.cycle())
    (folder / "syncd.db").chmod(0o400)
    before = (folder / "syncd.db").read_bytes()
    with live.served() as config:
        done = program.run(config, command, within=program.WITHOUT_ROOT)
    (folder / "syncd.db").chmod(0o600)

    assert_told(done)
    assert before == (folder / "syncd.db").read_bytes()
    assert_ends_well(live, story)


def files(folder: Path) -> dict[str, bytes]:
    """The store's files, but for the index of the WAL, which is made anew at any time."""
    found = (file for file in folder.glob("syncd.db*") if file.suffix in (".db", ".db-wal"))
    return {file.name: file.read_bytes() for file in found}
