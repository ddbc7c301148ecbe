"""Logs."""

import io
import json
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from errno import ENOSPC
from pathlib import Path
from typing import Any, NoReturn

import pytest

from syncd.events import Event, about, tell
from syncd.redaction import MASK, REDACTOR
from syncd.service.logs import Format, set_up
from tests.own_logging import own_logging

SECRETS = ["canary-app-secret", "canary-refresh-token", "canary-app-secret-longer"]
FORMATS: list[Format] = ["json", "text", "auto"]


@dataclass
class Holder:
    """Something that shows its secret when it is printed."""

    secret: str = SECRETS[0]


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def logging_of_its_own() -> Iterator[None]:
    """Each test sets it up anew."""
    with own_logging():
        yield


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    """The lines, each of which must be JSON."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_json_when_piped() -> None:
    """Each line is one JSON object with its event, its level, its time in UTC, its ids, and its fields."""
    stream = io.StringIO()
    set_up("info", "auto", [], stream)
    with about(shop="us", cycle_id="c1"), about(case_id="7"):
        tell(Event.CASE_DECIDED, state="due", detail=datetime(2026, 11, 2, tzinfo=UTC))
    (line,) = lines(stream)
    assert datetime.fromisoformat(line.pop("ts")).tzinfo == UTC
    assert line == {
        "event": "case_decided",
        "level": "info",
        "shop": "us",
        "cycle_id": "c1",
        "case_id": "7",
        "state": "due",
        "detail": "2026-11-02 00:00:00+00:00",
    }


def test_a_line_stays_one_line() -> None:
    """Whatever is in it, also a traceback."""
    stream = io.StringIO()
    set_up("info", "json", [], stream)
    fail("two\nlines\u2028\x1b[31m")
    for line in lines(stream):
        assert "Traceback (most recent call last):\n" in line["exception"]


def test_libraries() -> None:
    """The line of a library is an event, too, with its words and its name, and the ids of what goes on."""
    stream = io.StringIO()
    set_up("info", "json", [], stream)
    with about(shop="us"):
        logging.getLogger("some.where").warning("%s is %d", "it", 7)
    (line,) = lines(stream)
    del line["ts"]
    assert line == {
        "event": "library",
        "level": "warning",
        "logger": "some.where",
        "message": "it is 7",
        "shop": "us",
    }


def test_level() -> None:
    """Lines below the level are left out, and the chatter of libraries always, most of all on HTTP."""
    stream = io.StringIO()
    set_up("warning", "json", [], stream)
    tell(Event.READY)
    tell(Event.LEAVING)
    set_up("debug", "json", [], stream)
    logging.getLogger("httpx").info("GET https://auth.example/?app_secret=x")
    logging.getLogger("another").info("chatter")
    tell(Event.CYCLE_IDLE)
    set_up("error", "json", [], stream)
    logging.getLogger("another").warning("less than wanted")
    assert [line["event"] for line in lines(stream)] == ["leaving", "cycle_idle"]


def test_set_up_again() -> None:
    """Level and format change with the next line, each line is written once, and secrets stay known."""
    first, second = io.StringIO(), Terminal()
    set_up("info", "json", ["canary-of-before"], first)
    tell(Event.READY)
    set_up("debug", "text", ["canary-of-now"], second)
    tell(Event.API_CALL, operation="canary-of-before canary-of-now")
    assert [line["event"] for line in lines(first)] == ["ready"]
    assert second.getvalue().count("api_call") == 1
    assert "canary" not in second.getvalue()


def test_readable_on_a_terminal() -> None:
    """On a terminal a line is not JSON and has colours."""
    stream = Terminal()
    set_up("info", "auto", [], stream)
    tell(Event.CYCLE_DONE, written=2)
    assert "cycle_done" in stream.getvalue()
    assert "\x1b[" in stream.getvalue()


def test_no_colours_in_a_file() -> None:
    """Readable lines that go elsewhere have no escape codes, also with an error."""
    stream = io.StringIO()
    set_up("info", "text", [], stream)
    fail()
    assert "case_broken" in stream.getvalue()
    assert "ValueError: it failed" in stream.getvalue()
    assert "\x1b" not in stream.getvalue()


def test_goes_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    """Without another stream, lines go to standard output."""
    set_up("info", "auto", [])
    tell(Event.READY)
    captured = capsys.readouterr()
    assert (json.loads(captured.out)["event"], captured.err) == ("ready", "")


EACH_LEVEL = {Event.API_CALL: 7, Event.READY: 6, Event.LEAVING: 4, Event.UNCAUGHT: 3}


def told_to(path: Path, named: str, form: Format, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The lines, one of each level and a traceback, on a stream that is what `JOURNAL_STREAM` names."""
    with path.open("w") as stream:
        status = os.fstat(stream.fileno())
        here = f"{status.st_dev}:{status.st_ino}"
        monkeypatch.setenv("JOURNAL_STREAM", named.format(here=here, device=status.st_dev))
        set_up("debug", form, [], stream)
        for event in EACH_LEVEL:
            tell(event)
        logging.getLogger("library").critical("the end")
    return path.read_text().splitlines()


@pytest.mark.parametrize("form", FORMATS)
def test_priorities_for_the_journal(form: Format, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line begins with its priority where journald reads it, and what follows is the line as ever."""
    found = told_to(tmp_path / "journal", "{here}", form, monkeypatch)
    assert [line[:3] for line in found] == [f"<{n}>" for n in (*EACH_LEVEL.values(), 2)]
    if form != "text":
        assert [json.loads(line[3:])["event"] for line in found] == [*EACH_LEVEL, "library"]


def test_priority_of_each_line_of_a_traceback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In text a traceback is many lines, and journald takes each for itself."""
    path = tmp_path / "journal"
    with path.open("w") as stream:
        status = os.fstat(stream.fileno())
        monkeypatch.setenv("JOURNAL_STREAM", f"{status.st_dev}:{status.st_ino}")
        set_up("debug", "text", [], stream)
        fail()
    found = path.read_text().splitlines()
    assert len(found) > 10
    assert {line[:3] for line in found} == {"<3>"}


@pytest.mark.parametrize("named", ["", "{device}:1", "nonsense"])
def test_no_priorities_elsewhere(named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the stream was sent into a file, or is no file at all, a line is nothing but JSON."""
    assert [json.loads(line) for line in told_to(tmp_path / "file", named, "auto", monkeypatch)]
    stream = io.StringIO()
    set_up("debug", "auto", [], stream)
    tell(Event.READY)
    assert lines(stream)


def test_nobody_reads_any_more() -> None:
    """When the reader has gone away, lines go nowhere and nothing fails, not even the closing."""
    reader, writer = os.pipe()
    with os.fdopen(writer, "w") as stream:
        set_up("debug", "json", [], stream)
        os.close(reader)
        for _ in range(1000):  # more than any buffer holds
            tell(Event.API_CALL, operation="x" * 1000)


class Full(io.StringIO):
    """A stream on a full disk."""

    def write(self, text: str, /) -> int:
        raise OSError(ENOSPC, text)


def test_a_full_disk(capsys: pytest.CaptureFixture[str]) -> None:
    """A line that cannot be written is left out, without a word on standard error."""
    set_up("debug", "json", [], Full())
    tell(Event.READY)
    assert capsys.readouterr().err == ""


class Stubborn:
    """Something that cannot be printed."""

    def __str__(self) -> NoReturn:
        raise ValueError("canary-of-mine")


def test_what_cannot_be_printed() -> None:
    """Such a line says nothing but when it was, and harms nobody."""
    stream = io.StringIO()
    set_up("debug", "json", [], stream)
    tell(Event.CASE_DECIDED, detail=Stubborn())
    logging.getLogger("library").error("%s", Stubborn())
    (line,) = lines(stream)
    assert (line.pop("event"), line.pop("level"), [*line]) == (MASK, "info", ["ts"])


def break_down(secret: str) -> None:
    """An error with a secret in its text and in its cause."""
    raise ValueError(f"it failed {secret}") from KeyError(secret)


def fail(secret: str = "") -> None:
    """An error with a secret in its text, in its cause and in a variable, logged."""
    variable = f"local {secret}"
    try:
        break_down(secret)
    except ValueError as error:
        tell(Event.CASE_BROKEN, failure=error, cause=error, kind=str(len(variable)))
        logging.getLogger("library").exception("failed with %s", secret)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("stream", [io.StringIO, Terminal])
@pytest.mark.parametrize("secret", [*SECRETS, "canary-token-of-run-time"])
def test_canary(form: Format, stream: type[io.StringIO], secret: str) -> None:
    """No secret gets into a line, by whatever way it is put there."""
    out = stream()
    set_up("debug", form, SECRETS, out)
    REDACTOR.learn_tokens("canary-token-of-run-time")
    tell(Event.CASE_DECIDED, detail=secret, reason=f"Bearer {secret}&x=1", state=7)
    tell(Event.CASE_DECIDED, detail={"a": [{"b": (secret, 1)}], secret: "as a key"}, state={secret})
    tell(Event.CASE_DECIDED, detail=Holder(secret), reason=secret.encode(), state=ValueError(secret))
    with about(shop=secret):
        tell(Event.READY)
    logging.getLogger("library").error("%s", {"token": secret})
    logging.getLogger("library").error("object %s", Holder(secret))
    fail(secret)
    assert MASK in out.getvalue()
    assert secret not in out.getvalue()
    assert "canary" not in out.getvalue()


@pytest.mark.parametrize("form", FORMATS)
def test_no_variables(form: Format) -> None:
    """A traceback shows no variables: they hold what is no secret to us but is somebody's own."""
    out = io.StringIO()
    set_up("debug", form, [], out)
    fail("somebody's address")
    shown = out.getvalue()
    assert "local somebody" not in shown
    assert "it failed" in shown
