"""Whether any login works: where none does, only a person can help."""

from collections.abc import Callable, Iterable

from syncd.errors import CredentialsRefused, MissingScope
from syncd.sync.cycle import CycleResult
from syncd.sync.observer import Observer


class Refused(Observer):
    """Calls `give_up` once the last cycle of every one of these shops was refused for its login."""

    def __init__(self, shops: Iterable[str], give_up: Callable[[], None]) -> None:
        self._refused = dict.fromkeys(shops, False)
        self._give_up = give_up

    def cycled(self, shop: str, result: CycleResult, seconds: float) -> None:  # noqa: ARG002
        """Remember how the shop's login fared. A missing scope is no refused login."""
        self._refused[shop] = any(
            isinstance(error, CredentialsRefused) and not isinstance(error, MissingScope)
            for error in result.errors
        )
        if all(self._refused.values()):
            self._give_up()
