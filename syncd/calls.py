"""One exchange with an API, as it is told to logs, metrics and whoever watches for progress."""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from syncd.clock import Clock
from syncd.errors import Api


@dataclass(frozen=True, slots=True)
class Cost:
    """Points: what was asked for, what it came to, and the bucket afterwards (Shopify: API limits)."""

    requested: float
    actual: float | None
    maximum: float
    available: float
    restore_rate: float

    @property
    def pause(self) -> float:
        """Seconds until the bucket holds what was asked for."""
        missing = min(self.requested, self.maximum) - self.available
        return math.ceil(max(0.0, missing) / self.restore_rate)


@dataclass(slots=True)
class Call:
    """One HTTP exchange. `status` is 0 without an answer, `outcome` is `ok` or an error's name."""

    api: Api
    operation: str
    status: int = 0
    request_id: str = ""
    cost: Cost | None = None
    milliseconds: float = 0.0
    outcome: str = "ok"


OnCall = Callable[[Call], None]


def unheard(_call: Call) -> None:
    """For clients that nobody listens to."""


@contextmanager
def told(on_call: OnCall, clock: Clock, api: Api, operation: str) -> Iterator[Call]:
    """Tell of the exchange inside when it is over, however it ends; who makes it fills in the answer."""
    call = Call(api, operation)
    started = clock.monotonic()
    try:
        yield call
    except BaseException as error:
        call.outcome = type(error).__name__
        raise
    finally:
        call.milliseconds = (clock.monotonic() - started) * 1000
        on_call(call)
