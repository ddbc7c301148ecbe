"""Nothing about a buyer is ever kept, wherever the two shops would tell of one."""

from dataclasses import replace
from pathlib import Path

import pytest

from syncd.model.cases import CancelStatus, ReturnStatus
from syncd.sandbox.faults import When
from syncd.sandbox.pair import Sold
from syncd.sandbox.shopify.build import OrderLine
from syncd.sandbox.tiktok.world import SandboxReturn, TikTokSale
from tests.campaign.disks.world import QuickWorld

CANARY = "Jane Canary"
MORE = ("canary@example.com", "1 Canary Lane", "555-0100-canary", "7000canary", "canary likes it not")
BUYER = {
    "buyer_user_id": MORE[3],
    "buyer_email": MORE[0],
    "buyer_message": MORE[4],
    "user_id": MORE[3],
    "recipient_address": {"name": CANARY, "phone_number": MORE[2], "full_address": MORE[1]},
    "images": [{"url": f"https://img.example.com/{CANARY}"}],
    "records": [{"note": MORE[4], "images": [CANARY]}],
}


def sell(world: QuickWorld, *, fulfilled: bool = True) -> Sold:
    """An order with its buyer on both sides, found by the id in its note."""
    tiktok = world.pair.tiktok
    order = tiktok.add_order(
        [TikTokSale("SHIRT", "20.00")] * 2, status="DELIVERED" if fulfilled else "AWAITING_SHIPMENT"
    )
    order = tiktok.orders[order.order_id] = replace(order, extra=BUYER)
    lines = [OrderLine("SHIRT", 2, 2000, fulfilled=2 if fulfilled else 0)]
    imported = world.pair.imported(
        order,
        lines,
        note=f"{order.order_id} for {CANARY}, {MORE[1]}",
        email=MORE[0],
        po_number=CANARY,
        custom_attributes={"buyer": CANARY, "message": MORE[4]},
    )
    return Sold(order, imported)


def tell_of_buyer(world: QuickWorld, case: SandboxReturn) -> None:
    """TikTok adds fields to its rows."""
    row = world.pair.tiktok.row_of(case)
    lines = [{**line, **BUYER} for line in row["return_line_items"]]  # type: ignore[attr-defined] # a list
    world.pair.tiktok.advance(case, extra={**BUYER, "return_line_items": lines})


@pytest.fixture
def world(tmp_path: Path) -> QuickWorld:
    """Every way of writing, a hold, an answer that is lost, and a refund that somebody else made."""
    world = QuickWorld(tmp_path, cancellations=True)
    world.tables["match"] = {"order_by": ["text", "window"]}
    for case in (
        world.refund(sell(world)),
        world.refund(sell(world), total="3.50"),
        world.return_(ReturnStatus.AWAITING_BUYER_SHIP, sell(world)),
        world.return_(ReturnStatus.COMPLETE, sell(world)),
        world.refund(sell(world), total="99.00"),
        shared := world.refund(sell(world)),
    ):
        tell_of_buyer(world, case)
    cancelled = world.cancel(sell(world, fulfilled=False), shipping="0")
    world.pair.tiktok.advance_cancellation(cancelled, CancelStatus.COMPLETE, extra=BUYER)
    world.clock.advance(60)
    world.pair.shopify.foreign_refund(world.agreed[shared.return_id][1].shopify, amount=100, note=CANARY)
    world.faults.add(world.lost("refundCreate", When.AFTER))
    return world


def planted_in(folder: Path) -> list[str]:
    """The planted texts that stand in the store, its log, or any other file of ours."""
    files = [file for file in folder.iterdir() if file.suffix != ".toml"]
    assert {"syncd.db", "syncd.db-wal"} <= {file.name for file in files}
    return [
        f"{file.name}: {text}"
        for file in files
        for text in (CANARY, *MORE)
        if text.encode() in file.read_bytes()
    ]


async def test_no_file_holds_anything_of_a_buyer(world: QuickWorld) -> None:
    """From the first row to the end of each case."""
    async with world.running() as cycle:
        for _ in range(3):
            await cycle.run()
            assert planted_in(world.folder) == []
            world.clock.advance(600)
    found = {f"{case.state} {case.reason or ''}".strip() for case in world.cases()}
    assert found == {"synced", "tracking", "held over_refund", "held foreign_refund"}
    written = [case.case_id for case in world.cases() if case.state == "synced"]
    world.assert_exactly_once(*(world.agreed[case_id][0] for case_id in written))


def test_the_canaries_are_sent(world: QuickWorld) -> None:
    """The shops do tell of them: otherwise the test above proves nothing."""
    sent = [str(world.pair.tiktok.row_of(world.pair.tiktok.case(name))) for name in world.agreed]
    assert all(text in row for row in sent for text in (CANARY, *MORE))
    assert all(CANARY in (sold.shopify.note or "") for _, sold in world.agreed.values())
