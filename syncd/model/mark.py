"""Our mark: the beginning of a note by which we find our own work again in Shopify."""

import re

from syncd.model.cases import Kind

NAMESPACE = "syncd"
"""The metafield namespace of claims."""

_MARK = re.compile(r"TikTok Shop (return|cancellation) ([0-9]+) \(syncd\)")
_CLAIM = "case_"
NOTE_LIMIT = 255
"""The longest note that a return line takes (Shopify: ReturnLineItemInput.returnReasonNote)."""


def note(kind: Kind, case_id: str, text: str = "") -> str:
    """The note for a refund or a return line: the mark, then `text`, cut to what Shopify takes."""
    mark = f"TikTok Shop {kind} {case_id} (syncd)"
    return f"{mark}: {text}"[:NOTE_LIMIT] if text else mark


def case_in(text: str | None) -> str | None:
    """The case id that a note is marked with, or None."""
    found = _MARK.match(text or "")
    return found[2] if found else None


def kind_in(text: str | None) -> Kind | None:
    """Of which kind the case is that a note is marked with, or None."""
    found = _MARK.match(text or "")
    return Kind(found[1]) if found else None


def claim_key(case_id: str) -> str:
    """The metafield key of the claim of a case, in the namespace `syncd`."""
    return f"{_CLAIM}{case_id}"


def case_of_claim(key: str) -> str | None:
    """The case id in such a key; None where it is another key."""
    case_id = key.removeprefix(_CLAIM)
    return case_id if case_id != key else None
