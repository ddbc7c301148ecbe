"""`syncd show`."""

import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from syncd.cli import cli
from syncd.model.cases import Case
from syncd.model.reasons import Reason, hint_for
from syncd.service.decisions import Asked, Command, decide
from syncd.service.session import writing
from syncd.store.pruning import Pruning
from tests.cli.test_output import Terminal

Run = Callable[..., Any]


@pytest.mark.usefixtures("cases")
@pytest.mark.parametrize("name", ["us:2", "2", "102", "us:102", "78", "gid://shopify/Order/78"])
def test_names(run: Run, name: str) -> None:
    """A case is found by its id, by TikTok's order and by Shopify's."""
    done = run("show", "--json", name)
    assert (done.code, done.json["shop"], done.json["case_id"]) == (0, "us", "2")


@pytest.mark.usefixtures("cases")
@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("9", "no case is called 9"),
        ("de:1", "no case is called de:1"),
        ("1", "  uk:1  RETURN_AND_REFUND of order 104, 1234.50 USD, skipped\n  us:1  RETURN_AND_REFUND"),
    ],
)
def test_not_one(run: Run, name: str, what: str) -> None:
    """A name that means no case or several ends with 64 and says what to name."""
    done = run("show", name)
    assert (done.code, done.out) == (64, "")
    assert what in done.err


def test_json(run: Run, cases: dict[str, Case]) -> None:
    """The whole story: the case as `list` has it, what TikTok said, what happened, and every request."""
    story = run("show", "--json", "us:2").json
    (listed,) = [
        case for case in run("list", "--json").json if (case["shop"], case["case_id"]) == ("us", "2")
    ]
    assert {name: story[name] for name in listed} == listed
    (snapshot,) = story["snapshots"]
    assert snapshot == {
        "seen_at": "2026-11-02T12:01:00+00:00",
        "status": "RETURN_OR_REFUND_REQUEST_COMPLETE",
        "updated_at": "2026-10-26T07:33:20+00:00",
        "refund": {"total": "1234.50", "currency": "USD", "parts": {}, "discounts": {}},
        "digest": cases["synced"].latest.digest,
    }
    assert (story["order_found_by"], story["decisions"], story["next"]) == (None, [], listed["hint"])
    assert [line["event"] for line in story["history"]] == ["seen", "confirmed"]
    assert story["pruned_before"] is None
    assert story["history"][1]["request_ids"] == ["req-1"]
    (request,) = story["requests"]
    assert request == {
        "action": "create_refund",
        "state": "confirmed",
        "amount": "1234.50",
        "currency": "USD",
        "idempotency_key": "3e17762c-e812-5ee0-8149-57d4057cf7aa",
        "generation": 1,
        "attempts": 1,
        "created_at": "2026-11-02T12:00:00+00:00",
        "first_sent_at": "2026-11-02T12:00:00+00:00",
        "request_ids": ["req-1"],
        "answer": {},
        "variables": {"input": {"note": "x"}},
    }


@pytest.mark.usefixtures("cases")
def test_a_pruned_case(run: Run, path: Path) -> None:
    """What stays is told, and that there was more."""
    with writing(path) as store:
        pruning = Pruning(store.database, datetime(2026, 11, 3, 12, tzinfo=UTC))
        while not pruning.over:
            pruning.batch(100)
        store.cases.note("us", "2", "retry", datetime(2026, 11, 4, 12, tzinfo=UTC), who="kim")
    text, story = run("show", "us:2").out, run("show", "--json", "us:2").json
    gone = "what happened before 2026-11-03 12:00:00 UTC is not known any more"
    assert f"  Shopify has    gid://shopify/Refund/1\n\n  {gone}" in text
    assert "what happened before" not in run("show", "us:1").out
    (request,) = story["requests"]
    assert (story["pruned_before"], len(story["history"])) == ("2026-11-03T12:00:00+00:00", 1)
    assert (request["variables"], request["answer"], request["amount"]) == (None, "", "1234.50")
    assert story["snapshots"] != []


@pytest.mark.usefixtures("cases")
def test_text_of_a_hold(run: Run) -> None:
    """A held case says why, and what to type next."""
    done = run("show", "us:1")
    assert done.code == 0
    lines = done.out.splitlines()
    assert lines[0] == "us:1  RETURN_AND_REFUND of TikTok order 101"
    assert "  TikTok says    RETURN_OR_REFUND_REQUEST_COMPLETE, 1234.50 USD" in lines
    assert "  state          held (order_ambiguous)" in lines
    assert any("gid://shopify/Order/77, gid://shopify/Order/79" in line for line in lines)
    assert f"  next           {hint_for(Reason.ORDER_AMBIGUOUS, 'us:1')}" in lines
    assert "                 https://acme.myshopify.com/admin/orders/77" in lines


@pytest.mark.usefixtures("cases")
def test_text_of_a_written_case(run: Run) -> None:
    """A written case names what Shopify has, every request with its id, and that units wait for staff."""
    done = run("show", "us:2")
    assert "  Shopify has    gid://shopify/Return/1\n  Shopify has    gid://shopify/Refund/1\n" in done.out
    assert "Shopify  has done it: create refund; request req-1" in done.out
    assert "  next           Inspect the units, then: syncd restock us:2; " in done.out
    assert "\x1b" not in done.out


@pytest.mark.usefixtures("cases")
@pytest.mark.parametrize(
    ("name", "expected"),
    [("us:3", "syncd looks at it again at "), ("us:1", hint_for(Reason.ORDER_AMBIGUOUS, "us:1"))],
)
def test_what_comes_next(run: Run, name: str, expected: str) -> None:
    """Where no person has to do anything, it says what syncd will do."""
    assert f"  next           {expected}" in run("show", name).out


def test_who_decided_and_why(run: Run, cases: dict[str, Case], path: Path) -> None:
    """Each decision of a person is told with who made it, when, and why."""
    at = datetime(2026, 11, 2, 13, tzinfo=UTC)
    with writing(path) as store:
        decide(store, cases["held"], Asked(Command.DISMISS, "kim", "settled by hand"), at)
    assert "2026-11-02 13:00:00Z  person   kim dismissed it: settled by hand\n" in run("show", "us:1").out
    (decision,) = run("show", "us:1", "--json").json["decisions"]
    told = {name: decision[name] for name in ("decision", "who", "at", "why")}
    assert told == {
        "decision": "dismissed",
        "who": "kim",
        "at": "2026-11-02T13:00:00+00:00",
        "why": "settled by hand",
    }


@pytest.mark.usefixtures("cases", "own_world")
def test_on_a_terminal(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines have the terminal's width, ids stay whole, and each command has a line of its own."""
    monkeypatch.setattr(sys, "stdout", terminal := Terminal())
    monkeypatch.setenv("COLUMNS", "70")
    with pytest.raises(SystemExit):
        cli.main(["show", "us:2", "-c", str(config)])
    lines = re.sub("\x1b\\[[0-9;]*m", "", terminal.getvalue()).splitlines()
    assert [line for line in lines if len(line) > 70] == []
    assert "                 syncd restock us:2;" in lines
    assert "  Shopify has    gid://shopify/Refund/1" in lines
