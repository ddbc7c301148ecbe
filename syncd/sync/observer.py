"""Who is told what a shop's work does: logs, metrics, alerts and the watchdog."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from syncd.calls import Call
from syncd.model.intents import Intent

if TYPE_CHECKING:  # a cycle has a shop, which has an observer
    from syncd.sync.cycle import CycleResult


class Observer:
    """Hears everything and does nothing; others override what they care for. It must never raise."""

    def called(self, shop: str, call: Call) -> None:
        """One of the APIs was asked something."""

    def stepped(self, intent: Intent, step: str) -> None:
        """The record of a write says something new; the intent is as it is now."""

    def cycled(self, shop: str, result: CycleResult, seconds: float) -> None:
        """A cycle is over."""


class Observers(Observer):
    """Tells several."""

    def __init__(self, observers: Sequence[Observer]) -> None:
        self._observers = tuple(observers)

    def called(self, shop: str, call: Call) -> None:
        """Tell each."""
        for observer in self._observers:
            observer.called(shop, call)

    def stepped(self, intent: Intent, step: str) -> None:
        """Tell each."""
        for observer in self._observers:
            observer.stepped(intent, step)

    def cycled(self, shop: str, result: CycleResult, seconds: float) -> None:
        """Tell each."""
        for observer in self._observers:
            observer.cycled(shop, result, seconds)
