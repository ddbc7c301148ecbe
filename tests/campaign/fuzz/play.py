"""Calls of the real clients of which one answer is spoilt, and what may not come of it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from traceback import walk_tb
from types import FrameType

from syncd.errors import ApiError, OutcomeUnknown
from syncd.shopify.answers import Answer
from syncd.shopify.reader import OrderTooLarge
from tests.campaign.fuzz.bench import Bench, Clients, ImpatientClock, Logins
from tests.campaign.fuzz.good import Scenario
from tests.campaign.fuzz.line import Exchange, NeverEnds, Replay, Said
from tests.campaign.fuzz.mutate import spoilt
from tests.campaign.fuzz.proof import proves_done, proves_not_run, readings

_GRANT = "/admin/oauth/access_token"
_SHOWN = 600
_HANGS = 20.0
"""Seconds of the machine's clock after which a call that waits for nothing has stopped for good."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One call, and the spoilt answer that it gets; all of it follows from the number."""

    number: int
    scenario: Scenario
    exchange: Exchange
    spoilt: Said
    told: str
    times: int

    @classmethod
    def of(cls, number: int, scenarios: Sequence[Scenario]) -> "Trial":
        """The trial of that number."""
        chance = Random(number)
        scenario = chance.choice(scenarios)
        exchange = chance.choice(scenario.exchanges)
        said, told = spoilt(exchange.said, chance)
        return cls(number, scenario, exchange, said, told, chance.choice((1, 2, 99)))

    @property
    def logged_in(self) -> bool:
        """Whether the tokens are there; not where their answer is the spoilt one."""
        return self.scenario.logged_in and self.exchange.name != _GRANT

    def __str__(self) -> str:
        said = self.spoilt
        call = f"--world {self.number}: {self.scenario.name}, {self.exchange.name}: {self.told}"
        return f"{call}, {self.times} times\n  {said.status} {dict(said.headers)}\n  {said.body[:_SHOWN]!r}"


@dataclass(frozen=True, slots=True)
class Ending:
    """How a call ended: `outcome` is "value" or the name of the error, `trouble` what may not be."""

    outcome: str
    trouble: str = ""


class Player:
    """Plays trials, one after another."""

    def __init__(self, logins: Logins, scenarios: Sequence[Scenario]) -> None:
        self._scenarios = scenarios
        self._all = [exchange for scenario in scenarios for exchange in scenario.exchanges]
        self._line = Replay()
        self.bench = Bench(self._line, logins)

    async def play(self, number: int) -> tuple[Trial, Ending]:
        """The trial of that number, and its end."""
        trial = Trial.of(number, self._scenarios)
        return trial, await self.end_of(trial)

    async def end_of(self, trial: Trial) -> Ending:
        """How the call ends."""
        self._line.know((*self._all, *trial.scenario.exchanges))
        self._line.spoil(trial.exchange.key, trial.spoilt, trial.times)
        return await self._end(trial)

    async def _end(self, trial: Trial) -> Ending:
        try:
            async with asyncio.timeout(_HANGS):
                value = await trial.scenario.call(self._clients(trial))
        except (ApiError, OrderTooLarge) as error:
            return Ending(type(error).__name__, self._wrong(trial, error))
        except (Exception, NeverEnds) as error:  # noqa: BLE001 - whatever it is, it is the finding
            kind = type(error).__name__
            return Ending(kind, f"{kind} in {place_of(error)}: {str(error)[:200]}")
        return Ending("value", self._wrong(trial, value))

    @property
    def given(self) -> int:
        """How often the spoilt answer of the last trial was given."""
        return min(self._line.asked[self._line.target], self._line.times)

    def _clients(self, trial: Trial) -> Clients:
        clock = ImpatientClock()
        if trial.logged_in:
            return self.bench.log_in(clock)
        self.bench.log_out()
        return self.bench.clients(clock)

    def _wrong(self, trial: Trial, end: object) -> str:
        """What was concluded that the answers do not bear out."""
        sent = self._line.asked[trial.exchange.key]
        only_spoilt = 0 < sent <= trial.times
        operation = trial.scenario.operation
        if operation is None or trial.exchange.name != operation.name:
            if isinstance(end, OutcomeUnknown):
                return "an unknown outcome where nothing was changed"
            read = not isinstance(end, Exception) and only_spoilt
            return "a value out of half an answer" if read and not readings(trial.spoilt) else ""
        last = trial.spoilt if only_spoilt else trial.exchange.said
        if sent > 1 and not proves_not_run(operation, trial.spoilt):
            return f"sent {sent} times, though it may have run"
        return _unproven(trial, end, last)


def _unproven(trial: Trial, end: object, last: Said) -> str:
    """What the end of a mutation says that its last answer does not prove."""
    operation = trial.scenario.operation
    assert operation is not None
    if isinstance(end, OutcomeUnknown) or (isinstance(end, Answer) and end.idempotency):
        return ""
    if isinstance(end, Answer) and not end.user_errors:
        return "" if proves_done(operation, last) else "taken for done, without proof"
    return "" if proves_not_run(operation, last) else "taken for not run, without proof"


def place_of(error: BaseException) -> str:
    """Where in the program an error comes from: its last function on the way."""
    frames: list[FrameType] = [frame for frame, _ in walk_tb(error.__traceback__)]
    ours = [frame for frame in frames if frame.f_globals["__name__"].startswith("syncd.")]
    return f"{ours[-1].f_globals['__name__']}.{ours[-1].f_code.co_name}" if ours else ""
