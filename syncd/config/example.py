"""`syncd.toml.example`, made from the settings model."""

import json
import textwrap
from collections.abc import Iterator
from datetime import datetime, timedelta

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from syncd.config.keys import is_open, table_of
from syncd.config.settings import SHARED, Settings
from syncd.config.types import duration_text

_WIDTH = 110
_COLUMN = 32
_HEADER = """\
#:schema ./config/syncd.schema.json
# The configuration of syncd. Copy it to /etc/syncd/syncd.toml, readable by owner and group only, fill in
# the tables of the shops, and run `syncd config check`. The other values are the defaults.
#
# Durations: "90s", "5m", "24h", "400d". Amounts are texts, such as "500.00". Times carry an offset.
# Each key can also be set by a variable, such as SYNCD__SHOPS__US__TIKTOK__APP_SECRET, or by a systemd
# credential, such as shops.us.tiktok.app_secret; these go before the file.
"""


def example() -> str:
    """The example file: every key with its default, or an example, and what it is for."""
    lines = [_HEADER.rstrip()]
    for name, field in Settings.model_fields.items():
        table = table_of(field)
        if table and is_open(field):
            lines += _shop_tables(f"{name}.us", table)
        elif table:
            lines += _table(name, field, table)
    return "\n".join(lines) + "\n"


def _shop_tables(path: str, shop: type[BaseModel]) -> Iterator[str]:
    for name, field in shop.model_fields.items():
        table = table_of(field)
        if table and name not in SHARED:
            yield from _table(f"{path}.{name}", field, table)


def _table(path: str, field: FieldInfo, table: type[BaseModel]) -> Iterator[str]:
    """A header, its keys with one value, then its tables of free names."""
    yield ""
    yield from _commented(f"[{path}]", field)
    for name, key in table.model_fields.items():
        if not is_open(key):
            yield from _key(path, name, key)
    for name, key in table.model_fields.items():
        if is_open(key):
            yield from _commented(f"[{path}.{name}]", key)
            yield from (
                f"# {_own_name(own)} = {toml(value)}" for own, value in (key.examples or [{}])[0].items()
            )


def _key(path: str, name: str, key: FieldInfo) -> Iterator[str]:
    """The key with its default, or with an example where the default says nothing.

    Outside of the shops an example is only a comment.
    """
    is_comment = bool(key.examples and "." not in path)
    value = key.examples[0] if key.examples else key.get_default()
    yield from _commented(f"{'# ' * is_comment}{name} = {toml(value)}", key)


def _commented(text: str, field: FieldInfo) -> list[str]:
    """The text with its description behind it, or above it where that is too long."""
    line = f"{text:<{_COLUMN - 2}}  # {field.description}"
    if len(line) <= _WIDTH:
        return [line]
    return [*textwrap.wrap(f"# {field.description}", _WIDTH, subsequent_indent="# "), text]


def _own_name(name: str) -> str:
    return name if name.isalpha() else json.dumps(name)


def toml(value: object) -> str:
    """The value as TOML writes it."""
    match value:
        case bool() | int():
            return str(value).lower()
        case datetime():
            return value.strftime("%Y-%m-%dT%H:%M:%SZ")
        case tuple():
            return f"[{', '.join(map(toml, value))}]"
        case timedelta():
            return json.dumps(duration_text(value))
        case SecretStr():
            return json.dumps(value.get_secret_value())
        case _:
            return json.dumps(str(value))
