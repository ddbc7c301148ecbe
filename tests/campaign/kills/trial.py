"""What came of one seed: the story, the figures, and everything that must not have been."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from syncd.report.audit import HARM, Kind
from tests.campaign.canaries import in_store
from tests.campaign.kills.side import Side
from tests.campaign.kills.stage import Stage
from tests.campaign.kills.tales import Tales, wrong
from tests.campaign.verdict import ASTRAY, DAMAGED, EXITS, FIGURES, LOST, SECRETS, Verdict, Wrong


class Trial(Verdict):
    """A world of real processes and what it came to so far; `test` is where to see it again."""

    def __init__(self, seed: int, test: str) -> None:
        super().__init__(f"seed {seed}", f"{test} -s --world {seed}")

    def __str__(self) -> str:
        """With its story, for no second run is quite the same."""
        return "\n".join([*map(str, self.story), super().__str__()])

    def told(self) -> str:
        """The same."""
        return str(self)

    @contextmanager
    def under_way(self) -> Iterator[None]:
        """Whatever breaks off the block tells what had happened, and how to see it again."""
        try:
            yield
        except Exception as error:
            error.add_note(self.told())
            raise

    def must_not(self, figure: str, found: Iterable[str]) -> None:
        """Nothing of that may be found."""
        self.wrong += [Wrong(figure, trouble) for trouble in found if trouble]

    def harm(self, stage: Stage, tales: Tales) -> None:
        """What must not be at any moment."""
        self._audited(stage, tales, stage.sides[0], HARM)

    def rest(self, stage: Stage, tales: Tales, *, store_lost: bool = False) -> None:
        """Every installation comes to rest, and nothing at all may be wrong then."""
        tales.end()
        for side in stage.sides:
            self.must_not(LOST, [] if side.until_quiet() else [f"{side.name} does not come to rest"])
        stage.until_all_have_landed()
        for side in stage.sides:
            self.must_not(DAMAGED, [side.damage()])
            self._audited(stage, tales, side, frozenset(Kind))
            self.must_not(LOST, _astray(side, tales))
            self.must_not(EXITS, side.unexpected)
            self.must_not(SECRETS, (*side.secrets, *in_store(side.store)))
            self.figures["runs"] += side.runs
            self.figures["timeouts"] += side.timeouts
        self.must_not(ASTRAY, wrong(tales, store_lost=store_lost))

    def _audited(self, stage: Stage, tales: Tales, side: Side, kinds: frozenset[Kind]) -> None:
        for finding in stage.auditor.findings(tales.told, side):
            if finding.kind in kinds:
                self.must_not(FIGURES[finding.kind], [f"{side.name}: {finding}"])


def _astray(side: Side, tales: Tales) -> Iterator[str]:
    """Cases that are not in the state in which their tale ends, though the audit may excuse that."""
    cases = side.cases()
    for tale in tales.told:
        case = cases.get(tale.case_id)
        if case and case.state is not tale.plot.state:
            yield f"{side.name}: {tale.plot.name} is {case.state} {case.reason or ''} {case.detail}"
