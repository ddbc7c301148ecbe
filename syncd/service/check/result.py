"""What one check has found, and how a check that fails is kept from hiding the others."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from inspect import isawaitable

from syncd.errors import SyncdError
from syncd.service.health import Level

PATIENCE = 60.0
"""Seconds that one check may take."""


Work = Callable[[], "Awaitable[Iterable[Result]] | Iterable[Result]"]


@dataclass(frozen=True, slots=True)
class Result:
    """One line: how it is, what was looked at, what was found, and what to do or type if it is not fine."""

    level: Level
    check: str
    what: str
    remedy: str = ""
    shop: str = ""


def fine(check: str, what: str) -> Result:
    """It is as it should be."""
    return Result(Level.OK, check, what)


def warning(check: str, what: str, remedy: str) -> Result:
    """It works, but somebody should look."""
    return Result(Level.WARNING, check, what, remedy)


def critical(check: str, what: str, remedy: str) -> Result:
    """It does not work."""
    return Result(Level.CRITICAL, check, what, remedy)


def failed(check: str, error: SyncdError) -> Result:
    """It could not even be looked at, or is refused."""
    return critical(check, str(error), error.hint)


async def guarded(check: str, work: Work, *, shop: str = "", patience: float = PATIENCE) -> list[Result]:
    """What the check finds; what goes wrong with it is one more finding."""
    try:
        async with asyncio.timeout(patience):
            made = work()
            found = list(await made if isawaitable(made) else made)
    except TimeoutError:
        found = [critical(check, f"took longer than {patience:g} s", "try again later; see: syncd status")]
    except SyncdError as error:
        found = [failed(check, error)]
    except Exception as error:  # noqa: BLE001  # the edge: one check must not hide the others
        what = f"this is a fault of the program: {type(error).__name__}"
        found = [critical(check, what, "report it; SYNCD_DEBUG=1 syncd check shows more")]
    return [replace(result, shop=shop) for result in found]
