"""One plot with one or two deaths of the program in it, from its beginning to its verdict."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Self

from syncd.sandbox.faults import Fault, FaultKind, When
from tests.campaign.engine.fate import NAMED, Step
from tests.campaign.engine.installation import Installation
from tests.campaign.engine.oracle import Limits
from tests.campaign.engine.plots import PLOTS, Shape, shape
from tests.campaign.engine.process import Process
from tests.campaign.engine.setup import Setup
from tests.campaign.engine.stage import SHOPIFY, Stage
from tests.campaign.engine.story import listening
from tests.campaign.engine.weather import MUTATIONS
from tests.campaign.place import quick_folder
from tests.campaign.verdict import EXCEPTIONS, LOST, SECRETS, Verdict, Wrong

HERE = "tests/campaign/test_deaths.py"
PACE = 100.0
"""Seconds between two steps of a plot: more than a poll, or anything that settles, takes."""
PATIENCE = 30 * 60.0


class Mode(StrEnum):
    """What else may happen."""

    KEYED = "keyed"
    UNKEYED = "unkeyed"  # Shopify ignores idempotency keys
    STORE_LOST = "store-lost"  # the store is deleted after each death
    LATE = "late"  # as UNKEYED, and the request on its way lands when the next process is at work
    VERY_LATE = "very-late"  # it lands when nobody waits for it any more; only its key can tell then


_MATTERS = {Mode.KEYED: "", Mode.UNKEYED: "refundCreate", Mode.STORE_LOST: "cases, intents"}
"""From the first step of that name on, the mode can make a difference."""
_SURELY_LANDED = 0.9
_VERY_LATE = 15 * 60.0
_DONE = f"{Step.DONE} "


@dataclass(frozen=True, slots=True)
class Doom:
    """The first process dies at the first of these steps, the next one at the second."""

    plot: str
    mode: Mode
    steps: tuple[int, ...] = ()

    def __str__(self) -> str:
        return f"{self.plot}:{self.mode}:{'+'.join(map(str, self.steps))}"

    @classmethod
    def read(cls, text: str) -> Self:
        """The doom that is written so."""
        plot, mode, steps = text.split(":")
        return cls(plot, Mode(mode), tuple(map(int, filter(None, steps.split("+")))))


class Play:
    """A plot under a doom."""

    def __init__(self, doom: Doom, folder: Path) -> None:
        self.doom, self.plot = doom, PLOTS[doom.plot]
        setup = Setup(
            0, poll=1, import_returns=self.plot.import_returns, cancellations=self.plot.cancellations
        )
        limits = Limits(setup.start_from, auto_restock=True, cancellations=setup.cancellations)
        self.stage = Stage(folder, limits)
        self.stage.pair.shopify.switches.keys_ignored = doom.mode in {Mode.UNKEYED, Mode.LATE}
        within = (setup.timeout + setup.settle) * _SURELY_LANDED
        self._late = {Mode.LATE: within, Mode.VERY_LATE: _VERY_LATE}.get(doom.mode, 0.0)
        self.stage.pair.tiktok.switches.rotates_refresh_token = False
        settings = self.stage.settings(folder / "syncd.db", setup.tables)
        self.program = Installation(
            self.stage, "syncd", settings, seed=1, on_start=self._started, on_end=self._ended
        )
        self.passed: list[list[str]] = []
        self.died: list[str] = []
        self._steps = list(doom.steps)

    def run(self) -> Verdict:
        """From the first step to the verdict."""
        with listening(self.stage.story):
            self._begin()
            self.program.start()
            wrong = self._settled()
            self.program.shut_down()
            self.stage.schedule.close()
        wrong += [Wrong(EXCEPTIONS, text) for text in self.program.wrong]
        wrong += [Wrong(SECRETS, text) for text in self.stage.secrets_seen([self.program.store])]
        figures = Counter({"plays": 1, "deaths": len(self.died), "requests": self.stage.figures["requests"]})
        name = "; then ".join([f"{self.doom}: it died", *self.died])
        return Verdict(name, f"{HERE} -s --death {self.doom}", [*self.stage.story.lines], wrong, figures)

    def _begin(self) -> None:
        pair, schedule = self.stage.pair, self.stage.schedule
        self.sold = self.plot.sell(pair)
        self.stage.oracle.orders[self.sold.tiktok.order_id] = self.sold.shopify
        case = self.plot.open(pair, self.sold)
        for number, status in enumerate(self.plot.way[1:], 1):
            schedule.at(PACE * number, lambda status=status: self._advance(case, status))  # type: ignore[misc]

    def _advance(self, case: Any, status: Any) -> None:
        """The next status of the plot's case, of whichever kind they are."""
        self.plot.advance(self.stage.pair, case, status)
        self.stage.story.tell("tiktok", f"{case.id} {status}")

    def _started(self, process: Process) -> None:
        self.passed.append(process.fate.passed)
        if not self._steps:
            return
        process.fate.doom(NAMED, self._steps[0])
        if self._late and not self.died:
            self._delay(steps_of(self.doom.plot)[self._steps[0]].removeprefix(_DONE))

    def _delay(self, mutation: str) -> None:
        """Let the request at which it dies land late."""
        front = self.stage.fronts[SHOPIFY]
        front.faults.add(Fault(FaultKind.RESET, mutation, When.LATE, seconds=self._late))
        front.faults.once_before(mutation, lambda: self.stage.schedule.later(self._late + 0.1, front.settle))

    def _ended(self, process: Process) -> None:
        passed = process.fate.passed
        if not self._steps or len(passed) <= self._steps[0]:
            return  # it was not that step that ended it
        self.died.append(passed[self._steps.pop(0)])
        self.stage.story.tell("machine", f"it died {self.died[-1]}")
        if self.doom.mode is Mode.STORE_LOST:
            self.program.lose_store()

    def _settled(self) -> list[Wrong]:
        """What is left when everything had its time."""
        begun = PACE * (len(self.plot.way) + 1) + self._late if self._late else PACE * len(self.plot.way)
        at, wrong = begun, [Wrong(LOST, "nothing was looked at")]
        while wrong and at < begun + PATIENCE and not self.stage.oracle.harm:
            self.stage.schedule.run(at)
            self.plot.inspect(self.program, self.sold)
            wrong = self.stage.oracle.at_the_end(self.program.cases(), {}) + self._other_end()
            at += PACE
        return wrong

    def _other_end(self) -> list[Wrong]:
        """Where people are not done, or it ends otherwise than without any death."""
        if not self.plot.over(self.sold):
            return [Wrong(LOST, "people still have something to do")]
        if not self.doom.steps:
            return []
        known, found = end_of(self.doom.plot), self.shape
        if self.doom.mode is Mode.STORE_LOST:
            known, found = known[:-1], found[:-1]  # that it was archived is known to the store alone
        return [] if known == found else [Wrong(LOST, f"{found} instead of {known}")]

    @property
    def shape(self) -> Shape:
        """What is on Shopify now."""
        return shape(self.stage.pair, self.sold.shopify)


@cache
def undisturbed(plot: str) -> Play:
    """The plot as it goes where nobody dies."""
    with quick_folder() as folder:
        play = Play(Doom(plot, Mode.KEYED), folder)
        verdict = play.run()
    assert not verdict.wrong, str(verdict)
    return play


def end_of(plot: str) -> Shape:
    """What is on Shopify in the end."""
    return undisturbed(plot).shape


def steps_of(plot: str) -> list[str]:
    """Every named step of a run without deaths."""
    return undisturbed(plot).passed[0]


@cache
def singles() -> tuple[Doom, ...]:
    """Every single death: by every step of every plot, and in the other modes where they can matter."""
    return tuple(doom for plot in PLOTS for doom in _of_plot(plot))


def _of_plot(plot: str) -> Iterator[Doom]:
    steps = steps_of(plot)
    for mode, sign in _MATTERS.items():
        first = next((place for place, step in enumerate(steps) if sign in step), len(steps))
        yield from (Doom(plot, mode, (step,)) for step in range(first, len(steps)))
    for place, step in enumerate(steps):
        if step.removeprefix(_DONE) in MUTATIONS:
            yield Doom(plot, Mode.LATE, (place,))
        if step == f"{_DONE}refundCreate":
            yield Doom(plot, Mode.VERY_LATE, (place,))


def pair(number: int) -> Doom:
    """The pair of deaths of that number."""
    chance = Random(f"pair {number}")
    mode = chance.choice(list(Mode))
    first = chance.choice([one for one in singles() if one.mode is mode])
    return replace(first, steps=(*first.steps, chance.randrange(len(steps_of(first.plot)))))
