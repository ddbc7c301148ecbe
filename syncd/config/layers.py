"""What one source says (the file, the environment, the credentials), and where it says it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

# A number is a place in a list.
KeyPath: TypeAlias = tuple[str | int, ...]
RawTable: TypeAlias = dict[str, object]


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a key stands: `syncd.toml:12`, `environment SYNCD__SYNC__ENABLED`.

    Places sort as a person reads: the file from top to bottom, then the other sources.
    """

    rank: int
    line: int
    where: str


# A sentence for a person, and the place that it sorts by.
Line: TypeAlias = tuple[Place, str]


@dataclass(frozen=True, slots=True)
class Layer:
    """One source: its values as nested tables, and the place of each key and table in it."""

    values: RawTable
    places: Mapping[KeyPath, Place] = field(default_factory=dict)

    def without(self, paths: Iterable[KeyPath]) -> "Layer":
        """The same without these keys."""
        values = self.values
        for path in paths:
            values = _drop(values, path)
        return Layer(values, self.places)


class LayerSource(PydanticBaseSettingsSource):
    """A layer, as pydantic-settings wants its sources."""

    def __init__(self, settings_cls: type[BaseSettings], layer: Layer) -> None:
        super().__init__(settings_cls)
        self._layer = layer

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002
        """The value of one top-level key."""
        return self._layer.values.get(field_name), field_name, False

    def __call__(self) -> dict[str, Any]:
        """Every value, unknown keys too, so that the model can refuse them."""
        return self._layer.values


def overlay(under: Mapping[str, object], over: Mapping[str, object]) -> RawTable:
    """Both as one: tables are merged key by key, anything else is replaced by what lies over it."""
    merged = dict(under)
    for key, value in over.items():
        below = merged.get(key)
        both = isinstance(below, dict) and isinstance(value, dict)
        merged[key] = overlay(below, value) if both else value  # type: ignore[arg-type]  # both are tables
    return merged


def _drop(table: RawTable, path: KeyPath) -> RawTable:
    first, *rest = path
    if not isinstance(first, str) or first not in table:
        return table
    inner = table[first]
    # A value that is wrong somewhere inside, in a list say, goes as a whole.
    if rest and isinstance(rest[0], str) and isinstance(inner, dict):
        return {**table, first: _drop(inner, tuple(rest))}
    return {key: value for key, value in table.items() if key != first}
