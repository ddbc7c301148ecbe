"""What came of one seed: the story, the figures, and everything that must not have been."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from syncd.report.audit import HARM, Kind
from tests.campaign.kills.side import Side
from tests.campaign.kills.stage import Stage
from tests.campaign.kills.tales import Tales, wrong

_FIGURES = {
    Kind.DOUBLED: "doubled",
    Kind.SHOWN_TWICE: "doubled",
    Kind.WRONG_AMOUNT: "wrong amounts",
    Kind.NOT_PAID_BACK: "wrong amounts",
    Kind.WRONG_RESTOCK: "wrong restocks",
    Kind.MISSING: "lost",
    Kind.UNKNOWN_CASE: "lost",
    Kind.UNFINISHED: "lost",
    Kind.STORE_WRONG: "wrong in a store",
    Kind.LEFT_OPEN: "left open",
}
BAD = (*dict.fromkeys(_FIGURES.values()), "unexpected exits", "damaged stores", "wrong on Shopify")
"""The figures that must be 0."""


@dataclass
class Verdict:
    """`troubles` is empty where all is well; `test` is where to see it again."""

    seed: int
    test: str
    story: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    figures: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        """What went wrong, what had happened, and how to see it again."""
        replay = f"python3 -m uv run --group test pytest {self.test} -s --world {self.seed}"
        return "\n".join([f"seed {self.seed}", *self.troubles, *self.story, replay])

    @contextmanager
    def told(self) -> Iterator[None]:
        """Whatever breaks off the block tells what had happened, and how to see it again."""
        try:
            yield
        except Exception as error:
            error.add_note(str(self))
            raise

    def must_not(self, figure: str, found: Iterable[str]) -> None:
        """Nothing of that may be found."""
        for trouble in filter(None, found):
            self.figures[figure] += 1
            self.troubles.append(f"{figure}: {trouble}")

    def harm(self, stage: Stage, tales: Tales) -> None:
        """What must not be at any moment."""
        self._audited(stage, tales, stage.sides[0], HARM)

    def rest(self, stage: Stage, tales: Tales, *, store_lost: bool = False) -> None:
        """Every installation comes to rest, and nothing at all may be wrong then."""
        tales.end()
        for side in stage.sides:
            self.must_not("lost", [] if side.until_quiet() else [f"{side.name} does not come to rest"])
        stage.until_all_have_landed()
        for side in stage.sides:
            self.must_not("damaged stores", [side.damage()])
            self._audited(stage, tales, side, frozenset(Kind))
            self.must_not("lost", _astray(side, tales))
            self.must_not("unexpected exits", side.unexpected)
            self.figures["runs"] += side.runs
            self.figures["timeouts"] += side.timeouts
        self.must_not("wrong on Shopify", wrong(tales, store_lost=store_lost))

    def _audited(self, stage: Stage, tales: Tales, side: Side, kinds: frozenset[Kind]) -> None:
        for finding in stage.auditor.findings(tales.told, side):
            if finding.kind in kinds:
                self.must_not(_FIGURES[finding.kind], [f"{side.name}: {finding}"])


def _astray(side: Side, tales: Tales) -> Iterator[str]:
    """Cases that are not in the state in which their tale ends, though the audit may excuse that."""
    cases = side.cases()
    for tale in tales.told:
        case = cases.get(tale.case_id)
        if case and case.state is not tale.plot.state:
            yield f"{side.name}: {tale.plot.name} is {case.state} {case.reason or ''} {case.detail}"
