"""`syncd list`."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from syncd.cli import cli
from syncd.model.cases import Case
from syncd.model.notes import zone
from syncd.model.reasons import EXPLANATIONS, Reason, hint_for
from syncd.service.session import writing
from tests.cli.conftest import COMPLETE, NOW, seen
from tests.cli.test_output import Terminal

Run = Callable[..., Any]
FIELDS = {
    "shop",
    "case_id",
    "kind",
    "type",
    "order_id",
    "tiktok_status",
    "state",
    "reason",
    "hint",
    "refund_total",
    "currency",
    "shopify_order_id",
    "shopify_refund_ids",
    "shopify_return_ids",
    "restock",
    "first_seen",
    "updated",
}


def test_json(run: Run, cases: dict[str, Case]) -> None:
    """Each case has at least the fields that other programs rely on, with amounts as decimal texts."""
    done = run("list", "--json")
    assert (done.code, done.err, len(done.json)) == (0, "", len(cases))
    assert all(set(case) >= FIELDS for case in done.json)
    held = next(case for case in done.json if case["state"] == "held")
    assert {name: held[name] for name in FIELDS} == {
        "shop": "us",
        "case_id": "1",
        "kind": "return",
        "type": "RETURN_AND_REFUND",
        "order_id": "101",
        "tiktok_status": "RETURN_OR_REFUND_REQUEST_COMPLETE",
        "state": "held",
        "reason": "order_ambiguous",
        "hint": hint_for(Reason.ORDER_AMBIGUOUS, "us:1"),
        "refund_total": "1234.50",
        "currency": "USD",
        "shopify_order_id": "gid://shopify/Order/77",
        "shopify_refund_ids": [],
        "shopify_return_ids": [],
        "restock": "none",
        "first_seen": "2026-11-02T12:00:00+00:00",
        "updated": "2026-11-02T12:00:00+00:00",
    }


def test_json_of_little(run: Run, cases: dict[str, Case]) -> None:
    """What is not known is null, an empty text or an empty list, never left out."""
    tracking = next(case for case in run("list", "--json").json if case["state"] == "tracking")
    names = ("reason", "hint", "refund_total", "currency", "shopify_order_id", "shopify_refund_ids")
    assert [tracking[name] for name in names] == [None, "", None, None, None, []]
    assert cases["tracking"].reason is None


@pytest.mark.usefixtures("cases")
@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((), ["us:2", "us:1", "uk:1", "us:3"]),
        (("--shop", "us"), ["us:2", "us:1", "us:3"]),
        (("--state", "held"), ["us:1"]),
        (("--reason", "before_start"), ["uk:1"]),
        (("--restock", "waiting"), ["us:2"]),
        (("--shop", "uk", "--state", "held"), []),
        (("--type", "return_and_refund", "--kind", "return"), ["us:2", "us:1", "uk:1", "us:3"]),
        (("--type", "REFUND"), []),
        (("--kind", "cancellation"), []),
        (("--since", "2026-11-02T12:01:00Z"), ["us:2"]),
        (("--until", "2026-11-02T12:01:00Z"), ["us:1", "uk:1", "us:3"]),
        (("--since", "2026-11-02", "--until", "2026-11-03"), ["us:2", "us:1", "uk:1", "us:3"]),
        (("--since", "2026-11-03"), []),
        (("--limit", "1"), ["us:2"]),
        (("--limit", "0"), ["us:2", "us:1", "uk:1", "us:3"]),
    ],
)
def test_filters(run: Run, arguments: tuple[str, ...], expected: list[str]) -> None:
    """Filters are all fulfilled at once."""
    done = run("list", "--json", *arguments)
    assert sorted(f"{case['shop']}:{case['case_id']}" for case in done.json) == sorted(expected)


@pytest.mark.usefixtures("cases")
def test_text(run: Run) -> None:
    """Piped text has one line per case with tabs between, a heading, and no escape codes."""
    done = run("list")
    lines = [line.split("\t") for line in done.out.splitlines()]
    assert lines[0] == ["case", "type", "TikTok says", "refund", "state", "restock", "why", "next"]
    assert [len(line) for line in lines] == [8] * 5
    assert "\x1b" not in done.out
    sentence = EXPLANATIONS[Reason.ORDER_AMBIGUOUS].sentence
    assert [
        "us:1",
        "RETURN_AND_REFUND",
        "RETURN_OR_REFUND_REQUEST_COMPLETE",
        "1234.50 USD",
        "held",
        "none",
        f"order_ambiguous: {sentence[:-1]}: gid://shopify/Order/77, gid://shopify/Order/79",
        hint_for(Reason.ORDER_AMBIGUOUS, "us:1"),
    ] in lines


@pytest.mark.usefixtures("cases")
@pytest.mark.parametrize(
    "arguments",
    [
        ("--shop", "de"),
        ("--state", "lost"),
        ("--restock", "some"),
        ("--reason", "before"),
        ("--type", "GIFT"),
        ("--kind", "order"),
        ("--since", "yesterday"),
        ("--until", "2026-11-02T12:01:00"),
        ("--limit", "-1"),
        ("--colour", "red"),
        ("x",),
    ],
)
def test_wrong_use(run: Run, arguments: tuple[str, ...]) -> None:
    """A filter that cannot be meant ends with 64 instead of an empty list."""
    done = run("list", *arguments)
    assert (done.code, done.out) == (64, "")


def test_no_store(run: Run) -> None:
    """Without a store it says what makes one, and makes none."""
    done = run("list")
    assert (done.code, done.out) == (74, "")
    assert "there is no store yet\nhint: start the daemon first: syncd run, or: syncd once" in done.err


@pytest.mark.usefixtures("cases")
def test_days_are_the_shop_s(run: Run, path: Path) -> None:
    """A day begins when it begins in the shop's time zone, which the store has learnt; else in UTC."""
    with writing(path) as store:
        store.memory.put(zone("acme.myshopify.com"), "Pacific/Kiritimati")  # 14 hours before UTC
    until = run("list", "--json", "--until", "2026-11-03").json
    assert [f"{case['shop']}:{case['case_id']}" for case in until] == ["uk:1"]
    since = run("list", "--json", "--since", "2026-11-03").json
    assert [f"{case['shop']}:{case['case_id']}" for case in since] == ["us:2", "us:1", "us:3"]


@pytest.mark.usefixtures("cases")
def test_a_limit_says_that_there_are_more(run: Run) -> None:
    """And how to see them; the list itself stays a list."""
    done = run("list", "--limit", "3")
    assert (len(done.out.splitlines()), done.err) == (4, "3 of 4 shown; all of them: --limit 0\n")
    assert run("list", "--limit", "4").err == ""


@pytest.mark.usefixtures("own_world")
def test_many_cases(
    config: Path, path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A terminal is given a few, with a note that there are more."""
    with writing(path) as store:
        store.cases.see("us", [seen(str(number), COMPLETE, str(number)) for number in range(1, 61)], NOW)
    monkeypatch.setattr(sys, "stdout", terminal := Terminal())
    with pytest.raises(SystemExit):
        cli.main(["list", "-c", str(config)])
    assert terminal.getvalue().count("us:") == 50
    assert capsys.readouterr().err == "50 of 60 shown; all of them: --limit 0\n"
