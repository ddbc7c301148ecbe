"""What a process passes on its way, step by step, and the step that is its last."""

import math
from dataclasses import dataclass, field
from enum import StrEnum


class Death(BaseException):
    """The process is gone. Whatever still runs of it reaches neither the disk nor the network."""


class Step(StrEnum):
    """The kinds of moments at which a process can die."""

    COMMIT = "before the commit of"  # all is lost that was to be written
    COMMITTED = "after the commit of"  # it is durable
    LEAVE = "before the request leaves:"
    DONE = "once the request was carried out:"
    ANSWER = "before the answer is read to:"
    SLEEP = "before a sleep of"
    TURN = "before a turn of the event loop"


NAMED = frozenset(Step) - {Step.TURN}
"""The steps that a process takes by its own doing."""


@dataclass(slots=True)
class Fate:
    """The life of one process: `passed` are its named steps so far, `dead` says that it is over."""

    passed: list[str] = field(default_factory=list)
    dead: bool = False
    _kinds: frozenset[Step] = frozenset()
    _left: float = math.inf

    def doom(self, kinds: frozenset[Step], left: int) -> None:
        """Let the process take so many more steps of these kinds, and die at the next one."""
        self._kinds, self._left = kinds, left

    def spare(self) -> None:
        """Let it live."""
        self._left = math.inf

    def check(self) -> None:
        """Raise Death where the process is dead."""
        if self.dead:
            raise Death

    def step(self, kind: Step, what: str = "") -> None:
        """Take a step, or die instead."""
        self.check()
        if self.strikes(kind, what):
            raise Death

    def strikes(self, kind: Step, what: str = "") -> bool:
        """Take a step from outside the process; whether it dies of it."""
        if kind is not Step.TURN:
            self.passed.append(f"{kind} {what}")
        if kind in self._kinds and not self.dead:
            self._left -= 1
            self.dead = self._left < 0
        return self.dead
