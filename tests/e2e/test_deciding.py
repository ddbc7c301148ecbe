"""`syncd dismiss`, `approve` and `link`: a person decides, with and without a running daemon."""

from contextlib import nullcontext
from typing import TYPE_CHECKING

import pytest

from syncd.model.cases import ReturnStatus, ReturnType

if TYPE_CHECKING:
    from syncd.sandbox.pair import Pair
    from tests.e2e.conftest import Program


def refunded_by_hand(syncd: "Program", pair: "Pair") -> tuple[str, str]:
    """A case that is held because somebody else refunded its order; the case and that refund."""
    sold = pair.sell({"SHIRT": "20.00"}, quantity=2)
    case = pair.tiktok.add_return(
        sold.tiktok, 1, type=ReturnType.REFUND, status=ReturnStatus.COMPLETE, refund_total="20.00"
    )
    made = pair.shopify.foreign_refund(sold.shopify, amount=2000, units={"SHIRT": 1}, app="AfterShip Feed")
    syncd.run("once")
    assert {case.return_id: "held foreign_refund"} == syncd.states()
    return case.return_id, made.id


@pytest.mark.parametrize("daemon", [False, True])
def test_a_linked_refund_settles_the_case(syncd: "Program", pair: "Pair", *, daemon: bool) -> None:
    """By the number that the hold shows."""
    case, made = refunded_by_hand(syncd, pair)
    with syncd.running() if daemon else nullcontext():
        done = syncd.run("link", case, made.rpartition("/")[2])

    assert (0, f"us:{case} is synced\n", "") == (done.code, done.out, done.err)
    assert [] == pair.shopify.writes("refundCreate")


@pytest.mark.parametrize("daemon", [False, True])
def test_a_dismissed_case_says_who_and_why(syncd: "Program", pair: "Pair", *, daemon: bool) -> None:
    """In the list and in its story."""
    case, _ = refunded_by_hand(syncd, pair)
    with syncd.running() if daemon else nullcontext():
        done = syncd.run("dismiss", f"us:{case}", "--reason", "refunded by hand")

    assert (0, True) == (done.code, f"us:{case} is dismissed: " in done.out)
    assert "refunded by hand" in syncd.run("list", "--state", "dismissed").out
    story = syncd.run("show", case)
    assert "refunded by hand" in story.out
    assert "to undo it: syncd retry" in story.out.lower()


@pytest.mark.parametrize("daemon", [False, True])
def test_all_that_is_held_for_a_reason_is_approved_together(
    syncd: "Program", pair: "Pair", *, daemon: bool
) -> None:
    """Without naming each."""
    case, _ = refunded_by_hand(syncd, pair)
    with syncd.running() if daemon else nullcontext():
        done = syncd.run("approve", "--reason", "foreign_refund")

    assert (0, f"us:{case} is synced\n") == (done.code, done.out)
    assert 1 == len(pair.shopify.writes("refundCreate"))


@pytest.mark.parametrize("daemon", [False, True])
def test_what_cannot_be_decided_so_is_a_usage_error(syncd: "Program", pair: "Pair", *, daemon: bool) -> None:
    """With what can be done instead; nothing is recorded."""
    sold = pair.sell({"SHIRT": "20.00"})
    case = pair.tiktok.add_return(
        sold.tiktok, type=ReturnType.REFUND, status=ReturnStatus.COMPLETE, refund_total="20.00"
    )
    syncd.run("once")
    with syncd.running() if daemon else nullcontext():
        dismissed = syncd.run("dismiss", case.return_id, "--reason", "no")
        approved = syncd.run("approve", case.return_id)
        linked = syncd.run("link", case.return_id, "7")

    assert [64, 64, 64] == [dismissed.code, approved.code, linked.code]
    assert "is synced: there is nothing to dismiss" in dismissed.err
    assert "that cannot be approved" in approved.err
    assert "there is nothing to link" in linked.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("approve",),
        ("approve", "--all"),
        ("dismiss", "4711", "--reason", "x"),
        ("dismiss", "4711"),
        ("link", "4711", "7"),
    ],
    ids=" ".join,
)
def test_a_command_that_names_nothing_is_a_usage_error(
    syncd: "Program", pair: "Pair", arguments: tuple[str, ...]
) -> None:
    """No case, none that fits, one that does not exist, no reason."""
    pair.sell({"SHIRT": "20.00"})
    syncd.run("once")

    assert 64 == syncd.run(*arguments).code


@pytest.mark.parametrize("words", [" ", "\t"])
def test_a_dismissal_needs_words(syncd: "Program", pair: "Pair", words: str) -> None:
    """A reason of blanks is none."""
    case, _ = refunded_by_hand(syncd, pair)

    done = syncd.run("dismiss", case, "--reason", words)

    assert (64, {case: "held foreign_refund"}) == (done.code, syncd.states())


def test_what_is_linked_has_to_look_like_a_refund_or_a_return(syncd: "Program", pair: "Pair") -> None:
    """A name says nothing of what it names."""
    case, _ = refunded_by_hand(syncd, pair)

    done = syncd.run("link", case, "gid://shopify/Order/7")

    assert (64, True) == (done.code, "is no refund or return" in done.err)


def test_of_several_cases_those_that_fit_are_decided(syncd: "Program", pair: "Pair") -> None:
    """The others are told, and nothing of them is recorded."""
    case, _ = refunded_by_hand(syncd, pair)
    other = pair.tiktok.add_return(
        pair.sell({"MUG": "9.00"}, tags=("elsewhere",)).tiktok, type="LOAN", status=ReturnStatus.COMPLETE
    )
    syncd.run("once")

    done = syncd.run("approve", "--all")

    assert (0, f"us:{case} is synced\n") == (done.code, done.out)
    assert {case: "synced", other.return_id: "held unknown_type"} == syncd.states()


@pytest.mark.parametrize("daemon", [False, True])
def test_a_decision_about_a_shop_that_is_switched_off_is_taken_down(
    syncd: "Program", pair: "Pair", *, daemon: bool
) -> None:
    """It takes effect when the shop is switched on, and the command says so."""
    case, _ = refunded_by_hand(syncd, pair)
    syncd.set("sync", enabled=False)
    with syncd.running() if daemon else nullcontext():
        done = syncd.run("dismiss", case, "--reason", "settled by hand")
    syncd.set("sync", enabled=True)
    syncd.run("once")

    assert (0, True) == (done.code, "us is switched off" in done.err)
    assert {case: "dismissed dismissed"} == syncd.states()
