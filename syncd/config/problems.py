"""From what pydantic and the rules found wrong to lines that an admin can act on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from syncd.config.keys import advice, dotted, shared
from syncd.config.layers import KeyPath, Layer, Line, Place
from syncd.config.types import DURATION_HINT, TIME_HINT

_LIST = ("must be a list", 'such as ["a", "b"]')
_TIME = ("must be a date and time", TIME_HINT)
_NUMBER = ("must be a whole number", "")
_WORDS: Mapping[str, tuple[str, str]] = {
    "bool_type": ("must be true or false", "without quotes"),
    "int_type": _NUMBER,
    "int_parsing_size": _NUMBER,
    "string_type": ("must be a text", "in quotes"),
    "path_type": ("must be a text", "in quotes"),
    "is_instance_of": ("must be a text", "in quotes"),
    "tuple_type": _LIST,
    "dict_type": ("must be a table", ""),
    "model_type": ("must be a table", ""),
    "datetime_type": _TIME,
    "timezone_aware": ("must say from where on earth it counts", TIME_HINT),
    "time_delta_type": ("must be a duration", DURATION_HINT),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """`what` is wrong with the key, or worth a warning, and a hint what to do.

    `at` is the key whose place is shown, if that is another one: the one that makes a missing key necessary.
    `lacks_secret` tells that a secret is missing, which harms nobody who calls neither API.
    """

    key: KeyPath
    what: str
    hint: str = ""
    at: KeyPath = ()
    lacks_secret: bool = False

    def touches(self, path: KeyPath) -> bool:
        """Whether the problem may be there only because the value at the path is wrong."""
        return any(
            key[: len(path)] == path or path[: len(key)] == key for key in (self.key, shared(self.key))
        )


class Places:
    """Where each key stands in the layers, the last layer first."""

    def __init__(self, layers: Sequence[Layer], file: Place) -> None:
        self._layers = tuple(reversed(layers))
        self._file = file

    def find(self, path: KeyPath) -> tuple[Place, KeyPath]:
        """The place of a key, or of the nearest table around it, and the path that stands there.

        A key that a shop takes over from a shared table is found in that table.
        """
        for end in range(len(path), 0, -1):
            for known in dict.fromkeys((path[:end], shared(path[:end]))):
                for layer in self._layers:
                    if known in layer.places:
                        return layer.places[known], known
        return self._file, ()

    def source(self, path: KeyPath) -> Place | None:
        """Where that very key is set, perhaps for every shop; None where it has its default."""
        place, found = self.find(path)
        return place if found in (path, shared(path)) else None

    def line(self, problem: Problem) -> Line:
        """The problem as a person reads it."""
        place, found = self.find(problem.at or problem.key)
        inherited = found != (problem.at or problem.key)[: len(found)]
        key = shared(problem.key) if inherited else problem.key
        named = "" if place.rank and key == found else f"{dotted(key)}: "
        hint = f" ({problem.hint})" if problem.hint else ""
        return place, f"{place.where}: {named}{problem.what}{hint}"


def from_pydantic(error: ValidationError) -> Iterator[Problem]:
    """Every wrong value, without the value: it may be a secret."""
    for detail in error.errors(include_input=False, include_url=False):
        path = tuple(part for part in detail["loc"] if part != "[key]")
        what, hint = _sentence(path, detail)
        yield Problem(path, what, hint)


def _sentence(path: KeyPath, detail: ErrorDetails) -> tuple[str, str]:
    context = detail.get("ctx", {})
    match detail["type"]:
        case "syncd":
            return context["what"], context["hint"]
        case "extra_forbidden":
            return "unknown key", advice(shared(path))
        case "literal_error":
            return f"must be {context['expected']}", ""
        case "greater_than_equal":
            return f"must be at least {context['ge']}", ""
        case "less_than_equal":
            return f"must be at most {context['le']}", ""
        case kind:
            return _WORDS.get(kind, (detail["msg"], ""))
