"""What differs between two settings, and what of it a running daemon cannot take over."""

from collections.abc import Iterator
from functools import reduce
from typing import TypeVar

from pydantic import BaseModel

from syncd.config.keys import shared
from syncd.config.layers import KeyPath
from syncd.config.settings import Settings

_T = TypeVar("_T")

_FIXED: frozenset[KeyPath] = frozenset(
    {("store", "path"), ("metrics", "listen"), ("metrics", "allow_remote")}
)
_LOGIN: frozenset[KeyPath] = frozenset(
    {
        ("tiktok", "app_key"),
        ("tiktok", "app_secret"),
        ("tiktok", "refresh_token"),
        ("shopify", "client_id"),
        ("shopify", "client_secret"),
        ("shopify", "access_token"),
    }
)


def changes(before: Settings, after: Settings) -> list[KeyPath]:
    """The keys with other values; a shop that is new or gone is one key.

    What changed for every shop is named once, in its shared table.
    """
    found = list(_differences(before, after, ()))
    return [
        path
        for path in found
        if (of_all := shared(path)) == path or of_all not in found or _get(after, path) != _get(after, of_all)
    ]


def needs_restart(path: KeyPath) -> bool:
    """Whether a change of that key waits for the next start."""
    return path in _FIXED or (path[0] == "shops" and path[2:] in _LOGIN)


def taken_over(before: Settings, after: Settings) -> Settings:
    """The new settings, as far as they take effect without a restart."""
    kept = [path for path in _differences(before, after, ()) if needs_restart(path)]
    return reduce(lambda settings, path: _put(settings, path, _get(before, path)), kept, after)


def _differences(before: object, after: object, path: KeyPath) -> Iterator[KeyPath]:
    if before == after:
        return
    inside = _inside(before)
    if inside is None or type(before) is not type(after):
        yield path
        return
    others = _inside(after) or {}
    for name in inside | others:
        here = (*path, name)
        if name in inside and name in others:
            yield from _differences(inside[name], others[name], here)
        else:
            yield here


def _inside(value: object) -> dict[str, object] | None:
    """The members of a table with fixed keys, or of the shops; None for a value."""
    if isinstance(value, BaseModel):
        return {name: getattr(value, name) for name in type(value).model_fields}
    if isinstance(value, dict) and value and all(isinstance(item, BaseModel) for item in value.values()):
        return value
    return None


def _get(value: object, path: KeyPath) -> object:
    for part in path:
        value = value[part] if isinstance(value, dict) else getattr(value, str(part))
    return value


def _put(value: _T, path: KeyPath, new: object) -> _T:
    if not path:
        return new  # type: ignore[return-value]  # of the same key
    name = str(path[0])
    if isinstance(value, BaseModel):
        return value.model_copy(update={name: _put(getattr(value, name), path[1:], new)})
    return {**value, name: _put(value[name], path[1:], new)}  # type: ignore[index,dict-item,return-value]
