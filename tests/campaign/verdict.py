"""What a run of the campaign came to: what is wrong, the figures, and how to see it again."""

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

from syncd.report.audit import Kind

Record = Callable[[str, object], None]
DOUBLED, LOST, RESTOCKS = "doubled", "lost", "wrong restocks"
FIGURES = {
    Kind.DOUBLED: DOUBLED,
    Kind.SHOWN_TWICE: DOUBLED,
    Kind.TRACKED_TWICE: DOUBLED,
    Kind.DIFFERENT_AMOUNT: "wrong amounts",
    Kind.NOT_PAID_BACK: "wrong amounts",
    Kind.WRONG_RESTOCK: RESTOCKS,
    Kind.WRONG_CANCEL: "wrong cancellations",
    Kind.MISSING: LOST,
    Kind.UNKNOWN_CASE: LOST,
    Kind.UNFINISHED: LOST,
    Kind.STORE_WRONG: "wrong in a store",
    Kind.LEFT_OPEN: "left open",
}
"""Where the audit's findings count."""
LIMITS, EXCEPTIONS, SECRETS = "limits passed", "unexpected exceptions", "secrets seen"
EXITS, DAMAGED, ASTRAY = "unexpected exits", "damaged stores", "wrong on Shopify"
SIMULATED = (*dict.fromkeys(FIGURES.values()), LIMITS, EXCEPTIONS, SECRETS)
"""The figures that must be 0 where the program runs on virtual time, and where real processes run."""
REAL = (*dict.fromkeys(FIGURES.values()), EXITS, DAMAGED, ASTRAY, SECRETS)


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that must not be, and the figure under which it counts."""

    figure: str
    text: str

    def __str__(self) -> str:
        return f"{self.figure}: {self.text}"


@dataclass
class Verdict:
    """`name` is the run's, `replay` what to give to pytest to see it again."""

    name: str
    replay: str
    story: list[object] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)
    figures: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        """What went wrong, and the one command that shows it again."""
        command = f"python3 -m uv run --group test pytest {self.replay}"
        return "\n".join([self.name, *(f"  {one}" for one in self.wrong), f"  {command}"])

    def told(self) -> str:
        """All that happened, for a person who replays it."""
        return "\n".join([*map(str, self.story), str(self)])


def assert_all_is_well(verdicts: Sequence[Verdict], record: Record, must_be_0: Sequence[str]) -> None:
    """Record the figures, tell the story where there is one only; nothing may be wrong anywhere."""
    total, bad = Counter[str](), Counter(dict.fromkeys(must_be_0, 0))
    for verdict in verdicts:
        total.update(verdict.figures)
        bad.update(one.figure for one in verdict.wrong)
    for name, number in (*total.items(), *bad.items()):
        record(name, number)
    if len(verdicts) == 1:
        sys.stdout.write(f"{verdicts[0].told()}\n")
    troubled = [str(verdict) for verdict in verdicts if verdict.wrong]
    if troubled:
        pytest.fail("\n\n".join(troubled), pytrace=False)
