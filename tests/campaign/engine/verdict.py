"""What a simulated run came to: what is wrong, the figures, and how to see it again."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import pytest

from syncd.report.audit import Kind
from tests.campaign.engine.story import Story

Record = Callable[[str, object], None]
DOUBLED, LOST = "doubled", "lost"
LIMITS, EXCEPTIONS, SECRETS = "limits passed", "unexpected exceptions", "secrets seen"
FIGURES = {
    Kind.DOUBLED: DOUBLED,
    Kind.SHOWN_TWICE: DOUBLED,
    Kind.WRONG_AMOUNT: "wrong amounts",
    Kind.NOT_PAID_BACK: "wrong amounts",
    Kind.WRONG_RESTOCK: "wrong restocks",
    Kind.MISSING: LOST,
    Kind.UNKNOWN_CASE: LOST,
    Kind.UNFINISHED: LOST,
    Kind.STORE_WRONG: "wrong in a store",
    Kind.LEFT_OPEN: "left open",
}
BAD = (*dict.fromkeys(FIGURES.values()), LIMITS, EXCEPTIONS, SECRETS)
"""The figures that must be 0."""


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
    wrong: list[Wrong]
    story: Story
    figures: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        """What went wrong, and the one command that shows it again."""
        command = f"python3 -m uv run --group test pytest {self.replay}"
        return "\n".join([self.name, *(f"  {one}" for one in self.wrong), f"  {command}"])

    def told(self) -> str:
        """All that happened, for a person who replays it."""
        return "\n".join([*map(str, self.story.lines), str(self)])


def assert_all_is_well(verdicts: Iterable[Verdict], record: Record) -> None:
    """Record the figures; nothing may be wrong anywhere."""
    total, bad = Counter[str](), Counter(dict.fromkeys(BAD, 0))
    troubled: list[str] = []
    for verdict in verdicts:
        total.update(verdict.figures)
        bad.update(one.figure for one in verdict.wrong)
        if verdict.wrong:
            troubled.append(str(verdict))
    for name, number in (*total.items(), *bad.items()):
        record(name, number)
    if troubled:
        pytest.fail("\n\n".join(troubled), pytrace=False)


def chunks(items: Sequence[int], size: int) -> list[Sequence[int]]:
    """So many of them at a time."""
    return [items[start : start + size] for start in range(0, len(items), size)]
