"""JSON of a wrong shape: one place of a good answer holds something else, or nothing."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.campaign.fuzz import values

_DATE = re.compile(r"\d{4}-\d\d-\d\dT")
_AMOUNT = re.compile(r"\d+\.\d+")
_ID = re.compile(r"\d{6,}|gid://.*")
_CURRENCY = re.compile(r"[A-Z]{3}")
_WORD = re.compile(r"[A-Z_]{4,}")
_UNIX = range(1_000_000_000, 10_000_000_000)
_OTHERS: tuple[Any, ...] = (True, False, 7, 1.5, "text", [], {}, [[]], [None], ["text"], {"a": 1}, [{}])
_DEPTHS = (30, 900, 30_000)


class Tree:
    """A JSON text that is taken apart; what is no JSON value stands in it as a text of ours until the end."""

    def __init__(self, text: bytes) -> None:
        """Take it apart."""
        self.holder: list[Any] = [json.loads(text)]
        self._raw: dict[str, str] = {}

    def raw(self, text: str) -> str:
        """What to put there to have exactly this in the text."""
        mark = f"@raw {len(self._raw)}@"
        self._raw[f'"{mark}"'] = text
        return mark

    def member(self, text: str) -> str:
        """The key of a member, of value 0, to have exactly these members in the text."""
        mark = f"@member {len(self._raw)}@"
        self._raw[f'"{mark}": 0'] = text
        return mark

    def text(self) -> bytes:
        """The spoilt text."""
        text = json.dumps(self.holder[0])
        for mark, instead in self._raw.items():
            text = text.replace(mark, instead)
        return text.encode()


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a tree: a member of an object or an item of a list."""

    tree: Tree
    holder: Any
    key: Any
    path: str

    @property
    def value(self) -> Any:
        """What stands there."""
        return self.holder[self.key]

    def put(self, value: object) -> None:
        """Something else."""
        self.holder[self.key] = value


Tool = Callable[[Spot, Random], None]


def spot_in(tree: Tree, chance: Random) -> Spot:
    """A place anywhere; objects and lists are likelier than others, and so is what is near the root."""
    spot = Spot(tree, tree.holder, 0, "")
    while inner := _keys(spot.value):
        if chance.random() < 0.15:
            break
        value = spot.value
        deeper = [key for key in inner if _keys(value[key])]
        key = chance.choice(deeper if deeper and chance.random() < 0.5 else inner)
        spot = Spot(tree, value, key, f"{spot.path}.{key}")
    return spot


def _keys(value: object) -> Sequence[Any]:
    if isinstance(value, dict):
        return list(value)
    return range(len(value)) if isinstance(value, list) else ()


def gone(spot: Spot, _chance: Random) -> None:
    """Nothing stands there."""
    if spot.holder is spot.tree.holder:
        spot.put({})
    else:
        del spot.holder[spot.key]


def lost(spot: Spot, chance: Random) -> None:
    """A member of an object is missing. An item of a list would not be missed, so it is something else."""
    (other_type if isinstance(spot.holder, list) else gone)(spot, chance)


def null(spot: Spot, _chance: Random) -> None:
    """Null stands there."""
    spot.put(None)


def other_type(spot: Spot, chance: Random) -> None:
    """A value of another type."""
    kind = type(spot.value)
    spot.put(chance.choice([other for other in _OTHERS if type(other) is not kind]))


def number(spot: Spot, chance: Random) -> None:
    """A number that makes no sense, or is none."""
    spot.put(spot.tree.raw(chance.choice(values.NUMBERS)))


def time(spot: Spot, chance: Random) -> None:
    """A time far away."""
    spot.put(spot.tree.raw(chance.choice(values.TIMES)))


def as_text(spot: Spot, _chance: Random) -> None:
    """The same as a text, or as a number where it is a text of digits."""
    value = spot.value
    spot.put(int(value) if isinstance(value, str) and value.isdecimal() else str(value))


def nested(spot: Spot, chance: Random) -> None:
    """Lists or objects in each other, and so on."""
    depth = chance.choice(_DEPTHS)
    opened, closed = chance.choice((("[", "]"), ('{"a":', "}")))
    spot.put(spot.tree.raw(f"{opened * depth}0{closed * depth}"))


def text(spot: Spot, chance: Random) -> None:
    """An odd text."""
    spot.put(chance.choice(values.TEXTS))


def twice(spot: Spot, chance: Random) -> None:
    """The key of an object twice, with two values."""
    if not isinstance(spot.holder, dict):
        return null(spot, chance)
    key, other = json.dumps(spot.key), json.dumps(chance.choice(_OTHERS))
    both = [f"{key}: {json.dumps(spot.value)}", f"{key}: {other}"]
    chance.shuffle(both)
    _replace(spot, spot.tree.member(", ".join(both)), 0)
    return None


def renamed(spot: Spot, chance: Random) -> None:
    """The same under another key."""
    if not isinstance(spot.holder, dict):
        return null(spot, chance)
    other = chance.choice((f"{spot.key}s", str(spot.key).upper(), f" {spot.key}", "\u0000", "\ud800", ""))
    _replace(spot, other, spot.value)
    return None


def added(spot: Spot, chance: Random) -> None:
    """Another member before the first one, or another item."""
    found, more = spot.value, chance.choice(_OTHERS)
    if isinstance(found, dict):
        spot.put({chance.choice(("zz", "__proto__", "", "errors", "data", "\ud800")): more, **found})
    else:
        spot.put([more, *found] if isinstance(found, list) else [found, more])


def of_a_list(spot: Spot, chance: Random) -> None:
    """A list of wrong things, of fewer, of more, or in another order."""
    items = spot.value
    spot.put(
        chance.choice(
            (
                [],
                [None],
                [1, "text"],
                [[]],
                [items],
                [{}],
                items[1:],
                items * 2,
                items * 60,
                items[::-1],
                [*items, 7],
            )
        )
    )


def swapped(spot: Spot, chance: Random) -> None:
    """The id of something else."""
    there = [str(found) for found in _ID.findall(json.dumps(spot.tree.holder[0]).replace('"', "\n"))]
    spot.put(chance.choice([*there, "gid://shopify/Order/1", "0", "1" * 40]))


def word(spot: Spot, chance: Random) -> None:
    """A word that is not on the list."""
    spot.put(chance.choice(values.WORDS))


def currency(spot: Spot, chance: Random) -> None:
    """No currency, or another one."""
    spot.put(chance.choice(values.CURRENCIES))


def amount(spot: Spot, chance: Random) -> None:
    """No amount, or one of another writing."""
    spot.put(chance.choice(values.AMOUNTS))


def date(spot: Spot, chance: Random) -> None:
    """No point in time, or one at the end of the calendar."""
    spot.put(chance.choice(values.DATES))


def _replace(spot: Spot, key: str, value: object) -> None:
    """Another member in the place of this one."""
    members = list(spot.holder.items())
    spot.holder.clear()
    spot.holder.update((key, value) if name == spot.key else (name, found) for name, found in members)


STRUCTURAL: tuple[Tool, ...] = (lost, other_type, other_type, nested)
"""Those that no good answer can look like where a value has to be."""
_ANYWHERE: tuple[Tool, ...] = (
    gone,
    null,
    other_type,
    other_type,
    number,
    text,
    nested,
    twice,
    renamed,
    added,
)
_BY_LOOK: tuple[tuple[re.Pattern[str], Tool], ...] = (
    (_DATE, date),
    (_AMOUNT, amount),
    (_ID, swapped),
    (_CURRENCY, currency),
    (_WORD, word),
)


def tools_for(value: object) -> tuple[Tool, ...]:
    """What can be done to a value, what fits it best as likely as all the rest."""
    match value:
        case bool():
            return (*_ANYWHERE, as_text)
        case int() if value in _UNIX:
            return (*_ANYWHERE, as_text, *[time] * 6, *[number] * 4)
        case int() | float():
            return (*_ANYWHERE, as_text, *[number] * 9)
        case str():
            fitting = [tool for look, tool in _BY_LOOK if look.match(value)] or [text]
            return (*_ANYWHERE, as_text, *fitting * 9)
        case list():
            return (*_ANYWHERE, *[of_a_list] * 9)
        case _:
            return _ANYWHERE


def misshapen(good: bytes, chance: Random, tools: tuple[Tool, ...] = ()) -> tuple[bytes, str]:
    """The answer with one wrong place, and what is wrong there; by `tools`, where only these may be used."""
    tree = Tree(good)
    spot = spot_in(tree, chance)
    tool = chance.choice(tools or tools_for(spot.value))
    tool(spot, chance)
    return tree.text(), f"{tool.__name__} at {spot.path or 'the root'}"
