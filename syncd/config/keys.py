"""Finding the way in the settings model by the names of keys."""

import json
import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from syncd.config.layers import KeyPath
from syncd.config.settings import SHARED, Settings


def dotted(path: KeyPath) -> str:
    """The path as TOML writes it: `shops.us.match.skus."A 1"`, `match.order_by[2]`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += "." * bool(text) + (part if re.fullmatch(r"[A-Za-z0-9_-]+", part) else json.dumps(part))
    return text


def shared(path: KeyPath) -> KeyPath:
    """The key for all shops that `shops.NAME.sync.x` overrides: `sync.x`. Any other path as it is."""
    return path[2:] if path[0] == "shops" and path[2:3] and path[2] in SHARED else path


def table_of(field: FieldInfo) -> type[BaseModel] | None:
    """The table that a key opens; of `shops`, the table of one shop; None for a key with a value."""
    kind = get_args(field.annotation)[-1] if is_open(field) else field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def is_open(field: FieldInfo) -> bool:
    """Whether the key opens a table whose names are the admin's own: shops, currencies, SKUs."""
    return get_origin(field.annotation) is dict


def model_at(path: KeyPath) -> type[BaseModel] | None:
    """The table with fixed keys at a path."""
    model: type[BaseModel] = Settings
    parts = iter(path)
    for part in parts:
        field = model.model_fields.get(str(part))
        inner = table_of(field) if field else None
        if field is None or inner is None or (is_open(field) and next(parts, None) is None):
            return None
        model = inner
    return model


def field_at(path: KeyPath) -> FieldInfo | None:
    """The key with a value at a path."""
    model = model_at(path[:-1]) if path else None
    field = model.model_fields.get(str(path[-1])) if model else None
    return field if field and not table_of(field) else None


def advice(path: KeyPath) -> str:
    """What an admin may have meant by a key that does not exist."""
    model = model_at(path[:-1])
    here = list(model.model_fields) if model else []
    wanted = str(path[-1]).lower()
    meant = get_close_matches(wanted, here, 1) or [dotted(key) for key in _leaves(path) if key[-1] == wanted]
    if meant:
        return f"did you mean {meant[0]}?"
    return f"known here: {', '.join(here)}" if model else advice(path[:-1])


def _leaves(near: KeyPath) -> Iterator[KeyPath]:
    """Every key of the sections, then of a shop: the one that `near` is in."""
    for name, field in Settings.model_fields.items():
        for key in (table_of(field) or Settings).model_fields if not is_open(field) else ():
            yield name, key
    shop = near[1] if near[0] == "shops" and near[1:2] else "NAME"
    for table in ("tiktok", "shopify"):
        model = model_at(("shops", shop, table)) or Settings
        yield from (("shops", shop, table, key) for key in model.model_fields)
