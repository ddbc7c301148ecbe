"""`syncd plan`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from syncd.model.cases import ReturnStatus
from syncd.sandbox.pair import Pair
from syncd.service.lock import only_writer
from syncd.service.session import reading, writing
from syncd.store.cases import Filter

Run = Callable[..., Any]


def returned(pair: Pair) -> tuple[str, str]:
    """A returned parcel that TikTok paid back; the case and the Shopify order."""
    sold = pair.sell({"A": "20.00"}, quantity=2, shipping=499)
    case = pair.tiktok.add_return(
        sold.tiktok,
        type="RETURN_AND_REFUND",
        status=ReturnStatus.COMPLETE,
        tracking_number="1Z999",
        shipping="4.99",
    )
    return case.return_id, sold.shopify.id


def held(pair: Pair) -> str:
    """A refund on an order whose payment may move real money."""
    sold = pair.sell({"B": "7.00"}, gateway="paypal", manual_gateway=False)
    return pair.tiktok.add_return(sold.tiktok, type="REFUND", status=ReturnStatus.COMPLETE).return_id


def test_json(run: Run, pair: Pair, config: Path) -> None:
    """Each case with its state, its reason and its actions: money as texts, units with their place."""
    config.write_text(config.read_text().replace("[sync]", "[sync]\nauto_restock = true"))
    case, order = returned(pair)
    hold = held(pair)
    done = run("plan", "--json")
    assert (done.code, done.err) == (0, "")
    plans = {plan["case_id"]: plan for plan in done.json["shops"]["us"]}
    unit = {"sku": "A", "quantity": 2, "restock": True, "location": "Warehouse"}
    nothing: dict[str, object] = {"amount": None, "currency": None, "units": [], "order_id": order}
    assert plans[case] == {
        "case_id": case,
        "state": "due",
        "reason": None,
        "detail": "",
        "actions": [
            {**nothing, "kind": "create_return", "units": [unit]},
            {**nothing, "kind": "process_return", "amount": "44.99", "currency": "USD", "units": [unit]},
            {**nothing, "kind": "close_return"},
        ],
    }
    assert {name: plans[hold][name] for name in ("state", "reason", "actions")} == {
        "state": "held",
        "reason": "real_gateway",
        "actions": [],
    }


def test_text(run: Run, pair: Pair) -> None:
    """In text, a line for each case with what is to be written, or why nothing is."""
    case, _ = returned(pair)
    hold = held(pair)
    done = run("plan")
    lines = [line.split("\t") for line in done.out.splitlines()]
    assert lines[0] == ["shop", "case", "state", "what"]
    assert {line[1]: line[2] for line in lines[1:]} == {case: "due", hold: "held"}
    assert ["us", case, "due", "create return, 2 x A; process return, 44.99 USD, 2 x A"] in lines
    assert "\x1b" not in done.out


def test_writes_nothing(run: Run, pair: Pair, path: Path) -> None:
    """Neither Shopify nor what the store knows of cases has changed, so that the plan is the same again."""
    returned(pair)
    first = run("plan", "--json")
    assert pair.shopify.writes() == []
    with reading(path) as store:
        assert store.cases.select(Filter()) == []
        assert store.shops.progress("us").watermark is None
    assert run("plan", "--json").json == first.json


def test_comes_true(run: Run, pair: Pair) -> None:
    """What is planned is what is then written; afterwards there is nothing to write."""
    returned(pair)
    assert "44.99 USD" in run("plan").out
    assert run("once").code == 0
    assert [[refund.total_refunded for refund in order.refunds] for order in pair.shopify.orders] == [[4499]]
    assert run("plan").out == "nothing to write\n"


def test_held_before(run: Run, pair: Pair) -> None:
    """What was held before is not planned again, but counted."""
    held(pair)
    run("once")
    assert run("plan").out == "nothing to write\n1 held before: syncd list --state held\n"


def test_disabled(run: Run, pair: Pair, config: Path) -> None:
    """While disabled it shows what would be written."""
    config.write_text(config.read_text().replace("enabled = true", "enabled = false"))
    case, _ = returned(pair)
    assert case in run("plan").out
    assert pair.shopify.writes() == []


def test_beside_the_daemon(run: Run, pair: Pair, path: Path) -> None:
    """Beside the daemon it uses the daemon's login."""
    run("once")
    case, _ = returned(pair)
    asked = len(pair.tiktok.calls)
    with only_writer(path):
        done = run("plan")
    assert case in done.out
    assert "token/refresh" not in [call.operation for call in pair.tiktok.calls[asked:]]


def test_beside_a_new_daemon(run: Run, pair: Pair, path: Path) -> None:
    """Beside a daemon that has no login yet it says who gets one, and asks for none itself."""
    with writing(path):
        done = run("plan")
    assert done.code == 75
    assert "which only the running daemon does" in done.err
    assert pair.tiktok.calls == []


@pytest.mark.parametrize("arguments", [(), ("--json",)])
def test_wrong_login(run: Run, pair: Pair, config: Path, arguments: tuple[str, ...]) -> None:
    """A login that is refused ends with 77, also for a preview, and nobody is told that all is written."""
    config.write_text(config.read_text().replace(pair.tiktok.app_secret, "canary-wrong"))
    done = run("plan", *arguments)
    assert done.code == 77
    assert "nothing to write" not in done.out
    assert "canary" not in done.out + done.err


def test_a_cancellation(run: Run, pair: Pair, config: Path) -> None:
    """The refund with the units that it gives up, then the order; once done, `list` and `show` tell of it."""
    config.write_text(config.read_text().replace("[sync]", "[sync]\ncancellations = true"))
    sold = pair.sell({"A": "20.00"}, quantity=2, fulfilled=False, status="AWAITING_SHIPMENT")
    case = pair.tiktok.add_cancellation(sold.tiktok, status="CANCELLATION_REQUEST_COMPLETE").cancel_id
    order = sold.shopify.id
    [plan] = run("plan", "--json").json["shops"]["us"]
    unit = {"sku": "A", "quantity": 2, "restock": False, "location": "Warehouse"}
    money = {"amount": "40.00", "currency": "USD", "units": [unit]}
    nothing: dict[str, object] = {"amount": None, "currency": None, "units": []}
    assert plan["actions"] == [
        {"kind": "create_refund", "order_id": order, **money},
        {"kind": "cancel_order", "order_id": order, **nothing},
    ]
    assert "create refund, 40.00 USD, 2 x A; cancel order" in run("plan").out
    assert run("once").code == 0
    [listed] = run("list", "--json").json
    assert [listed[name] for name in ("case_id", "kind", "type", "tiktok_status", "state", "restock")] == [
        case,
        "cancellation",
        "BUYER_CANCEL",
        "CANCELLATION_REQUEST_COMPLETE",
        "synced",
        "none",
    ]
    assert f"us:{case}  BUYER_CANCEL of TikTok order {sold.tiktok.order_id}" in run("show", case).out
