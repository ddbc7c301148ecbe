"""Every member of every answer to a query of Shopify's, taken away or put wrong, one at a time."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from tests.campaign.fuzz.good import Scenario
from tests.campaign.fuzz.line import Exchange, Said
from tests.campaign.fuzz.play import Trial

Path = tuple[str | int, ...]
_ALWAYS = 99


@dataclass(frozen=True, slots=True)
class Member:
    """One member of an answer, and whether it is missing or wrong."""

    scenario: Scenario
    exchange: Exchange
    path: Path
    missing: bool

    @property
    def name(self) -> str:
        """Where it is, in whichever item of a list."""
        steps = ("*" if isinstance(step, int) else step for step in self.path[1:])
        return f"{self.exchange.name} {'.'.join(steps)}"

    @property
    def trial(self) -> Trial:
        """The call that gets no other answer."""
        told = f"{'.'.join(map(str, self.path))} {'missing' if self.missing else 'wrong'}"
        return Trial(0, self.scenario, self.exchange, self._said, told, _ALWAYS)

    @property
    def _said(self) -> Said:
        answer: Any = json.loads(self.exchange.said.body)
        *way, last = self.path
        holder = answer
        for step in way:
            holder = holder[step]
        value = holder.pop(last)
        if not self.missing:
            holder[last] = [[1]] if isinstance(value, dict) else {"a": [1]}
        return replace(self.exchange.said, body=json.dumps(answer).encode())


def members(scenario: Scenario) -> Iterator[Member]:
    """All of the data in the answers to the queries of a call."""
    for exchange in scenario.exchanges:
        if scenario.operation is None and exchange.name.startswith(("Read", "Find")):
            for path in _paths(json.loads(exchange.said.body)["data"], ("data",)):
                for missing in (True, False):
                    yield Member(scenario, exchange, path, missing)


def _paths(value: object, start: Path) -> Iterator[Path]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*start, key)
            yield from _paths(inner, (*start, key))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _paths(inner, (*start, place))
