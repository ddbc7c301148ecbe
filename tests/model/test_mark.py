"""Our mark."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.model.cases import Kind
from syncd.model.mark import NOTE_LIMIT, case_in, case_of_claim, claim_key, kind_in, note

case_ids = st.integers(1, 10**32 - 1).map(str)


def test_wording() -> None:
    """The note names the kind of case and its id, then what is told of it."""
    assert note(Kind.RETURN, "4035318504086604100") == "TikTok Shop return 4035318504086604100 (syncd)"
    assert note(Kind.CANCELLATION, "77", "Change of mind") == (
        "TikTok Shop cancellation 77 (syncd): Change of mind"
    )


@given(st.sampled_from(Kind), case_ids, st.text())
def test_round_trip(kind: Kind, case_id: str, text: str) -> None:
    """The case is found in its own note, whatever text follows, and the note is never too long."""
    written = note(kind, case_id, text)
    assert case_in(written) == case_id
    assert len(written) <= NOTE_LIMIT


def test_cut() -> None:
    """A long text is cut behind the mark, to the last character that Shopify takes."""
    mark = note(Kind.RETURN, "77")
    assert note(Kind.RETURN, "77", "x" * 300) == f"{mark}: ".ljust(255, "x")


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "Customer refund",
        "4035318504086604100",
        "see TikTok Shop return 77 (syncd)",
        " TikTok Shop return 77 (syncd)",
        "tiktok shop return 77 (syncd)",
        "TikTok Shop return 77",
        "TikTok Shop return 77 (another tool)",
        "TikTok Shop return  (syncd)",
        "TikTok Shop return 77a (syncd)",
        "TikTok Shop exchange 77 (syncd)",
    ],
)
def test_foreign_notes(text: str | None) -> None:
    """A note that does not begin with the whole mark is somebody else's."""
    assert case_in(text) is None


@given(case_ids, case_ids)
def test_longer_ids(one: str, other: str) -> None:
    """An id that begins like another one is another case."""
    assert (case_in(note(Kind.RETURN, one)) == other) == (one == other)


def test_claim_key() -> None:
    """The claim of a case has a key of its own that Shopify takes: 64 characters at most."""
    assert claim_key("77") == "case_77"
    assert len(claim_key("9" * 32)) <= 64


def test_claim_keys() -> None:
    """A claim's key names its case; other keys of ours name none."""
    assert case_of_claim(claim_key("77")) == "77"
    assert case_of_claim("settings") is None


@pytest.mark.parametrize("kind", Kind)
def test_a_note_tells_the_kind_of_its_case(kind: Kind) -> None:
    """Only where it carries our mark."""
    assert kind_in(note(kind, "4035318504086604100", "No longer needed")) is kind
    assert kind_in("by Kim") is None
    assert kind_in(None) is None
