"""The pages' templates, and what all of them may use: charts, amounts, times, commands."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from importlib.resources import files

from jinja2 import BaseLoader, ChoiceLoader, Environment, PackageLoader, StrictUndefined

COMMANDS = (
    *(
        "approve",
        "auth",
        "backfill",
        "check",
        "completion",
        "config",
        "db",
        "demo",
        "dismiss",
        "link",
        "list",
    ),
    *("once", "plan", "report", "restock", "retry", "run", "show", "status"),
)
"""What can stand behind `syncd` where it is typed, and not only named."""
_COMMAND = re.compile(rf"(syncd (?:{'|'.join(COMMANDS)})\b(?:[^;,]*[^;,.: ])?)")


def style() -> str:
    """The one style sheet."""
    return files(__name__).joinpath("style.css").read_text(encoding="utf-8")


def environment(
    *packages: str, clean: Callable[[str], str] = str, filters: Mapping[str, object]
) -> Environment:
    """Templates of these packages, and those here, with these filters.

    Every text that is put into them is cleaned, then escaped. A name that is not there is an error.
    """
    loaders: list[BaseLoader] = [PackageLoader(package, ".") for package in (*packages, __name__)]
    made = Environment(
        loader=ChoiceLoader(loaders),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=lambda value: clean(value) if type(value) is str else value,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update({**_FILTERS, **filters})
    return made


def _at(place: float) -> str:
    """A place in a picture, to a tenth of a point."""
    return f"{place:.1f}"


def _when(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} {at.tzname()}"


def commands(text: str) -> Iterator[tuple[str, bool]]:
    """The parts of a sentence, each with whether it is a command to be typed."""
    for part in _COMMAND.split(text):
        if part:
            yield part, part.startswith("syncd ")


_FILTERS: Mapping[str, object] = {"at": _at, "when": _when, "commands": commands}
