"""What lies over the file: environment variables and systemd credentials.

A variable is `SYNCD__` and the key with `__` between its parts: `SYNCD__SHOPS__US__TIKTOK__APP_SECRET`. Its
case does not count, and a hyphen in the name of a shop is written as `_`. A credential is a file named like
the key (systemd.exec, "Credentials"): `shops.us.tiktok.app_secret`. Where `LoadCredential=syncd:FOLDER` loads
all files of a folder, systemd puts the name of the set before theirs: `syncd_shops.us.tiktok.app_secret`.
"""

import json
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Literal, get_origin

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from syncd.config.keys import advice, field_at, is_open, model_at
from syncd.config.layers import KeyPath, Layer, Line, Place, RawTable
from syncd.config.settings import Settings

_PREFIX = "SYNCD__"
_SET = "syncd_"


class _UnusableError(Exception):
    """An entry cannot be used: what is wrong, and a hint."""

    def __init__(self, what: str, hint: str) -> None:
        super().__init__(f"{what} ({hint})" if hint else what)


@dataclass(slots=True)
class _Overrides:
    """A layer in the making."""

    shops: Collection[str]
    values: RawTable = field(default_factory=dict)
    places: dict[KeyPath, Place] = field(default_factory=dict)
    problems: list[Line] = field(default_factory=list)

    def add(self, path: KeyPath, text: str, place: Place) -> None:
        """Lay one entry over the others."""
        try:
            self._check(path)
        except _UnusableError as error:
            self.problems.append((place, f"{place.where}: {error}"))
            return
        _put(self.values, path, _value(path, text))
        self.places[path] = place

    def _check(self, path: KeyPath) -> None:
        if path in self.places:
            raise _UnusableError("sets a key a second time", f"see {self.places[path].where}")
        if model_at(path) or path == ("shops",):
            raise _UnusableError("is a table", "set one key of it")
        if not field_at(path) and not _is_own_name(path):
            raise _UnusableError("there is no such key", advice(path))
        if path[0] == "shops" and self.shops and path[1] not in self.shops:
            near = get_close_matches(str(path[1]), self.shops, 1) or sorted(self.shops)
            raise _UnusableError(f"the config file has no shop {path[1]}", f"did you mean {near[0]}?")


def from_environment(environment: Mapping[str, str], shops: Collection[str]) -> tuple[Layer, list[Line]]:
    """The `SYNCD__` variables, and a line for each that cannot be used.

    `shops` are the names in the file. Only if there are none may a variable bring a new one.
    """
    found = _Overrides(shops)
    for name, text in sorted(environment.items()):
        place = Place(1, 0, f"environment {name}")
        if name.upper().startswith(_PREFIX):
            found.add(_variable_path(name[len(_PREFIX) :].split("__")), text, place)
        elif name.upper().startswith("SYNCD_") and "__" in name:
            found.problems.append((place, f"{place.where}: there is no such key (it begins with SYNCD__)"))
    return Layer(found.values, found.places), found.problems


def from_credentials(
    directory: Path | None, shops: Collection[str], *, all_of_them: bool = True
) -> tuple[Layer, list[Line]]:
    """The files in systemd's credentials directory, and a line for each that cannot be used.

    A file that is not of our set and does not begin like a key is somebody else's, a certificate say.
    Without `all_of_them` those that this user may not read are passed over.
    """
    found = _Overrides(shops)
    unread: list[Line] = []
    for path in _files(directory, unread):
        place = Place(2, 0, f"credential {path.name}")
        try:
            text = path.read_bytes().decode().removesuffix("\n").removesuffix("\r")
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is no text"
            unread.append((place, f"{place.where}: cannot be read: {why}"))
        else:
            key = path.name.removeprefix(_SET)
            found.add(_own_names_joined(key.split("."), "."), text, place)
    return Layer(found.values, found.places), [*found.problems, *(unread if all_of_them else ())]


def _files(directory: Path | None, problems: list[Line]) -> Iterable[Path]:
    try:
        inside = sorted(directory.iterdir()) if directory else []
    except OSError as error:
        place = Place(2, 0, f"credentials in {directory}")
        problems.append((place, f"{place.where}: cannot be read: {error.strerror}"))
        return []
    return [path for path in inside if path.name.startswith(_SET) or _begins_like_a_key(path.name)]


def _begins_like_a_key(name: str) -> bool:
    first, _, rest = name.lower().partition(".")
    return bool(rest and get_close_matches(first, Settings.model_fields, 1, 0.75))


def _variable_path(parts: list[str]) -> KeyPath:
    path = _own_names_joined(parts, "__")
    fixed = [str(part).lower() for part in path]
    if fixed[0] == "shops" and fixed[1:]:
        fixed[1] = fixed[1].replace("_", "-")
    return (*fixed[:-1], path[-1]) if _is_own_name((*fixed[:-1], "")) else tuple(fixed)


def _own_names_joined(parts: list[str], joint: str) -> KeyPath:
    """The parts as a path; from a table whose names are the admin's own on, the rest is one name."""
    lowered = [part.lower() for part in parts]
    for end in range(1, len(parts)):
        if _is_own_name((*lowered[:end], "")):
            return (*parts[:end], joint.join(parts[end:]))
    return tuple(parts)


def _is_own_name(path: KeyPath) -> bool:
    """Whether the path ends in a currency or an SKU: a name that no model can know."""
    table = field_at(path[:-1])
    return bool(table and is_open(table))


def _value(path: KeyPath, text: str) -> object:
    key = field_at(path)
    return text if key is None or _takes_text(key) else _parsed(text)


def _takes_text(key: FieldInfo) -> bool:
    kind = key.annotation
    return kind in (str, SecretStr, timedelta, Path) or get_origin(kind) is Literal


def _parsed(text: str) -> object:
    """What JSON or TOML reads in the text; else the text, which the model then refuses or takes as it is."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        return tomllib.loads(f"value = {text}")["value"] if "\n" not in text else text
    except (ValueError, RecursionError):
        return text


def _put(table: RawTable, path: KeyPath, value: object) -> None:
    for part in path[:-1]:
        inner = table.setdefault(str(part), {})
        if not isinstance(inner, dict):
            return
        table = inner
    table[str(path[-1])] = value
