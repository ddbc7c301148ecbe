"""What happens to requests on their way: storms on one side, and a drizzle all the time."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from random import Random

from syncd.sandbox.faults import Fault, FaultKind, Front, When
from syncd.sandbox.http import Request
from tests.campaign.engine.setup import HOUR, Setup
from tests.campaign.engine.stage import SHOPIFY, TIKTOK, Stage

_KINDS = tuple(kind for kind in FaultKind if kind is not FaultKind.REPLY)
MUTATIONS = (
    "refundCreate",
    "returnCreate",
    "returnProcess",
    "returnClose",
    "returnCancel",
    "returnReopen",
    "reverseFulfillmentOrderDispose",
    "reverseDeliveryCreateWithShipping",
    "orderClose",
    "orderCancel",
)
_SURELY_NOT_RUN = frozenset({FaultKind.STATUS_429})
_WRITES = (When.BEFORE, When.AFTER, When.LATE, When.LATE)
"""Of writes, what lands late is the worst."""
_MARGIN = 0.9


@dataclass(frozen=True, slots=True)
class Storm:
    """Requests to one side are hit with that probability in between."""

    side: str
    begin: float
    end: float
    rate: float


class Weather:
    """Draws the faults of a world. `in_flight_until`: by then everything that was sent has landed."""

    def __init__(self, stage: Stage, setup: Setup, until: float) -> None:
        self.stage = stage
        self.setup = setup
        self.until = until
        self.in_flight_until = 0.0
        self.no_lates_until = 0.0
        self.faults: Counter[str] = Counter()
        self.on_late: Callable[[], None] = lambda: None
        self._chance = Random(f"{setup.seed} weather")
        self._storms = [self._storm() for _ in range(setup.troubles.storms)]
        for side, front in stage.fronts.items():
            front.faults.before.append(self._hook(side, front))

    def _storm(self) -> Storm:
        chance = self._chance
        begin = chance.uniform(0, self.until)
        end = min(self.until, begin + chance.choice((0.1, 0.5, 1.5)) * HOUR)
        return Storm(chance.choice((TIKTOK, SHOPIFY)), begin, end, chance.choice((0.2, 0.5, 1.0)))

    def _rate(self, side: str, operation: str) -> float:
        now = self.stage.now
        if now > self.until:
            return 0.0
        rates = [
            storm.rate for storm in self._storms if storm.side == side and storm.begin <= now <= storm.end
        ]
        jinx = self.setup.troubles.jinx if operation in MUTATIONS else 0.0
        return max(jinx, max(rates, default=self.setup.troubles.drizzle))

    def _hook(self, side: str, front: Front) -> Callable[[str, Request], None]:
        def hit(operation: str, _request: Request) -> None:
            if self._chance.random() < self._rate(side, operation):
                fault = self._fault(operation)
                front.faults.add(fault)
                self.faults[f"{fault.kind} {fault.when}"] += 1
                if fault.when is When.LATE:
                    self._lands(front, fault.seconds)
                    self.on_late()

        return hit

    def _fault(self, operation: str) -> Fault:
        chance = self._chance
        kind = chance.choice(_KINDS)
        seconds = chance.choice((0.1, 0.5, 1.0, 2.0)) * self.setup.timeout
        if kind in _SURELY_NOT_RUN:
            return Fault(kind, operation, When.BEFORE, seconds=chance.choice((0.0, 1.0, 90.0)))
        when = chance.choice(_WRITES if operation in MUTATIONS else tuple(When))
        if when is When.LATE and self.stage.now >= self.no_lates_until:
            return Fault(kind, operation, when, seconds=self._late(operation))
        return Fault(kind, operation, When.AFTER if when is When.LATE else when, seconds=seconds)

    def _late(self, operation: str) -> float:
        """Within the timeout and the settle time; a key that Shopify honours guards for hours."""
        chance, setup = self._chance, self.setup
        keyed = fnmatchcase(operation, "refundCreate") and not setup.keys_ignored
        if keyed and setup.troubles.lates and chance.random() < 0.5:
            return chance.uniform(60, 4 * HOUR)
        return chance.uniform(0, (setup.timeout + setup.settle) * _MARGIN - setup.latency)

    def _lands(self, front: Front, seconds: float) -> None:
        self.in_flight_until = max(self.in_flight_until, self.stage.now + seconds)
        self.stage.schedule.later(seconds + 0.001, front.settle)
