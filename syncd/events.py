"""Everything that syncd ever logs: a closed catalogue of events, and the one way to log them.

`config/logs.md` is this catalogue for people.
"""

import logging
from collections.abc import Mapping
from contextlib import AbstractContextManager
from enum import StrEnum
from typing import Literal, Self

import structlog

from syncd.errors import ApiError, SyncdError

Level = Literal["debug", "info", "warning", "error"]

_LEVELS: Mapping[Level, int] = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}
ERROR_FIELDS = ("error", "kind", "api", "operation", "code", "request_id", "hint")
_FIGURES = ("polled", "changed", "written", "held", "deferred", "duration_ms")
_SPELL = ("lasted_s", "times")
_DECISION = ("state", "reason", "detail", "restock")


class Event(StrEnum):
    """What can happen: its name, its level, a sentence that says what it means, and its fields."""

    level: Level
    meaning: str
    fields: frozenset[str]

    def __new__(cls, name: str, level: Level, meaning: str, *fields: str) -> Self:
        """One entry of the catalogue."""
        event = str.__new__(cls, name)
        event._value_ = name
        event.level, event.meaning, event.fields = level, meaning, frozenset(fields)
        return event

    STARTED = "started", "info", "The daemon begins its work.", "version", "shops", "store"
    READY = "ready", "info", "The settings are good, the store is open, and every shop is being worked on."
    STOPPING = "stopping", "info", "A signal came; what is in flight is finished first.", "signal"
    LEAVING = (
        "leaving",
        "warning",
        "The daemon leaves at once; what is in flight is looked for at the next start.",
    )
    STOPPED = "stopped", "info", "The daemon has ended.", "exit_code"
    FAILED = "failed", "error", "The daemon cannot begin, or cannot go on, and ends.", *ERROR_FIELDS
    RELOAD_STARTED = "reload_started", "info", "The config file is read again."
    RELOAD_DONE = "reload_done", "info", "The new settings are in effect.", "changed", "restart_needed"
    RELOAD_REFUSED = (
        "reload_refused",
        "error",
        "The config file cannot be used; the settings from before stay in effect.",
        "problems",
        *ERROR_FIELDS,
    )
    CONFIG_WARNING = "config_warning", "warning", "A setting may not be what was meant.", "warning"
    CHORE_FAILED = (
        "chore_failed",
        "error",
        "Something beside the shops' work failed, such as alerts or the textfile; it is tried again.",
        "chore",
        *ERROR_FIELDS,
    )
    METRICS_SERVED = (
        "metrics_served",
        "info",
        "Figures and probes are served on the port of [metrics] listen.",
        "listen",
        "port",
    )
    PAGE_FAILED = (
        "page_failed",
        "error",
        "A page of [metrics] listen could not be made.",
        "path",
        *ERROR_FIELDS,
    )
    TEXTFILE_FAILED = (
        "textfile_failed",
        "warning",
        "The textfile of [metrics] cannot be written. Told once; all else goes on.",
        "path",
        *ERROR_FIELDS,
    )
    TEXTFILE_RECOVERED = "textfile_recovered", "info", "The textfile is written again.", "path"
    ALERT_SENT = "alert_sent", "info", "People were told of what is wrong, or over.", "address", "title"
    ALERT_NOT_SENT = (
        "alert_not_sent",
        "warning",
        "A message to people did not go through; it is tried again.",
        "address",
        "error",
        "hint",
    )
    ALERT_ADDRESS_UNUSABLE = (
        "alert_address_unusable",
        "error",
        "No alert can be sent to one of the addresses.",
        "address",
        "error",
        "hint",
    )
    ALERTS_FORGOTTEN = (
        "alerts_forgotten",
        "warning",
        "Who was told of what cannot be read any more; what is wrong now is told again.",
    )
    HEARTBEAT_FAILED = (
        "heartbeat_failed",
        "warning",
        "The heartbeat's address cannot be fetched. Told once.",
        "error",
        "hint",
    )
    HEARTBEAT_RECOVERED = "heartbeat_recovered", "info", "The heartbeat's address can be fetched again."
    SHOP_DISABLED = "shop_disabled", "warning", "The shop is switched off: nothing is polled.", "hint"
    SHOP_DRY_RUN = (
        "shop_dry_run",
        "warning",
        "The shop only rehearses: what would be written is told, and nothing is.",
        "hint",
    )
    SHOP_CRASHED = (
        "shop_crashed",
        "error",
        "The work on one shop failed, which is a fault of the program; it begins again after a pause.",
        "again_in_s",
        *ERROR_FIELDS,
    )
    SHOP_STUCK = "shop_stuck", "error", "One shop makes no progress; its work is begun again.", "silent_s"
    SHOP_RESTARTED = "shop_restarted", "info", "The work on one shop has begun again."
    REQUEST_CARRIED_OUT = (
        "request_carried_out",
        "info",
        "What a person asked for by a command is done, or cannot be done.",
        "command",
        "who",
        "refused",
    )
    STORE_UPGRADED = (
        "store_upgraded",
        "warning",
        "The store was made by an earlier version and is a newer one's now; a copy of it as it was is kept.",
        "store",
        "backup",
    )
    STORE_PRUNED = "store_pruned", "info", "What is older than [store] keep is forgotten for today.", "rows"
    CYCLE_DONE = "cycle_done", "info", "A cycle is over in which cases changed or were written.", *_FIGURES
    CYCLE_IDLE = "cycle_idle", "debug", "A cycle is over in which nothing changed.", *_FIGURES
    CYCLE_FAILED = (
        "cycle_failed",
        "error",
        "One of the two APIs cannot be used. Told once for each kind of failure.",
        *ERROR_FIELDS,
    )
    CYCLE_STILL_FAILING = (
        "cycle_still_failing",
        "error",
        "The API still cannot be used. Told once an hour.",
        *ERROR_FIELDS,
        *_SPELL,
    )
    CYCLE_RECOVERED = "cycle_recovered", "info", "The API can be used again.", "api", *_SPELL
    CLOCK_SET_BACK = (
        "clock_set_back",
        "warning",
        "The machine's clock was set back; what waits for a time is looked at now.",
        "back_s",
    )
    CEILING_REACHED = (
        "ceiling_reached",
        "warning",
        "More refunds are due than [guard] lets through; they wait for the next cycle or day.",
        "ceiling",
    )
    SEARCH_NOT_UNDERSTOOD = (
        "search_not_understood",
        "warning",
        "Shopify left out a part of a search for orders; the other strategies are used.",
        "strategy",
        *ERROR_FIELDS,
    )
    CASE_DECIDED = "case_decided", "info", "A case stands differently than before.", *_DECISION
    CASE_HELD = "case_held", "warning", "A case waits for a person, or for another reason.", *_DECISION
    CASE_FAILED = (
        "case_failed",
        "warning",
        "A case cannot be worked on; it is tried again after a pause.",
        *ERROR_FIELDS,
    )
    CASE_STILL_FAILING = (
        "case_still_failing",
        "warning",
        "The case still cannot be worked on. Told once a day.",
        *ERROR_FIELDS,
        *_SPELL,
    )
    CASE_RECOVERED = "case_recovered", "info", "The case can be worked on again.", *_SPELL
    CASE_BROKEN = (
        "case_broken",
        "error",
        "The program failed on a case, which is a fault of the program; the case is held.",
        *ERROR_FIELDS,
    )
    WRITE_STEP = (
        "write_step",
        "info",
        "A write to Shopify has come one step further, and the store knows it.",
        "step",
        "action",
        "idempotency_key",
        "attempts",
        "request_ids",
    )
    API_CALL = (
        "api_call",
        "debug",
        "One exchange with one of the two APIs.",
        "api",
        "operation",
        "status",
        "request_id",
        "outcome",
        "duration_ms",
    )
    LIBRARY = (
        "library",
        "warning",
        "Something that a library, or Python itself, has to say; its level is the library's.",
        "logger",
        "message",
    )
    UNCAUGHT = (
        "uncaught",
        "error",
        "An error that nobody expected; a fault of the program.",
        "where",
        "message",
        *ERROR_FIELDS,
    )


LOGGER = "syncd"
"""What the standard library's logging knows our lines under."""

_log: structlog.stdlib.BoundLogger = structlog.get_logger(LOGGER)


def tell(
    event: Event,
    *,
    failure: BaseException | None = None,
    cause: BaseException | None = None,
    **fields: object,
) -> None:
    """Log an event with the fields of its entry.

    `failure` stands for all fields that tell of an error, `cause` adds its traceback.
    """
    said = fields | (_told_of(failure) if failure else {})
    said = {name: value for name, value in said.items() if _says_something(value)}
    _log.log(_LEVELS[event.level], event.value, **said, **({"exc_info": cause} if cause else {}))


def about(**ids: str) -> AbstractContextManager[object]:
    """Put these ids on every line that is logged meanwhile, also in tasks that are begun meanwhile."""
    return structlog.contextvars.bound_contextvars(**ids)


def _told_of(error: BaseException) -> dict[str, object]:
    said: dict[str, object] = {"error": str(error), "kind": type(error).__name__}
    if isinstance(error, SyncdError):
        said |= {"error": error.what, "hint": error.hint}
    if isinstance(error, ApiError):
        said |= {name: getattr(error, name) for name in ("api", "operation", "code", "request_id")}
    return said


def _says_something(value: object) -> bool:
    return value is not None and value not in ("", (), [])
