"""What happened in a world, line by line: for people who replay it, and to compare two runs."""

import logging
import traceback
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog
from structlog.typing import EventDict, WrappedLogger

from syncd.sandbox.faults import Outcome
from syncd.sandbox.http import Request
from tests.campaign.engine.loop import Time

_PLAIN = frozenset({"event", "level", "shop"})


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened."""

    at: float
    who: str
    what: str
    more: Mapping[str, object]

    def __str__(self) -> str:
        days, seconds = divmod(self.at, 86400)
        time = f"{int(days)}d {int(seconds) // 3600:02}:{int(seconds) % 3600 // 60:02}:{seconds % 60:06.3f}"
        more = "".join(f" {key}={value}" for key, value in self.more.items() if key not in _PLAIN)
        return f"{time}  {self.who:<8} {self.what}{more}"


@dataclass
class Story:
    """The lines so far. `logged` are those that the program itself wrote to its log."""

    time: Time
    lines: list[Line] = field(default_factory=list)
    logged: list[Line] = field(default_factory=list)

    def tell(self, who: str, what: str, **more: object) -> None:
        """Add a line."""
        self.lines.append(Line(self.time.now, who, what, more))

    def exchange(self, who: str, operation: str, request: Request, outcome: Outcome) -> None:
        """Add a request with what became of it; of its content, the sum."""
        kind = outcome.wire.kind if outcome.wire else outcome.reply.status
        sent, came = zlib.crc32(request.body), zlib.crc32(outcome.reply.body)
        self.tell(who, f"{operation} -> {kind}", sent=f"{sent:08x}", came=f"{came:08x}")

    def log(self, _logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
        """Keep a line of the program's log, as it is before it is made readable and clean of secrets."""
        if event.pop("exc_info", None):
            event["exception"] = traceback.format_exc()
        line = Line(self.time.now, "log", str(event.get("event")), dict(event))
        self.lines.append(line)
        self.logged.append(line)
        raise structlog.DropEvent

    def record(self, record: logging.LogRecord) -> None:
        """Keep a line of another library's log."""
        self.logged.append(Line(self.time.now, record.name, record.getMessage(), {}))


class _Handler(logging.Handler):
    def __init__(self, story: Story) -> None:
        super().__init__(logging.DEBUG)
        self._story = story

    def emit(self, record: logging.LogRecord) -> None:
        """Hand it on."""
        self._story.record(record)


@contextmanager
def listening(story: Story) -> Iterator[None]:
    """Let everything that is logged become part of the story."""
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, structlog.processors.add_log_level, story.log],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG),
    )
    root, handler = logging.getLogger(), _Handler(story)
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        root.setLevel(level)
        root.removeHandler(handler)
        structlog.reset_defaults()
