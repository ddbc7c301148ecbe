"""Every result has words, and every difference something to do."""

from dataclasses import replace

import pytest

from syncd.model.cases import State
from syncd.model.reasons import Reason, hint_for
from syncd.report.rows import AGREES, Result
from syncd.report.wording import in_words, next_step
from tests.decide.examples import a_case, our_refund
from tests.report.examples import row


@pytest.mark.parametrize("result", Result)
def test_each_result_says_what_it_is_and_each_difference_what_to_do(result: Result) -> None:
    """Commands name the case."""
    one = row("1.00", "1.00", result)
    assert in_words(result)
    assert bool(next_step(one)) is (result not in AGREES)
    assert "{" not in next_step(one)


def test_a_held_case_says_what_its_hold_says() -> None:
    """As `syncd list` does."""
    case = replace(a_case(), state=State.HELD, reason=Reason.REAL_GATEWAY.value)
    held = replace(row("1.00", None, Result.HELD), case=case)
    assert next_step(held) == hint_for(Reason.REAL_GATEWAY, held.name)


def test_a_refund_by_hand_is_named_in_the_command_that_links_it() -> None:
    """So that it can be copied."""
    by_hand = replace(row("1.00", None, Result.BY_HAND), by_other=our_refund())
    assert f"syncd link {by_hand.name} {our_refund().id}" in next_step(by_hand)
