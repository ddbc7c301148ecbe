"""One world from its seed to its verdict."""

import json
from collections import Counter
from pathlib import Path
from random import Random

from syncd.model.cases import ReturnType
from syncd.model.money import Money
from syncd.service.decisions import Command
from tests.campaign.engine.cancelling import Cancelling
from tests.campaign.engine.cast import Cast
from tests.campaign.engine.hazards import Hazards
from tests.campaign.engine.loop import START
from tests.campaign.engine.oracle import Limits
from tests.campaign.engine.setup import DAY, HOUR, Setup, drawn, turn_switches
from tests.campaign.engine.staff import Staff
from tests.campaign.engine.stage import Stage
from tests.campaign.engine.story import listening
from tests.campaign.engine.tales import before_the_start, begin
from tests.campaign.engine.weather import Weather
from tests.campaign.verdict import EXCEPTIONS, LOST, SECRETS, Verdict, Wrong

HERE = "tests/campaign/test_worlds.py"
OPENED_BY = 10 * HOUR
TROUBLED_UNTIL = DAY
QUIET = 8 * HOUR
"""So long after the last trouble it is looked at for the first time: all that was written is verified."""
PATIENCE = 60 * HOUR
"""So long after the last trouble everything must have settled."""


class World:
    """The world of one seed."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.setup: Setup = drawn(seed)
        setup = self.setup
        ceilings = {name: Money.parse(text, name).minor for name, text in setup.max_refund.items()}
        limits = Limits(setup.start_from, setup.auto_restock, setup.cancellations, ceilings)
        self.stage = Stage(folder, limits)
        turn_switches(self.stage.pair, setup)
        self.weather = Weather(self.stage, setup, TROUBLED_UNTIL)
        self.hazards = Hazards(self.stage, setup, self.weather, TROUBLED_UNTIL)
        self.cast = Cast(self.stage, Random(f"{seed} cast"))
        self.kim = Random(f"{seed} kim")

    def run(self) -> Verdict:
        """From the first order to the verdict."""
        with listening(self.stage.story):
            self.stage.story.tell("world", str(self.setup))
            self._populate()
            self.hazards.spread()
            self.hazards.main.start()
            self.stage.schedule.run(TROUBLED_UNTIL)
            wrong = self._settled()
            self.hazards.main.shut_down()
            self.stage.schedule.close()
        wrong += [Wrong(LOST, "it never comes to rest")] if self.stage.schedule.restless else []
        wrong += [Wrong(EXCEPTIONS, text) for text in self.hazards.main.wrong]
        wrong += [Wrong(SECRETS, text) for text in self.stage.secrets_seen([self.hazards.main.store])]
        seed = self.setup.seed
        story: list[object] = [*self.stage.story.lines]
        return Verdict(f"world {seed}", f"{HERE} -s --world {seed}", story, wrong, self._figures())

    def _populate(self) -> None:
        chance = self.cast.chance
        sold = [self.cast.sell() for _ in range(chance.randint(1, 6))]
        for _ in range(chance.randint(0, 2)):
            before_the_start(self.cast, chance.choice(sold), START - self.setup.start_from)
        for _ in range(chance.randint(1, 6)):
            begin(self.cast, chance.choice(sold), chance.uniform(0, OPENED_BY))
        self._cancel(Cancelling(self.cast, Random(f"{self.setup.seed} cancelling")))
        if chance.random() < 0.1:
            self._crowd(chance.randint(51, 110))
        for _ in range(self.kim.randint(0, 12)):
            self.stage.schedule.at(self.kim.uniform(0, TROUBLED_UNTIL), self._inspect)
        staff = Staff(self.cast, Random(f"{self.setup.seed} staff"))
        for _ in range(self.setup.troubles.staff):
            self.stage.schedule.at(chance.uniform(0, TROUBLED_UNTIL), staff.act)

    def _inspect(self) -> None:
        """Kim decides about some of the units that the program says are waiting."""
        chance, program = self.kim, self.hazards.main
        waiting = [case for case in program.cases().values() if case.waiting_units and not case.inspected]
        if not waiting:
            return
        case = chance.choice(waiting)
        sku = chance.choice(sorted(case.waiting_units))
        units = {sku: chance.randint(1, case.waiting_units[sku])} if chance.random() < 0.7 else {}
        command = chance.choice((Command.RESTOCK, Command.RESTOCK, Command.NOT_RESTOCK))
        asked = program.ask(case, command, json.dumps(units) if units else "")
        if asked and command is Command.RESTOCK:
            count = sum((units or case.waiting_units).values())
            self.stage.oracle.asked_for[case.case_id] += count

    def _cancel(self, cancelling: Cancelling) -> None:
        """Also where they are not carried over: then they must leave no trace."""
        most = 3 if self.setup.cancellations else 1
        for _ in range(cancelling.chance.randint(0, most)):
            cancelling.begin(cancelling.chance.uniform(0, OPENED_BY))

    def _crowd(self, count: int) -> None:
        """Requests that nobody decides on, so that a search has several pages."""
        sold = self.cast.sell()
        unit = sold.tiktok.line_ids[:1]

        def come() -> None:
            for _ in range(count):
                self.stage.pair.tiktok.add_return(sold.tiktok, unit, type=ReturnType.REFUND)

        self.stage.schedule.at(self.cast.chance.uniform(0, OPENED_BY), come)

    def _settled(self) -> list[Wrong]:
        """What is left when everything had its time."""
        wrong: list[Wrong] = []
        for hours in range(int(QUIET), int(PATIENCE), int(4 * HOUR)):
            self.stage.schedule.run(TROUBLED_UNTIL + hours)
            wrong = self.stage.oracle.at_the_end(self.hazards.main.cases(), self.cast.all_excuses())
            if not wrong or self.stage.oracle.harm:
                break
        return wrong

    def _figures(self) -> Counter[str]:
        stage = self.stage
        writes = stage.pair.shopify.writes()
        return Counter(
            {
                "worlds": 1,
                "virtual hours": round(stage.now / HOUR),
                "cases": sum(1 for _ in stage.pair.tiktok.returns.seen_at(stage.clock.now())),
                "cancellations": sum(1 for _ in stage.pair.tiktok.cancellations.seen_at(stage.clock.now())),
                "cycles": sum(line.what in ("cycle_done", "cycle_idle") for line in stage.story.logged),
                "requests": stage.figures["requests"],
                "writes": sum(call.applied for call in writes),
                "processes": stage.figures["processes"],
            }
            | dict(sorted(self.hazards.counts.items()))
            | {"network faults": self.weather.faults.total()}
            | {f"  {name}": number for name, number in sorted(self.weather.faults.items())}
        )
