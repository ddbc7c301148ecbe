"""Work, and helpers that last as long as it does."""

import asyncio

import pytest

from syncd.service.alongside import alongside


async def forever() -> None:
    """A helper that never ends by itself."""
    await asyncio.Event().wait()


async def broken() -> None:
    """A helper that fails."""
    raise ZeroDivisionError


async def work() -> None:
    """Some work."""
    await asyncio.sleep(0)


async def test_helpers_end_with_the_work() -> None:
    """Nobody waits for a helper."""
    await asyncio.wait_for(alongside(work(), forever(), forever()), 5)


async def test_a_helper_that_fails_ends_the_work() -> None:
    """Its error comes out as it is."""
    with pytest.raises(ZeroDivisionError):
        await asyncio.wait_for(alongside(forever(), broken()), 5)


async def test_work_that_fails_ends_the_helpers() -> None:
    """Its error comes out as it is."""
    with pytest.raises(ZeroDivisionError):
        await asyncio.wait_for(alongside(broken(), forever()), 5)
