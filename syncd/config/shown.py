"""The settings in effect, each with its place; secrets are masked."""

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import BaseModel, SecretStr

from syncd.config.addresses import password_in
from syncd.config.example import toml
from syncd.config.keys import dotted, is_open, table_of
from syncd.config.layers import KeyPath
from syncd.config.load import Loaded
from syncd.config.settings import SHARED
from syncd.model.money import Money

MASK = "***"
_DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Shown:
    """A key with its value as TOML, and where that came from."""

    key: KeyPath
    value: str
    source: str

    @property
    def table(self) -> str:
        """The table that the key stands in."""
        return dotted(self.key[:-1])


def shown(loaded: Loaded) -> list[Shown]:
    """Every key that is in effect. The tables for every shop are told in each shop, as it takes them over."""
    return [
        Shown(path, _text(value), _source(loaded, path))
        for path, value in _keys(loaded.settings, ())
        if path[0] not in SHARED
    ]


def _keys(model: BaseModel, path: KeyPath) -> Iterator[tuple[KeyPath, object]]:
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        table = table_of(field)
        if table is None:
            yield (*path, name), value
        elif is_open(field):
            for own, inner in value.items():
                yield from _keys(inner, (*path, name, own))
        else:
            yield from _keys(value, (*path, name))


def _source(loaded: Loaded, path: KeyPath) -> str:
    place = loaded.places.source(path)
    return place.where if place else _DEFAULT


def _text(value: object) -> str:
    match value:
        case SecretStr():
            return toml(MASK if value.get_secret_value() else "")
        case tuple() if any(isinstance(item, SecretStr) for item in value):
            return toml((MASK,) * len(value))
        case str() if password_in(value):
            return toml(value.replace(password_in(value), MASK))
        case dict():
            own = {name: _amount(name, item) for name, item in value.items()}
            return f"{{{', '.join(f'{dotted((name,))} = {toml(item)}' for name, item in own.items())}}}"
        case None:
            return toml("")
        case _:
            return toml(value)


def _amount(name: str, value: object) -> object:
    """Ceilings are kept in minor units and written as amounts."""
    return Money(value, name).amount if isinstance(value, int) else value
