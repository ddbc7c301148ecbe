"""The verdict of `syncd demo` names what is wrong at the stand-in Shopify, whoever made it so."""

from collections.abc import Callable

import pytest

from syncd.model import mark
from syncd.model.cases import Kind, ReturnStatus
from syncd.model.money import Money
from syncd.sandbox.demo.cast import Tale
from syncd.sandbox.demo.programs import Typed
from syncd.sandbox.demo.stage import Stage
from syncd.sandbox.demo.verdict import Count, Verdict, judge


def told(stage: Stage, title: str) -> Tale:
    """The case with this title."""
    return next(tale for tale in stage.tales if tale.script.title == title)


def wrong(stage: Stage, title: str) -> list[str]:
    """What the verdict says of that case, beside that the daemon never saw it."""
    found = judge(stage, idle_calls=0).wrong
    of_it = [text.removeprefix(f"{title}: ") for text in found if text.startswith(f"{title}: ")]
    assert of_it[0] == "syncd never saw it"
    return of_it[1:]


def refund(stage: Stage, tale: Tale, minor: int) -> None:
    """A refund that carries the mark of the case."""
    note = mark.note(Kind.RETURN, tale.case_id)
    stage.pair.shopify.foreign_refund(tale.orders[0], amount=minor, note=note)


def test_a_missing_refund_is_named(stage: Stage) -> None:
    """So it is before anything was written."""
    assert wrong(stage, "Refund with shipping") == ["refunds none"]


def test_the_right_refund_is_right(stage: Stage) -> None:
    """Of exactly TikTok's amount."""
    refund(stage, told(stage, "Refund with shipping"), 2846)
    assert wrong(stage, "Refund with shipping") == []


@pytest.mark.parametrize("amounts", [[2845], [2845, 1], [1423] * 2])
def test_a_wrong_or_doubled_refund_is_named(stage: Stage, amounts: list[int]) -> None:
    """A cent is enough, and so are two refunds that add up."""
    for minor in amounts:
        refund(stage, told(stage, "Refund with shipping"), minor)
    said = ", ".join(str(Money(minor, "USD")) for minor in amounts)
    assert wrong(stage, "Refund with shipping") == [f"refunds {said}"]


def test_a_refund_without_a_mark_counts(stage: Stage) -> None:
    """Only those that the story itself made are somebody else's."""
    tale = told(stage, "Refunded by hand")
    assert wrong(stage, "Refunded by hand") == []
    stage.pair.shopify.foreign_refund(told(stage, "Imported twice").orders[1], amount=1)
    assert wrong(stage, "Imported twice") == ["refunds 0.01 USD"]
    assert [by for _, by in tale.refunds()] == ["staff"]


def test_two_cases_of_one_order_are_told_apart(stage: Stage) -> None:
    """By the marks; an amount that is wrong is wrong for its own case."""
    refund(stage, told(stage, "Part of the price"), 1625)
    refund(stage, told(stage, "Then all the rest"), 8124)
    assert wrong(stage, "Part of the price") == []
    assert "refunds 8.124 KWD" in wrong(stage, "Then all the rest")


def test_units_that_were_put_back_wrongly_are_named(stage: Stage) -> None:
    """Though the money is right."""
    order = told(stage, "Fulfilled by TikTok").orders[0]
    shop = stage.pair.shopify
    shop.world.put_back(order.line_items[0], shop.warehouse, 1)
    assert "1 units back in stock instead of 0" in wrong(stage, "Fulfilled by TikTok")


def test_a_return_without_its_reason_or_parcel_is_named(stage: Stage) -> None:
    """What is shown for information is judged too."""
    tale = told(stage, "Parcel on its way")
    stage.pair.shopify.foreign_return(tale.orders[0], JEANS=1)
    assert wrong(stage, "Parcel on its way") == ["reasons none", f"parcels none instead of {tale.parcel}"]


@pytest.mark.parametrize(
    ("title", "said"), [("Cash on delivery", ["the order was not cancelled"]), ("Connector was first", [])]
)
def test_whether_we_cancelled_the_order_is_judged_by_the_mark(
    stage: Stage, title: str, said: list[str]
) -> None:
    """An order that is not cancelled is named, one that somebody else has cancelled is none of ours."""
    assert [text for text in wrong(stage, title) if "cancelled" in text] == said


def _idle(_stage: Stage) -> None:
    """Nothing but the requests that `judge` is told of."""


def _failed(stage: Stage) -> None:
    stage.staff.typed.append(Typed(("restock", "us:1"), 64, "no such case"))


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_idle, "3 requests to Shopify while nothing was new"),
        (_failed, "$ syncd restock us:1: exit code 64, no such case"),
        (_idle, "0 requests made a refund, 21 should have"),
    ],
)
def test_what_is_no_cases_matter_is_named(stage: Stage, spoil: Callable[[Stage], None], said: str) -> None:
    """Requests at rest, commands that failed, and refunds by the number of requests."""
    spoil(stage)
    assert said in judge(stage, idle_calls=3).wrong


def test_what_is_due_is_counted_from_the_story(stage: Stage) -> None:
    """With nothing done, all of it is missing."""
    verdict: Verdict = judge(stage, idle_calls=0)
    assert (verdict.refunds, verdict.restocked, verdict.freed, verdict.cancelled) == (
        Count(0, 21),
        Count(0, 11),
        Count(0, 4),
        Count(0, 2),
    )
    assert verdict.to_refund == {"USD": 56873, "VND": 489681, "KWD": 9750}


def test_every_case_has_come_to_its_last_step(stage: Stage) -> None:
    """What TikTok says in the end is what the script says last; an edited request is withdrawn."""
    for tale in stage.tales:
        now = tale.now(stage.pair)
        edited = tale.script.title == "Request for two units"
        assert now is not None
        assert now.status == (ReturnStatus.CANCELLED if edited else [*tale.script.steps.values()][-1])
