"""In which line of a TOML text each key stands. tomllib tells values only."""

import tomllib
from collections.abc import Iterator

from syncd.config.layers import KeyPath

# A statement of several lines can only end where one of these closes it.
_ENDS = ("]", "}", '"""', "'''")


def locate(text: str) -> dict[KeyPath, int]:
    """The line, from 1, of each table and key of a TOML text without syntax errors."""
    lines: dict[KeyPath, int] = {}
    counts: dict[KeyPath, int] = {}
    table: KeyPath = ()
    for number, statement in _statements(text):
        parsed = tomllib.loads(statement)
        if statement.lstrip().startswith("["):
            table = _open(parsed, counts)
            found = [table[:end] for end in range(1, len(table) + 1)]
        else:
            found = [(*table, *path) for path in _paths(parsed)]
        for path in found:
            lines.setdefault(path, number)
    return lines


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Each header and each `key = value`, with its first line: the shortest text that parses by itself."""
    pending: list[str] = []
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        pending.append(line)
        whole = "\n".join(pending)
        if (len(pending) == 1 or any(end in line for end in _ENDS)) and _parses(whole):
            yield number - len(pending) + 1, whole
            pending = []


def _parses(statement: str) -> bool:
    try:
        tomllib.loads(statement)
    except tomllib.TOMLDecodeError:
        return False
    return True


def _open(header: object, counts: dict[KeyPath, int]) -> KeyPath:
    """The table that a parsed header opens; one of an array of tables ends with its number."""
    path: KeyPath = ()
    while header:
        if isinstance(header, list):
            counts[path] = counts.get(path, -1) + 1
            header = header[0]
        elif isinstance(header, dict):
            if path in counts:
                path = (*path, counts[path])
            ((name, header),) = header.items()
            path = (*path, name)
    return (*path, counts[path]) if path in counts else path


def _paths(value: object) -> Iterator[KeyPath]:
    if isinstance(value, dict | list):
        inside = value.items() if isinstance(value, dict) else enumerate(value)
        for name, inner in inside:
            yield (name,)
            yield from ((name, *path) for path in _paths(inner))
