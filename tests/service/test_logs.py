"""Logs."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from syncd.service.logs import MASK, Format, Redactor, set_up

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
def own_logging() -> Iterator[None]:
    """Leave the logging of the tests as it was."""
    root = logging.getLogger()
    before = (root.handlers, root.level)
    yield
    root.handlers, root.level = before
    structlog.reset_defaults()


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    """The lines, each of which must be JSON."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_json_when_piped() -> None:
    """Each line is one JSON object with its event, its level, its time in UTC, and its fields."""
    stream = io.StringIO()
    set_up("info", "auto", [], stream)
    with structlog.contextvars.bound_contextvars(shop="us"):
        structlog.get_logger().info("cycle_done", written=2, at=datetime(2026, 11, 2, tzinfo=UTC))
    (line,) = lines(stream)
    assert datetime.fromisoformat(line.pop("ts")).tzinfo == UTC
    assert line == {
        "event": "cycle_done",
        "level": "info",
        "shop": "us",
        "written": 2,
        "at": "2026-11-02 00:00:00+00:00",
    }


def test_other_loggers() -> None:
    """The lines of libraries have the same shape."""
    stream = io.StringIO()
    set_up("info", "json", [], stream)
    logging.getLogger("somewhere").warning("%s is %d", "it", 7)
    (line,) = lines(stream)
    assert (line["event"], line["level"]) == ("it is 7", "warning")


def test_level() -> None:
    """Lines below the level are left out, and the libraries' chatter on HTTP always."""
    stream = io.StringIO()
    set_up("warning", "json", [], stream)
    structlog.get_logger().info("quiet")
    structlog.get_logger().error("loud")
    set_up("debug", "json", [], stream)
    logging.getLogger("httpx").info("GET https://auth.example/?app_secret=x")
    structlog.get_logger().debug("chatty")
    assert [line["event"] for line in lines(stream)] == ["loud", "chatty"]


def test_readable_on_a_terminal() -> None:
    """On a terminal a line is not JSON and has colours."""
    stream = Terminal()
    set_up("info", "auto", [], stream)
    structlog.get_logger().info("cycle_done", written=2)
    assert "cycle_done" in stream.getvalue()
    assert "\x1b[" in stream.getvalue()


def test_no_colours_in_a_file() -> None:
    """Readable lines that go elsewhere have no escape codes, also with an error."""
    stream = io.StringIO()
    set_up("info", "text", [], stream)
    fail()
    assert "cycle_failed" in stream.getvalue()
    assert "ValueError: it failed" in stream.getvalue()
    assert "\x1b" not in stream.getvalue()


def test_goes_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    """Without another stream, lines go to standard output."""
    set_up("info", "auto", [])
    structlog.get_logger().info("started")
    captured = capsys.readouterr()
    assert (json.loads(captured.out)["event"], captured.err) == ("started", "")


def break_down(secret: str) -> None:
    """An error with a secret in its text and in its cause."""
    raise ValueError(f"it failed {secret}") from KeyError(secret)


def fail(secret: str = "") -> None:
    """An error with a secret in its text, in its cause and in a variable, logged."""
    variable = f"local {secret}"
    try:
        break_down(secret)
    except ValueError:
        structlog.get_logger().exception("cycle_failed", length=len(variable))
        logging.getLogger("library").exception("failed with %s", secret)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("stream", [io.StringIO, Terminal])
@pytest.mark.parametrize("secret", SECRETS)
def test_canary(form: Format, stream: type[io.StringIO], secret: str) -> None:
    """No secret gets into a line, by whatever way it is put there."""
    out = stream()
    set_up("debug", form, SECRETS, out)
    log = structlog.get_logger()
    event = f"event {secret}"
    log.info(event, plain=secret, inside=f"Bearer {secret}&x=1", number=7)
    log.info("nested", deep={"a": [{"b": (secret, 1)}], secret: "as a key"}, several={secret})
    log.info("objects", holder=Holder(secret), raw=secret.encode(), error=ValueError(secret))
    with structlog.contextvars.bound_contextvars(bound=secret):
        log.warning("bound")
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


@given(st.text(min_size=4), st.text(), st.text())
def test_wherever_it_stands(secret: str, before: str, after: str) -> None:
    """A secret is masked wherever it stands in a text."""
    cleaned = Redactor([secret])(None, "", {"event": before + secret + after})
    assert secret not in cleaned["event"].replace(MASK, "") or secret in MASK


@pytest.mark.parametrize("show", [str, repr, ascii, json.dumps, quote, partial(quote, safe=""), quote_plus])
@pytest.mark.parametrize("secret", ["ab\\c\"d'e", "f/g=é&", "one two+three"])
def test_quoted(show: Callable[[str], str], secret: str) -> None:
    """A secret is masked, too, where Python or JSON has quoted it, or where it is part of an address."""
    cleaned = Redactor([secret])(None, "", {"event": f"<{show(secret)}>"})
    assert cleaned["event"].strip("<>'\"") == MASK


def test_numbers_stay() -> None:
    """What is no text stays what it is, so that figures can be counted."""
    event = {"event": "x", "n": 1, "f": 1.5, "t": True, "none": None}
    assert Redactor(SECRETS)(None, "", dict(event)) == event


def test_too_short() -> None:
    """A text of three characters is no secret: masking it would make every line unreadable."""
    assert Redactor(["abc", ""])(None, "", {"event": "abc"}) == {"event": "abc"}
