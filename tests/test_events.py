"""Whatever is logged stands in the catalogue of `syncd.events`, and in config/logs.md."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from syncd.errors import NotReached, StoreTrouble
from syncd.events import ERROR_FIELDS, Event, tell
from syncd.fields import FIELDS, IDS

ROOT = Path(__file__).parents[1]
MODULES = [path for path in sorted((ROOT / "syncd").rglob("*.py")) if "sandbox" not in path.parts]
GUIDE = (ROOT / "config" / "logs.md").read_text()

OWN_PIPE = {"syncd/events.py", "syncd/service/logs.py", "syncd/service/uncaught.py"}
QUIETENED = {"syncd/http.py", "syncd/service/alerts/through_apprise.py"}
"""The only modules that touch the logging libraries, the latter to silence others; else `tell` is called."""
ON_EVERY_LINE = {"event", "level", "ts", "exception", *IDS}


@dataclass(frozen=True)
class Told:
    """One call of `tell`: where it stands, which event it may be, and its keywords."""

    place: str
    events: tuple[str, ...]
    keywords: tuple[str | None, ...]

    @property
    def fields(self) -> set[str]:
        """What it says beside the ids: `failure` stands for all that is known of an error."""
        given = {word for word in self.keywords if word and word not in IDS} - {"cause"}
        return given - {"failure"} | set(ERROR_FIELDS) if "failure" in given else given


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def events_in(node: ast.expr) -> tuple[str, ...]:
    """The names in `Event.X`, or in `Event.X if … else Event.Y`."""
    match node:
        case ast.Attribute(value=ast.Name(id="Event"), attr=name):
            return (name,)
        case ast.IfExp(body=one, orelse=other):
            return (*events_in(one), *events_in(other))
        case _:
            return ("",)


def calls(path: Path) -> Iterator[Told]:
    """The calls of `tell` in a module that imports it from `syncd.events`."""
    tree = ast.parse(path.read_text())
    imported = any(
        isinstance(node, ast.ImportFrom)
        and node.module == "syncd.events"
        and any(alias.name == "tell" for alias in node.names)
        for node in ast.walk(tree)
    )
    for node in ast.walk(tree):
        if imported and isinstance(node, ast.Call) and getattr(node.func, "id", "") == "tell":
            first = events_in(node.args[0]) if len(node.args) == 1 else ("",)
            keywords = tuple(keyword.arg for keyword in node.keywords)
            yield Told(f"{name_of(path)}:{node.lineno}", first, keywords)


CALLS = [told for path in MODULES for told in calls(path)]


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_there_is_one_way_to_log(path: Path) -> None:
    """Nothing but `tell` writes a line."""
    used = {
        alias.name
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Import)
        for alias in node.names
    } & {"structlog", "logging"}
    assert not used or name_of(path) in OWN_PIPE | QUIETENED, (
        f"{name_of(path)} imports {', '.join(used)}. Instead: from syncd.events import Event, about, tell;"
        " log.info('x', a=1) becomes tell(Event.X, a=1), log.exception('x') becomes"
        " tell(Event.X, failure=error, cause=error), and bound_contextvars(shop=x) becomes about(shop=x)"
    )


@pytest.mark.parametrize("told", CALLS, ids=lambda told: told.place)
def test_each_line_is_an_event_with_its_fields(told: Told) -> None:
    """The event is written out, and so is each field, so that all of them can be found in the source."""
    known = Event.__members__
    assert set(told.events) <= known.keys(), (
        f"{told.place}: the first argument must be Event.NAME, or Event.A if … else Event.B"
    )
    assert None not in told.keywords, f"{told.place}: write the fields out, not **fields"
    for name in told.events:
        unknown = told.fields - known[name].fields
        assert not unknown, (
            f"{told.place}: Event.{name} has no field {', '.join(sorted(unknown))}. Leave it out, or add it"
            f" in syncd/events.py to Event.{name}, in syncd/fields.py and in config/logs.md"
        )


@pytest.mark.parametrize("event", Event)
def test_each_event_and_each_of_its_fields_is_used(event: Event) -> None:
    """Nothing stands in the catalogue that is never logged."""
    said: Mapping[str, set[str]] = defaultdict(set)
    for told in CALLS:
        for name in told.events:
            said[name].update(told.fields)
    if event is Event.LIBRARY:
        return  # made in syncd/service/logs.py; tests/service/test_logs.py has its fields
    assert event.name in said, (
        f"nothing tells Event.{event.name}: tell it, or take it out of syncd/events.py and config/logs.md"
    )
    unused = event.fields - said[event.name]
    assert not unused, f"nobody gives Event.{event.name} its {', '.join(sorted(unused))}: give it, or drop it"


def test_each_field_is_explained() -> None:
    """Every field of every event, those of every line, and no other."""
    assert set().union(*(event.fields for event in Event), ON_EVERY_LINE) == FIELDS.keys()


def test_the_guide_has_every_event() -> None:
    """config/logs.md has a row for each event, equal to the catalogue."""
    wanted = [
        f"| `{event}` | {event.level} | {event.meaning} |"
        f" {', '.join(f'`{name}`' for name in FIELDS if name in event.fields)} |".replace("|  |", "| |")
        for event in Event
    ]
    assert rows("Events") == wanted, "config/logs.md wants under Events:\n" + "\n".join(wanted)


def test_the_guide_has_every_field() -> None:
    """config/logs.md has a row for each field, equal to the catalogue."""
    wanted = [f"| `{name}` | {meaning} |" for name, meaning in FIELDS.items()]
    assert rows("Fields") == wanted, "config/logs.md wants under Fields:\n" + "\n".join(wanted)


def rows(heading: str) -> list[str]:
    """The rows of the table in one section."""
    sections = re.split(r"^## ", GUIDE, flags=re.MULTILINE)
    [section] = [text for text in sections if text.startswith(f"{heading}\n")]
    return re.findall(r"^\| `.*$", section, re.MULTILINE)


def test_the_level_is_the_events() -> None:
    """Nobody says twice how important an event is."""
    with capture_logs() as lines:
        tell(Event.CYCLE_IDLE, polled=0)
        tell(Event.CASE_HELD, state="held")
    assert [(line["event"], line["log_level"]) for line in lines] == [
        ("cycle_idle", "debug"),
        ("case_held", "warning"),
    ]


def test_what_has_nothing_to_say_is_left_out() -> None:
    """Zero and false are something; an empty text is not."""
    with capture_logs() as lines:
        tell(Event.CASE_DECIDED, state="due", reason=None, detail="", restock=False)
        tell(Event.CYCLE_IDLE, polled=0, changed=())
    assert lines == [
        {"event": "case_decided", "log_level": "info", "state": "due", "restock": False},
        {"event": "cycle_idle", "log_level": "debug", "polled": 0},
    ]


def test_an_error_in_all_its_parts() -> None:
    """What is known of an error, each part for itself, as far as there is one."""
    reached = NotReached("no answer", api="tiktok", operation="search", code="503", request_id="r1", hint="h")
    with capture_logs() as lines:
        for error in (reached, StoreTrouble("the disk is full", hint="make room"), ValueError("x")):
            tell(Event.CASE_FAILED, failure=error)
    assert [{key: line[key] for key in line if key in ERROR_FIELDS} for line in lines] == [
        {
            "error": "no answer",
            "kind": "NotReached",
            "api": "tiktok",
            "operation": "search",
            "code": "503",
            "request_id": "r1",
            "hint": "h",
        },
        {"error": "the disk is full", "kind": "StoreTrouble", "hint": "make room"},
        {"error": "x", "kind": "ValueError"},
    ]
