"""`syncd plan`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from syncd.model.cases import ReturnStatus
from syncd.sandbox.demo.cast import assemble
from syncd.sandbox.demo.programs import Daemon, Staff
from syncd.sandbox.demo.script import Scene
from syncd.sandbox.demo.stage import Glance, Stage, _config
from syncd.sandbox.demo.story import SCRIPTS
from syncd.sandbox.pair import Pair
from syncd.service.lock import only_writer
from syncd.service.session import reading, writing
from syncd.store.cases import Filter
from tests.cli.conftest import BehindClock

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
        "hint": "",
        "type": "RETURN_AND_REFUND",
        "order_id": pair.tiktok.case(case).order.order_id,
        "shopify_order_id": order,
        "shopify_order_name": pair.shopify.orders[0].name,
        "tiktok_status": "RETURN_OR_REFUND_REQUEST_COMPLETE",
        "tiktok_reason": plans[case]["tiktok_reason"],
        "refund": plans[case]["refund"],
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
    assert lines[0][0] == "case"
    what = {line[0]: dict(zip(lines[0], line, strict=True)) for line in lines[1:-1]}
    assert {name: row["state"] for name, row in what.items()} == {f"us:{case}": "due", f"us:{hold}": "held"}
    assert what[f"us:{case}"]["what"] == "create return, 2 x A; process return, 44.99 USD, 2 x A"
    assert what[f"us:{case}"]["of which"].startswith("shipping fee 4.99 USD, ")
    assert what[f"us:{hold}"]["why"].startswith("real_gateway: ")
    assert lines[-1] == ["us: 1 refunds, 44.99 USD; held: 1, 7.00 USD"]
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


def test_the_amount_is_split_and_added_up(run: Run, pair: Pair) -> None:
    """As TikTok splits it, what nobody pays back apart; per shop and currency in the end."""
    sold = pair.sell({"A": "20.00"})
    pair.tiktok.add_return(
        sold.tiktok,
        type="REFUND",
        status=ReturnStatus.COMPLETE,
        refund_total="20.00",
    )
    returned(pair)
    done = run("plan", "--json").json
    assert done["totals"]["us"] == {
        "refunds": [{"count": 2, "amount": "64.99", "currency": "USD"}],
        "held": 0,
    }


def test_the_demos_cases_come_true(run: Run, config: Path, tmp_path: Path) -> None:
    """For each of them the cycle after a plan sends what was planned, in that order, and nothing else."""
    pair = Pair(BehindClock())
    stage = Stage(
        tmp_path,
        pair,
        Daemon(config, tmp_path / "log"),
        Staff(config),
        Glance(tmp_path / "syncd.db"),
        assemble(pair, SCRIPTS),
    )
    for scene in Scene:
        for tale in stage.tales:
            tale.step(pair, scene)
    with pair.serving():
        config.write_text(_config(stage))
        planned = run("plan", "--json").json["shops"]["us"]
        assert pair.shopify.writes() == []
        run("once")
    with reading(stage.glance.store) as store:
        sent = {
            plan["case_id"]: [
                (one.action, one.amount and one.amount.amount)
                for one in store.intents.of_case("us", plan["case_id"])
            ]
            for plan in planned
        }
    assert sent == {
        plan["case_id"]: [(action["kind"], action["amount"]) for action in plan["actions"]]
        for plan in planned
    }


def test_held_before(run: Run, pair: Pair) -> None:
    """What was held before is not planned again, but counted, and shown with all."""
    case = held(pair)
    run("once")
    assert run("plan").out == "nothing to write\n1 held before: syncd list --state held\n"
    assert f"us:{case}\t" in run("plan", "--all").out
    [plan] = run("plan", "--all", "--json").json["shops"]["us"]
    assert (plan["case_id"], plan["state"], plan["reason"]) == (case, "held", "real_gateway")


def test_disabled(run: Run, pair: Pair, config: Path) -> None:
    """While disabled it shows what would be written."""
    config.write_text(config.read_text().replace("enabled = true", "enabled = false"))
    case, _ = returned(pair)
    done = run("plan")
    assert case in done.out
    assert "(disabled: nothing of it is written)" in done.out
    assert pair.shopify.writes() == []


def test_more_than_one_cycle_may_refund(run: Run, pair: Pair, config: Path) -> None:
    """All of it is shown, and that it takes several cycles."""
    config.write_text(config.read_text().replace("[guard]", "[guard]\nmax_refunds_per_cycle = 1", 1))
    returned(pair)
    returned(pair)
    assert "us: 2 refunds, 89.98 USD (at most 1 of them in one cycle)" in run("plan").out


def test_a_rehearsal_tells_what_it_would_write(run: Run, pair: Pair, config: Path) -> None:
    """In `list`, in `show` and in `status`; once it is over, the words are gone."""
    config.write_text(config.read_text().replace("[guard]", "[guard]\ndry_run = true", 1))
    case, _ = returned(pair)
    done = run("once")
    said = "would write: create return, 2 x A; process return, 44.99 USD, 2 x A"
    assert "us: dry run, nothing is written (syncd list --state due)" in done.err
    assert said in run("list").out
    assert f"why            {said}" in run("show", case).out
    assert "dry run, nothing is written" in run("status").out
    assert "(dry run: nothing of it is written)" in run("plan").out
    assert pair.shopify.writes() == []
    config.write_text(config.read_text().replace("dry_run = true", "dry_run = false", 1))
    run("once")
    run("approve", "--all", "--reason", "paused")
    assert "would write" not in run("list").out


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
    assert "create refund, 40.00 USD, 2 x A at Warehouse; cancel order" in run("plan").out
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
