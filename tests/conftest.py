"""Time turned by hand, the client that everything is sent with, and how large a campaign is."""

import gc
import os
from collections.abc import AsyncIterator

import httpx
import pytest
from hypothesis import HealthCheck, settings

from syncd.http import build_http
from syncd.redaction import REDACTOR, Redactor
from syncd.sandbox.clock import HandClock
from tests.campaign.figures import tell
from tests.campaign.place import MEMORY

settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")  # a busy machine tells nothing about the program


def pytest_configure() -> None:
    """Keep files in memory, for nothing here cuts the power; and collect garbage less often.

    Worlds make much garbage: looking for it took a seventh of the time.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # or each start of the program compiles all of it
    if MEMORY.is_dir():
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of tests/campaign."""
    group = parser.getgroup("campaign")
    group.addoption("--campaign", choices=("short", "long"), default="short", help="how much is run")
    group.addoption("--factor", type=float, default=1.0, help="times that much")
    group.addoption("--world", type=int, default=None, help="replay this one seed, and tell its story")
    group.addoption("--death", default=None, help="replay this one death, and tell its story")


def pytest_runtest_teardown() -> None:
    """Forget the secrets of the test: they might be mere words in the next one."""
    vars(REDACTOR).update(vars(Redactor()))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """With `-n auto`: one more than there are processors, for tests of real processes mostly wait."""
    return len(os.sched_getaffinity(0)) + 1


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The figures of the campaign, once at the end."""
    tell(terminalreporter)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with build_http() as client:
        yield client
