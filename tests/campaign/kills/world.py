"""A world in which the program is struck again and again, and goes on each time with what it finds."""

import signal
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.campaign.kills.blows import Blow, Moment, Strike
from tests.campaign.kills.side import Side
from tests.campaign.kills.stage import Stage, staged
from tests.campaign.kills.starts import Start
from tests.campaign.kills.tales import Tales
from tests.campaign.kills.trial import Trial
from tests.campaign.verdict import DAMAGED

STRIKES = 5
"""In each world."""
BOUND = 30.0
"""Seconds in which the program ends when it is told to."""
NAMES = {signal.SIGKILL: "kills", signal.SIGTERM: "stops"}
_MOST_LIVES = STRIKES * 4


@dataclass
class World:
    """One seed. `number` is the signal that strikes: one that kills, or one that asks to stop."""

    trial: Trial
    stage: Stage
    chance: Random
    number: signal.Signals
    store_lost: bool = False
    late: bool = False
    tales: Tales = field(init=False)

    def __post_init__(self) -> None:
        """Draw what stays the same for the whole of it."""
        self.tales = Tales(self.stage.pair, self.chance)
        switches = self.stage.pair.shopify.switches
        switches.keys_ignored = self.chance.random() < 0.5
        keys = "ignored" if switches.keys_ignored else "honoured"
        self.trial.story.append(f"keys {keys}, {len(self.stage.sides)} stores")

    def live(self) -> None:
        """Something happens on TikTok, perhaps to a store, and then to a process, or to two on two stores."""
        self.trial.figures["lives"] += 1
        self.tales.go_on()
        self._meddle()
        sides = self.stage.sides if self.chance.random() < 0.7 else self.stage.sides[:1]
        self.late = False
        strikes = [(side, self._begun(side)) for side in sides]
        for _, strike in sorted(strikes, key=lambda one: one[1].blow.seconds):
            if not strike.process.ended(strike.blow.seconds):
                strike.land("by time")
        for side, strike in strikes:
            self._ended(side, strike)
        for side in sides:
            self.trial.must_not(DAMAGED, [side.damage()])
        self.trial.harm(self.stage, self.tales)

    def _meddle(self) -> None:
        """Now and then a store is deleted, copied, or replaced by the copy that was made of it.

        Most often it is deleted while something is on its way that only this store knows of.
        """
        side, what = self.chance.choice(self.stage.sides), self.chance.random()
        often = 0.35 if self.late else 0.12
        if what < often and side.store.exists():
            side.lose_store()
            self._lost(side, "deleted")
        elif what > 0.7:
            if side.restore_store():
                self._lost(side, "put back from an older copy")
            else:
                side.copy_store()

    def _lost(self, side: Side, what: str) -> None:
        self.store_lost = True
        self.trial.figures[f"stores {what}"] += 1
        self.trial.story.append(f"the store of {side.name} is {what}")

    def _begun(self, side: Side) -> Strike:
        commands = ("run", "once") if self.number is signal.SIGKILL else ("run",)
        blow, command = Blow.drawn(self.chance), self.chance.choice(commands)
        self.trial.story.append(f"{side.name}: {command}, {blow}")
        return side.begin(command, Strike(blow, self.number))

    def _ended(self, side: Side, strike: Strike) -> None:
        process = strike.process
        code = process.wait(BOUND)
        side.note_end(process, strike.expected)
        self.late |= strike.at.endswith(Moment.LATE)
        self.trial.story.append(f"{side.name}: exit {code}, struck at {strike.at or 'no time'}")
        if code == -signal.SIGKILL or (strike.at and self.number is not signal.SIGKILL):
            figure = NAMES[self.number]
            self.trial.figures[figure] += 1
            self.trial.figures[f"{figure} at {strike.at.partition(' ')[0]}"] += 1


def play(
    seed: int,
    folder: Path,
    start: Start,
    *,
    test: str,
    number: signal.Signals = signal.SIGKILL,
    strikes: int = STRIKES,
) -> Trial:
    """One seed from its first process to the last audit."""
    trial, chance = Trial(seed, test), Random(seed)
    folder.mkdir()
    with trial.under_way(), staged(folder, start, 2 if chance.random() < 0.3 else 1) as stage:
        world = World(trial, stage, chance, number)
        while trial.figures[NAMES[number]] < strikes and trial.figures["lives"] < _MOST_LIVES:
            world.live()
        trial.rest(stage, world.tales, store_lost=world.store_lost)
    return trial


def side_by_side(play: Callable[[int], Trial], seeds: Sequence[int]) -> list[Trial]:
    """Play these seeds in a thread each: they mostly wait for answers, for leases, for what has to settle."""
    with ThreadPoolExecutor(len(seeds)) as pool:
        return list(pool.map(play, seeds))
