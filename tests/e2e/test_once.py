"""Whole cycles against both stand-ins."""

import os
from collections import Counter
from typing import Any

import pytest

from syncd.model.cases import ReturnStatus, ReturnType
from syncd.sandbox.faults import Fault, FaultKind, When
from syncd.sandbox.pair import Pair, Sold
from syncd.sandbox.shopify.access import ALL_SCOPES
from syncd.sandbox.shopify.build import OrderLine, OrderOptions
from syncd.sandbox.tiktok.world import SandboxReturn, TikTokSale
from syncd.service.decisions import Asked, Command

MINUTE, HOUR = 60.0, 3600.0
# Kinds that come back at once; a stalled answer is tried where it matters.
KINDS = [FaultKind.RESET, FaultKind.TRUNCATE, FaultKind.STATUS_500, FaultKind.HTML_200]


def advance(pair: Pair, seconds: float) -> None:
    """Let time go by."""
    pair.clock.advance(seconds)  # type: ignore[attr-defined]  # it is a HandClock


def refunded(pair: Pair) -> list[int]:
    """The money of every refund in the store, order by order."""
    return [refund.total_refunded for order in pair.shopify.orders for refund in order.refunds]


def paid_back(pair: Pair, price: str = "20.00", *, type: str = "REFUND", **details: Any) -> SandboxReturn:  # noqa: A002 - TikTok's own word
    """A case that TikTok paid back, on an order of one unit."""
    sold = pair.sell({"A": price})
    case = pair.tiktok.add_return(sold.tiktok, type=type, status=ReturnStatus.COMPLETE, **details)
    advance(pair, MINUTE)
    return case


@pytest.fixture
def mix(hand_pair: Pair) -> dict[str, SandboxReturn]:
    """All kinds of cases that were paid back, each on an order of its own."""
    sell, tiktok = hand_pair.sell, hand_pair.tiktok
    parcel = ReturnType.RETURN_AND_REFUND

    def case(sold: Sold, units: int = 1, **details: Any) -> SandboxReturn:
        return tiktok.add_return(sold.tiktok, units, **details)

    cases = {
        "whole": case(sell({"A": "20.00"}), type="REFUND"),
        "part": case(sell({"A": "20.00"}), type="REFUND", refund_total="3.50"),
        "returned": case(sell({"A": "20.00", "B": "5.00"}), type=parcel),
        "two": case(sell({"C": "20.00"}, quantity=3, shipping=499), 2, type=parcel, shipping="4.99"),
        "kept": case(sell({"A": "20.00"}), type=parcel, keep_item=True),
        "quick": case(sell({"A": "20.00"}), type=parcel, quick_refund=True),
        "warehouse": case(sell({"A": "20.00"}, fulfillment_type="FULFILLMENT_BY_TIKTOK"), type=parcel),
        "replaced": case(sell({"A": "20.00"}), type="REPLACEMENT"),
    }
    advance(hand_pair, MINUTE)
    for name, one in cases.items():
        if one.type is parcel and name not in {"quick", "kept"}:
            tiktok.advance(one, ReturnStatus.BUYER_SHIPPED_ITEM, tracking_number="1Z999")
    return cases


def pay_back(pair: Pair, cases: dict[str, SandboxReturn]) -> None:
    """TikTok pays all of them back, an hour later."""
    advance(pair, HOUR)
    for name, case in cases.items():
        refunded = ReturnStatus.REPLACEMENT_REFUNDED if name == "replaced" else ReturnStatus.COMPLETE
        pair.tiktok.advance(case, refunded)
    advance(pair, MINUTE)


def put_back(pair: Pair) -> dict[str, int]:
    """The units that went back into stock, by SKU."""
    found: Counter[str] = Counter()
    for (_, sku), quantity in pair.shopify.stock.items():
        found[sku] += quantity
    return dict(+found)


def words(pair: Pair) -> set[str]:
    """Everything that was said to Shopify about units: restock types and dispositions."""
    types = {
        line.restock_type
        for order in pair.shopify.orders
        for refund in order.refunds
        if refund.return_ is None
        for line in refund.refund_line_items
    }
    dispositions = {
        disposition.type
        for order in pair.shopify.orders
        for return_ in order.returns
        for reverse in return_.reverse_fulfillment_orders
        for line in reverse.line_items
        for disposition in line.dispositions
    }
    return types | dispositions


AMOUNTS = [2000, 350, 2000, 4499, 2000, 2000, 2000, 2000]


@pytest.mark.parametrize("import_returns", [True, False])
def test_auto_restock_off(
    here: Any, hand_pair: Pair, mix: dict[str, SandboxReturn], import_returns: bool
) -> None:
    """Without auto_restock every case is written to the cent, and not one unit is put back into stock."""
    here.set("sync", auto_restock=False, import_returns=import_returns)
    here.cycle()
    pay_back(hand_pair, mix)
    assert here.cycle().errors == ()
    assert set(here.states().values()) == {"synced"}
    assert refunded(hand_pair) == AMOUNTS
    assert put_back(hand_pair) == {}
    assert words(hand_pair) <= {"NO_RESTOCK", "NOT_RESTOCKED"}


@pytest.mark.parametrize("import_returns", [True, False])
def test_auto_restock_on(
    here: Any, hand_pair: Pair, mix: dict[str, SandboxReturn], import_returns: bool
) -> None:
    """With auto_restock the same money is written, and exactly the units of proven parcels are put back."""
    here.set("sync", auto_restock=True, import_returns=import_returns)
    here.cycle()
    pay_back(hand_pair, mix)
    assert here.cycle().errors == ()
    assert set(here.states().values()) == {"synced"}
    assert refunded(hand_pair) == AMOUNTS
    assert put_back(hand_pair) == {"A": 1, "C": 2}
    restocks = {name: here.cases()[case.return_id].restock.value for name, case in mix.items()}
    assert restocks == {
        "whole": "none",
        "part": "none",
        "returned": "done",
        "two": "done",
        "kept": "waiting",
        "quick": "waiting",
        "warehouse": "none",
        "replaced": "none",
    }


@pytest.mark.parametrize("command", [("once",), ("once", "--json"), ("plan",), ("plan", "--json")])
def test_disabled(syncd: Any, pair: Pair, command: tuple[str, ...]) -> None:
    """While disabled, nothing is written; `once` asks nobody anything, `plan` shows what there would be."""
    syncd.set("sync", enabled=False)
    sold = pair.sell({"A": "20.00"})
    case = pair.tiktok.add_return(sold.tiktok, type="REFUND", status=ReturnStatus.COMPLETE)
    done = syncd.run(*command)
    assert done.code == 0
    assert pair.shopify.writes() == []
    if command[0] == "once":
        assert (pair.tiktok.calls, pair.shopify.calls) == ([], [])
        assert "us: disabled, nothing done (set [sync] enabled = true)" in done.err
        assert done.out == ('{\n  "ok": true,\n  "shops": {}\n}\n' if "--json" in command else "")
    else:
        assert case.return_id in done.out


def test_settled(here: Any, hand_pair: Pair, mix: dict[str, SandboxReturn]) -> None:
    """Once everything is settled, a cycle makes one call to TikTok and none to Shopify."""
    here.cycle()
    pay_back(hand_pair, mix)
    here.cycle()
    hand_pair.tiktok.calls.clear()
    hand_pair.shopify.calls.clear()
    advance(hand_pair, 5 * MINUTE)
    result = here.cycle()
    assert (result.changed, result.written, result.errors) == (0, 0, ())
    assert [call.operation for call in hand_pair.tiktok.calls] == ["returns/search"]
    assert hand_pair.shopify.calls == []


@pytest.mark.parametrize(
    ("table", "key"), [("shops.us.tiktok", "app_secret"), ("shops.us.shopify", "client_secret")]
)
def test_wrong_secret(syncd: Any, pair: Pair, table: str, key: str) -> None:
    """A login that is refused ends with 77, says which and what to do, and writes nothing."""
    sold = pair.sell({"A": "20.00"})
    case = pair.tiktok.add_return(sold.tiktok, type="REFUND", status=ReturnStatus.COMPLETE)
    syncd.set(table, **{key: "canary-wrong-secret"})
    done = syncd.run("once", "--json")
    assert (done.code, done.json["ok"]) == (77, False)
    (error,) = done.json["shops"]["us"]["errors"]
    assert table.removeprefix("shops.us.") in error
    assert pair.shopify.writes() == []
    assert "canary" not in done.out + done.err
    assert (case.return_id in syncd.cases()) == (table == "shops.us.shopify")
    del syncd.tables[table][key]
    assert syncd.run("once").code == 0
    assert refunded(pair) == [2000]


def test_wrong_refresh_token(here: Any, hand_pair: Pair) -> None:
    """A refresh token that TikTok does not know is refused as a login, too."""
    paid_back(hand_pair)
    here.set("shops.us.tiktok", refresh_token="made-up-wrong-token")
    (error,) = here.cycle().errors
    assert error.exit_code == os.EX_NOPERM
    assert "authorisation" in error.what


def test_missing_tiktok_scope(here: Any, hand_pair: Pair) -> None:
    """A scope that the TikTok app lacks is named."""
    paid_back(hand_pair)
    hand_pair.tiktok.login.scopes.remove("seller.return_refund.basic")
    (error,) = here.cycle().errors
    assert (error.exit_code, error.scope) == (os.EX_NOPERM, "seller.return_refund.basic")
    assert hand_pair.shopify.writes() == []


@pytest.mark.parametrize(
    "scope", ["read_orders write_orders", "read_returns write_returns", "read_locations"]
)
def test_missing_scope_to_read(here: Any, hand_pair: Pair, scope: str) -> None:
    """Without a scope to read an order whole, nothing is written; with it again, everything is."""
    advance(hand_pair, MINUTE)
    hand_pair.shopify.tokens.scopes = ALL_SCOPES - set(scope.split())
    paid_back(hand_pair, type="RETURN_AND_REFUND")
    result = here.cycle()
    assert {error.exit_code for error in result.errors} == {os.EX_NOPERM}
    assert hand_pair.shopify.writes() == []
    hand_pair.shopify.tokens.scopes = ALL_SCOPES
    advance(hand_pair, HOUR)
    assert here.cycle().errors == ()
    assert refunded(hand_pair) == [2000]


@pytest.mark.parametrize(
    ("scope", "type"), [("write_orders", "REFUND"), ("write_returns", "RETURN_AND_REFUND")]
)
def test_missing_scope_to_write(here: Any, hand_pair: Pair, scope: str, type: str) -> None:  # noqa: A002
    """Without a scope to write, nothing of the case is written; with it again, the money moves once."""
    hand_pair.shopify.tokens.scopes = ALL_SCOPES - {scope}
    paid_back(hand_pair, type=type)
    result = here.cycle()
    assert {error.exit_code for error in result.errors} == {os.EX_NOPERM}
    assert hand_pair.shopify.writes() == []
    hand_pair.shopify.tokens.scopes = ALL_SCOPES
    advance(hand_pair, HOUR)
    assert here.cycle().errors == ()
    assert refunded(hand_pair) == [2000]


def test_wrong_api_version(here: Any, hand_pair: Pair) -> None:
    """An answer in another API version stops all writing; the right one lets it go on."""
    hand_pair.shopify.switches.answers_version = "2026-01"
    paid_back(hand_pair)
    result = here.cycle()
    assert {error.exit_code for error in result.errors} == {os.EX_TEMPFAIL}
    assert "2026-01" in result.errors[0].what
    assert hand_pair.shopify.writes() == []
    hand_pair.shopify.switches.answers_version = ""
    advance(hand_pair, HOUR)
    assert here.cycle().errors == ()
    assert refunded(hand_pair) == [2000]


def test_wrong_api_version_later(here: Any, hand_pair: Pair) -> None:
    """A version that changes between the look and the write is met after one write at most."""
    for _ in range(3):
        paid_back(hand_pair)

    def change() -> None:
        hand_pair.shopify.switches.answers_version = "2026-01"

    hand_pair.shopify_server.front.faults.once_before("refundCreate", change)
    here.set("shops.us.shopify", concurrency=1)
    assert here.cycle().errors != ()
    assert [call.operation for call in hand_pair.shopify.writes()] == ["metafieldsSet", "refundCreate"]
    hand_pair.shopify.switches.answers_version = ""
    advance(hand_pair, HOUR)
    assert here.cycle().errors == ()
    assert refunded(hand_pair) == [2000, 2000, 2000]


def pages(pair: Pair, count: int) -> None:
    """So many cases, each on an order of its own."""
    for _ in range(count):
        sold = pair.sell({"A": "20.00"})
        pair.tiktok.add_return(sold.tiktok, type="REFUND", status=ReturnStatus.COMPLETE)
    advance(pair, MINUTE)


@pytest.mark.parametrize("kind", [FaultKind.GARBAGE_JSON, FaultKind.HTML_200, FaultKind.STATUS_500])
def test_unreadable_page(here: Any, hand_pair: Pair, kind: FaultKind) -> None:
    """A page that cannot be read ends the poll: the pages before it are kept, the watermark is not moved."""
    here.cycle()
    before = here.progress().watermark
    pages(hand_pair, 60)
    hand_pair.tiktok_server.front.faults.add(Fault(kind, "returns/search", skip=1, times=4))
    result = here.cycle()
    assert [error.exit_code for error in result.errors] == [os.EX_TEMPFAIL]
    assert here.progress().watermark == before
    assert len(here.cases()) == 50
    advance(hand_pair, MINUTE)
    assert here.cycle().errors == ()
    assert here.progress().watermark > before
    assert refunded(hand_pair) == [2000] * 60


def test_unreadable_row(here: Any, hand_pair: Pair) -> None:
    """A row without what tells it apart keeps the watermark where it is until it can be read."""
    here.cycle()
    before = here.progress().watermark
    case = paid_back(hand_pair, extra={"order_id": None})
    (error,) = here.cycle().errors
    assert "order_id" in error.what
    assert here.progress().watermark == before
    hand_pair.tiktok.advance(case, extra={})
    advance(hand_pair, MINUTE)
    assert here.cycle().errors == ()
    assert refunded(hand_pair) == [2000]


def test_repeated_page_token(here: Any, hand_pair: Pair) -> None:
    """A page token that comes again ends the poll instead of going round for ever."""
    here.cycle()
    before = here.progress().watermark
    hand_pair.tiktok.switches.repeats_page_token = True
    pages(hand_pair, 120)
    (error,) = here.cycle().errors
    assert "page token" in error.what
    assert here.progress().watermark == before
    hand_pair.tiktok.switches.repeats_page_token = False
    advance(hand_pair, HOUR)
    assert here.cycle().errors == ()
    assert refunded(hand_pair) == [2000] * 120


def test_rows_move_between_pages(here: Any, hand_pair: Pair) -> None:
    """Rows that change while the pages are read are missed by none of the polls together."""
    hand_pair.tiktok.switches.rows_move_between_pages = True
    pages(hand_pair, 120)
    for _ in range(3):
        here.cycle()
        advance(hand_pair, MINUTE)
    assert refunded(hand_pair) == [2000] * 120


@pytest.mark.parametrize("kind", [*KINDS, FaultKind.STATUS_429])
@pytest.mark.parametrize("operation", ["token/refresh", "shops", "returns/search", "orders"])
def test_malformed_tiktok(here: Any, hand_pair: Pair, operation: str, kind: FaultKind) -> None:
    """Whatever TikTok answers instead of what was asked for: nothing is lost, nothing is done twice."""
    paid_back(hand_pair)
    hand_pair.tiktok_server.front.faults.add(Fault(kind, operation, times=4))
    here.cycle()
    assert refunded(hand_pair) in ([], [2000])
    hand_pair.tiktok_server.front.faults.clear()
    advance(hand_pair, HOUR)
    assert here.cycle().errors == ()
    assert refunded(hand_pair) == [2000]
    assert set(here.states().values()) == {"synced"}


@pytest.mark.parametrize("kind", [*KINDS, FaultKind.STATUS_429])
@pytest.mark.parametrize("operation", ["token", "orders", "order", "returnReasonDefinitions"])
def test_malformed_shopify_reads(here: Any, hand_pair: Pair, operation: str, kind: FaultKind) -> None:
    """Whatever Shopify answers to a read: nothing is lost, nothing is done twice."""
    paid_back(hand_pair, type="RETURN_AND_REFUND")
    hand_pair.shopify_server.front.faults.add(Fault(kind, operation, times=4))
    here.cycle()
    hand_pair.shopify_server.front.faults.clear()
    advance(hand_pair, HOUR)
    assert here.cycle().errors == ()
    assert refunded(hand_pair) == [2000]
    assert set(here.states().values()) == {"synced"}


WRITES = ["metafieldsSet", "refundCreate", "returnCreate", "returnProcess", "returnClose", "orderClose"]


@pytest.mark.parametrize("kind", [*KINDS, FaultKind.STALL])
@pytest.mark.parametrize("when", [When.BEFORE, When.AFTER])
@pytest.mark.parametrize("operation", WRITES)
def test_malformed_shopify_writes(
    here: Any, hand_pair: Pair, operation: str, when: When, kind: FaultKind
) -> None:
    """Whatever Shopify answers to a write, carried out or not: each case is written exactly once."""
    here.set("sync", auto_restock=True)
    sell, tiktok = hand_pair.sell, hand_pair.tiktok
    tiktok.add_return(sell({"A": "7.00"}, archived=True).tiktok, type="REFUND", status=ReturnStatus.COMPLETE)
    parcel = tiktok.add_return(
        sell({"B": "20.00"}).tiktok,
        type="RETURN_AND_REFUND",
        status=ReturnStatus.COMPLETE,
        tracking_number="1",
    )
    advance(hand_pair, MINUTE)
    stall = 3.0 if kind is FaultKind.STALL else 0.0
    hand_pair.shopify_server.front.faults.add(Fault(kind, operation, when=when, seconds=stall))
    here.cycle()
    hand_pair.shopify_server.front.faults.clear()
    advance(hand_pair, HOUR)
    assert here.cycle().errors == ()
    assert refunded(hand_pair) == [700, 2000]
    assert [len(order.returns) for order in hand_pair.shopify.orders] == [0, 1]
    assert put_back(hand_pair) == {"B": 1}
    assert set(here.states().values()) == {"synced"}
    assert here.cases()[parcel.return_id].restock == "done"


def test_dry_run(here: Any, hand_pair: Pair, mix: dict[str, SandboxReturn]) -> None:
    """A dry run writes nothing; what was paid back during it waits for a word, and is then written."""
    here.set("guard", dry_run=True)
    here.cycle()
    pay_back(hand_pair, mix)
    result = here.cycle()
    assert (result.written, result.deferred) == (0, len(mix))
    assert hand_pair.shopify.writes() == []
    here.set("guard", dry_run=False)
    advance(hand_pair, HOUR)
    assert here.cycle().held == len(mix)
    assert set(here.states().values()) == {"held paused"}
    here.decide(Asked(Command.APPROVE, "ann"))
    assert here.cycle().written == len(mix)
    assert refunded(hand_pair) == AMOUNTS


def test_ceiling_per_cycle(here: Any, hand_pair: Pair) -> None:
    """No more refunds than wanted are written in one cycle; the rest follow in the next ones."""
    here.set("guard", max_refunds_per_cycle=2)
    pages(hand_pair, 5)
    counts = []
    for _ in range(3):
        result = here.cycle()
        counts.append((result.written, result.deferred, len(refunded(hand_pair))))
        advance(hand_pair, MINUTE)
    assert counts == [(2, 3, 2), (2, 1, 4), (1, 0, 5)]


def test_before_start(here: Any, hand_pair: Pair) -> None:
    """What was paid back before `start_from` is never written, not even when it changes later."""
    old = paid_back(hand_pair)
    advance(hand_pair, 3 * 24 * HOUR)
    assert here.cycle().changed == 1
    assert here.states() == {old.return_id: "skipped before_start"}
    hand_pair.tiktok.advance(old, extra={"a_new_field": "x"})
    advance(hand_pair, MINUTE)
    assert here.cycle().changed == 1
    assert here.states() == {old.return_id: "skipped before_start"}
    assert hand_pair.shopify.writes() == []


@pytest.mark.parametrize("where", ["tags", "name", "source_identifier", "note"])
def test_found_how(here: Any, hand_pair: Pair, where: str) -> None:
    """Orders of several connectors are found with the settings as they come; a look-alike is not taken."""
    sold = hand_pair.tiktok.add_order([TikTokSale("A", "20.00")])
    options: dict[str, OrderOptions] = {
        "tags": {"tags": ["x", f"TikTokOrderID:{sold.order_id}"]},
        "name": {"name": f"#{sold.order_id}"},
        "source_identifier": {"source_identifier": sold.order_id},
        "note": {"note": f"TikTok order {sold.order_id}"},
    }
    hand_pair.shopify.switches.default_text_covers_note = True
    hand_pair.imported(sold, [OrderLine("A", 1, 2000)], **options[where])
    hand_pair.imported(sold, [OrderLine("A", 1, 2000)], tags=[f"TikTokOrderID:{sold.order_id}9"])
    hand_pair.tiktok.add_return(sold, type="REFUND", status=ReturnStatus.COMPLETE)
    advance(hand_pair, MINUTE)
    here.cycle()
    assert [len(order.refunds) for order in hand_pair.shopify.orders] == [1, 0]
