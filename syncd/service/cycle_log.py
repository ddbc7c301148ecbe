"""Each cycle as lines of the log: what it did, and once, not every time, what fails."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta

from syncd.calls import Call
from syncd.clock import Clock
from syncd.errors import ApiError, SyncdError
from syncd.events import Event, about, tell
from syncd.outage import Outages
from syncd.sync.cycle import CycleResult
from syncd.sync.observer import Observer

_REMINDER = timedelta(hours=1)
_APIS = ("tiktok", "shopify", "")


class CycleLog(Observer):
    """Tells of each API's failures the first of its kind, a reminder each hour, and the recovery.

    An API has recovered when it answered and nothing went wrong with it in a whole cycle: one that had no
    reason to ask it proves nothing.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._outages = Outages(_REMINDER)
        self._answered: set[tuple[str, str]] = set()

    def called(self, shop: str, call: Call) -> None:
        """Remember that the API answered."""
        if call.outcome == "ok":
            self._answered.add((shop, call.api))

    def cycled(self, shop: str, result: CycleResult, seconds: float) -> None:
        """The lines of one cycle."""
        with about(shop=shop, cycle_id=result.cycle_id):
            _tell_figures(result, seconds)
            failures = _by_api(result.errors)
            for api in _APIS:
                if api in failures:
                    self._failed(shop, api, failures[api])
                elif not api or (shop, api) in self._answered:
                    self._works(shop, api)
        self._answered -= {(shop, api) for api in _APIS}

    def _failed(self, shop: str, api: str, errors: Sequence[SyncdError]) -> None:
        by_fault = {_fault(error): error for error in errors}
        outage = self._outages.failed((shop, api), by_fault, self._clock.monotonic())
        for fault, error in by_fault.items():
            if fault in outage.fresh:
                tell(Event.CYCLE_FAILED, failure=error)
        if outage.remind:
            lasted = round(outage.lasted)
            tell(Event.CYCLE_STILL_FAILING, failure=errors[-1], lasted_s=lasted, times=outage.times)

    def _works(self, shop: str, api: str) -> None:
        outage = self._outages.over((shop, api), self._clock.monotonic())
        if outage:
            tell(Event.CYCLE_RECOVERED, api=api, lasted_s=round(outage.lasted), times=outage.times)


def _tell_figures(result: CycleResult, seconds: float) -> None:
    tell(
        Event.CYCLE_DONE if result.changed or result.written else Event.CYCLE_IDLE,
        polled=result.polled,
        changed=result.changed,
        written=result.written,
        held=result.held,
        deferred=result.deferred,
        duration_ms=round(seconds * 1000),
    )


def _by_api(errors: Sequence[SyncdError]) -> Mapping[str, Sequence[SyncdError]]:
    found: dict[str, list[SyncdError]] = defaultdict(list)
    for error in errors:
        found[error.api if isinstance(error, ApiError) else ""].append(error)
    return found


def _fault(error: SyncdError) -> str:
    """What makes it another failure: not its text, which may name another request each time."""
    place = f"{error.operation} {error.code}" if isinstance(error, ApiError) else ""
    return f"{type(error).__name__} {place}"
