"""Reasons."""

import re

import pytest

from syncd.model.reasons import EXPLANATIONS, Group, Reason, explained, hint_for

IN = {group: [r for r, told in EXPLANATIONS.items() if told.group is group] for group in Group}


def test_all_explained() -> None:
    """Every reason has one explanation, and there is none without a reason."""
    assert set(EXPLANATIONS) == set(Reason)


@pytest.mark.parametrize("reason", Reason)
def test_sentence(reason: Reason) -> None:
    """An explanation is one whole sentence, which `: detail` can be put behind."""
    assert re.fullmatch(r"[A-Z][^\n]*[^.]\.", EXPLANATIONS[reason].sentence)


@pytest.mark.parametrize("reason", sorted(set(Reason) - set(IN[Group.SKIP])))
def test_what_is_not_over_has_a_hint(reason: Reason) -> None:
    """It says what a person can do, with the case named where a command takes it."""
    typed = hint_for(reason, "us:77")
    assert typed != ""
    assert "{" not in typed
    for command in re.findall(r"syncd (?!list|approve --all)\w+ (\S+)", typed):
        assert command.rstrip(";,") == "us:77"


@pytest.mark.parametrize("reason", IN[Group.WAIT])
def test_waits_heal(reason: Reason) -> None:
    """What waits is looked at again by itself."""
    assert EXPLANATIONS[reason].heals


def test_what_heals() -> None:
    """Besides the waits only holds that another program may settle: no doubt about money does."""
    assert {reason for reason in IN[Group.HOLD] if EXPLANATIONS[reason].heals} == {
        Reason.ORDER_NOT_FOUND,
        Reason.ORDER_GONE,
        Reason.ORDER_TOO_OLD,
        Reason.SEARCH_NOT_UNDERSTOOD,
        Reason.NOT_FULFILLED,
        Reason.UNITS_ON_RETURN,
        Reason.NO_RETURN_REASON,
        Reason.NO_PAYMENT,
    }


@pytest.mark.parametrize("reason", IN[Group.SKIP] + IN[Group.DISMISSAL])
def test_what_is_over_is_not_looked_at_again(reason: Reason) -> None:
    """And what is skipped asks nothing of anybody."""
    assert not EXPLANATIONS[reason].heals
    assert (hint_for(reason, "us:77") == "") == (reason in IN[Group.SKIP])


def test_a_reason_with_what_was_found() -> None:
    """In one sentence; where there is no reason, what was found stands alone."""
    assert explained("paused", "since Monday").endswith(": since Monday")
    assert explained("paused", "") == EXPLANATIONS[Reason.PAUSED].sentence
    assert explained(None, "a parcel was seen") == "a parcel was seen"
