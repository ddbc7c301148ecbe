"""Reasons."""

import re

import pytest

from syncd.model.reasons import EXPLANATIONS, Reason, hint_for

SKIPS = {
    Reason.BEFORE_START,
    Reason.WITHDRAWN,
    Reason.NO_MONEY,
    Reason.NOT_IMPORTED,
    Reason.ALREADY_CANCELLED,
}
WAITS = {Reason.CLAIMED_ELSEWHERE, Reason.OUTCOME_UNKNOWN, Reason.REFUND_PENDING}


def test_all_explained() -> None:
    """Every reason has one explanation, and there is none without a reason."""
    assert set(EXPLANATIONS) == set(Reason)


@pytest.mark.parametrize("reason", Reason)
def test_sentence(reason: Reason) -> None:
    """An explanation is one whole sentence, which `: detail` can be put behind."""
    assert re.fullmatch(r"[A-Z][^\n]*[^.]\.", EXPLANATIONS[reason].sentence)


@pytest.mark.parametrize("reason", sorted(set(Reason) - SKIPS - WAITS))
def test_holds_have_hints(reason: Reason) -> None:
    """Every hold says what a person can do, with the case named where a command takes it."""
    typed = hint_for(reason, "us:77")
    assert typed != ""
    assert "{" not in typed
    for command in re.findall(r"syncd (?:retry|dismiss|link|show) (\S+)", typed):
        assert command.rstrip(";,") == "us:77"


@pytest.mark.parametrize("reason", sorted(WAITS))
def test_waits_heal(reason: Reason) -> None:
    """What waits is looked at again by itself."""
    assert EXPLANATIONS[reason].heals


def test_what_heals() -> None:
    """Besides the waits only what another program or the next day may settle: no doubt about money does."""
    healing = {reason for reason in Reason if EXPLANATIONS[reason].heals}
    assert healing - WAITS == {
        Reason.DAY_CEILING,
        Reason.ORDER_NOT_FOUND,
        Reason.ORDER_GONE,
        Reason.ORDER_TOO_OLD,
        Reason.SEARCH_NOT_UNDERSTOOD,
        Reason.NOT_FULFILLED,
        Reason.UNITS_ON_RETURN,
        Reason.NO_RETURN_REASON,
        Reason.NO_PAYMENT,
    }


@pytest.mark.parametrize("reason", sorted(SKIPS))
def test_skips_are_final(reason: Reason) -> None:
    """What is skipped asks nothing of anybody."""
    assert not EXPLANATIONS[reason].heals
    assert hint_for(reason, "us:77") == ""
