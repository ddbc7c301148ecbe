"""Trying a read again: bounded, with growing pauses, and never for what waiting cannot cure."""

from collections.abc import Callable

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt

from syncd.clock import Clock
from syncd.errors import ApiError, RateLimited

ATTEMPTS = 4
LONGEST_PAUSE = 60.0
"""When asked for a longer pause, we give up and leave it to the next poll; in seconds."""

Jitter = Callable[[], float]
"""A number from 0 up to 1, such as `random.random`."""


def retrying(clock: Clock, jitter: Jitter) -> AsyncRetrying:
    """Up to four tries of something that changes nothing; the last error is raised as it is."""

    def pause(state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, RateLimited) and error.pause:
            return error.pause
        return float(2 ** (state.attempt_number - 1)) * (0.5 + jitter())

    return AsyncRetrying(
        sleep=clock.sleep,
        stop=stop_after_attempt(ATTEMPTS),
        wait=pause,
        retry=retry_if_exception(_waiting_helps),
        reraise=True,
    )


def _waiting_helps(error: BaseException) -> bool:
    if isinstance(error, RateLimited):
        return error.pause <= LONGEST_PAUSE
    return isinstance(error, ApiError) and error.temporary
