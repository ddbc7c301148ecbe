"""Errors that nobody caught."""

import asyncio
import gc
import sys
import threading
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from structlog.testing import capture_logs

from syncd.errors import AlreadyRunning
from syncd.service.uncaught import uncaught_logged, with_tasks_logged

Lines = list[Any]


@pytest.fixture
def hooked() -> Iterator[Lines]:
    """What is logged meanwhile."""
    with uncaught_logged(), capture_logs() as lines:
        yield lines


def break_down() -> None:
    raise ValueError("unexpected")


def assert_told(line: Any, where: str) -> None:
    """That it broke down, with the way it came."""
    assert (line["event"], line["log_level"], line["where"]) == ("uncaught", "error", where)
    assert (line["error"], line["kind"]) == ("unexpected", "ValueError")
    assert isinstance(line["exc_info"], ValueError)


def test_of_a_thread(hooked: Lines) -> None:
    """What ends a thread is logged."""
    thread = threading.Thread(target=break_down)
    thread.start()
    thread.join()
    assert_told(hooked[0], "thread")


def test_of_the_program(hooked: Lines) -> None:
    """What ends the program is logged."""
    try:
        break_down()
    except ValueError as error:
        sys.excepthook(ValueError, error, error.__traceback__)
    assert_told(hooked[0], "program")


def test_control_c_is_no_fault(hooked: Lines, capsys: pytest.CaptureFixture[str]) -> None:
    """It ends the program as ever."""
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert (hooked, capsys.readouterr().err) == ([], "KeyboardInterrupt\n")


def test_warnings(caplog: pytest.LogCaptureFixture) -> None:
    """They go to the standard library's logging, and so into our pipe."""
    with warnings.catch_warnings(), uncaught_logged():
        warnings.simplefilter("always")
        warnings.warn_explicit("old", DeprecationWarning, "some.py", 7)
    assert [(record.name, record.levelname) for record in caplog.records] == [("py.warnings", "WARNING")]


def test_afterwards_all_is_as_before() -> None:
    """The hooks are taken back."""
    before = sys.excepthook, threading.excepthook, warnings.showwarning
    with uncaught_logged():
        assert sys.excepthook is not before[0]
    assert (sys.excepthook, threading.excepthook, warnings.showwarning) == before


def test_of_a_task() -> None:
    """What ends a task that nobody waits for is logged, and the work goes on to its result."""

    async def fail() -> None:
        break_down()

    async def work() -> int:
        await asyncio.wait({asyncio.create_task(fail())})
        gc.collect()
        return 7

    with capture_logs() as lines:
        assert asyncio.run(with_tasks_logged(work())) == 7
    assert_told(lines[0], "task")
    assert lines[0]["message"] == "Task exception was never retrieved"


def test_without_an_exception() -> None:
    """What asyncio complains about is logged as it says it."""

    async def work() -> None:
        asyncio.get_running_loop().call_exception_handler({"message": "odd"})

    with capture_logs() as lines:
        asyncio.run(with_tasks_logged(work()))
    assert lines == [{"event": "uncaught", "log_level": "error", "where": "task", "message": "odd"}]


def test_a_fault_that_ends_the_daemon() -> None:
    """It is logged with its traceback, and goes on."""
    with capture_logs() as lines, pytest.raises(ValueError, match="unexpected"), uncaught_logged():
        break_down()
    assert_told(lines[0], "program")


def test_an_error_that_ends_the_daemon() -> None:
    """An error of ours is no fault of the program: it is logged as it is, and goes on."""
    with capture_logs() as lines, pytest.raises(AlreadyRunning), uncaught_logged():
        raise AlreadyRunning("another one", hint="stop it")
    assert lines == [
        {
            "event": "failed",
            "log_level": "error",
            "error": "another one",
            "kind": "AlreadyRunning",
            "hint": "stop it",
        }
    ]
