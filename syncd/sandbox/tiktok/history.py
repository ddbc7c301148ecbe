"""Things that change, and what could be seen of them at a given time."""

from collections.abc import Iterable
from datetime import datetime
from typing import Generic, Protocol, TypeVar


class Thing(Protocol):
    """Anything with an id and a time of its last change."""

    @property
    def id(self) -> str:
        """The id under which its states are kept."""
        ...


T = TypeVar("T", bound=Thing)


class History(Generic[T]):
    """The states of many things, oldest first."""

    def __init__(self) -> None:
        self._states: dict[str, list[tuple[datetime, T]]] = {}

    def put(self, at: datetime, thing: T) -> T:
        """Add a state that holds from then on."""
        self._states.setdefault(thing.id, []).append((at, thing))
        return thing

    def latest(self, thing_id: str) -> T:
        """The newest state; raises KeyError where there is no such thing."""
        return self._states[thing_id][-1][1]

    def forget(self, thing_id: str) -> None:
        """From now on there is no such thing, and never was."""
        del self._states[thing_id]

    def seen_at(self, at: datetime) -> Iterable[T]:
        """The state of each thing at that time; things that were not there yet are left out."""
        for states in self._states.values():
            then = [thing for since, thing in states if since <= at]
            if then:
                yield then[-1]
