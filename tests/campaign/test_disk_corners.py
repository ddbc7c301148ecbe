"""Bugs that bad disks, damage and wrong clocks have shown, each as short as it gets."""

import asyncio
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import pytest

from syncd.cli.errors import exit_code
from syncd.model.cases import State
from syncd.sandbox.http import Reply, Request
from syncd.sandbox.shopify.build import OrderLine
from syncd.sandbox.tiktok.world import SandboxReturn
from tests.campaign.disks.damage import PAGE
from tests.campaign.disks.failing import Trouble, on_failing_disk
from tests.campaign.disks.world import QuickWorld
from tests.campaign.place import no_log_lines, quick_folder

HOUR = timedelta(hours=1)


@pytest.fixture
def world() -> Iterator[QuickWorld]:
    """Both sides, and an empty folder."""
    with no_log_lines(), quick_folder() as folder:
        yield QuickWorld(folder)


def with_a_waiting_case(world: QuickWorld) -> SandboxReturn:
    """Its order is not imported yet; it was read longer ago than two polls overlap."""
    case = world.refund(world.pair.sell({"SHIRT": "20.00"}, tags=("of another order",)))
    for pause in (1, 3600):
        world.clock.advance(pause)
        asyncio.run(world.cycle())
    return case


def page_of(world: QuickWorld, name: str) -> int:
    """The one page of an index, or of a table, that is small."""
    with closing(sqlite3.connect(f"file:{world.folder}/syncd.db?mode=ro", uri=True)) as connection:
        query = "SELECT rootpage - 1 FROM sqlite_schema WHERE name = ?"
        [page] = connection.execute(query, (name,)).fetchone()
    return int(page)


def damage(world: QuickWorld, old: bytes, new: bytes, *, page: int | None = None) -> None:
    """Other bytes of the same length, in one page or everywhere."""
    path = world.folder / "syncd.db"
    content = path.read_bytes()
    start, end = (0, len(content)) if page is None else (page * PAGE, (page + 1) * PAGE)
    changed = content[start:end].replace(old, new)
    assert (len(old), True) == (len(new), changed != content[start:end])
    path.write_bytes(content[:start] + changed + content[end:])


def test_an_index_that_lost_a_row_is_refused(world: QuickWorld) -> None:
    """Otherwise a case is not found by its order, or is never due."""
    order_id = with_a_waiting_case(world).order.order_id.encode()
    damage(world, order_id, order_id[:-1] + b"7", page=page_of(world, "cases_order"))

    assert os.EX_DATAERR == exit_code(lambda: asyncio.run(world.until_quiet()))


def test_a_digit_that_changed_in_the_file_changes_no_refund(world: QuickWorld) -> None:
    """What is paid is what TikTok said, or nothing."""
    case = with_a_waiting_case(world)
    damage(world, b'"refund_total": "20.00"', b'"refund_total": "10.00"')
    order = world.pair.imported(case.order, [OrderLine("SHIRT", 1, 2000)])
    world.clock.advance(3600)

    code = exit_code(lambda: asyncio.run(world.cycle()))

    assert (os.EX_DATAERR, []) == (code, [refund.total_refunded for refund in order.refunds])


def test_a_digit_that_changed_in_the_file_moves_no_refund_to_another_order(world: QuickWorld) -> None:
    """A remembered pair is money for somebody: it must be proven by the order itself, or by a sum."""
    mine, others = (world.pair.sell({"SHIRT": "20.00"}, quantity=2) for _ in range(2))
    world.refund(mine)
    world.clock.advance(1)
    asyncio.run(world.cycle())
    order_id = mine.shopify.id.encode()
    damage(world, order_id, others.shopify.id.encode(), page=page_of(world, "orders"))
    world.refund(mine)
    world.clock.advance(1)

    exit_code(lambda: len(asyncio.run(world.cycle()).errors))

    assert [] == others.shopify.refunds


def test_a_list_that_changed_in_the_file_is_named_as_damage(world: QuickWorld) -> None:
    """65 and what to do; no fault of the program."""
    with_a_waiting_case(world)
    damage(world, b"[][]", b"[][}")

    assert os.EX_DATAERR == exit_code(lambda: len(world.cases()))


@pytest.mark.parametrize("key", [b'"return_id"?', b'"return_i\xff":'], ids=["no JSON", "no UTF-8"])
def test_text_that_cannot_be_read_is_named_as_damage(world: QuickWorld, key: bytes) -> None:
    """65 and what to do; not 70, and not 74 with a disk to check."""
    with_a_waiting_case(world)
    damage(world, b'"return_id":', key)

    assert os.EX_DATAERR == exit_code(lambda: len(world.cases()))


def test_a_schema_that_cannot_be_read_is_named_as_damage(world: QuickWorld) -> None:
    """Opening ends with 65, whatever page it is."""
    with_a_waiting_case(world)
    damage(world, b"paid_back_at INTEGER", b"paid_back_at INTEGE\xff")

    assert os.EX_DATAERR == exit_code(lambda: asyncio.run(world.until_quiet()))


def test_a_token_that_cannot_be_read_is_not_shown(
    world: QuickWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    """A damaged store gives no secrets away: not on standard error, and so not in the journal."""
    with_a_waiting_case(world)
    [token] = world.pair.tiktok.login.access_tokens
    damage(world, token.encode(), token[:-1].encode() + b"\xff")

    exit_code(lambda: len(asyncio.run(world.cycle()).errors))

    assert token[:-1] not in capsys.readouterr().err


def integrity(world: QuickWorld) -> str:
    """What SQLite says of the file."""
    with closing(sqlite3.connect(world.folder / "syncd.db")) as connection:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])


async def lose_all_but_the_wal(world: QuickWorld) -> tuple[bytes, bytes]:
    """A backup that knows one case of two, and the WAL of a process that polled an hour later and died."""
    path = world.folder / "syncd.db"
    world.refund()
    world.clock.advance(1)
    await world.cycle()
    backup = path.read_bytes()
    world.clock.advance(60)
    world.refund(world.pair.sell({"SHIRT": "20.00"}, gateway="paypal", manual_gateway=False))
    world.clock.advance(1)
    await world.cycle()
    world.clock.advance(3600)
    async with world.running() as cycle:
        await cycle.run()
        wal = path.with_name("syncd.db-wal").read_bytes()
    path.unlink()
    path.with_name("syncd.db-wal").write_bytes(wal)
    return backup, wal


@pytest.mark.parametrize("put_back", [True, False], ids=["a backup was put back", "begun anew"])
def test_a_wal_that_was_left_behind_is_not_mixed_into_the_next_file(
    world: QuickWorld, put_back: bool
) -> None:
    """The hint says: restore a backup, or move the store away. Who moves only the file must lose no case."""
    backup, _ = asyncio.run(lose_all_but_the_wal(world))
    if put_back:
        (world.folder / "syncd.db").write_bytes(backup)

    code = exit_code(lambda: len(asyncio.run(world.until_quiet()).errors))

    assert code == os.EX_DATAERR or ("ok", []) == (integrity(world), world.findings())


def test_what_is_refused_for_a_wal_that_was_left_behind_makes_no_new_file(world: QuickWorld) -> None:
    """A refusal leaves everything as it was, so that status does not show a store that knows nothing."""
    asyncio.run(lose_all_but_the_wal(world))

    code = exit_code(lambda: len(asyncio.run(world.cycle()).errors))

    assert (os.EX_DATAERR, False) == (code, (world.folder / "syncd.db").exists())


def test_a_wal_that_was_left_behind_is_not_shown_as_part_of_the_next_file(world: QuickWorld) -> None:
    """What status and list tell was true at some time, or they refuse."""
    backup, _ = asyncio.run(lose_all_but_the_wal(world))
    (world.folder / "syncd.db").write_bytes(backup)

    assert os.EX_DATAERR == exit_code(lambda: len(world.cases()) and None)


@pytest.mark.parametrize("trouble", [Trouble.FULL_AT_LAST, Trouble.READ_ONLY])
def test_a_full_disk_costs_no_authorisation(world: QuickWorld, trouble: Trouble) -> None:
    """Where TikTok replaces the refresh token, the new one must not be lost: with space again all goes on."""
    world.pair.tiktok.switches.rotates_refresh_token = True

    async def on_a_bad_disk() -> None:
        async with world.running(open_store=on_failing_disk(trouble, whole=1)) as cycle:
            await cycle.run()

    assert os.EX_IOERR == exit_code(lambda: asyncio.run(on_a_bad_disk()))
    assert () == asyncio.run(world.cycle()).errors


async def run_in_one_process(world: QuickWorld, cycles: int) -> None:
    """A cycle while the clock is wrong, and some more once it is right."""
    async with world.running() as cycle:
        await cycle.run()
        world.own_clock.offset = timedelta()
        for _ in range(cycles):
            world.clock.advance(60)
            await cycle.run(polling=False)


def lose_the_answer(world: QuickWorld, jump: timedelta) -> None:
    """The clock is set while a refund is under way, which is never carried out and never answered."""
    world.faults.add(world.lost("refundCreate"))
    world.faults.once_before("refundCreate", lambda: setattr(world.own_clock, "offset", jump))
    world.refund()
    world.clock.advance(1)


@pytest.mark.parametrize("jump", [-HOUR, -365 * 24 * HOUR], ids=["an hour", "a year"])
def test_a_clock_set_back_while_a_refund_is_sent_delays_no_look(world: QuickWorld, jump: timedelta) -> None:
    """The monotonic wait must not be as long as the jump: once the clock is right the outcome has settled."""
    lose_the_answer(world, jump)

    asyncio.run(run_in_one_process(world, 3))

    assert [State.SYNCED] == [case.state for case in world.cases()]


@pytest.mark.parametrize("jump", [HOUR, 365 * 24 * HOUR], ids=["an hour", "a year"])
def test_a_correction_between_two_processes_leaves_nothing_waiting(
    world: QuickWorld, jump: timedelta
) -> None:
    """The next process finds a time that the last one's wrong clock has put far away."""
    lose_the_answer(world, jump)
    asyncio.run(world.cycle())
    world.own_clock.offset = timedelta()

    asyncio.run(world.until_quiet(cycles=3))

    assert [State.SYNCED] == [case.state for case in world.cases()]


def test_a_poll_that_began_under_a_wrong_clock_moves_no_watermark_past_the_present(world: QuickWorld) -> None:
    """TikTok refuses the wrong time, the clock is set, and the next try of the same request goes well."""

    def set_right(_operation: str, _request: Request, reply: Reply) -> None:
        if reply.status >= 400:
            world.own_clock.offset = timedelta()

    world.pair.tiktok_server.front.faults.after.append(set_right)
    world.own_clock.offset = 24 * HOUR
    asyncio.run(world.cycle())
    world.refund()
    world.clock.advance(HOUR)

    asyncio.run(world.until_quiet())

    assert [] == world.findings()
