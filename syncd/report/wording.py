"""The results of a report in words, and what to do about each."""

from collections.abc import Mapping

from syncd.model.reasons import Reason, hint_for
from syncd.report.rows import CaseRow, Result

_WRONG = "See both sides: syncd show {case}; then as in the runbook under 'A wrong refund was written'"
_WORDS: Mapping[Result, tuple[str, str]] = {
    Result.MATCHED: ("Shopify has what TikTok paid back", ""),
    Result.LINKED: ("Decided by a person", ""),
    Result.LEFT_OUT: ("Not to be in Shopify", ""),
    Result.DUE: (
        "Still to be written",
        "Nothing: it is written in its turn. Why it waits: syncd show {case}",
    ),
    Result.HELD: ("Held for a person", "syncd show {case}"),
    Result.BY_HAND: (
        "Refunded by hand",
        "If that refund is for this case: syncd link {case} {refund}; if it is not: syncd approve {case}",
    ),
    Result.WRONG_DAY: ("On another day in the books", "Tell whoever keeps the books of it"),
    Result.MISSING: (
        "Missing in Shopify",
        "See what became of it: syncd show {case}; then: syncd retry {case}",
    ),
    Result.DIFFERENT_AMOUNT: ("Another amount in Shopify", _WRONG),
    Result.NOT_PAID_BACK: ("In Shopify, and TikTok has not paid", _WRONG),
    Result.DOUBLED: ("More than once in Shopify", _WRONG),
    Result.UNREAD: ("The order could not be read", "Make the report again; if it stays: syncd show {case}"),
}


def in_words(result: Result) -> str:
    """What a result means."""
    return _WORDS[result][0]


def next_step(row: CaseRow) -> str:
    """What a person does about a difference; empty where nothing is to be done."""
    if row.result is Result.HELD and row.case and row.case.reason:
        return hint_for(Reason(row.case.reason), row.name)
    found = row.by_other.id if row.by_other else "REFUND"
    return _WORDS[row.result][1].format(case=row.name, refund=found)
